"""Which accounts each event of money moves between; pure."""

from dataclasses import dataclass
from datetime import datetime

from wanpu.kernel.money import Fen


@dataclass(frozen=True)
class Account:
    """One account of the books: its kind and whose it is."""

    kind: str
    owner: str

    @property
    def code(self) -> str:
        """The account's key: "merchant_pending:mall:7"."""
        return f"{self.kind}:{self.owner}"


@dataclass(frozen=True)
class Entry:
    """One balanced movement: `amount_fen` leaves `credit` and arrives at `debit`. (kind, ref) books once."""

    kind: str
    ref: str
    debit: Account
    credit: Account
    amount_fen: Fen
    occurred_at: datetime


def channel_clearing(account_id: int) -> Account:
    """What a channel account took and has not paid out."""
    return Account("channel_clearing", str(account_id))


def exceptions(account_id: int) -> Account:
    """What a channel account took and no payment could use."""
    return Account("exceptions", str(account_id))


def merchant_pending(app_code: str, merchant_ref: str) -> Account:
    """What was paid for a merchant and is not yet settled."""
    return Account("merchant_pending", f"{app_code}:{merchant_ref}")


def refunds_payable(app_code: str) -> Account:
    """What must go back to buyers."""
    return Account("refunds_payable", app_code)


def transaction_ref(channel: str, channel_payment_no: str) -> str:
    """How entries name one transaction of a channel."""
    return f"{channel}:{channel_payment_no}"


def refund_ref(app_code: str, refund_no: str) -> str:
    """How entries name one refund of an application."""
    return f"{app_code}:{refund_no}"


def payment_received(
    *, account_id: int, app_code: str, merchant_ref: str, ref: str, amount_fen: Fen, paid_at: datetime
) -> Entry:
    """A part was paid: the channel owes us, and we owe the merchant."""
    return Entry(
        kind="payment_received",
        ref=ref,
        debit=channel_clearing(account_id),
        credit=merchant_pending(app_code, merchant_ref),
        amount_fen=amount_fen,
        occurred_at=paid_at,
    )


def exception_received(*, account_id: int, ref: str, amount_fen: Fen, paid_at: datetime) -> Entry:
    """Money came that no payment can use: the channel owes us, and we owe somebody to be found."""
    return Entry(
        kind="exception_received",
        ref=ref,
        debit=channel_clearing(account_id),
        credit=exceptions(account_id),
        amount_fen=amount_fen,
        occurred_at=paid_at,
    )


def exception_released(*, account_id: int, ref: str, amount_fen: Fen, released_at: datetime) -> Entry:
    """A later, matching report credits the money: take it out of the exceptions again."""
    return Entry(
        kind="exception_released",
        ref=ref,
        debit=exceptions(account_id),
        credit=channel_clearing(account_id),
        amount_fen=amount_fen,
        occurred_at=released_at,
    )


def refund_due(
    *, app_code: str, merchant_ref: str, refund_no: str, amount_fen: Fen, decided_at: datetime
) -> Entry:
    """Credited money must go back: the merchant's claim becomes the buyer's."""
    return Entry(
        kind="refund_due",
        ref=refund_ref(app_code, refund_no),
        debit=merchant_pending(app_code, merchant_ref),
        credit=refunds_payable(app_code),
        amount_fen=amount_fen,
        occurred_at=decided_at,
    )
