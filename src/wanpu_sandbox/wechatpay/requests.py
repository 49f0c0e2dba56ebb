"""From a body to a checked request: JSON, fields, and whether the merchant may speak for whom it names."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from wanpu_sandbox.wechatpay import schemas
from wanpu_sandbox.wechatpay.accounts import Accounts, Merchant
from wanpu_sandbox.wechatpay.errors import (
    ProviderRefusal,
    appid_mismatch,
    merchant_unknown,
    no_contract,
    param_error,
)
from wanpu_sandbox.wechatpay.fields import Field, read_members, read_parameter
from wanpu_sandbox.wechatpay.orders import NewOrder, NewTrade
from wanpu_sandbox.wechatpay.states import Mode
from wanpu_wire.wechatpay.errors import MalformedBody
from wanpu_wire.wechatpay.json_text import load_strict
from wanpu_wire.wechatpay.times import parse_time

PARTNER_COMBINE_SIZES = (1, 50)
DIRECT_COMBINE_SIZES = (2, 10)
"""Fewest and most sub-orders of one combination. Source: 合单下单."""


@dataclass(frozen=True, slots=True)
class Book:
    """Whose numbers are meant; `sub_mchid` is empty for a direct merchant."""

    mchid: str
    sub_mchid: str


@dataclass(frozen=True, slots=True)
class CombineClose:
    """合单关单: the sub-orders as the caller lists them: merchant, sub-merchant, number."""

    sub_orders: tuple[tuple[str, str, str], ...]


def read_direct_order(body: bytes, merchant: Merchant) -> NewOrder:
    """直连商户 Native下单."""
    found = _read_body(body, schemas.DIRECT_NATIVE)
    _check_caller(found["mchid"], merchant)
    if merchant.is_provider or found["appid"] != merchant.appid:
        raise appid_mismatch()
    trade = _plain_trade(found, mchid=merchant.mchid, sub_mchid="")
    return _plain_order(Mode.DIRECT, found, merchant, trade)


def read_partner_order(body: bytes, merchant: Merchant, accounts: Accounts) -> NewOrder:
    """服务商 Native下单."""
    found = _read_body(body, schemas.PARTNER_NATIVE)
    _check_caller(found["sp_mchid"], merchant)
    if found["sp_appid"] != merchant.appid:
        raise appid_mismatch()
    _check_sub_merchant(found["sub_mchid"], "/sub_mchid", merchant, accounts, code="NO_AUTH")
    _check_sub_appid(found.get("sub_appid"), merchant)
    trade = _plain_trade(found, mchid=merchant.mchid, sub_mchid=found["sub_mchid"])
    return _plain_order(Mode.PARTNER, found, merchant, trade)


def read_combination(body: bytes, merchant: Merchant, accounts: Accounts) -> NewOrder:
    """合单 Native下单, of a service provider or of a direct merchant."""
    fewest, most = PARTNER_COMBINE_SIZES if merchant.is_provider else DIRECT_COMBINE_SIZES
    found = _read_body(body, schemas.combine_native(fewest=fewest, most=most))
    _check_caller(found["combine_mchid"], merchant)
    if found["combine_appid"] != merchant.appid:
        raise appid_mismatch()
    for index, entry in enumerate(found["sub_orders"]):
        _check_sub_order(entry, f"/sub_orders/{index}", merchant, accounts)
    _check_numbers_and_sum(found["sub_orders"])
    _check_payer(found)
    trades = tuple(
        NewTrade(
            mchid=entry["mchid"],
            sub_mchid=entry.get("sub_mchid", ""),
            sub_appid=entry.get("sub_appid"),
            out_trade_no=entry["out_trade_no"],
            description=entry["description"],
            attach=entry["attach"],
            total_fen=entry["amount"]["total_amount"],
            profit_sharing=entry.get("settle_info", {}).get("profit_sharing", False),
        )
        for entry in found["sub_orders"]
    )
    settlement = [entry.pop("settle_info", None) for entry in found["sub_orders"]]
    return NewOrder(
        mode=Mode.COMBINE,
        mchid=merchant.mchid,
        appid=merchant.appid,
        combine_out_trade_no=found["combine_out_trade_no"],
        device_id=found.get("scene_info", {}).get("device_id"),
        notify_url=_notify_url(found),
        time_expire=_time_expire(found),
        fingerprint=_canonical(found),
        settlement=_canonical(settlement),
        trades=trades,
    )


def read_direct_close(body: bytes, merchant: Merchant) -> Book:
    """直连商户 关闭订单."""
    found = _read_body(body, schemas.DIRECT_CLOSE)
    _check_caller(found["mchid"], merchant)
    return Book(merchant.mchid, "")


def read_partner_close(body: bytes, merchant: Merchant, accounts: Accounts) -> Book:
    """服务商 关闭订单."""
    found = _read_body(body, schemas.PARTNER_CLOSE)
    _check_caller(found["sp_mchid"], merchant)
    _check_sub_merchant(found["sub_mchid"], "/sub_mchid", merchant, accounts, code="NO_AUTH")
    return Book(merchant.mchid, found["sub_mchid"])


def read_combine_close(body: bytes, merchant: Merchant) -> CombineClose:
    """合单关闭订单."""
    found = _read_body(body, schemas.COMBINE_CLOSE)
    if found["combine_appid"] != merchant.appid:
        raise appid_mismatch()
    listed = tuple(
        (entry["mchid"], entry.get("sub_mchid", ""), entry["out_trade_no"]) for entry in found["sub_orders"]
    )
    return CombineClose(listed)


def read_direct_book(query: Mapping[str, str], merchant: Merchant) -> Book:
    """The book of a direct merchant's query: `?mchid=`."""
    mchid = read_parameter(schemas.MCHID, query.get("mchid"), location="query")
    _check_caller(mchid, merchant)
    return Book(merchant.mchid, "")


