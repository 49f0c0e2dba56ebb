"""Stored call-backs and their tries: every statement about them, and the retry ladder."""

import json
import sqlite3
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from wanpu_sandbox.database import from_milliseconds, to_milliseconds
from wanpu_sandbox.faults import NotificationPlan
from wanpu_sandbox.wechatpay.orders import Order
from wanpu_sandbox.wechatpay.states import NotificationState

RETRY_AFTER_S = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
"""Seconds of business time between a failed try and the next: 15 retries within 24 h 4 min.

Source: 支付成功回调通知, 15s/15s/30s/3m/10m/20m/30m/30m/30m/60m/3h/3h/3h/6h/6h.
"""

HOLD = timedelta(minutes=1)
"""How long a held call-back waits for another one before it goes out by itself."""

SCHEMA = """
CREATE TABLE wx_notification (
    notification_id TEXT PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES wx_order (order_id),
    mchid TEXT NOT NULL,
    notify_url TEXT NOT NULL,
    resource TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'exhausted', 'withheld')),
    created_at INTEGER NOT NULL,
    due_at INTEGER,
    failed_tries INTEGER NOT NULL DEFAULT 0,
    is_held INTEGER NOT NULL DEFAULT 0 CHECK (is_held IN (0, 1)),
    claimed_until INTEGER
) STRICT;
CREATE INDEX wx_notification_due ON wx_notification (due_at) WHERE state = 'pending';
CREATE TABLE wx_notification_try (
    try_id INTEGER PRIMARY KEY AUTOINCREMENT,
    notification_id TEXT NOT NULL REFERENCES wx_notification (notification_id),
    tried_at INTEGER NOT NULL,
    http_status INTEGER,
    error TEXT,
    alteration TEXT
) STRICT;
CREATE INDEX wx_notification_try_of ON wx_notification_try (notification_id);
"""


@dataclass(frozen=True, slots=True)
class Notification:
    """One call-back (支付成功通知). `resource` is the true one; the id is the same on every try."""

    notification_id: str
    mchid: str
    notify_url: str
    resource: dict[str, Any]
    state: NotificationState
    created_at: datetime
    due_at: datetime | None
    failed_tries: int


@dataclass(frozen=True, slots=True)
class Try:
    """What came of sending once; `alteration` names the fault that was applied."""

    tried_at: datetime
    http_status: int | None
    error: str | None
    alteration: str | None

    @property
    def is_acknowledged(self) -> bool:
        """The receiver took it over: 200 or 204, whatever the body says."""
        return self.http_status in (200, 204)


def insert(
    connection: sqlite3.Connection,
    order: Order,
    resource: dict[str, Any],
    *,
    plan: NotificationPlan,
    now: datetime,
) -> None:
    """Store the call-back of a paid order, due at once unless the plan says otherwise."""
    due_at = now + (HOLD if plan.is_held else timedelta(seconds=plan.delay_s))
    connection.execute(
        "INSERT INTO wx_notification"
        " (notification_id, order_id, mchid, notify_url, resource, state, created_at, due_at, is_held)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            str(uuid.uuid4()),
            order.order_id,
            order.mchid,
            order.notify_url,
            json.dumps(resource, ensure_ascii=False),
            NotificationState.WITHHELD if plan.is_withheld else NotificationState.PENDING,
            to_milliseconds(now),
            None if plan.is_withheld else to_milliseconds(due_at),
            int(plan.is_held),
        ),
    )


def claim_due(
    connection: sqlite3.Connection, *, now: datetime, machine_now: datetime, lease: timedelta, limit: int
) -> list[Notification]:
    """Take due call-backs whose claim, if any, has run out; a claim runs on the machine's time."""
    rows = connection.execute(
        "SELECT * FROM wx_notification WHERE state = 'pending' AND due_at <= ?"
        " AND (claimed_until IS NULL OR claimed_until <= ?) ORDER BY due_at, rowid LIMIT ?",
        (to_milliseconds(now), to_milliseconds(machine_now), limit),
    ).fetchall()
    connection.executemany(
        "UPDATE wx_notification SET claimed_until = ? WHERE notification_id = ?",
        [(to_milliseconds(machine_now + lease), row["notification_id"]) for row in rows],
    )
    return [_notification(row) for row in rows]


