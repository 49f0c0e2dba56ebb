"""Our requests → WeChat Pay API v3: paths, bodies, and what each refusal means; pure. Answers: `reports.py`.

Source: WeChat Pay API v3, Native下单, 查询订单, 关闭订单 (直连 and 服务商) and 合单支付.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from wanpu.payment.channel import (
    ChannelRejected,
    NotSupported,
    OrderAlreadyPaid,
    OutcomeUnknown,
    PartRequest,
    PaymentRequest,
)
from wanpu.payment.channels.wechatpay.account import AccountMode, WechatPayAccount
from wanpu_wire.wechatpay.errors import MalformedBody
from wanpu_wire.wechatpay.json_text import dump, load_strict
from wanpu_wire.wechatpay.members import object_of, optional_text, required_text
from wanpu_wire.wechatpay.times import format_time

NATIVE = "wechatpay.native"
CURRENCY = "CNY"
DESCRIPTION_LENGTH = 127
MAX_SUB_ORDERS = {AccountMode.DIRECT: 10, AccountMode.PARTNER: 50}

_PLAIN = {
    AccountMode.DIRECT: "/v3/pay/transactions",
    AccountMode.PARTNER: "/v3/pay/partner/transactions",
}
_COMBINED = "/v3/combine-transactions"

_PAID_CODES = frozenset({"ORDERPAID", "ORDER_PAID"})
_ABSENT_CODES = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST"})

_REFUSED_ACCOUNT = frozenset(
    {"SIGN_ERROR", "PARAM_ERROR", "MCH_NOT_EXISTS", "NO_AUTH", "NOAUTH", "RULE_LIMIT", "RULELIMIT"}
)
"""Nothing was done, whatever the endpoint. Combined orders spell some codes without the underscore."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request before it is signed. `final_codes` are the refusals after which nothing can follow."""

    method: str
    target: str
    body: bytes
    success: HTTPStatus
    final_codes: frozenset[str]


def create_call(request: PaymentRequest, account: WechatPayAccount) -> Call:
    """下单, plain or combined. The body depends on `request` alone, so that a repeat is identical.

    Not final here: OUT_TRADE_NO_USED and INVALID_REQUEST. Both may mean that an order of this number exists
    with other parameters, and that one may be payable.

    Raises:
        NotSupported: another method, too many parts, or a part without its sub-merchant.
    """
    _check_supported(request, account)
    if request.is_combined:
        target, body = f"{_COMBINED}/native", _combined_order(request, account)
    else:
        target, body = f"{_PLAIN[account.mode]}/native", _plain_order(request, account)
    final_codes = _REFUSED_ACCOUNT | {"APPID_MCHID_NOT_MATCH", "ORDER_CLOSED", "ORDERCLOSED"}
    return Call("POST", target, dump(body), HTTPStatus.OK, final_codes)


def query_call(request: PaymentRequest, account: WechatPayAccount) -> Call:
    """查询订单. The ordinary query does not know combined numbers, and the other way round."""
    number = quote(request.attempt_no, safe="")
    if request.is_combined:
        target = f"{_COMBINED}/out-trade-no/{number}"
    else:
        identity = urlencode(_plain_merchants(request, account))
        target = f"{_PLAIN[account.mode]}/out-trade-no/{number}?{identity}"
    final_codes = _REFUSED_ACCOUNT | _ABSENT_CODES | {"INVALID_REQUEST"}
    return Call("GET", target, b"", HTTPStatus.OK, final_codes)


def close_call(request: PaymentRequest, account: WechatPayAccount) -> Call:
    """关闭订单. A combined order is closed whole: the body lists exactly the sub-orders of its creation.

    Not final here: INVALID_REQUEST and TRADE_ERROR, since no document says that they never mean "paid".
    """
    number = quote(request.attempt_no, safe="")
    body: dict[str, Any]
    if request.is_combined:
        target = f"{_COMBINED}/out-trade-no/{number}/close"
        sub_orders = [_sub_order_identity(part, account) for part in request.parts]
        body = {"combine_appid": account.appid, "sub_orders": sub_orders}
    else:
        target = f"{_PLAIN[account.mode]}/out-trade-no/{number}/close"
        body = dict(_plain_merchants(request, account))
    return Call("POST", target, dump(body), HTTPStatus.NO_CONTENT, _REFUSED_ACCOUNT | _ABSENT_CODES)


