"""Making payments (下单). Starting an attempt by a method is `starting`."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from wanpu.infra import due_work
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.statements import insert_if_absent
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.payment import queries
from wanpu.payment.errors import PaymentNumberReused
from wanpu.payment.kinds import CLOSE_PAYMENT
from wanpu.payment.models import Payment
from wanpu.payment.port import CreatePayment, PaymentView, Share
from wanpu.payment.rules import check_request
from wanpu.payment.service.starting import StartAttempt, start_attempt
from wanpu.payment.service.views import require_open, shares_of, view_open_payment
from wanpu.payment.services import PaymentServices
from wanpu.payment.states import PaymentStatus


async def create_payment(app: PaymentServices, app_code: str, ask: CreatePayment) -> PaymentView:
    """Make a payment, and start an attempt when a method is named (统一下单).

    The same number with the same money gives the same payment, and the live attempt of the same method
    while its code can be scanned.

    Raises:
        PaymentInvalid: the request contradicts itself.
        PaymentNumberReused, PaymentAlreadyPaid, PaymentClosed, PaymentTooLate.
        MethodNotOffered, TooManyMerchants, MerchantNotReady, AmountTooLarge: not by this method.
        ChannelRefused: the channel said no; another request starts another attempt.
        ChannelUnavailable: the outcome is unknown; repeat the same request.
    """
    check_request(ask)
    (payment_id,) = await app.serials.take("payment")
    payment_id = await insert_payment(app.db, app_code, Id(payment_id), ask)
    if ask.method is None:
        return await view_open_payment(app, payment_id)
    return await start_attempt(app, StartAttempt(Id(payment_id), ask.method, ask.client_ip))


@rerun_on_conflict
async def insert_payment(db: Database, app_code: str, new_id: Id, ask: CreatePayment) -> Id:
    """Insert the payment unless its number stands; the id of the one that stands.

    Raises:
        PaymentClosed: the number was closed, perhaps before it was ever created.
        PaymentNumberReused: it stands with other money or receivers.
        PaymentAlreadyPaid: it was paid.
    """
    async with db.transaction() as session:
        pay_app = await queries.get_app(session, app_code)
        now = db.clock.now()
        row: dict[str, Any] = {
            "id": new_id,
            "pay_app_id": pay_app.id,
            "payment_no": ask.payment_no,
            "buyer_ref": ask.buyer_ref,
            "subject": ask.subject,
            "amount_fen": ask.amount_fen,
            "currency": "CNY",
            "allocation": [asdict(share) for share in ask.shares],
            "status": PaymentStatus.CREATED,
            "expires_at": ask.expires_at,
            "return_url": ask.return_url,
            "created_at": now,
            "updated_at": now,
        }
        is_new = await insert_if_absent(session, table_of(Payment), row, key=["pay_app_id", "payment_no"])
        if is_new:
            await due_work.schedule(session, CLOSE_PAYMENT, str(new_id), ask.expires_at)
            return new_id
        standing_id = await queries.find_payment_id(session, app_code, ask.payment_no)
        assert standing_id is not None
        payment = await queries.lock_payment(session, standing_id)
        if payment.status is not PaymentStatus.PAID:
            require_open(payment)
        if payment.amount_fen != ask.amount_fen or _money(shares_of(payment)) != _money(ask.shares):
            raise PaymentNumberReused(details={"payment_no": ask.payment_no})
        require_open(payment)
        return standing_id


def _money(shares: Sequence[Share]) -> list[tuple[str, str, int, bool]]:
    """What makes two requests the same: receivers, amounts, sharing flags; not how they are called."""
    return sorted(
        (share.reference, share.merchant_ref, int(share.amount_fen), share.profit_sharing) for share in shares
    )