def next_due(connection: sqlite3.Connection, *, machine_now: datetime) -> datetime | None:
    """The business time of the next unclaimed call-back, or None."""
    row = connection.execute(
        "SELECT min(due_at) AS due_at FROM wx_notification"
        " WHERE state = 'pending' AND (claimed_until IS NULL OR claimed_until <= ?)",
        (to_milliseconds(machine_now),),
    ).fetchone()
    return None if row["due_at"] is None else from_milliseconds(row["due_at"])


def next_unclaimed(connection: sqlite3.Connection) -> datetime | None:
    """The machine time at which the first claim runs out, or None."""
    row = connection.execute(
        "SELECT min(claimed_until) AS claimed_until FROM wx_notification"
        " WHERE state = 'pending' AND claimed_until IS NOT NULL"
    ).fetchone()
    return None if row["claimed_until"] is None else from_milliseconds(row["claimed_until"])


def find(connection: sqlite3.Connection, notification_id: str) -> Notification | None:
    """One call-back by its id."""
    row = connection.execute(
        "SELECT * FROM wx_notification WHERE notification_id = ?", (notification_id,)
    ).fetchone()
    return None if row is None else _notification(row)


def add_tries(connection: sqlite3.Connection, notification_id: str, tries: list[Try]) -> None:
    """Keep what came of one sending and its copies."""
    connection.executemany(
        "INSERT INTO wx_notification_try (notification_id, tried_at, http_status, error, alteration)"
        " SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM wx_notification WHERE notification_id = ?)",
        [
            (
                notification_id,
                to_milliseconds(one.tried_at),
                one.http_status,
                one.error,
                one.alteration,
                notification_id,
            )
            for one in tries
        ],
    )


def mark_delivered(connection: sqlite3.Connection, notification_id: str) -> None:
    """The receiver took it over: no further try."""
    connection.execute(
        "UPDATE wx_notification SET state = 'delivered', due_at = NULL, claimed_until = NULL"
        " WHERE notification_id = ?",
        (notification_id,),
    )


def mark_failed(connection: sqlite3.Connection, notification_id: str, *, now: datetime) -> None:
    """Put a failed one on the next step of the ladder, or give it up after the last."""
    notification = find(connection, notification_id)
    if notification is None or notification.state is not NotificationState.PENDING:
        return
    is_last = notification.failed_tries >= len(RETRY_AFTER_S)
    due_at = None if is_last else now + timedelta(seconds=RETRY_AFTER_S[notification.failed_tries])
    connection.execute(
        "UPDATE wx_notification"
        " SET state = ?, due_at = ?, failed_tries = failed_tries + 1, claimed_until = NULL"
        " WHERE notification_id = ?",
        (
            NotificationState.EXHAUSTED if is_last else NotificationState.PENDING,
            None if due_at is None else to_milliseconds(due_at),
            notification_id,
        ),
    )


def release_held(connection: sqlite3.Connection, *, except_id: str, now: datetime) -> None:
    """Let held call-backs go out now, since another one was tried before them."""
    connection.execute(
        "UPDATE wx_notification SET is_held = 0, due_at = ?"
        " WHERE is_held = 1 AND state = 'pending' AND notification_id <> ?",
        (to_milliseconds(now), except_id),
    )


def list_latest(connection: sqlite3.Connection, *, limit: int) -> list[tuple[Notification, list[Try]]]:
    """Newest first, each with its tries in order."""
    rows = connection.execute(
        "SELECT * FROM wx_notification ORDER BY rowid DESC LIMIT ?", (limit,)
    ).fetchall()
    return [(_notification(row), _tries(connection, row["notification_id"])) for row in rows]


def delete_all(connection: sqlite3.Connection) -> None:
    """Forget every call-back."""
    connection.execute("DELETE FROM wx_notification_try")
    connection.execute("DELETE FROM wx_notification")


def _tries(connection: sqlite3.Connection, notification_id: str) -> list[Try]:
    rows = connection.execute(
        "SELECT * FROM wx_notification_try WHERE notification_id = ? ORDER BY try_id", (notification_id,)
    ).fetchall()
    return [
        Try(from_milliseconds(row["tried_at"]), row["http_status"], row["error"], row["alteration"])
        for row in rows
    ]


def _notification(row: sqlite3.Row) -> Notification:
    return Notification(
        notification_id=row["notification_id"],
        mchid=row["mchid"],
        notify_url=row["notify_url"],
        resource=json.loads(row["resource"]),
        state=NotificationState(row["state"]),
        created_at=from_milliseconds(row["created_at"]),
        due_at=None if row["due_at"] is None else from_milliseconds(row["due_at"]),
        failed_tries=row["failed_tries"],
    )
