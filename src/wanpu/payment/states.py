"""Statuses of payments and attempts, and the tables that move them."""

from enum import StrEnum

from wanpu.kernel.states import TransitionTable


class PaymentStatus(StrEnum):
    """支付单状态."""

    CREATED = "created"
    PAYING = "paying"
    PAID = "paid"
    CLOSED = "closed"


class AttemptStatus(StrEnum):
    """支付尝试状态."""

    CREATED = "created"  # the channel is being asked; it may or may not know the number
    OPEN = "open"  # payable at the channel
    PAID = "paid"
    CLOSED = "closed"  # proven unpaid and unpayable
    SUPERSEDED = "superseded"  # given up by us, perhaps still payable: queried until its expiry plus grace
    FAILED = "failed"  # the channel refused it for good


class SubMerchantState(StrEnum):
    """进件状态 of a merchant at a channel."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class ExceptionKind(StrEnum):
    """Why money, or the claim of money, could not be credited as asked for."""

    PAID_AFTER_CLOSE = "paid_after_close"  # money on a closed or failed attempt, or a closed payment
    PAID_ON_SUPERSEDED = "paid_on_superseded"
    PAID_TWICE = "paid_twice"
    AMOUNT_MISMATCH = "amount_mismatch"
    ACCOUNT_MISMATCH = "account_mismatch"
    PARTS_MISMATCH = "parts_mismatch"
    UNKNOWN_NUMBER = "unknown_number"
    REFUND_DUE = "refund_due"  # credited money that must go back to its buyer


class ExceptionState(StrEnum):
    """Whether a case still needs somebody."""

    OPEN = "open"
    CLOSED = "closed"


class NotificationResult(StrEnum):
    """What came of one verified notification."""

    PENDING = "pending"  # stored; settling goes on in the background
    SETTLED = "settled"
    REPEATED = "repeated"
    EXCEPTION = "exception"


PAYMENT_MOVES = TransitionTable[PaymentStatus](
    {
        PaymentStatus.CREATED: {PaymentStatus.PAYING, PaymentStatus.PAID, PaymentStatus.CLOSED},
        PaymentStatus.PAYING: {PaymentStatus.PAID, PaymentStatus.CLOSED},
        PaymentStatus.PAID: set(),
        PaymentStatus.CLOSED: set(),
    }
)

ATTEMPT_MOVES = TransitionTable[AttemptStatus](
    {
        AttemptStatus.CREATED: {
            AttemptStatus.OPEN,
            AttemptStatus.PAID,
            AttemptStatus.CLOSED,
            AttemptStatus.SUPERSEDED,
            AttemptStatus.FAILED,
        },
        AttemptStatus.OPEN: {AttemptStatus.PAID, AttemptStatus.CLOSED, AttemptStatus.SUPERSEDED},
        AttemptStatus.SUPERSEDED: {AttemptStatus.CLOSED},
        AttemptStatus.PAID: set(),
        AttemptStatus.CLOSED: set(),
        AttemptStatus.FAILED: set(),
    }
)

LIVE = frozenset({AttemptStatus.CREATED, AttemptStatus.OPEN})

RELEASABLE = frozenset(
    {
        ExceptionKind.AMOUNT_MISMATCH,
        ExceptionKind.ACCOUNT_MISMATCH,
        ExceptionKind.PARTS_MISMATCH,
        ExceptionKind.UNKNOWN_NUMBER,
    }
)
"""Cases that one wrong or early report opens, and that a matching report of the same money ends."""
