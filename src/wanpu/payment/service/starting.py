"""Starting attempts: begin under the payment's lock, call the channel, record its answer."""

import asyncio
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra import due_work
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.kernel.ids import Id
from wanpu.payment import queries
from wanpu.payment.channel import ChannelRejected, NotSupported, OrderAlreadyPaid, OutcomeUnknown, QrCode
from wanpu.payment.errors import ChannelRefused, ChannelUnavailable, PaymentTooLate
from wanpu.payment.kinds import QUERY_ATTEMPT
from wanpu.payment.models import Payment, PaymentAttempt, PaymentPart
from wanpu.payment.port import PaymentView
from wanpu.payment.rules import (
    CALL_LIFE,
    GIVE_UP_AFTER,
    LAST_START,
    AccountOffer,
    is_being_asked,
    is_code_usable,
    offer_of,
    payable,
)
from wanpu.payment.service.attempts import Ended, end_attempt, lock_attempt, read_attempt, supersede
from wanpu.payment.service.querying import FIRST_QUERY, query_now
from wanpu.payment.service.settling import move_attempt
from wanpu.payment.service.views import require_open, shares_of, view_open_payment
from wanpu.payment.services import PaymentServices
from wanpu.payment.states import LIVE, PAYMENT_MOVES, AttemptStatus, PaymentStatus

NUMBER_LENGTH = 28
MAX_ROUNDS = 4
LOOK_EVERY_S = 0.1
LOOK_TIMES = 30
"""How often one caller looks whether another caller's call has ended: for three seconds."""


@dataclass(frozen=True)
class Numbers:
    """Ids and numbers of one new attempt, drawn before a transaction opens."""

    attempt_id: Id
    attempt_no: str
    part_ids: tuple[Id, ...]
    part_nos: tuple[str, ...]


@dataclass(frozen=True)
class StartAttempt:
    """Ask for money by one method; the payment stands already."""

    payment_id: Id
    method: str
    client_ip: str | None = None


@dataclass(frozen=True)
class Ask:
    """Ask the channel for this attempt. `is_repeat`: it was asked before, with an unknown outcome."""

    attempt_no: str
    is_repeat: bool


@dataclass(frozen=True)
class Await:
    """Another caller is asking the channel right now."""

    attempt_no: str


@dataclass(frozen=True)
class Replace:
    """End this attempt first. `must_be_proven`: its outcome is unknown, so it may not just be given up."""

    attempt_no: str
    must_be_proven: bool


@dataclass(frozen=True)
class Ready:
    """The live attempt can be handed out as it is."""


Step = Ask | Await | Replace | Ready


async def start_attempt(app: PaymentServices, ask: StartAttempt) -> PaymentView:
    """Give the buyer something to pay with: the live attempt of this method, or a new one.

    Raises:
        As `create_payment`, except PaymentInvalid and PaymentNumberReused.
    """
    for _ in range(MAX_ROUNDS):
        numbers = await _draw_numbers(app, ask.payment_id)
        step = await begin_attempt(app.db, ask, numbers)
        match step:
            case Ready():
                return await view_open_payment(app, ask.payment_id)
            case Ask():
                if await _ask_channel(app, step):
                    return await view_open_payment(app, ask.payment_id)
            case Await():
                await _await_other_caller(app, step.attempt_no)
            case Replace():
                await _end_before_next(app, step)
    raise ChannelUnavailable


@rerun_on_conflict
async def begin_attempt(db: Database, ask: StartAttempt, numbers: Numbers) -> Step:
    """Decide, under the payment's lock, what comes next; a new attempt is written before it is asked for.

    Raises:
        PaymentAlreadyPaid, PaymentClosed, PaymentTooLate, MethodNotOffered, TooManyMerchants,
        MerchantNotReady, AmountTooLarge: nothing was written.
    """
    async with db.transaction() as session:
        now = db.clock.now()
        payment = await queries.lock_payment(session, ask.payment_id)
        require_open(payment)
        attempts = await queries.lock_attempts(session, [payment.id])
        live = next((attempt for attempt in attempts if attempt.status in LIVE), None)
        if live is not None and live.method == ask.method and is_code_usable(live, now):
            return Ready()
        shares = shares_of(payment)
        merchant_refs = {share.merchant_ref for share in shares}
        accounts = await queries.list_account_offers(session, payment.pay_app_id, merchant_refs)
        account = offer_of(ask.method, shares, accounts)
        if live is not None and live.status is AttemptStatus.CREATED:
            if is_being_asked(live, now):
                return Await(live.attempt_no)
            if live.method == ask.method and now < live.created_at + GIVE_UP_AFTER:
                live.asked_at, live.asking_until = now, now + CALL_LIFE
                return Ask(live.attempt_no, is_repeat=True)
            return Replace(live.attempt_no, must_be_proven=True)
        if now + LAST_START >= payment.expires_at:
            raise PaymentTooLate(details={"expires_at": payment.expires_at.isoformat()})
        if live is not None:
            return Replace(live.attempt_no, must_be_proven=False)
        await _add_attempt(session, payment, ask, account, numbers)
        return Ask(numbers.attempt_no, is_repeat=False)


