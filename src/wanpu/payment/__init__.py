"""Payments, channels, notifications and the ledger. Other rooms import from here only."""

from wanpu.payment.events import MoneyExceptionOpened, PaymentClosedUnpaid, PaymentSucceeded
from wanpu.payment.port import CreatePayment, PartView, PaymentPort, PaymentView, ReturnMoney, Share
from wanpu.payment.states import PaymentStatus

__all__ = [
    "CreatePayment",
    "MoneyExceptionOpened",
    "PartView",
    "PaymentClosedUnpaid",
    "PaymentPort",
    "PaymentStatus",
    "PaymentSucceeded",
    "PaymentView",
    "ReturnMoney",
    "Share",
]
