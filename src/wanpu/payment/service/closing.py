"""Closing payments (关单): no new attempt, every old one ended at its channel, then closed or paid."""

from datetime import datetime, timedelta

from wanpu.infra import due_work, outbox
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.statements import insert_if_absent
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.payment import queries
from wanpu.payment.events import PaymentClosedUnpaid
from wanpu.payment.kinds import CLOSE_PAYMENT
from wanpu.payment.models import Payment
from wanpu.payment.service.attempts import end_attempt
from wanpu.payment.services import PaymentServices
from wanpu.payment.states import LIVE, PAYMENT_MOVES, AttemptStatus, PaymentStatus

FIRST_RETRY = timedelta(seconds=5)
RETRY_STEPS_S = (5, 10, 15, 30, 60)
ENDLESS = frozenset({*LIVE, AttemptStatus.SUPERSEDED})
"""The statuses of attempts that may still take money."""


async def close_payment(
    app: PaymentServices, app_code: str, payment_no: str, *, return_url: str | None = None
) -> PaymentStatus:
    """End a payment: CLOSED when proven unpaid, PAID when money was faster, PAYING while unproven.

    While it is unproven, due work goes on. A number that is not known becomes a closed payment, so that
    a late create cannot open it and its cashier leads back to `return_url`. A repeat is fine.
    """
    (new_id,) = await app.serials.take("payment")
    payment_id = await request_close(app.db, app_code, payment_no, Id(new_id), return_url=return_url)
    return await _close(app, payment_id)


async def close_due_payment(app: PaymentServices, payment_id: Id, turn: int) -> datetime | None:
    """Go on closing a payment whose time is over; when to try again, None when it ended."""
    await request_close_by_id(app.db, payment_id)
    status = await _close(app, payment_id)
    if status is not PaymentStatus.PAYING:
        return None
    return app.clock.now() + timedelta(seconds=RETRY_STEPS_S[min(turn, len(RETRY_STEPS_S)) - 1])


async def _close(app: PaymentServices, payment_id: Id) -> PaymentStatus:
    async with app.db.reading() as session:
        attempts = await queries.list_attempts(session, payment_id)
    for attempt in attempts:
        if attempt.status in ENDLESS:
            await end_attempt(app, attempt.attempt_no)
    return await finish_close(app.db, payment_id)


@rerun_on_conflict
async def request_close(
    db: Database, app_code: str, payment_no: str, new_id: Id, *, return_url: str | None = None
) -> Id:
    """Block new attempts; the payment's id. An unknown number becomes a closed payment over 0 fen."""
    async with db.transaction() as session:
        pay_app = await queries.get_app(session, app_code)
        now = db.clock.now()
        row = {
            "id": new_id,
            "pay_app_id": pay_app.id,
            "payment_no": payment_no,
            "buyer_ref": "",
            "subject": "",
            "amount_fen": 0,
            "currency": "CNY",
            "allocation": [],
            "status": PaymentStatus.CLOSED,
            "expires_at": now,
            "return_url": return_url,
            "close_requested_at": now,
            "closed_at": now,
            "created_at": now,
            "updated_at": now,
        }
        if await insert_if_absent(session, table_of(Payment), row, key=["pay_app_id", "payment_no"]):
            event = PaymentClosedUnpaid(app_code=app_code, payment_no=payment_no)
            outbox.publish(session, event)
            return new_id
        payment_id = await queries.find_payment_id(session, app_code, payment_no)
        assert payment_id is not None
        payment = await queries.lock_payment(session, payment_id)
        if payment.status in (PaymentStatus.CREATED, PaymentStatus.PAYING):
            payment.close_requested_at = payment.close_requested_at or now
            await due_work.schedule(session, CLOSE_PAYMENT, str(payment.id), now + FIRST_RETRY)
        return payment_id


@rerun_on_conflict
async def request_close_by_id(db: Database, payment_id: Id) -> None:
    """Block new attempts of a payment that stands."""
    async with db.transaction() as session:
        payment = await queries.lock_payment(session, payment_id)
        if payment.status in (PaymentStatus.CREATED, PaymentStatus.PAYING):
            payment.close_requested_at = payment.close_requested_at or db.clock.now()


@rerun_on_conflict
async def finish_close(db: Database, payment_id: Id) -> PaymentStatus:
    """Close the payment when none of its attempts can take money any more; its status then."""
    async with db.transaction() as session:
        payment = await queries.lock_payment(session, payment_id)
        if payment.status in (PaymentStatus.CLOSED, PaymentStatus.PAID):
            return payment.status
        attempts = await queries.lock_attempts(session, [payment_id])
        if any(attempt.status in ENDLESS for attempt in attempts):
            return PaymentStatus.PAYING
        PAYMENT_MOVES.move(payment.status, PaymentStatus.CLOSED)
        payment.status, payment.closed_at = PaymentStatus.CLOSED, db.clock.now()
        codes = await queries.app_codes(session, [payment.pay_app_id])
        event = PaymentClosedUnpaid(app_code=codes[payment.pay_app_id], payment_no=payment.payment_no)
        outbox.publish(session, event)
        await due_work.cancel(session, CLOSE_PAYMENT, str(payment_id))
        return PaymentStatus.CLOSED
