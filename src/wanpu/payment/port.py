"""The only door between whoever takes money and the payment room (支付端口).

No session and no transaction crosses it, so that the payment room can run as a service of its own.
Every operation may be repeated with the same arguments.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from wanpu.kernel.money import Fen
from wanpu.payment.states import PaymentStatus


@dataclass(frozen=True)
class Share:
    """What one merchant receives of a payment. `reference` is the caller's own number of it.

    `payee_name` is how the cashier calls the merchant, `description` what the buyer's wallet says of this
    share (商品描述; the payment's subject when it is empty). A share of 0 fen takes no part in the payment.
    """

    merchant_ref: str
    amount_fen: Fen
    profit_sharing: bool
    reference: str
    payee_name: str = ""
    description: str = ""


@dataclass(frozen=True)
class CreatePayment:
    """Ask for money. `method` None makes the payment without an attempt: the cashier offers methods."""

    payment_no: str
    buyer_ref: str
    subject: str
    amount_fen: Fen
    shares: tuple[Share, ...]
    expires_at: datetime
    method: str | None = None
    return_url: str | None = None
    client_ip: str | None = None


@dataclass(frozen=True)
class PartView:
    """One part of the paid attempt, else of the live one."""

    part_no: str
    merchant_ref: str
    reference: str
    amount_fen: Fen
    channel_payment_no: str | None


@dataclass(frozen=True)
class PaymentView:
    """A payment as its caller sees it. `action` is what the buyer does next, None when nothing."""

    payment_no: str
    status: PaymentStatus
    amount_fen: Fen
    method: str | None
    action: dict[str, Any] | None
    parts: tuple[PartView, ...]
    paid_at: datetime | None
    expires_at: datetime
    cashier_url: str


@dataclass(frozen=True)
class ReturnMoney:
    """Give one paid part back to its buyer; `refund_no` is the caller's own number."""

    payment_no: str
    refund_no: str
    reference: str
    amount_fen: Fen
    reason: str


class PaymentPort(Protocol):
    """What the mall asks of the payment platform."""

    async def create(self, ask: CreatePayment) -> PaymentView:
        """Make the payment, and an attempt when a method is named; the live attempt of the same
        method is given again.

        Raises:
            PaymentInvalid, PaymentNumberReused, PaymentAlreadyPaid, PaymentClosed, PaymentTooLate.
            MethodNotOffered, TooManyMerchants, MerchantNotReady, AmountTooLarge: not by this method.
            ChannelRefused: the channel said no; another request starts another attempt.
            ChannelUnavailable: the outcome is unknown; repeat the same request.
        """
        ...

    async def query(self, payment_no: str) -> PaymentView:
        """The payment as it stands; makes the active query come soon when it is not final.

        Raises:
            PaymentNotFound: the number is unknown.
        """
        ...

    async def close(self, payment_no: str, *, return_url: str | None = None) -> PaymentStatus:
        """End it: CLOSED when proven unpaid, PAID when money was faster, PAYING while unproven.

        A number that is not known yet becomes a closed payment, so that a late create cannot open it;
        its cashier leads back to `return_url`.
        """
        ...

    async def refund(self, ask: ReturnMoney) -> None:
        """Give money of one part back; repeating the same number changes nothing.

        Raises:
            PaymentNotFound: no such paid part.
            RefundNumberReused, RefundTooLarge: nothing was written.
        """
        ...
