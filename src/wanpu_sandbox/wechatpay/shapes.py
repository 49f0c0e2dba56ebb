"""Orders in the provider's JSON, member by member as the real server sends them.

Source: recorded answers of 查询订单 for an unpaid and a paid order; 合单查询订单 and its notification for the
combined form. A closed order looks like an unpaid one (inferred; see docs/sandbox.md).
"""

from datetime import datetime
from typing import Any

from wanpu_sandbox.wechatpay.orders import Order, Trade
from wanpu_sandbox.wechatpay.states import TRADE_STATE_TEXTS, Mode, TradeState
from wanpu_wire.wechatpay.times import format_time

CURRENCY = "CNY"
TRADE_TYPE = "NATIVE"
WALLET_BANK_TYPE = "OTHERS"
"""Paid from the wallet's balance, no bank card."""


def order_resource(order: Order, now: datetime) -> dict[str, Any]:
    """The body of a query, and the resource of a payment call-back."""
    state = order.state(now)
    if order.mode is Mode.COMBINE:
        return _combined(order, state)
    return _paid(order) if state is TradeState.SUCCESS else _unpaid(order, state)


def _unpaid(order: Order, state: TradeState) -> dict[str, Any]:
    trade = order.trades[0]
    body: dict[str, Any] = {"amount": {"payer_currency": CURRENCY, "total": trade.total_fen}}
    if trade.attach is not None:
        body["attach"] = trade.attach
    return {
        **body,
        **_identity(order, trade),
        "out_trade_no": trade.out_trade_no,
        "promotion_detail": [],
        "scene_info": {"device_id": order.device_id or ""},
        "trade_state": state.value,
        "trade_state_desc": TRADE_STATE_TEXTS[state],
    }


def _paid(order: Order) -> dict[str, Any]:
    trade = order.trades[0]
    assert order.paid_at is not None
    payer = "openid" if order.mode is Mode.DIRECT else "sp_openid"
    body = {
        "transaction_id": trade.transaction_id,
        "amount": {
            "currency": CURRENCY,
            "payer_currency": CURRENCY,
            "payer_total": trade.total_fen,
            "total": trade.total_fen,
        },
        **_identity(order, trade),
        "trade_state": TradeState.SUCCESS.value,
        "bank_type": WALLET_BANK_TYPE,
        "promotion_detail": [],
        "success_time": format_time(order.paid_at),
        "payer": {payer: order.payer_openid},
        "out_trade_no": trade.out_trade_no,
        "trade_state_desc": TRADE_STATE_TEXTS[TradeState.SUCCESS],
        "trade_type": TRADE_TYPE,
        "attach": trade.attach or "",
    }
    if order.device_id:
        body["scene_info"] = {"device_id": order.device_id}
    return body


def _identity(order: Order, trade: Trade) -> dict[str, Any]:
    if order.mode is Mode.DIRECT:
        return {"appid": order.appid, "mchid": trade.mchid}
    identity = {"sp_appid": order.appid, "sp_mchid": trade.mchid, "sub_mchid": trade.sub_mchid}
    if trade.sub_appid is not None:
        identity["sub_appid"] = trade.sub_appid
    return identity


def _combined(order: Order, state: TradeState) -> dict[str, Any]:
    body: dict[str, Any] = {
        "combine_appid": order.appid,
        "combine_mchid": order.mchid,
        "combine_out_trade_no": order.combine_out_trade_no,
        "sub_orders": [_sub_order(order, trade, state) for trade in order.trades],
    }
    if order.device_id:
        body["scene_info"] = {"device_id": order.device_id}
    if order.payer_openid is not None:
        body["combine_payer_info"] = {"openid": order.payer_openid}
    return body


def _sub_order(order: Order, trade: Trade, state: TradeState) -> dict[str, Any]:
    body: dict[str, Any] = {"mchid": trade.mchid}
    if trade.sub_mchid:
        body["sub_mchid"] = trade.sub_mchid
    if trade.sub_appid is not None:
        body["sub_appid"] = trade.sub_appid
    amount: dict[str, Any] = {"total_amount": trade.total_fen, "currency": CURRENCY}
    if state is not TradeState.SUCCESS:
        return {
            **body,
            "trade_state": state.value,
            "attach": trade.attach or "",
            "amount": amount,
            "out_trade_no": trade.out_trade_no,
        }
    assert order.paid_at is not None
    return {
        **body,
        "trade_type": TRADE_TYPE,
        "trade_state": state.value,
        "bank_type": WALLET_BANK_TYPE,
        "attach": trade.attach or "",
        "amount": {**amount, "payer_amount": trade.total_fen, "payer_currency": CURRENCY},
        "success_time": format_time(order.paid_at),
        "transaction_id": trade.transaction_id,
        "out_trade_no": trade.out_trade_no,
    }