def _check_supported(request: PaymentRequest, account: WechatPayAccount) -> None:
    if request.method != NATIVE:
        raise NotSupported(f"{request.method} is not offered by this account")
    if len(request.parts) > MAX_SUB_ORDERS[account.mode]:
        raise NotSupported(f"a combined order has at most {MAX_SUB_ORDERS[account.mode]} parts")
    if account.mode is AccountMode.PARTNER and not all(part.sub_merchant_no for part in request.parts):
        raise NotSupported("every part needs a sub-merchant number")


def _plain_order(request: PaymentRequest, account: WechatPayAccount) -> dict[str, Any]:
    (part,) = request.parts
    merchants = _plain_merchants(request, account)
    if account.mode is AccountMode.PARTNER:
        identity = {"sp_appid": account.appid, **merchants}
    else:
        identity = {"appid": account.appid, **merchants}
    order: dict[str, Any] = {
        **identity,
        "description": request.description[:DESCRIPTION_LENGTH],
        "out_trade_no": request.attempt_no,
        "time_expire": format_time(request.expires_at),
        "notify_url": request.notify_url,
        "amount": {"total": request.amount_fen, "currency": CURRENCY},
    }
    if part.profit_sharing:
        order["settle_info"] = {"profit_sharing": True}
    return order


def _plain_merchants(request: PaymentRequest, account: WechatPayAccount) -> dict[str, str | None]:
    if account.mode is AccountMode.PARTNER:
        return {"sp_mchid": account.mchid, "sub_mchid": request.parts[0].sub_merchant_no}
    return {"mchid": account.mchid}


def _combined_order(request: PaymentRequest, account: WechatPayAccount) -> dict[str, Any]:
    return {
        "combine_appid": account.appid,
        "combine_mchid": account.mchid,
        "combine_out_trade_no": request.attempt_no,
        "sub_orders": [_sub_order(part, account) for part in request.parts],
        "time_expire": format_time(request.expires_at),
        "notify_url": request.notify_url,
    }


def _sub_order(part: PartRequest, account: WechatPayAccount) -> dict[str, Any]:
    order: dict[str, Any] = {
        **_sub_order_identity(part, account),
        "description": part.description[:DESCRIPTION_LENGTH],
        "attach": part.part_no,  # Required by the provider; it comes back in answers and bills.
        "amount": {"total_amount": part.amount_fen, "currency": CURRENCY},
    }
    if part.profit_sharing:
        order["settle_info"] = {"profit_sharing": True}
    return order


def _sub_order_identity(part: PartRequest, account: WechatPayAccount) -> dict[str, Any]:
    if account.mode is AccountMode.PARTNER:
        return {"mchid": account.mchid, "sub_mchid": part.sub_merchant_no, "out_trade_no": part.part_no}
    return {"mchid": part.sub_merchant_no or account.mchid, "out_trade_no": part.part_no}


def receiver_of(part: PartRequest, request: PaymentRequest, account: WechatPayAccount) -> str | None:
    """The merchant that a part's answer has to name; None is the account itself."""
    if account.mode is AccountMode.PARTNER:
        return part.sub_merchant_no
    if not request.is_combined or part.sub_merchant_no == account.mchid:
        return None
    return part.sub_merchant_no


def refusal(call: Call, status: int, body: bytes, request_id: str) -> ChannelRejected | OutcomeUnknown:
    """What an answer other than 2xx means: a rejection when its code is documented as final for this call.

    Branches on the code alone: the same code has different statuses at different endpoints. An answer with
    429 or 5xx promises nothing, whatever its code.
    """
    where = f"HTTP {status}, Request-ID {request_id or 'none'}"
    try:
        members = object_of(load_strict(body), "the body")
        code = required_text(members, "code")
        message = optional_text(members, "message")[:255]
    except MalformedBody:
        return OutcomeUnknown(f"no readable error ({where})")
    is_refusal = status // 100 == 4 and status != HTTPStatus.TOO_MANY_REQUESTS
    if is_refusal and code in _PAID_CODES and call.method == "POST":
        return OrderAlreadyPaid(code, message)
    if is_refusal and code in call.final_codes:
        return ChannelRejected(code, message)
    return OutcomeUnknown(f"{code[:64]} ({where})")


def is_absent(rejection: ChannelRejected) -> bool:
    """Whether a refused query says that the number was never heard of."""
    return rejection.code in _ABSENT_CODES
