"""Payments, channels, notifications and the ledger. Other rooms import from here only."""

from wanpu.payment.audit import audit_money
from wanpu.payment.errors import (
    AmountTooLarge,
    ChannelRefused,
    ChannelUnavailable,
    MerchantNotReady,
    MethodNotOffered,
    PaymentAlreadyPaid,
    PaymentClosed,
    PaymentInvalid,
    PaymentNotFound,
    PaymentNumberReused,
    PaymentTooLate,
    TooManyMerchants,
)
from wanpu.payment.events import MoneyExceptionOpened, PaymentClosedUnpaid, PaymentSucceeded
from wanpu.payment.jobs import due_work_handlers
from wanpu.payment.port import CreatePayment, PartView, PaymentPort, PaymentView, ReturnMoney, Share
from wanpu.payment.port_local import LocalPaymentPort
from wanpu.payment.queries import credited_parts
from wanpu.payment.service.accounts import (
    NewChannelAccount,
    add_pay_app,
    open_payment_services,
    save_channel_account,
    save_sub_merchant,
)
from wanpu.payment.services import PaymentServices
from wanpu.payment.states import PaymentStatus
from wanpu.payment.subscribers import register

__all__ = [
    "AmountTooLarge",
    "ChannelRefused",
    "ChannelUnavailable",
    "CreatePayment",
    "LocalPaymentPort",
    "MerchantNotReady",
    "MethodNotOffered",
    "MoneyExceptionOpened",
    "NewChannelAccount",
    "PartView",
    "PaymentAlreadyPaid",
    "PaymentClosed",
    "PaymentClosedUnpaid",
    "PaymentInvalid",
    "PaymentNotFound",
    "PaymentNumberReused",
    "PaymentPort",
    "PaymentServices",
    "PaymentStatus",
    "PaymentSucceeded",
    "PaymentTooLate",
    "PaymentView",
    "ReturnMoney",
    "Share",
    "TooManyMerchants",
    "add_pay_app",
    "audit_money",
    "credited_parts",
    "due_work_handlers",
    "open_payment_services",
    "register",
    "save_channel_account",
    "save_sub_merchant",
]
