"""Attempts as a channel is asked about them, and how an attempt ends unpaid."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra import due_work
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.payment import queries
from wanpu.payment.channel import (
    Channel,
    ChannelRejected,
    ChannelState,
    CloseCapability,
    NotSupported,
    OutcomeUnknown,
    PartRequest,
    PaymentReport,
    PaymentRequest,
)
from wanpu.payment.kinds import QUERY_ATTEMPT
from wanpu.payment.models import PaymentAttempt, PaymentPart
from wanpu.payment.rules import may_still_arrive
from wanpu.payment.service.books import told
from wanpu.payment.service.settling import Settled, move_attempt, settle
from wanpu.payment.services import PaymentServices
from wanpu.payment.states import LIVE, AttemptStatus


class Ended(StrEnum):
    """Whether an attempt can still take money."""

    CLOSED = "closed"
    PAID = "paid"
    UNPROVEN = "unproven"


@dataclass(frozen=True)
class AskedAttempt:
    """An attempt read without a lock, and the request that asks its channel about it."""

    attempt: PaymentAttempt
    request: PaymentRequest


async def read_attempt(app: PaymentServices, attempt_no: str) -> AskedAttempt | None:
    """The attempt of that number as it stands."""
    async with app.db.reading() as session:
        attempt = await queries.find_attempt(session, attempt_no)
        if attempt is None:
            return None
        parts = list(await queries.list_parts(session, [attempt.id]))
    return AskedAttempt(attempt, await request_for(app, attempt, parts))


async def request_for(
    app: PaymentServices, attempt: PaymentAttempt, parts: list[PaymentPart]
) -> PaymentRequest:
    """The attempt's request: built from its row alone, so that every repeat is identical."""
    account = await app.channels.facts(attempt.account_id)
    return PaymentRequest(
        attempt_no=attempt.attempt_no,
        method=attempt.method,
        amount_fen=attempt.amount_fen,
        description=attempt.description,
        parts=tuple(
            PartRequest(
                part_no=part.part_no,
                sub_merchant_no=part.sub_merchant_no,
                amount_fen=part.amount_fen,
                description=part.description or attempt.description,
                profit_sharing=part.profit_sharing,
            )
            for part in parts
        ),
        created_at=attempt.created_at,
        expires_at=attempt.expires_at,
        notify_url=f"{app.settings.public_url}/notify/{account.channel}/{account.id}",
        client_ip=attempt.client_ip,
    )


async def end_attempt(app: PaymentServices, attempt_no: str) -> Ended:
    """Close an attempt at its channel, and prove that it is closed or find that it was paid.

    While a call that creates it may be on its way nothing is proven. A repeat is fine.
    """
    asked = await read_attempt(app, attempt_no)
    assert asked is not None
    if (known := _known_end(asked.attempt)) is not None:
        return known
    if asked.attempt.status is AttemptStatus.CREATED and may_still_arrive(asked.attempt, app.clock.now()):
        return Ended.UNPROVEN
    channel = await app.channels.for_account(asked.attempt.account_id)
    if channel.close_capability is CloseCapability.YES:
        try:
            await channel.close_payment(asked.request)
        except OutcomeUnknown:
            return Ended.UNPROVEN
        except (ChannelRejected, NotSupported):
            return await _end_by_query(app, asked, channel)
        return await record_closed(app.db, attempt_no)
    return await _end_by_query(app, asked, channel)


def _known_end(attempt: PaymentAttempt) -> Ended | None:
    if attempt.status is AttemptStatus.PAID:
        return Ended.PAID
    if attempt.status in (AttemptStatus.CLOSED, AttemptStatus.FAILED):
        return Ended.CLOSED
    return None


async def _end_by_query(app: PaymentServices, asked: AskedAttempt, channel: Channel) -> Ended:
    """What the channel's own word about the attempt proves."""
    try:
        report = await channel.query_payment(asked.request)
    except (OutcomeUnknown, ChannelRejected, NotSupported):
        return Ended.UNPROVEN
    return await apply_report(app, asked.attempt, report)


async def apply_report(app: PaymentServices, attempt: PaymentAttempt, report: PaymentReport) -> Ended:
    """Settle what a query answered, and end the attempt when the answer is final.

    An attempt whose money became a case takes no more money either: it is closed. So is one that its
    channel has never heard of, once no call that creates it can be on its way.
    """
    if report.state is ChannelState.ABSENT:
        if may_still_arrive(attempt, app.clock.now()):
            return Ended.UNPROVEN
        return await record_closed(app.db, attempt.attempt_no)
    account = await app.channels.facts(attempt.account_id)
    settled = await settle(app.db, await told(app.serials, account, report))
    match settled:
        case Settled.OPEN:
            return Ended.UNPROVEN
        case Settled.CREDITED:
            return Ended.PAID
        case Settled.CLOSED:
            return Ended.CLOSED
        case Settled.EXCEPTION | Settled.REPEATED:
            return await record_closed(app.db, attempt.attempt_no)


@rerun_on_conflict
async def record_closed(db: Database, attempt_no: str) -> Ended:
    """Write down that nobody can pay an attempt any more; one that is paid stays paid."""
    async with db.transaction() as session:
        attempt = await lock_attempt(session, attempt_no)
        if attempt.status in LIVE or attempt.status is AttemptStatus.SUPERSEDED:
            move_attempt(attempt, AttemptStatus.CLOSED)
            attempt.closed_at = db.clock.now()
        await due_work.cancel(session, QUERY_ATTEMPT, attempt_no)
        return Ended.PAID if attempt.status is AttemptStatus.PAID else Ended.CLOSED


@rerun_on_conflict
async def supersede(db: Database, attempt_no: str, *, due_at: datetime) -> None:
    """Give an attempt up though somebody may still pay it: it is asked about until its end is proven."""
    async with db.transaction() as session:
        attempt = await lock_attempt(session, attempt_no)
        if attempt.status in LIVE:
            move_attempt(attempt, AttemptStatus.SUPERSEDED)
            await due_work.schedule(session, QUERY_ATTEMPT, attempt_no, due_at)


async def lock_attempt(session: AsyncSession, attempt_no: str) -> PaymentAttempt:
    """The attempt of that number, held together with its payment, which is locked first."""
    payment_id = (await queries.payment_ids_of(session, [attempt_no]))[attempt_no]
    await queries.lock_payment(session, payment_id)
    return next(
        row for row in await queries.lock_attempts(session, [payment_id]) if row.attempt_no == attempt_no
    )
