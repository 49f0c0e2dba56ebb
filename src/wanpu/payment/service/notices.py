"""Notifications as rows: stored raw and settled in one transaction, many together when many arrive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra import due_work
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.lane import Lane
from wanpu.kernel.ids import Id
from wanpu.payment import queries
from wanpu.payment.kinds import SETTLE_NOTIFICATION
from wanpu.payment.models import PaymentNotification
from wanpu.payment.service.books import Told
from wanpu.payment.service.settling import Settled, settle_reports
from wanpu.payment.states import NotificationResult

RESULTS = {
    Settled.CREDITED: NotificationResult.SETTLED,
    Settled.CLOSED: NotificationResult.SETTLED,
    Settled.OPEN: NotificationResult.SETTLED,
    Settled.REPEATED: NotificationResult.REPEATED,
    Settled.EXCEPTION: NotificationResult.EXCEPTION,
}


@dataclass(frozen=True)
class Notice:
    """One verified notification: what its row keeps, and what it tells. `received_at` is true time."""

    id: Id
    notification_id: str
    headers: dict[str, str]
    body: str
    received_at: datetime
    told: Told


def notice_lane(db: Database) -> Lane[Notice, NotificationResult]:
    """Commits whatever has queued in one transaction."""

    async def commit(notices: list[Notice]) -> list[NotificationResult | Exception]:
        return list(await store_and_settle(db, notices))

    return Lane(commit, name="notifications", max_batch=100)


@rerun_on_conflict
async def store_and_settle(db: Database, notices: Sequence[Notice]) -> list[NotificationResult]:
    """Store the raw rows and settle what they tell, in one transaction; what came of each.

    Repeating notices that were committed stores and changes nothing.
    """
    async with db.transaction() as session:
        settled = await settle_reports(session, [notice.told for notice in notices])
        results = [RESULTS[outcome] for outcome in settled]
        now = db.clock.now()
        await _insert_rows(
            session,
            [_row(notice, result, now) for notice, result in zip(notices, results, strict=True)],
        )
    return results


@rerun_on_conflict
async def store_pending(db: Database, notice: Notice) -> None:
    """Keep the raw row alone, and let due work settle it."""
    async with db.transaction() as session:
        await _insert_rows(session, [_row(notice, NotificationResult.PENDING, None)])
        await due_work.schedule(session, SETTLE_NOTIFICATION, str(notice.id), db.clock.now())


@rerun_on_conflict
async def settle_stored(db: Database, notification_id: int, told: Told) -> NotificationResult | None:
    """Settle what a stored notification tells; None when that was done before."""
    async with db.transaction() as session:
        row = await queries.lock_notification(session, notification_id)
        if row is None or row.result is not NotificationResult.PENDING:
            return None
        (settled,) = await settle_reports(session, [told])
        row.result, row.settled_at = RESULTS[settled], db.clock.now()
        return row.result


@rerun_on_conflict
async def mark_settled(db: Database, notification_id: int) -> None:
    """A query has settled what a stored notification told."""
    async with db.transaction() as session:
        row = await queries.lock_notification(session, notification_id)
        if row is not None and row.result is NotificationResult.PENDING:
            row.result, row.settled_at = NotificationResult.REPEATED, db.clock.now()


async def _insert_rows(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    known = await queries.known_notification_ids(session, [row["id"] for row in rows])
    if new := [row for row in rows if row["id"] not in known]:
        await session.execute(insert(PaymentNotification), new)


def _row(notice: Notice, result: NotificationResult, settled_at: datetime | None) -> dict[str, Any]:
    return {
        "id": notice.id,
        "channel": notice.told.account.channel,
        "account_id": notice.told.account.id,
        "notification_id": notice.notification_id[:64],
        "attempt_no": notice.told.report.attempt_no[:32],
        "headers": notice.headers,
        "body": notice.body,
        "result": result,
        "received_at": notice.received_at,
        "settled_at": settled_at,
    }
