"""What WeChat Pay API v3 answers → our reports; pure.

Source: WeChat Pay API v3, Native下单, 查询订单, 支付成功回调通知 (直连 and 服务商), 合单查询订单 and
合单支付成功回调通知; the shapes of unpaid orders are those that the production server was recorded to send.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from wanpu.kernel.money import MAX_FEN, Fen
from wanpu.payment.channel import ChannelState, PaidPart, PaymentReport, PaymentRequest, QrCode
from wanpu.payment.channels.wechatpay.account import AccountMode, WechatPayAccount
from wanpu.payment.channels.wechatpay.mapping import CURRENCY, receiver_of
from wanpu_wire.wechatpay.errors import MalformedBody
from wanpu_wire.wechatpay.json_text import load_strict
from wanpu_wire.wechatpay.members import (
    object_of,
    optional_text,
    required_integer,
    required_list,
    required_object,
    required_text,
)
from wanpu_wire.wechatpay.times import parse_time

CODE_URL_LIFE = timedelta(hours=2)
CODE_URL_LENGTH = 512
NUMBER_LENGTH = 32
OPENID_LENGTH = 128

_PRINTABLE = re.compile(r"[!-~]+")

_STATES = {
    "SUCCESS": ChannelState.PAID,
    "REFUND": ChannelState.PAID,  # Some of it was returned, perhaps one fen: it was paid.
    "NOTPAY": ChannelState.OPEN,
    "USERPAYING": ChannelState.OPEN,
    "PAYERROR": ChannelState.OPEN,  # One try failed; the order can still be paid or closed.
    "CLOSED": ChannelState.CLOSED,
}


def qr_code(body: bytes, request: PaymentRequest) -> QrCode:
    """Read the answer to a create. The code dies two hours after it was asked for, or with the order.

    The two hours are counted from the attempt's own creation: never too late, whichever clock runs.

    Raises:
        MalformedBody: no code inside.
    """
    content = _word(object_of(load_strict(body), "the body"), "code_url", limit=CODE_URL_LENGTH)
    if not content.startswith("weixin://"):
        raise MalformedBody("code_url is no WeChat address")
    return QrCode(content, min(request.expires_at, request.created_at + CODE_URL_LIFE))


def query_report(body: bytes, request: PaymentRequest, account: WechatPayAccount) -> PaymentReport:
    """Read the answer to a query and check that it is about `request`.

    A paid order is reported exactly as the channel tells it, even with a wrong amount or receiver: settling
    compares them, and money that does not fit becomes a case. Any other state counts only when account, app,
    amount, and the numbers and receivers of all parts are those that were asked for.

    Raises:
        MalformedBody: not the documented shape, an unlisted state, or an answer about something else.
    """
    told = _read_order(object_of(load_strict(body), "the body"), account)
    if told.attempt_no != request.attempt_no or told.is_combined != request.is_combined:
        raise MalformedBody("the answer is about another order")
    if told.state is not ChannelState.PAID:
        asked = _Identity(account.mchid, account.appid, CURRENCY, _asked_parts(request, account))
        if told.identity() != asked:
            raise MalformedBody("the answer names other merchants or amounts")
    return told.report()


def notification_report(resource: bytes, account: WechatPayAccount) -> PaymentReport:
    """Read the decrypted resource of a payment notification, plain or combined.

    Raises:
        MalformedBody: not the documented shape, or a state other than paid.
    """
    told = _read_order(object_of(load_strict(resource), "the resource"), account)
    if told.state is not ChannelState.PAID:
        raise MalformedBody("a payment notification of an order that is not paid")
    return told.report()


def absent_report(request: PaymentRequest, account: WechatPayAccount) -> PaymentReport:
    """The report on an attempt that the channel does not know."""
    return PaymentReport(
        attempt_no=request.attempt_no,
        state=ChannelState.ABSENT,
        account_no=account.mchid,
        app_id=account.appid,
        amount_fen=request.amount_fen,
        currency=CURRENCY,
    )


class _Identity(NamedTuple):
    """Everything of an order that an answer must repeat: account, app, currency, and its parts."""

    account_no: str
    app_id: str
    currency: str
    parts: frozenset[tuple[str, str | None, int]]


def _asked_parts(
    request: PaymentRequest, account: WechatPayAccount
) -> frozenset[tuple[str, str | None, int]]:
    if not request.is_combined:
        (part,) = request.parts
        return frozenset({(request.attempt_no, receiver_of(part, request, account), int(request.amount_fen))})
    return frozenset(
        (part.part_no, receiver_of(part, request, account), int(part.amount_fen)) for part in request.parts
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """One order or sub-order as told; the last two are None until it is paid."""

    number: str
    receiver: str | None
    amount_fen: Fen
    currency: str
    state: ChannelState
    transaction_id: str | None
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Order:
    """One answer, plain or combined, before it is compared with anything."""

    attempt_no: str
    is_combined: bool
    account_no: str
    app_id: str
    parts: tuple[_Part, ...]
    payer_id: str | None

    @property
    def state(self) -> ChannelState:
        """The state that all parts share: the provider pays and closes all of them or none."""
        states = {part.state for part in self.parts}
        if len(states) != 1:
            raise MalformedBody("sub-orders of one order are in different states")
        return states.pop()

    @property
    def currency(self) -> str:
        """The one currency; several are joined, so that they equal none."""
        return "+".join(sorted({part.currency for part in self.parts}))

    def identity(self) -> _Identity:
        parts = frozenset((part.number, part.receiver, int(part.amount_fen)) for part in self.parts)
        return _Identity(self.account_no, self.app_id, self.currency, parts)

    def report(self) -> PaymentReport:
        paid = [
            PaidPart(part.number, part.receiver, part.amount_fen, part.transaction_id)
            for part in self.parts
            if part.transaction_id is not None
        ]
        return PaymentReport(
            attempt_no=self.attempt_no,
            state=self.state,
            account_no=self.account_no,
            app_id=self.app_id,
            amount_fen=Fen(sum(part.amount_fen for part in self.parts)),
            currency=self.currency,
            parts=tuple(paid),
            paid_at=max((part.paid_at for part in self.parts if part.paid_at is not None), default=None),
            payer_id=self.payer_id,
        )


def _read_order(members: dict[str, Any], account: WechatPayAccount) -> _Order:
    if "combine_out_trade_no" in members:
        return _read_combined(members, account)
    is_partner = account.mode is AccountMode.PARTNER
    part = _read_part(
        members,
        receiver=_word(members, "sub_mchid") if is_partner else None,
        total="total",
    )
    payer_id = _payer(members, "payer", ("sp_openid", "sub_openid") if is_partner else ("openid",))
    return _Order(
        attempt_no=part.number,
        is_combined=False,
        account_no=_word(members, "sp_mchid" if is_partner else "mchid"),
        app_id=_word(members, "sp_appid" if is_partner else "appid"),
        parts=(part,),
        payer_id=payer_id,
    )


def _read_combined(members: dict[str, Any], account: WechatPayAccount) -> _Order:
    entries = [object_of(entry, "a sub-order") for entry in required_list(members, "sub_orders")]
    parts = tuple(
        _read_part(entry, receiver=_sub_receiver(entry, account), total="total_amount") for entry in entries
    )
    if not parts or len({part.number for part in parts}) != len(parts):
        raise MalformedBody("sub-orders are missing or repeated")
    return _Order(
        attempt_no=_word(members, "combine_out_trade_no"),
        is_combined=True,
        account_no=_word(members, "combine_mchid"),
        app_id=_word(members, "combine_appid"),
        parts=parts,
        payer_id=_payer(members, "combine_payer_info", ("openid", "sub_openid")),
    )


def _sub_receiver(entry: dict[str, Any], account: WechatPayAccount) -> str | None:
    mchid = _word(entry, "mchid")
    if account.mode is AccountMode.PARTNER:
        return _word(entry, "sub_mchid")
    return None if mchid == account.mchid else mchid


def _read_part(members: dict[str, Any], *, receiver: str | None, total: str) -> _Part:
    state = _STATES.get(required_text(members, "trade_state"))
    if state is None:
        raise MalformedBody("the trade state is not documented")
    amount = required_object(members, "amount")
    fen = required_integer(amount, total)
    if not 0 < fen <= MAX_FEN:
        raise MalformedBody("the amount is out of range")
    is_paid = state is ChannelState.PAID
    return _Part(
        number=_word(members, "out_trade_no"),
        receiver=receiver,
        amount_fen=Fen(fen),
        currency=_currency(amount, is_paid=is_paid),
        state=state,
        transaction_id=_word(members, "transaction_id") if is_paid else None,
        paid_at=parse_time(required_text(members, "success_time")) if is_paid else None,
    )


def _currency(amount: dict[str, Any], *, is_paid: bool) -> str:
    """Answers about unpaid orders leave the currency out."""
    return _word(amount, "currency") if is_paid or amount.get("currency") else CURRENCY


def _payer(members: dict[str, Any], name: str, openids: tuple[str, ...]) -> str | None:
    """The buyer's openid under the account's own app, else the one under the sub-merchant's."""
    payer = members.get(name)
    if payer is None:
        return None
    found = object_of(payer, name)
    named = [key for key in openids if optional_text(found, key)]
    return _word(found, named[0], limit=OPENID_LENGTH) if named else None


def _word(members: dict[str, Any], name: str, *, limit: int = NUMBER_LENGTH) -> str:
    """A number or name as the provider defines them: printable ASCII without spaces, within its length."""
    text = required_text(members, name)
    if len(text) > limit or not _PRINTABLE.fullmatch(text):
        raise MalformedBody(f"{name} is no number of this provider")
    return text
