"""What the payment room asks of every channel (支付渠道), and the only two ways a call may fail.

A connector sees no database and no order: it signs, sends, verifies and classifies.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from wanpu.kernel.money import Fen


class ChannelRejected(Exception):
    """A refusal that the channel documents as final: nothing moved and nothing will.

    `code` is the provider's own.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class OrderAlreadyPaid(ChannelRejected):
    """The channel refuses because the order is paid: ask for its state and settle it."""


class OutcomeUnknown(Exception):
    """No answer, an unsigned answer, or one we cannot read: money may have moved."""


class NotSupported(Exception):
    """This channel or account has no such operation."""


class NotificationRefused(Exception):
    """A notification that proves nothing: forged, stale, or not ours. It changes no state.

    `reason` is a short word for logs and counters, such as "bad_signature".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CloseCapability(StrEnum):
    """Whether an unpaid order can be ended at the channel before its own expiry."""

    YES = "yes"
    AFTER_FIVE_MINUTES = "after_five_minutes"
    EXPIRY_ONLY = "expiry_only"


@dataclass(frozen=True)
class AccountFacts:
    """Which account a channel speaks for; settling compares these with what a channel reports."""

    id: int
    channel: str
    account_no: str
    app_id: str
    mode: str


@dataclass(frozen=True)
class PartRequest:
    """What one merchant receives: the number and merchant at the channel, and the sharing flag."""

    part_no: str
    sub_merchant_no: str | None
    amount_fen: Fen
    description: str
    profit_sharing: bool


@dataclass(frozen=True)
class PaymentRequest:
    """One attempt as a channel is asked for it. Combined when it has several parts.

    `attempt_no` goes out as out_trade_no, or combine_out_trade_no; a plain attempt's only part
    travels under the attempt's number.
    """

    attempt_no: str
    method: str
    amount_fen: Fen
    description: str
    parts: tuple[PartRequest, ...]
    created_at: datetime
    expires_at: datetime
    notify_url: str
    client_ip: str | None = None
    openid: str | None = None

    @property
    def is_combined(self) -> bool:
        """Whether the attempt goes out as a combined order (合单)."""
        return len(self.parts) > 1


@dataclass(frozen=True)
class QrCode:
    """Show `content` as a QR code; it can be scanned until `expires_at`."""

    content: str
    expires_at: datetime


class ChannelState(StrEnum):
    """What a channel says of an attempt."""

    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"
    ABSENT = "absent"  # the channel has never heard of the number


@dataclass(frozen=True)
class PaidPart:
    """One credited part: its number, amount, receiver and the channel's transaction (渠道订单号)."""

    part_no: str
    sub_merchant_no: str | None
    amount_fen: Fen
    channel_payment_no: str


@dataclass(frozen=True)
class PaymentReport:
    """What a verified notification or query says. `payer_id` is the buyer's id at the channel.

    `account_no` and `app_id` are the channel's names of the account that received the money;
    settling compares them, the numbers and the amounts with what was asked for.
    """

    attempt_no: str
    state: ChannelState
    account_no: str
    app_id: str
    amount_fen: Fen
    currency: str
    parts: tuple[PaidPart, ...] = ()
    paid_at: datetime | None = None
    payer_id: str | None = None


@dataclass(frozen=True)
class Notification:
    """A verified notification: `notification_id` is the provider's own, for the record."""

    notification_id: str
    report: PaymentReport
    plaintext: bytes


class Channel(Protocol):
    """One account at one provider. Instances hold parsed keys and are kept."""

    account_no: str
    app_id: str
    close_capability: CloseCapability

    async def create_payment(self, request: PaymentRequest) -> QrCode:
        """Ask for a payable order. Safe to repeat with the same request.

        Raises:
            OrderAlreadyPaid: the number was paid before.
            ChannelRejected: no such order exists or ever will.
            OutcomeUnknown: the order may exist.
        """
        ...

    async def query_payment(self, request: PaymentRequest) -> PaymentReport:
        """Ask for the state of an attempt.

        Raises:
            ChannelRejected: the channel refuses to answer this account.
            OutcomeUnknown: no readable answer.
        """
        ...

    async def close_payment(self, request: PaymentRequest) -> None:
        """End an unpaid attempt, whole; repeating it is fine.

        Raises:
            OrderAlreadyPaid: too late: query and settle it.
            ChannelRejected: it cannot be closed by this call.
            OutcomeUnknown: it may still be payable.
        """
        ...

    async def read_notification(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Notification:
        """Verify the raw bytes and read them. Makes no outgoing call.

        Raises:
            NotificationRefused: it proves nothing.
        """
        ...
