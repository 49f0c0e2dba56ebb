"""Tables of the infrastructure: id segments, events, idempotency keys, due work, locks, dead letters."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.infra.columns import BigInt, GrowingInt, code_text, json_value, long_text, name_text
from wanpu.infra.tables import Base, Stamped
from wanpu.kernel.ids import Id


class IdSegment(Stamped, Base):
    """The next serial of one counter that no process has taken yet."""

    __tablename__ = "id_segment"

    name: Mapped[str] = mapped_column(code_text(32), primary_key=True)
    next_serial: Mapped[int] = mapped_column(BigInt)

    __table_args__ = (CheckConstraint("next_serial > 0", name="positive"),)


class OutboxEvent(Base):
    """A domain event, written with the change it tells of and delivered after it (发件箱).

    `id` grows as rows are written, and one aggregate's events are written under its row lock, so they
    are delivered in the order of their ids.
    A delivered row has `delivered_at`; one that no handler could take has `dead_at`.
    """

    __tablename__ = "outbox_event"

    id: Mapped[Id] = mapped_column(
        GrowingInt, primary_key=True
    )  # drawn by the database: grows as rows commit
    name: Mapped[str] = mapped_column(code_text(64))
    aggregate: Mapped[str] = mapped_column(code_text(64))  # "payment:P123": order is kept per aggregate
    payload: Mapped[Any] = mapped_column(json_value())
    request_id: Mapped[str] = mapped_column(code_text(64), default="")
    pending: Mapped[int | None] = mapped_column(SmallInteger)  # 1 until delivered or dead, then NULL
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "pending", "id"),
        Index(None, "aggregate", "pending", "id"),
        {"sqlite_autoincrement": True},  # An id is never given twice, even when old rows were removed.
    )


class InboxEvent(Base):
    """One handler has applied one event; written in the handler's own transaction (收件箱)."""

    __tablename__ = "inbox_event"

    handler: Mapped[str] = mapped_column(code_text(96), primary_key=True)
    event_id: Mapped[Id] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    created_at: Mapped[datetime]


class DeadLetter(Stamped, Base):
    """An event that a handler refused too often: kept for a person to look at and replay."""

    __tablename__ = "dead_letter"

    id: Mapped[Id] = mapped_column(GrowingInt, primary_key=True)
    event_id: Mapped[Id] = mapped_column(BigInt)
    handler: Mapped[str] = mapped_column(code_text(96))
    name: Mapped[str] = mapped_column(code_text(64))
    payload: Mapped[Any] = mapped_column(json_value())
    error: Mapped[str] = mapped_column(name_text(1024))
    attempts: Mapped[int] = mapped_column(Integer)
    replayed_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("event_id", "handler"),)


class IdempotencyKey(Base):
    """The answer to a create that was committed, by caller, route and key (接口幂等)."""

    __tablename__ = "idempotency_key"

    scope: Mapped[str] = mapped_column(code_text(96), primary_key=True)  # "member:1001:orders"
    key: Mapped[str] = mapped_column(code_text(128), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(code_text(64))  # SHA-256 of the canonical body
    status: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[str] = mapped_column(long_text())
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "created_at"),)


class DueWork(Base):
    """Something to do at a time. Claiming it pushes `due_at` to the end of the lease, so the work of
    a killed process comes due again by itself. What is asked for while it is claimed waits in
    `again_at` until the claim ends."""

    __tablename__ = "due_work"

    kind: Mapped[str] = mapped_column(code_text(48), primary_key=True)
    ref: Mapped[str] = mapped_column(code_text(64), primary_key=True)  # the number or id it is about
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    failures: Mapped[int] = mapped_column(Integer, default=0)  # in a row; 0 again after a success
    lease_token: Mapped[str | None] = mapped_column(code_text(32))
    again_at: Mapped[datetime | None]  # wanted earlier than the claim will give; only while claimed
    last_error: Mapped[str | None] = mapped_column(name_text(255))
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "due_at"),)


class FencingNumber(Base):
    """A lease lock (租约锁): who holds it until when, and a number that grows with every holder."""

    __tablename__ = "fencing_number"

    name: Mapped[str] = mapped_column(code_text(96), primary_key=True)
    number: Mapped[int] = mapped_column(BigInt)
    holder: Mapped[str | None] = mapped_column(code_text(64))
    held_until: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class LoginThrottle(Base):
    """Failed sign-ins of one account or address within a window, shared by all nodes."""

    __tablename__ = "login_throttle"

    subject: Mapped[str] = mapped_column(code_text(128), primary_key=True)  # "member:li", "staff-ip:::1"
    failures: Mapped[int] = mapped_column(Integer)
    window_ends_at: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "window_ends_at"),)


class SlowStatement(Base):
    """A statement that took long, by its text without values; all processes add to one row."""

    __tablename__ = "slow_statement"

    fingerprint: Mapped[str] = mapped_column(code_text(64), primary_key=True)  # SHA-256 of the text
    statement: Mapped[str] = mapped_column(long_text())
    runs: Mapped[int] = mapped_column(BigInt)
    total_ms: Mapped[int] = mapped_column(BigInt)
    longest_ms: Mapped[int] = mapped_column(BigInt)
    last_at: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "last_at"),)
