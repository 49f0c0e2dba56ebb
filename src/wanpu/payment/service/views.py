"""A payment as its caller sees it."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.services import Services
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.payment import queries
from wanpu.payment.errors import PaymentAlreadyPaid, PaymentClosed
from wanpu.payment.models import Payment, PaymentAttempt
from wanpu.payment.port import PartView, PaymentView, Share
from wanpu.payment.states import LIVE, AttemptStatus, PaymentStatus

_ID_BYTES = 8
_SEAL_BYTES = 16
_TOKEN_LENGTH = 32


async def view_payment(app: Services, session: AsyncSession, payment: Payment) -> PaymentView:
    """The payment with its paid attempt, else its live one."""
    attempt = shown_attempt(await queries.list_attempts(session, payment.id))
    parts = await queries.list_parts(session, [attempt.id]) if attempt else []
    is_payable = payment.status is PaymentStatus.PAYING and payment.close_requested_at is None
    return PaymentView(
        payment_no=payment.payment_no,
        status=payment.status,
        amount_fen=payment.amount_fen,
        method=attempt.method if attempt else None,
        action=_action(app, attempt) if attempt and is_payable else None,
        parts=tuple(
            PartView(
                part.part_no, part.merchant_ref, part.reference, part.amount_fen, part.channel_payment_no
            )
            for part in parts
        ),
        paid_at=payment.paid_at,
        expires_at=payment.expires_at,
        cashier_url=f"/cashier/{cashier_token(app, payment.id)}",
    )


def shown_attempt(attempts: Sequence[PaymentAttempt]) -> PaymentAttempt | None:
    """The paid attempt, else the live one."""
    for statuses in ({AttemptStatus.PAID}, LIVE):
        for attempt in attempts:
            if attempt.status in statuses:
                return attempt
    return None


def _action(app: Services, attempt: PaymentAttempt) -> dict[str, Any] | None:
    """What the buyer does next; nothing once the code has died."""
    if attempt.action_expires_at is None or attempt.action_expires_at <= app.clock.now():
        return None
    return attempt.action


def cashier_token(app: Services, payment_id: int) -> str:
    """The payment's name in its cashier's address: nobody can guess or alter it (32 characters)."""
    raw = payment_id.to_bytes(_ID_BYTES, "big")
    return base64.urlsafe_b64encode(raw + _seal(app, raw)).decode()


def read_cashier_token(app: Services, token: str) -> Id | None:
    """The payment that a cashier's address names; None when the token is not ours."""
    if len(token) != _TOKEN_LENGTH or not token.isascii():
        return None
    try:
        data = base64.b64decode(token, altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    raw, seal = data[:_ID_BYTES], data[_ID_BYTES:]
    if not hmac.compare_digest(seal, _seal(app, raw)):
        return None
    return Id(int.from_bytes(raw, "big"))


def _seal(app: Services, raw: bytes) -> bytes:
    return hmac.digest(app.vault.derive("cashier address"), raw, sha256)[:_SEAL_BYTES]


async def view_open_payment(app: Services, payment_id: Id) -> PaymentView:
    """The payment for the caller who wants to pay.

    Raises:
        PaymentClosed: it was closed meanwhile.
    """
    async with app.db.reading() as session:
        payment = await queries.get_payment(session, payment_id)
        if payment.status is not PaymentStatus.PAID:
            require_open(payment)
        return await view_payment(app, session, payment)


def shares_of(payment: Payment) -> list[Share]:
    """Who receives what, as the payment's row keeps it."""
    return [Share(**{**share, "amount_fen": Fen(share["amount_fen"])}) for share in payment.allocation]


def require_open(payment: Payment) -> None:
    """Refuse what can no longer be paid.

    Raises:
        PaymentAlreadyPaid, PaymentClosed.
    """
    if payment.status is PaymentStatus.PAID:
        raise PaymentAlreadyPaid
    if payment.status is PaymentStatus.CLOSED or payment.close_requested_at is not None:
        raise PaymentClosed
