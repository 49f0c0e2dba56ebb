"""Money that must go back to its buyer: a case each, with its claim in the books."""

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra import outbox
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.kernel.ids import Id
from wanpu.payment import entries, ledger, queries
from wanpu.payment.entries import refund_ref
from wanpu.payment.errors import PaymentInvalid, PaymentNotFound, RefundNumberReused, RefundTooLarge
from wanpu.payment.events import MoneyExceptionOpened
from wanpu.payment.models import MoneyException, Payment, PaymentAttempt, PaymentPart
from wanpu.payment.port import ReturnMoney
from wanpu.payment.services import PaymentServices
from wanpu.payment.states import AttemptStatus, ExceptionKind, ExceptionState


async def return_money(app: PaymentServices, app_code: str, ask: ReturnMoney) -> None:
    """Owe a buyer part or all of one paid part (申请退款).

    Opens a `refund_due` case once per refund number; the claim moves from the merchant to the buyer.

    Raises:
        PaymentNotFound: no such paid part.
        RefundNumberReused: the number was used with other money.
        RefundTooLarge: more would go back than was paid.
    """
    if ask.amount_fen <= 0 or not 0 < len(ask.refund_no) <= 32:
        raise PaymentInvalid(details={"problem": "refund_no or amount_fen"})
    (case_id,) = await app.serials.take("money_exception")
    await record_refund_due(app.db, app_code, ask, Id(case_id))


@rerun_on_conflict
async def record_refund_due(db: Database, app_code: str, ask: ReturnMoney, case_id: Id) -> None:
    """Open the case and book the claim; a repeat of the number changes nothing."""
    async with db.transaction() as session:
        payment, attempt, part = await _lock_paid_part(session, app_code, ask)
        case_key = f"refund:{refund_ref(app_code, ask.refund_no)}"
        known = await queries.find_case(session, case_key)
        if known is not None:
            if (known.part_no, known.amount_fen) != (part.part_no, ask.amount_fen):
                raise RefundNumberReused(details={"refund_no": ask.refund_no})
            return
        due_before = await queries.refunds_due_fen(session, payment.id, part.part_no)
        if due_before + ask.amount_fen > part.amount_fen:
            raise RefundTooLarge(details={"paid_fen": part.amount_fen, "returned_fen": due_before})
        now = db.clock.now()
        case = _case(payment, attempt, part, ask, case_id=case_id, case_key=case_key)
        session.add(case)
        entry = entries.refund_due(
            app_code=app_code,
            merchant_ref=part.merchant_ref,
            refund_no=ask.refund_no,
            amount_fen=ask.amount_fen,
            decided_at=now,
        )
        await ledger.post(session, [entry])
        event = MoneyExceptionOpened(exception_id=case_id, kind=case.kind, amount_fen=ask.amount_fen)
        outbox.publish(session, event)


async def _lock_paid_part(
    session: AsyncSession, app_code: str, ask: ReturnMoney
) -> tuple[Payment, PaymentAttempt, PaymentPart]:
    payment_id = await queries.find_payment_id(session, app_code, ask.payment_no)
    if payment_id is None:
        raise PaymentNotFound(details={"payment_no": ask.payment_no})
    payment = await queries.lock_payment(session, payment_id)
    for attempt in await queries.lock_attempts(session, [payment_id]):
        if attempt.status is AttemptStatus.PAID:
            for part in await queries.list_parts(session, [attempt.id]):
                if part.reference == ask.reference:
                    return payment, attempt, part
    raise PaymentNotFound(details={"payment_no": ask.payment_no, "reference": ask.reference})


def _case(
    payment: Payment,
    attempt: PaymentAttempt,
    part: PaymentPart,
    ask: ReturnMoney,
    *,
    case_id: Id,
    case_key: str,
) -> MoneyException:
    return MoneyException(
        id=case_id,
        kind=ExceptionKind.REFUND_DUE,
        state=ExceptionState.OPEN,
        case_key=case_key,
        channel=attempt.method.partition(".")[0],
        account_id=attempt.account_id,
        attempt_no=attempt.attempt_no,
        part_no=part.part_no,
        channel_payment_no=part.channel_payment_no,
        payment_id=payment.id,
        amount_fen=ask.amount_fen,
        expected_fen=part.amount_fen,
        reason=ask.reason[:255],
        details={"refund_no": ask.refund_no, "merchant_ref": part.merchant_ref},
    )
