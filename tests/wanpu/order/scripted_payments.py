"""A payment port that answers as a test says and remembers what it was asked."""

from dataclasses import dataclass, field

from wanpu.payment import CreatePayment, PaymentNotFound, PaymentStatus, PaymentView, ReturnMoney


@dataclass
class ScriptedPayments:
    """`closes` are the answers to `close`, one after another; the last one stays."""

    closes: list[PaymentStatus] = field(default_factory=lambda: [PaymentStatus.CLOSED])
    created: list[CreatePayment] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    refunds: list[ReturnMoney] = field(default_factory=list)

    async def create(self, ask: CreatePayment) -> PaymentView:
        self.created.append(ask)
        return self._view(ask)

    async def query(self, payment_no: str) -> PaymentView:
        for ask in self.created:
            if ask.payment_no == payment_no:
                return self._view(ask)
        raise PaymentNotFound

    async def close(self, payment_no: str) -> PaymentStatus:
        self.closed.append(payment_no)
        return self.closes.pop(0) if len(self.closes) > 1 else self.closes[0]

    async def refund(self, ask: ReturnMoney) -> None:
        self.refunds.append(ask)

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