async def _add_attempt(
    session: AsyncSession, payment: Payment, ask: StartAttempt, account: AccountOffer, numbers: Numbers
) -> None:
    now = session.info["clock"].now()
    session.add(
        PaymentAttempt(
            id=numbers.attempt_id,
            payment_id=payment.id,
            live_payment_id=payment.id,
            attempt_no=numbers.attempt_no,
            method=ask.method,
            account_id=account.account_id,
            amount_fen=payment.amount_fen,
            description=payment.subject,
            status=AttemptStatus.CREATED,
            expires_at=payment.expires_at,
            client_ip=ask.client_ip,
            asked_at=now,
            asking_until=now + CALL_LIFE,
        )
    )
    shares = payable(shares_of(payment))
    part_nos = numbers.part_nos if len(shares) > 1 else (numbers.attempt_no,)
    for seq, (share, part_id, part_no) in enumerate(
        zip(shares, numbers.part_ids, part_nos, strict=True), start=1
    ):
        session.add(
            PaymentPart(
                id=part_id,
                attempt_id=numbers.attempt_id,
                payment_id=payment.id,
                seq=seq,
                part_no=part_no,
                merchant_ref=share.merchant_ref,
                sub_merchant_no=account.receiver_of(share.merchant_ref),
                reference=share.reference,
                amount_fen=share.amount_fen,
                profit_sharing=share.profit_sharing,
                description=share.description,
            )
        )
    if PAYMENT_MOVES.move(payment.status, PaymentStatus.PAYING):
        payment.status = PaymentStatus.PAYING
    await due_work.schedule(session, QUERY_ATTEMPT, numbers.attempt_no, now + FIRST_QUERY)


async def _ask_channel(app: PaymentServices, step: Ask) -> bool:
    """Ask for the attempt and record the answer; False when the channel says that it is paid already.

    Raises:
        ChannelRefused, ChannelUnavailable: as `create_payment`.
    """
    asked = await read_attempt(app, step.attempt_no)
    assert asked is not None
    channel = await app.channels.for_account(asked.attempt.account_id)
    try:
        code = await channel.create_payment(asked.request)
    except OrderAlreadyPaid:
        await record_unknown(app.db, step.attempt_no)
        await query_now(app, step.attempt_no)
        return False
    except (ChannelRejected, NotSupported) as refusal:
        provider_code = refusal.code if isinstance(refusal, ChannelRejected) else "NOT_SUPPORTED"
        if step.is_repeat:
            await supersede(app.db, step.attempt_no, due_at=app.clock.now())
        else:
            await record_refused(app.db, step.attempt_no, provider_code)
        raise ChannelRefused(str(refusal), details={"provider_code": provider_code}) from refusal
    except OutcomeUnknown as error:
        await record_unknown(app.db, step.attempt_no)
        raise ChannelUnavailable from error
    await record_action(app.db, step.attempt_no, code)
    return True


@rerun_on_conflict
async def record_action(db: Database, attempt_no: str, code: QrCode) -> None:
    """Write the channel's answer: the attempt can be paid. One that ended meanwhile stays ended."""
    async with db.transaction() as session:
        attempt = await lock_attempt(session, attempt_no)
        attempt.asking_until = None
        if attempt.status in LIVE:
            move_attempt(attempt, AttemptStatus.OPEN)
            attempt.action = {"type": "qr_code", "content": code.content}
            attempt.action_expires_at = code.expires_at


@rerun_on_conflict
async def record_unknown(db: Database, attempt_no: str) -> None:
    """The call ended without a clear answer: the order may exist, so the attempt stays as it is."""
    async with db.transaction() as session:
        (await lock_attempt(session, attempt_no)).asking_until = None


@rerun_on_conflict
async def record_refused(db: Database, attempt_no: str, provider_code: str) -> None:
    """The channel's first answer was a final no: the number is dead, and another attempt may start."""
    async with db.transaction() as session:
        attempt = await lock_attempt(session, attempt_no)
        if attempt.status is AttemptStatus.CREATED:
            move_attempt(attempt, AttemptStatus.FAILED)
            attempt.asking_until, attempt.failure_code = None, provider_code[:64]
            attempt.closed_at = db.clock.now()
            await due_work.cancel(session, QUERY_ATTEMPT, attempt_no)


async def _await_other_caller(app: PaymentServices, attempt_no: str) -> None:
    """Wait until another caller has its answer.

    Raises:
        ChannelUnavailable: it takes longer than a caller should wait.
    """
    for _ in range(LOOK_TIMES):
        await asyncio.sleep(LOOK_EVERY_S)
        asked = await read_attempt(app, attempt_no)
        assert asked is not None
        is_waiting = is_being_asked(asked.attempt, app.clock.now())
        if asked.attempt.status is not AttemptStatus.CREATED or not is_waiting:
            return
    raise ChannelUnavailable


async def _end_before_next(app: PaymentServices, step: Replace) -> None:
    """End the earlier attempt at its channel; one that cannot be ended is given up and watched.

    Raises:
        ChannelUnavailable: its outcome is unknown, so it may be paid: no second number beside it.
    """
    ended = await end_attempt(app, step.attempt_no)
    if ended is Ended.UNPROVEN:
        if step.must_be_proven:
            raise ChannelUnavailable
        await supersede(app.db, step.attempt_no, due_at=app.clock.now())


async def _draw_numbers(app: PaymentServices, payment_id: Id) -> Numbers:
    async with app.db.reading() as session:
        count = len(payable(shares_of(await queries.get_payment(session, payment_id))))
    (attempt_id,) = await app.serials.take("payment_attempt")
    part_ids = await app.serials.take("payment_part", count)
    return Numbers(
        attempt_id=Id(attempt_id),
        attempt_no=app.tokens.number("A", NUMBER_LENGTH),
        part_ids=tuple(Id(number) for number in part_ids),
        part_nos=tuple(app.tokens.number("B", NUMBER_LENGTH) for _ in range(count)),
    )
