"""Applications, channel accounts, payments with their attempts and parts, and what channels told us."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.infra.columns import BigInt, GrowingInt, TextStatus, code_text, json_value, long_text, name_text
from wanpu.infra.tables import Base, PrimaryId, Stamped
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.payment.states import (
    AttemptStatus,
    ExceptionKind,
    ExceptionState,
    NotificationResult,
    PaymentStatus,
    SubMerchantState,
)


class PayApp(Stamped, Base):
    """应用: whoever takes money through the platform. The mall itself is the first one."""

    __tablename__ = "pay_app"

    id: Mapped[PrimaryId]
    code: Mapped[str] = mapped_column(code_text(32), unique=True)
    name: Mapped[str] = mapped_column(name_text(64))
    is_enabled: Mapped[bool] = mapped_column(Boolean, default=True)


class ChannelAccount(Stamped, Base):
    """渠道商户号: one account at one provider. `secrets` is sealed; `settings` holds what is public."""

    __tablename__ = "channel_account"

    id: Mapped[PrimaryId]
    channel: Mapped[str] = mapped_column(code_text(16))  # "wechatpay"
    mode: Mapped[str] = mapped_column(code_text(16))  # direct, partner, ecommerce
    name: Mapped[str] = mapped_column(name_text(64))
    account_no: Mapped[str] = mapped_column(code_text(32))  # sp_mchid or mchid
    app_id: Mapped[str] = mapped_column(code_text(32))
    settings: Mapped[dict[str, Any]] = mapped_column(json_value())
    secrets: Mapped[str] = mapped_column(long_text())
    is_enabled: Mapped[bool] = mapped_column(Boolean, default=True)

    __table_args__ = (UniqueConstraint("channel", "account_no", "app_id"),)


class SubMerchant(Stamped, Base):
    """A merchant's number at a channel account (特约商户号), by the application's own merchant id."""

    __tablename__ = "sub_merchant"

    id: Mapped[PrimaryId]
    pay_app_id: Mapped[Id]
    account_id: Mapped[Id]
    merchant_ref: Mapped[str] = mapped_column(code_text(32))
    sub_merchant_no: Mapped[str] = mapped_column(code_text(32))
    state: Mapped[SubMerchantState] = mapped_column(TextStatus(SubMerchantState))

    __table_args__ = (
        UniqueConstraint("pay_app_id", "account_id", "merchant_ref"),
        UniqueConstraint("account_id", "sub_merchant_no"),
    )


class Payment(Stamped, Base):
    """支付单: one sum that an application wants from one buyer. Lock this row before its attempts.

    `allocation` says who receives what: [{"merchant_ref", "payee_name", "amount_fen", "profit_sharing",
    "reference"}]; `reference` is the application's own number of that share (the mall: the seller order id).
    A number that was closed before it was ever created is a closed row over 0 fen.
    """

    __tablename__ = "payment"

    id: Mapped[PrimaryId]
    pay_app_id: Mapped[Id]
    payment_no: Mapped[str] = mapped_column(code_text(32))  # the application's own number
    buyer_ref: Mapped[str] = mapped_column(code_text(64))  # the application's own name of the buyer
    subject: Mapped[str] = mapped_column(name_text(127))
    amount_fen: Mapped[Fen]
    currency: Mapped[str] = mapped_column(code_text(3), default="CNY")
    allocation: Mapped[list[Any]] = mapped_column(json_value())
    status: Mapped[PaymentStatus] = mapped_column(TextStatus(PaymentStatus), default=PaymentStatus.CREATED)
    expires_at: Mapped[datetime]
    return_url: Mapped[str | None] = mapped_column(code_text(512))
    close_requested_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("pay_app_id", "payment_no"),
        Index(None, "pay_app_id", "buyer_ref"),
        CheckConstraint("amount_fen > 0 OR (amount_fen = 0 AND status = 'closed')", name="amount_positive"),
    )


class PaymentAttempt(Stamped, Base):
    """支付尝试: one order at one channel. The account it was asked of is kept, and refunds use it too.

    `live_payment_id` holds the payment's id while the attempt is the live one, so that a payment
    never has two. `asked_at` is when the channel was last asked to create it; while one
    caller waits for that answer, `asking_until` keeps others from asking too.
    """

    __tablename__ = "payment_attempt"

    id: Mapped[PrimaryId]
    payment_id: Mapped[Id]
    live_payment_id: Mapped[Id | None] = mapped_column(BigInt, unique=True)
    attempt_no: Mapped[str] = mapped_column(code_text(32), unique=True)
    method: Mapped[str] = mapped_column(code_text(32))  # "wechatpay.native"
    account_id: Mapped[Id]
    amount_fen: Mapped[Fen]
    description: Mapped[str] = mapped_column(name_text(127))
    status: Mapped[AttemptStatus] = mapped_column(TextStatus(AttemptStatus), default=AttemptStatus.CREATED)
    action: Mapped[dict[str, Any] | None] = mapped_column(json_value())
    action_expires_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    client_ip: Mapped[str | None] = mapped_column(code_text(45))
    payer_id: Mapped[str | None] = mapped_column(code_text(128))
    failure_code: Mapped[str | None] = mapped_column(code_text(64))
    asked_at: Mapped[datetime]
    asking_until: Mapped[datetime | None]
    queried_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "payment_id"),)


class PaymentPart(Stamped, Base):
    """子单: what one merchant receives of one attempt; refunds, sharing and bill lines hang on it."""

    __tablename__ = "payment_part"

    id: Mapped[PrimaryId]
    attempt_id: Mapped[Id]
    payment_id: Mapped[Id]
    seq: Mapped[int] = mapped_column(Integer)
    part_no: Mapped[str] = mapped_column(code_text(32), unique=True)  # out_trade_no when combined
    merchant_ref: Mapped[str] = mapped_column(code_text(32))
    sub_merchant_no: Mapped[str | None] = mapped_column(code_text(32))
    reference: Mapped[str] = mapped_column(code_text(32))
    amount_fen: Mapped[Fen]
    profit_sharing: Mapped[bool] = mapped_column(Boolean)
    description: Mapped[str] = mapped_column(name_text(127), default="")  # empty: the attempt's own
    channel_payment_no: Mapped[str | None] = mapped_column(code_text(64))

    __table_args__ = (
        UniqueConstraint("attempt_id", "seq"),
        Index(None, "payment_id"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
    )


class ChannelTransaction(Base):
    """渠道订单号: money that a channel says it took, booked once in the whole database.

    Credited to a payment, or to the exceptions book when `exception_id` is set.
    """

    __tablename__ = "channel_transaction"

    channel: Mapped[str] = mapped_column(code_text(16), primary_key=True)
    channel_payment_no: Mapped[str] = mapped_column(code_text(64), primary_key=True)
    account_id: Mapped[Id]
    attempt_no: Mapped[str] = mapped_column(code_text(32))
    part_no: Mapped[str] = mapped_column(code_text(32))
    payment_id: Mapped[Id | None] = mapped_column(BigInt)
    exception_id: Mapped[Id | None] = mapped_column(BigInt)
    amount_fen: Mapped[Fen]
    paid_at: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "payment_id"), CheckConstraint("amount_fen > 0", name="amount_positive"))


class PaymentNotification(Base):
    """异步通知: the raw bytes of a verified notification and what came of it."""

    __tablename__ = "payment_notification"

    id: Mapped[PrimaryId]
    channel: Mapped[str] = mapped_column(code_text(16))
    account_id: Mapped[Id]
    notification_id: Mapped[str] = mapped_column(code_text(64))
    attempt_no: Mapped[str] = mapped_column(code_text(32))
    headers: Mapped[dict[str, Any]] = mapped_column(json_value())
    body: Mapped[str] = mapped_column(long_text())
    result: Mapped[NotificationResult] = mapped_column(TextStatus(NotificationResult))
    received_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "attempt_no"), Index(None, "received_at"))


class ChannelExchange(Base):
    """渠道报文: one call to a channel and its answer, with secrets and personal data masked."""

    __tablename__ = "channel_exchange"

    id: Mapped[Id] = mapped_column(GrowingInt, primary_key=True)
    account_id: Mapped[Id]
    operation: Mapped[str] = mapped_column(code_text(32))
    attempt_no: Mapped[str] = mapped_column(code_text(32))
    outcome: Mapped[str] = mapped_column(code_text(64))  # "ok", "rejected:ORDERPAID", "unknown"
    request: Mapped[dict[str, Any]] = mapped_column(json_value())
    answer: Mapped[dict[str, Any]] = mapped_column(json_value())
    duration_ms: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "attempt_no"), Index(None, "created_at"))


class MoneyException(Stamped, Base):
    """资金异常: money that could not be credited as asked for, or credited money that must go back.

    `case_key` names the money it is about, so that one sum never opens two cases.
    """

    __tablename__ = "money_exception"

    id: Mapped[PrimaryId]
    kind: Mapped[ExceptionKind] = mapped_column(TextStatus(ExceptionKind))
    state: Mapped[ExceptionState] = mapped_column(TextStatus(ExceptionState), default=ExceptionState.OPEN)
    case_key: Mapped[str] = mapped_column(code_text(128), unique=True)
    channel: Mapped[str] = mapped_column(code_text(16))
    account_id: Mapped[Id]
    attempt_no: Mapped[str] = mapped_column(code_text(32))
    part_no: Mapped[str | None] = mapped_column(code_text(32))
    channel_payment_no: Mapped[str | None] = mapped_column(code_text(64))
    payment_id: Mapped[Id | None] = mapped_column(BigInt)
    amount_fen: Mapped[Fen]
    expected_fen: Mapped[Fen | None] = mapped_column(BigInt)
    reason: Mapped[str] = mapped_column(name_text(255))
    details: Mapped[dict[str, Any]] = mapped_column(json_value())

    __table_args__ = (Index(None, "state", "id"), Index(None, "payment_id"))


class LedgerAccount(Base):
    """账户: one account of the books. `code` is its kind and owner, "merchant_pending:mall:7"."""

    __tablename__ = "ledger_account"

    code: Mapped[str] = mapped_column(code_text(96), primary_key=True)
    kind: Mapped[str] = mapped_column(code_text(32))
    owner: Mapped[str] = mapped_column(code_text(80))
    created_at: Mapped[datetime]


class LedgerEntry(Base):
    """分录: one balanced movement, never changed and never removed. One cause books once."""

    __tablename__ = "ledger_entry"

    id: Mapped[Id] = mapped_column(GrowingInt, primary_key=True)
    debit_account: Mapped[str] = mapped_column(code_text(96))
    credit_account: Mapped[str] = mapped_column(code_text(96))
    amount_fen: Mapped[Fen]
    kind: Mapped[str] = mapped_column(code_text(32))  # "payment_received"
    ref: Mapped[str] = mapped_column(code_text(96))  # what it books: a transaction, a refund, a case
    occurred_at: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("kind", "ref"),
        Index(None, "debit_account", "id"),
        Index(None, "credit_account", "id"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("debit_account <> credit_account", name="two_accounts"),
    )
