"""Refusals of the payment room. Each code is public and permanent."""

from wanpu.kernel.errors import Conflict, Invalid, NotFound, Unavailable


class PaymentNotFound(NotFound):
    """The number is unknown to this application."""

    code = "payment.not_found"
    message_zh = "支付单不存在"
    message_en = "There is no such payment"


class PaymentInvalid(Invalid):
    """The request contradicts itself; `details.problem` says how. Nothing was written."""

    code = "payment.invalid"
    message_zh = "支付请求内容有误"
    message_en = "The payment request is not valid"


class PaymentAlreadyPaid(Conflict):
    """The money has arrived; nothing further may be asked for."""

    code = "payment.already_paid"
    message_zh = "该订单已支付，请勿重复付款"
    message_en = "This payment is paid already"


class PaymentClosed(Conflict):
    """The payment is closed or being closed; it is never opened again."""

    code = "payment.closed"
    message_zh = "该订单已关闭，不能继续支付"
    message_en = "This payment is closed"


class PaymentNumberReused(Conflict):
    """The same number was used with other money or other receivers."""

    code = "payment.number_reused"
    message_zh = "支付单号已用于另一笔支付"
    message_en = "The payment number belongs to another payment"


class PaymentTooLate(Conflict):
    """So little time is left that no attempt is started."""

    code = "payment.too_late"
    message_zh = "剩余支付时间不足，请重新下单"
    message_en = "Too little time is left to pay"


class MethodNotOffered(Conflict):
    """The method is unknown, switched off, or not fit for this client."""

    code = "payment.method_not_offered"
    message_zh = "暂不支持该支付方式"
    message_en = "This payment method is not offered"


class TooManyMerchants(Conflict):
    """The method cannot take money for so many merchants at once; `details.max` says how many."""

    code = "payment.too_many_merchants"
    message_zh = "一次支付的商家过多，请分开结算"
    message_en = "Too many merchants for one payment"


class MerchantNotReady(Conflict):
    """A merchant has no verified sub-merchant number; `details.merchant_refs` names them."""

    code = "payment.merchant_not_ready"
    message_zh = "部分商家尚未开通该支付方式"
    message_en = "A merchant cannot be paid by this method yet"


class AmountTooLarge(Conflict):
    """A merchant's share passes what the channel takes at once; `details.max_fen` is the limit."""

    code = "payment.amount_too_large"
    message_zh = "金额超过该支付方式的限额"
    message_en = "The amount passes the limit of this method"


class ChannelRefused(Conflict):
    """The channel refused for good; `details.provider_code` is its own code. Another try may start."""

    code = "payment.channel_refused"
    message_zh = "支付渠道拒绝了本次请求"
    message_en = "The payment channel refused this request"


class ChannelUnavailable(Unavailable):
    """The channel gave no clear answer, so its order may exist. The same request may be repeated."""

    code = "payment.channel_unavailable"
    message_zh = "支付渠道暂时没有响应，请稍后重试"
    message_en = "The payment channel does not answer; repeat the request in a moment"


class ChannelAccountUnknown(NotFound):
    """No such channel account, or it is switched off."""

    code = "payment.account_not_found"
    message_zh = "支付渠道账户不存在"
    message_en = "There is no such channel account"


class ChannelAccountUnusable(Unavailable):
    """The account's credentials cannot be opened or used; an operator has to mend them."""

    code = "payment.account_unusable"
    message_zh = "支付渠道账户暂不可用"
    message_en = "The channel account cannot be used"


class RefundNumberReused(Conflict):
    """The same refund number was used with other money."""

    code = "refund.number_reused"
    message_zh = "退款单号已用于另一笔退款"
    message_en = "The refund number belongs to another refund"


class RefundTooLarge(Conflict):
    """More would go back than was paid."""

    code = "refund.exceeds_paid_amount"
    message_zh = "退款金额超过已支付金额"
    message_en = "The refund exceeds what was paid"
