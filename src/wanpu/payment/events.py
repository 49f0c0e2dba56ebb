"""What the payment room tells others. It does not know that orders exist."""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel

from wanpu.infra.outbox import Event


class PaidPartFact(BaseModel):
    """One merchant's credited part; `reference` is the caller's own number of it."""

    part_no: str
    merchant_ref: str
    reference: str
    amount_fen: int
    channel_payment_no: str


class PaymentSucceeded(Event):
    """All of a payment was credited, once."""

    name: ClassVar[str] = "payment.succeeded"

    app_code: str
    payment_no: str
    attempt_no: str
    method: str
    amount_fen: int
    paid_at: datetime
    shares_transaction: bool  # the parts share one channel transaction
    parts: list[PaidPartFact]

    @property
    def aggregate(self) -> str:
        return f"payment:{self.payment_no}"


class PaymentClosedUnpaid(Event):
    """A payment ended proven unpaid."""

    name: ClassVar[str] = "payment.closed"

    app_code: str
    payment_no: str

    @property
    def aggregate(self) -> str:
        return f"payment:{self.payment_no}"


class MoneyExceptionOpened(Event):
    """A case needs somebody; for alarms."""

    name: ClassVar[str] = "money_exception.opened"

    exception_id: int
    kind: str
    amount_fen: int

    @property
    def aggregate(self) -> str:
        return f"money_exception:{self.exception_id}"
