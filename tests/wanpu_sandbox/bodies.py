"""Valid request bodies, naming only what a test is about."""

import copy
from typing import Any

from tests.wanpu_sandbox.client import Account

NOTIFY_URL = "http://127.0.0.1:9/notify"
"""An address where nobody listens: call-backs fail at once."""

PARTNER = "/v3/pay/partner/transactions"
DIRECT = "/v3/pay/transactions"
COMBINE = "/v3/combine-transactions"


def partner_order(account: Account, sub_mchid: str, out_trade_no: str, **changes: Any) -> dict[str, Any]:
    """服务商 Native下单 of 100 fen."""
    body = {
        "sp_appid": account.appid,
        "sp_mchid": account.mchid,
        "sub_mchid": sub_mchid,
        "description": "Image形象店-深圳腾大-QQ公仔",
        "out_trade_no": out_trade_no,
        "notify_url": NOTIFY_URL,
        "amount": {"total": 100, "currency": "CNY"},
    }
    return body | changes


def direct_order(account: Account, out_trade_no: str, **changes: Any) -> dict[str, Any]:
    """直连商户 Native下单 of 100 fen."""
    body = {
        "appid": account.appid,
        "mchid": account.mchid,
        "description": "帆布袋",
        "out_trade_no": out_trade_no,
        "notify_url": NOTIFY_URL,
        "amount": {"total": 100, "currency": "CNY"},
    }
    return body | changes


def sub_order(mchid: str, sub_mchid: str | None, out_trade_no: str, total_fen: int = 100) -> dict[str, Any]:
    """One sub-order; a direct merchant's has no sub_mchid."""
    body: dict[str, Any] = {
        "mchid": mchid,
        "attach": "深圳分店",
        "amount": {"total_amount": total_fen, "currency": "CNY"},
        "out_trade_no": out_trade_no,
        "description": "白瓷盖碗",
    }
    return body if sub_mchid is None else {**body, "sub_mchid": sub_mchid}


def combination(
    account: Account, number: str, sub_orders: list[dict[str, Any]], **changes: Any
) -> dict[str, Any]:
    """合单 Native下单."""
    body = {
        "combine_appid": account.appid,
        "combine_mchid": account.mchid,
        "combine_out_trade_no": number,
        "sub_orders": copy.deepcopy(sub_orders),
        "notify_url": NOTIFY_URL,
    }
    return body | changes


def changed(body: dict[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """A copy with another value at a JSON pointer; `...` removes the member."""
    copied = copy.deepcopy(body)
    *parents, last = pointer.strip("/").split("/")
    holder: Any = copied
    for name in parents:
        holder = holder[int(name)] if isinstance(holder, list) else holder.setdefault(name, {})
    place: Any = int(last) if isinstance(holder, list) else last
    if value is ...:
        del holder[place]
    else:
        holder[place] = value
    return copied
