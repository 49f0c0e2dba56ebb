"""A payment port that answers as a test says and remembers what it was asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wanpu.kernel.errors import WanpuError
from wanpu.payment import (
    CreatePayment,
    PaymentNotFound,
    PaymentStatus,
    PaymentSucceeded,
    PaymentView,
    ReturnMoney,
)
from wanpu.payment.events import PaidPartFact


@dataclass
class ScriptedPayments:
    """`closes` are the answers to `close`, one after another; the last one stays.

    `while_asked` runs inside every call to the port, as the rest of the world does while a channel answers.
    """

    closes: list[PaymentStatus] = field(default_factory=lambda: [PaymentStatus.CLOSED])
    refusal: WanpuError | None = None
    while_asked: Callable[[], Awaitable[None]] | None = None
    created: list[CreatePayment] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    refunds: list[ReturnMoney] = field(default_factory=list)

    async def create(self, ask: CreatePayment) -> PaymentView:
        await self._world_goes_on()
        if self.refusal is not None:
            raise self.refusal
        self.created.append(ask)
        return self._view(ask)

    async def query(self, payment_no: str) -> PaymentView:
        for ask in self.created:
            if ask.payment_no == payment_no:
                return self._view(ask)
        raise PaymentNotFound

    async def close(self, payment_no: str, *, return_url: str | None = None) -> PaymentStatus:
        await self._world_goes_on()
        self.closed.append(payment_no)
        return self.closes.pop(0) if len(self.closes) > 1 else self.closes[0]

    async def refund(self, ask: ReturnMoney) -> None:
        self.refunds.append(ask)

    async def _world_goes_on(self) -> None:
        if self.while_asked is not None:
            await self.while_asked()

    def _view(self, ask: CreatePayment) -> PaymentView:
        return PaymentView(
            payment_no=ask.payment_no,
            status=PaymentStatus.PAYING,
            amount_fen=ask.amount_fen,
            method=ask.method,
            action={"type": "qr_code", "content": "weixin://wxpay/bizpayurl?pr=scripted"},
            parts=(),
            paid_at=None,
            expires_at=ask.expires_at,
            cashier_url=f"/cashier/{ask.payment_no}",
        )


def paid(order: dict[str, Any], payment_no: str, paid_at: datetime, **changes: Any) -> PaymentSucceeded:
    """The event of an order's payment: one transaction per seller order unless `changes` say otherwise."""
    parts = [
        PaidPartFact(
            part_no=f"B{seller['seller_order_id']}",
            merchant_ref=seller["merchant_id"],
            reference=seller["seller_order_id"],
            amount_fen=seller["pay_fen"],
            channel_payment_no=f"42000{seller['seller_order_id']}",
        )
        for seller in order["seller_orders"]
    ]
    facts: dict[str, Any] = {
        "app_code": "mall",
        "payment_no": payment_no,
        "attempt_no": f"A{payment_no}",
        "method": "wechatpay.native",
        "amount_fen": order["pay_fen"],
        "paid_at": paid_at,
        "shares_transaction": False,
        "parts": parts,
    }
    return PaymentSucceeded(**(facts | changes))