def read_partner_book(query: Mapping[str, str], merchant: Merchant, accounts: Accounts) -> Book:
    """The book of a service provider's query: `?sp_mchid=&sub_mchid=`."""
    sp_mchid = read_parameter(schemas.SP_MCHID, query.get("sp_mchid"), location="query")
    sub_mchid = read_parameter(schemas.SUB_MCHID, query.get("sub_mchid"), location="query")
    _check_caller(sp_mchid, merchant)
    _check_sub_merchant(sub_mchid, "sub_mchid", merchant, accounts, code="NO_AUTH", location="query")
    return Book(merchant.mchid, sub_mchid)


def _read_body(body: bytes, fields: Sequence[Field]) -> dict[str, Any]:
    try:
        members = load_strict(body)
    except MalformedBody:
        members = None
    if not isinstance(members, dict):
        raise ProviderRefusal(400, "PARAM_ERROR", "请求体不是合法的 JSON 对象", number=268435461)
    return read_members(fields, members)


def _check_caller(mchid: str, merchant: Merchant) -> None:
    if mchid != merchant.mchid:
        message = "http header中的mchid与post payload中的mchid不匹配"
        raise ProviderRefusal(400, "PARAM_ERROR", message, number=268435461)


def _check_sub_merchant(
    sub_mchid: str,
    field: str,
    merchant: Merchant,
    accounts: Accounts,
    *,
    code: str,
    location: str = "body",
) -> None:
    """A provider acts for its own sub-merchants; each other number is refused in its own way."""
    if sub_mchid == merchant.mchid:
        message = "子商户号不能与服务商户号相同"
        raise param_error(message, field=field, value=sub_mchid, location=location, number=268443705)
    if sub_mchid in merchant.sub_mchids:
        return
    raise no_contract(code) if accounts.knows(sub_mchid) else merchant_unknown()


def _check_sub_appid(sub_appid: str | None, merchant: Merchant) -> None:
    if sub_appid is not None and sub_appid != merchant.appid:
        raise appid_mismatch()


