"""微信支付: Native payments, plain and combined, through API v3."""

from wanpu.payment.channels.wechatpay.account import InvalidAccount, WechatPayAccount, read_account
from wanpu.payment.channels.wechatpay.connector import WechatPayChannel

__all__ = ["InvalidAccount", "WechatPayAccount", "WechatPayChannel", "read_account"]
