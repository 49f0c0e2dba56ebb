"""What a payment may look like, which methods are legal for it, and whether money fits it; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from wanpu.kernel.errors import WanpuError
from wanpu.kernel.money import MAX_FEN, Fen
from wanpu.payment.channel import PaymentReport
from wanpu.payment.errors import (
    AmountTooLarge,
    MerchantNotReady,
    MethodNotOffered,
    PaymentInvalid,
    TooManyMerchants,
)
from wanpu.payment.models import PaymentAttempt, PaymentPart
from wanpu.payment.port import CreatePayment, Share
from wanpu.payment.states import ExceptionKind

LAST_START = timedelta(seconds=60)
"""No attempt is started when less time than this is left."""

CALL_LIFE = timedelta(seconds=30)
"""A call to a channel has surely arrived or died after this long, whatever became of its process."""

CODE_MARGIN = timedelta(seconds=10)
"""A code that dies sooner than this is not handed out again."""

GIVE_UP_AFTER = timedelta(seconds=60)
"""An attempt whose creation is unknown for this long is closed and replaced instead of repeated."""

PAYMENT_NO = re.compile(r"[0-9A-Za-z_-]{1,32}")
REFERENCE = re.compile(r"[0-9A-Za-z_:-]{1,32}")
MAX_DESCRIPTION = 127


class Client(StrEnum):
    """Where the buyer looks at the cashier."""

    DESKTOP = "desktop"
    PHONE = "phone"
    WECHAT = "wechat"


@dataclass(frozen=True)
class MethodRule:
    """What one method can do. `max_parts` counts merchants by the account's mode."""

    method: str
    channel: str
    clients: frozenset[Client]
    max_parts: Mapping[str, int]
    max_part_fen: Fen


METHOD_RULES = (
    MethodRule(
        method="wechatpay.native",
        channel="wechatpay",
        clients=frozenset(Client),
        max_parts={"direct": 10, "partner": 50, "ecommerce": 50},
        max_part_fen=Fen(10_000_000_00),
    ),
)
"""Source: WeChat Pay API v3, 合单支付: 2–10 sub-orders for a direct merchant, 2–50 for a service
provider, at most 10 000 000 yuan each."""


@dataclass(frozen=True)
class AccountOffer:
    """One enabled channel account and the sub-merchant numbers that are ready on it, by merchant."""

    account_id: int
    channel: str
    mode: str
    sub_merchants: Mapping[str, str] = field(default_factory=dict)

    def receiver_of(self, merchant_ref: str) -> str | None:
        """The number that receives a merchant's money; None is the account itself."""
        return self.sub_merchants.get(merchant_ref)


@dataclass(frozen=True)
class MethodOffer:
    """One method for one payment: the account that would take it, or why it is refused."""

    method: str
    account: AccountOffer | None
    refusal: WanpuError | None = None

    @property
    def is_legal(self) -> bool:
        """Whether an attempt by this method may start."""
        return self.account is not None


def offers(
    shares: Sequence[Share], accounts: Sequence[AccountOffer], client: Client | None = None
) -> list[MethodOffer]:
    """Every method and whether it is legal for this basket and client. `client` None is a server."""
    return [_offer(rule, shares, accounts, client) for rule in METHOD_RULES]


def offer_of(method: str, shares: Sequence[Share], accounts: Sequence[AccountOffer]) -> AccountOffer:
    """The account that takes this payment by this method.

    Raises:
        MethodNotOffered, TooManyMerchants, MerchantNotReady, AmountTooLarge: it is not legal.
    """
    for offer in offers(shares, accounts):
        if offer.method == method:
            if offer.account is None:
                raise offer.refusal or MethodNotOffered(details={"method": method})
            return offer.account
    raise MethodNotOffered(details={"method": method})


def _offer(
    rule: MethodRule, shares: Sequence[Share], accounts: Sequence[AccountOffer], client: Client | None
) -> MethodOffer:
    refusal: WanpuError = MethodNotOffered(details={"method": rule.method})
    if client is not None and client not in rule.clients:
        return MethodOffer(rule.method, None, refusal)
    for account in accounts:
        if account.channel != rule.channel:
            continue
        problem = _problem(rule, payable(shares), account)
        if problem is None:
            return MethodOffer(rule.method, account)
        refusal = problem
    return MethodOffer(rule.method, None, refusal)