def _check_sub_order(entry: dict[str, Any], at: str, merchant: Merchant, accounts: Accounts) -> None:
    sub_mchid = entry.get("sub_mchid")
    if not accounts.knows(entry["mchid"]):
        raise merchant_unknown()
    if merchant.is_provider:
        if entry["mchid"] != merchant.mchid:
            raise appid_mismatch()
        if sub_mchid is None:
            message = "服务商模式下子商户号必填"
            raise param_error(message, field=f"{at}/sub_mchid", number=268443704)
        _check_sub_merchant(sub_mchid, f"{at}/sub_mchid", merchant, accounts, code="NOAUTH")
    else:
        if entry["mchid"] not in merchant.combine_mchids:
            raise appid_mismatch()
        if sub_mchid is not None:
            message = "直连商户的子单不能带子商户号"
            raise param_error(message, field=f"{at}/sub_mchid", value=sub_mchid)
    _check_sub_appid(entry.get("sub_appid"), merchant)
    settle_info = entry.get("settle_info", {})
    if settle_info.get("subsidy_amount") and not settle_info.get("profit_sharing"):
        message = "指定分账后才可以补差"
        raise param_error(
            message, field=f"{at}/settle_info/subsidy_amount", value=settle_info["subsidy_amount"]
        )


def _check_numbers_and_sum(entries: list[dict[str, Any]]) -> None:
    seen: set[tuple[str, str, str]] = set()
    for index, entry in enumerate(entries):
        place = (entry["mchid"], entry.get("sub_mchid", ""), entry["out_trade_no"])
        if place in seen:
            field = f"/sub_orders/{index}/out_trade_no"
            raise param_error("子单商户订单号重复", field=field, value=entry["out_trade_no"])
        seen.add(place)
    total = sum(entry["amount"]["total_amount"] for entry in entries)
    if total > schemas.MAX_AMOUNT_FEN:
        raise param_error("子单金额之和超过上限", field="/sub_orders", value=total)


def _check_payer(found: dict[str, Any]) -> None:
    """A sub_openid belongs to a sub_appid, so each sub-order has to name one."""
    if "sub_openid" not in found.get("combine_payer_info", {}):
        return
    for index, entry in enumerate(found["sub_orders"]):
        if "sub_appid" not in entry:
            raise param_error("使用sub_openid时子单应用ID必填", field=f"/sub_orders/{index}/sub_appid")


def _plain_trade(found: dict[str, Any], *, mchid: str, sub_mchid: str) -> NewTrade:
    return NewTrade(
        mchid=mchid,
        sub_mchid=sub_mchid,
        sub_appid=found.get("sub_appid"),
        out_trade_no=found["out_trade_no"],
        description=found["description"],
        attach=found.get("attach"),
        total_fen=found["amount"]["total"],
        profit_sharing=found.get("settle_info", {}).get("profit_sharing", False),
    )


def _plain_order(mode: Mode, found: dict[str, Any], merchant: Merchant, trade: NewTrade) -> NewOrder:
    settlement = found.pop("settle_info", None)
    return NewOrder(
        mode=mode,
        mchid=merchant.mchid,
        appid=merchant.appid,
        combine_out_trade_no=None,
        device_id=found.get("scene_info", {}).get("device_id"),
        notify_url=_notify_url(found),
        time_expire=_time_expire(found),
        fingerprint=_canonical(found),
        settlement=_canonical(settlement),
        trades=(trade,),
    )


def _notify_url(found: dict[str, Any]) -> str:
    """An address that the provider would call: http or https, a host, no query; loopback is allowed here."""
    url: str = found["notify_url"]
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or "?" in url or "#" in url or "@" in url or not re.fullmatch(r"[\x21-\x7e]+", url):
        raise param_error("回调地址格式错误，不能携带参数", field="/notify_url", value=url)
    return url


def _time_expire(found: dict[str, Any]) -> datetime | None:
    text: str | None = found.get("time_expire")
    return None if text is None else parse_time(text)


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
