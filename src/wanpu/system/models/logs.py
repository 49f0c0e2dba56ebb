"""What was done and who came in: append-only logs, and the seals that prove they were left alone."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.infra.columns import BigInt, GrowingInt, TextStatus, code_text, json_value, name_text
from wanpu.infra.tables import Base, PrimaryId
from wanpu.kernel.ids import Id
from wanpu.system.states import LoginEvent


class OperationLog(Base):
    """One write by staff (系统日志), in the transaction of that write; never changed.

    `before` and `after` are what the write changed, secrets and personal data masked. `seal_no` alone
    is filled later, by the seal that covers the row.
    """

    __tablename__ = "sys_log"

    id: Mapped[Id] = mapped_column(GrowingInt, primary_key=True)
    user_id: Mapped[Id | None] = mapped_column(BigInt)
    username: Mapped[str] = mapped_column(code_text(50))
    merchant_id: Mapped[Id | None] = mapped_column(BigInt)
    operation: Mapped[str] = mapped_column(code_text(64))  # "staff.create"
    subject: Mapped[str] = mapped_column(code_text(128), default="")  # "staff:17": what was written
    method: Mapped[str] = mapped_column(code_text(200))  # "POST /platform/v1/staff"
    params: Mapped[str] = mapped_column(name_text(5000), default="")  # the request's body as JSON, masked
    before: Mapped[Any | None] = mapped_column(json_value())
    after: Mapped[Any | None] = mapped_column(json_value())
    time: Mapped[int] = mapped_column(BigInt)  # milliseconds from the request's arrival to this row
    ip: Mapped[str] = mapped_column(code_text(64), default="")
    request_id: Mapped[str] = mapped_column(code_text(64), default="")
    created_at: Mapped[datetime]
    seal_no: Mapped[Id | None] = mapped_column(BigInt)

    __table_args__ = (
        Index(None, "created_at"),
        Index(None, "username", "created_at"),
        Index(None, "operation", "created_at"),
        Index(None, "subject", "created_at"),
        Index(None, "ip", "created_at"),
        Index(None, "request_id"),
        Index(None, "seal_no"),
        {"sqlite_autoincrement": True},
    )


class LogSeal(Base):
    """A batch of operation log rows under one keyed hash, chained to the seal before it."""

    __tablename__ = "log_seal"

    seal_no: Mapped[PrimaryId]  # 1, 2, 3, … without a gap
    entries: Mapped[int] = mapped_column(Integer)
    first_id: Mapped[Id]
    last_id: Mapped[Id]
    previous: Mapped[str] = mapped_column(code_text(64))  # hash of the seal before; zeros for the first
    hash: Mapped[str] = mapped_column(code_text(64))
    created_at: Mapped[datetime]


class LoginLog(Base):
    """One try to sign in, or the end of a session (登录日志)."""

    __tablename__ = "login_log"

    id: Mapped[Id] = mapped_column(GrowingInt, primary_key=True)
    user_id: Mapped[Id | None] = mapped_column(BigInt)  # NULL: no such account
    username: Mapped[str] = mapped_column(code_text(50))  # as typed, cut to its column
    merchant_id: Mapped[Id | None] = mapped_column(BigInt)
    event: Mapped[LoginEvent] = mapped_column(TextStatus(LoginEvent))
    reason: Mapped[str] = mapped_column(code_text(64), default="")  # the refusal's code
    is_success: Mapped[int] = mapped_column(SmallInteger)
    ip: Mapped[str] = mapped_column(code_text(64), default="")
    user_agent: Mapped[str] = mapped_column(name_text(255), default="")
    created_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "created_at"),
        Index(None, "username", "created_at"),
        Index(None, "ip", "created_at"),
        Index(None, "created_at", "event", "reason"),
    )
