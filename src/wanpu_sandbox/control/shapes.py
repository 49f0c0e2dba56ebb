"""Orders and call-backs as the control API shows them: times in UTC, amounts in fen."""

from datetime import UTC, datetime
from typing import Any

from wanpu_sandbox.wechatpay.merchant_settings import MerchantSetting
from wanpu_sandbox.wechatpay.notifications import Notification, Try
from wanpu_sandbox.wechatpay.orders import Order


def utc(moment: datetime | None) -> str | None:
    """ISO 8601 with milliseconds and a Z."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def trades_of(order: Order, now: datetime) -> list[dict[str, Any]]:
    """One entry per trade; those of a combined order share `combine_out_trade_no` and `content`."""
    return [
        {
            "wallet": "wechat",
            "mode": order.mode.value,
            "mchid": trade.mchid,
            "sub_mchid": trade.sub_mchid or None,
            "out_trade_no": trade.out_trade_no,
            "combine_out_trade_no": order.combine_out_trade_no,
            "transaction_id": trade.transaction_id,
            "state": order.state(now).value,
            "total_fen": trade.total_fen,
            "profit_sharing": trade.profit_sharing,
            "description": trade.description,
            "content": order.code_url,
            "created_at": utc(order.created_at),
            "expires_at": utc(order.expires_at),
            "paid_at": utc(order.paid_at),
        }
        for trade in order.trades
    ]


def notification_of(notification: Notification, tries: list[Try]) -> dict[str, Any]:
    """A call-back with its true resource and everything that was tried."""
    return {
        "id": notification.notification_id,
        "mchid": notification.mchid,
        "notify_url": notification.notify_url,
        "state": notification.state.value,
        "created_at": utc(notification.created_at),
        "due_at": utc(notification.due_at),
        "failed_tries": notification.failed_tries,
        "resource": notification.resource,
        "tries": [try_of(one) for one in tries],
    }


def try_of(one: Try) -> dict[str, Any]:
    """One try; `http_status` is null when no answer came."""
    return {
        "tried_at": utc(one.tried_at),
        "http_status": one.http_status,
        "error": one.error,
        "alteration": one.alteration,
        "is_acknowledged": one.is_acknowledged,
    }


def merchant_of(setting: MerchantSetting, shown_name: str) -> dict[str, Any]:
    """Settings in force, with the name that the wallet shows."""
    return {
        "mchid": setting.mchid,
        "name": shown_name,
        "notification_key": setting.notification_key.value,
        "has_platform_certificate": setting.has_platform_certificate,
    }
