"""The states and choices that WeChat Pay's own words name."""

from enum import StrEnum


class TradeState(StrEnum):
    """交易状态. SUCCESS and CLOSED are final for an order; refunds come later."""

    NOTPAY = "NOTPAY"
    SUCCESS = "SUCCESS"
    CLOSED = "CLOSED"


TRADE_STATE_TEXTS = {
    TradeState.NOTPAY: "订单未支付",
    TradeState.SUCCESS: "支付成功",
    TradeState.CLOSED: "订单已关闭",
}


class Mode(StrEnum):
    """Who takes the money: 直连商户, 服务商's sub-merchant, or several merchants at once (合单)."""

    DIRECT = "direct"
    PARTNER = "partner"
    COMBINE = "combine"


class Outcome(StrEnum):
    """What the buyer's wallet ends with. Only `paid` changes the order."""

    PAID = "paid"
    REFUSED = "refused"
    INSUFFICIENT = "insufficient"


class NotificationKey(StrEnum):
    """Which key signs a merchant's call-backs; `mixed` alternates, as during a switch of keys."""

    PUBLIC_KEY = "public_key"
    PLATFORM_CERTIFICATE = "platform_certificate"
    MIXED = "mixed"


class NotificationState(StrEnum):
    """Where a call-back stands. A withheld one is sent only on request."""

    PENDING = "pending"
    DELIVERED = "delivered"
    EXHAUSTED = "exhausted"
    WITHHELD = "withheld"