def _problem(rule: MethodRule, shares: Sequence[Share], account: AccountOffer) -> WanpuError | None:
    limit = rule.max_parts.get(account.mode)
    if limit is None:
        return MethodNotOffered(details={"method": rule.method})
    if len(shares) > limit:
        return TooManyMerchants(details={"max": limit, "merchants": len(shares)})
    if any(share.amount_fen > rule.max_part_fen for share in shares):
        return AmountTooLarge(details={"max_fen": rule.max_part_fen})
    missing = sorted(
        {share.merchant_ref for share in shares if account.receiver_of(share.merchant_ref) is None}
    )
    is_single_direct = account.mode == "direct" and len(shares) == 1
    if missing and not is_single_direct:
        return MerchantNotReady(details={"merchant_refs": missing})
    return None


def payable(shares: Sequence[Share]) -> list[Share]:
    """The shares that take part: a channel refuses sub-orders of 0 fen."""
    return [share for share in shares if share.amount_fen > 0]


def check_request(ask: CreatePayment) -> None:
    """Refuse a payment that contradicts itself.

    Raises:
        PaymentInvalid: `details.problem` names what is wrong.
        MethodNotOffered: no channel has such a method.
    """
    if not PAYMENT_NO.fullmatch(ask.payment_no):
        raise _invalid("payment_no")
    if not 0 < ask.amount_fen <= MAX_FEN:
        raise _invalid("amount_fen")
    if any(share.amount_fen < 0 for share in ask.shares):
        raise _invalid("shares.amount_fen")
    if sum(share.amount_fen for share in ask.shares) != ask.amount_fen:
        raise _invalid("shares do not add up to amount_fen")
    references = [share.reference for share in ask.shares]
    if len(set(references)) != len(references):
        raise _invalid("shares.reference is repeated")
    if not all(
        REFERENCE.fullmatch(text) for share in ask.shares for text in (share.reference, share.merchant_ref)
    ):
        raise _invalid("shares.reference or shares.merchant_ref")
    if not ask.subject or len(ask.subject) > MAX_DESCRIPTION:
        raise _invalid("subject")
    if any(len(share.description) > MAX_DESCRIPTION for share in ask.shares):
        raise _invalid("shares.description")
    if ask.method is not None and ask.method not in {rule.method for rule in METHOD_RULES}:
        raise MethodNotOffered(details={"method": ask.method})


def _invalid(problem: str) -> PaymentInvalid:
    return PaymentInvalid(details={"problem": problem})


def is_code_usable(attempt: PaymentAttempt, now: datetime) -> bool:
    """Whether the attempt's code can still be scanned long enough to be shown."""
    return (
        attempt.action is not None
        and attempt.action_expires_at is not None
        and now + CODE_MARGIN < attempt.action_expires_at
    )


def is_being_asked(attempt: PaymentAttempt, now: datetime) -> bool:
    """Whether some caller waits for the channel's answer to a creation; a killed one is waited out."""
    return attempt.asking_until is not None and now < attempt.asking_until


def may_still_arrive(attempt: PaymentAttempt, now: datetime) -> bool:
    """Whether a creation may still be on its way to the channel, even if nobody waits for its answer."""
    return now < attempt.asked_at + CALL_LIFE


def mismatch(
    report: PaymentReport,
    attempt: PaymentAttempt,
    parts: Sequence[PaymentPart],
    *,
    account_id: int,
    account_no: str,
    app_id: str,
    currency: str,
) -> tuple[ExceptionKind, str] | None:
    """Why paid money does not fit what was asked for; None when everything fits.

    The fixed list for every channel: account, application, number, parts and their receivers, amounts,
    total, currency.
    """
    if (report.account_no, report.app_id) != (account_no, app_id) or attempt.account_id != account_id:
        return ExceptionKind.ACCOUNT_MISMATCH, "another account or application received it"
    if report.attempt_no != attempt.attempt_no:
        return ExceptionKind.PARTS_MISMATCH, "another number was paid"
    asked = {part.part_no: part for part in parts}
    paid = {part.part_no: part for part in report.parts}
    if len(paid) != len(report.parts) or set(paid) != set(asked):
        return ExceptionKind.PARTS_MISMATCH, "other parts were paid than were asked for"
    if any(paid[number].sub_merchant_no != part.sub_merchant_no for number, part in asked.items()):
        return ExceptionKind.PARTS_MISMATCH, "another merchant received a part"
    if len({part.channel_payment_no for part in report.parts}) != len(report.parts):
        return ExceptionKind.PARTS_MISMATCH, "two parts name one transaction"
    if report.currency != currency:
        return ExceptionKind.AMOUNT_MISMATCH, "another currency was paid"
    if any(paid[number].amount_fen != part.amount_fen for number, part in asked.items()):
        return ExceptionKind.AMOUNT_MISMATCH, "a part has another amount"
    if report.amount_fen != attempt.amount_fen:
        return ExceptionKind.AMOUNT_MISMATCH, "the total differs"
    return None
