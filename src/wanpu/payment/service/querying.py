"""Active queries (主动查询): a lost notification is found here, and every attempt's end is proven here."""

from datetime import datetime, timedelta

from structlog import get_logger

from wanpu.infra import due_work
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.payment.channel import ChannelRejected, ChannelState, NotSupported, OutcomeUnknown
from wanpu.payment.kinds import QUERY_ATTEMPT
from wanpu.payment.models import PaymentAttempt
from wanpu.payment.service.attempts import Ended, apply_report, end_attempt, lock_attempt, read_attempt
from wanpu.payment.services import PaymentServices
from wanpu.payment.states import LIVE, AttemptStatus

log = get_logger(__name__)

FIRST_QUERY = timedelta(seconds=3)
QUERY_STEPS_S = (3, 5, 10, 15, 30, 60)
LATE_STEP_S = 180
LATE_AFTER = timedelta(minutes=10)
GRACE = timedelta(seconds=5)
"""How long after its expiry an attempt is asked about for the last time, if its channel is exact."""

WATCHED_EVERY = timedelta(seconds=3)
"""How old the last query may be while somebody watches the payment."""


async def query_attempt(app: PaymentServices, attempt_no: str, turn: int) -> datetime | None:
    """Ask the channel about one attempt and settle its answer; when to ask again, None when it ended.

    A superseded attempt is closed at the channel too. A `created` one that the channel does not know
    stays until its expiry: the same number may be asked for again.
    """
    ended = await query_now(app, attempt_no)
    if ended is not Ended.UNPROVEN:
        return None
    asked = await read_attempt(app, attempt_no)
    assert asked is not None
    return next_query(asked.attempt, turn, app.clock.now())


async def query_now(app: PaymentServices, attempt_no: str) -> Ended:
    """One query; what it proves. An attempt that has ended is not asked about."""
    asked = await read_attempt(app, attempt_no)
    if asked is None:
        return Ended.CLOSED
    attempt = asked.attempt
    if attempt.status is AttemptStatus.SUPERSEDED:
        return await end_attempt(app, attempt_no)
    if attempt.status not in LIVE:
        return Ended.PAID if attempt.status is AttemptStatus.PAID else Ended.CLOSED
    channel = await app.channels.for_account(attempt.account_id)
    try:
        report = await channel.query_payment(asked.request)
    except (OutcomeUnknown, ChannelRejected, NotSupported) as error:
        log.info("payment.query_unanswered", attempt_no=attempt_no, error=str(error))
        await record_queried(app.db, attempt_no)
        return Ended.UNPROVEN
    is_early = app.clock.now() < attempt.expires_at + GRACE
    if report.state is ChannelState.OPEN or (report.state is ChannelState.ABSENT and is_early):
        await record_queried(app.db, attempt_no)
        return Ended.UNPROVEN
    return await apply_report(app, attempt, report)


def next_query(attempt: PaymentAttempt, turn: int, now: datetime) -> datetime:
    """When to ask again after `turn` tries: slower and slower, and once just after the expiry."""
    step_s = QUERY_STEPS_S[min(turn, len(QUERY_STEPS_S) - 1)]
    if now >= attempt.created_at + LATE_AFTER:
        step_s = LATE_STEP_S
    wanted = now + timedelta(seconds=step_s)
    last = attempt.expires_at + GRACE
    return last if now < last < wanted else wanted


@rerun_on_conflict
async def record_queried(db: Database, attempt_no: str) -> None:
    """Remember that the channel was asked just now."""
    async with db.transaction() as session:
        (await lock_attempt(session, attempt_no)).queried_at = db.clock.now()


async def hasten_query(app: PaymentServices, attempt: PaymentAttempt) -> None:
    """Ask soon, since somebody watches, unless the channel was asked within three seconds."""
    now = app.clock.now()
    last_asked = attempt.queried_at or attempt.asked_at
    if attempt.status in LIVE and last_asked + WATCHED_EVERY <= now:
        await bring_forward(app.db, attempt.attempt_no)


@rerun_on_conflict
async def bring_forward(db: Database, attempt_no: str) -> None:
    """Make the scheduled query due now."""
    async with db.transaction() as session:
        await due_work.hasten(session, QUERY_ATTEMPT, attempt_no, db.clock.now())
