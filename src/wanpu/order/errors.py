"""Why a cart or an order refuses. Codes are public and permanent."""

from collections.abc import Collection, Sequence
from typing import Self

from wanpu.kernel.errors import Conflict, Invalid, NotFound


class CartFull(Conflict):
    code = "cart.full"
    message_zh = "购物车已满，请先清理"
    message_en = "The cart is full; remove something first"


class CartItemNotFound(NotFound):
    code = "cart.item_not_found"
    message_zh = "购物车中没有该商品"
    message_en = "There is no such item in the cart"


class QuantityTooLarge(Conflict):
    """`details.limit` is the most one line may hold."""

    code = "cart.quantity_too_large"
    message_zh = "购买数量超过上限"
    message_en = "The quantity passes the limit of one line"


class SkuNotFound(NotFound):
    code = "order.sku_not_found"
    message_zh = "商品不存在"
    message_en = "There is no such product"


class _SkusRefuse(Conflict):
    """`details.skus` names each SKU."""

    @classmethod
    def naming(cls, sku_ids: Collection[int]) -> Self:
        return cls(details={"skus": [{"sku_id": str(sku_id)} for sku_id in sorted(sku_ids)]})


class SkuOffShelf(_SkusRefuse):
    code = "order.sku_off_shelf"
    message_zh = "部分商品已下架"
    message_en = "Some products are no longer on sale"


class MerchantClosed(Conflict):
    code = "order.merchant_closed"
    message_zh = "商家暂停营业"
    message_en = "A merchant is not open"


class SoldOut(Conflict):
    """`details.skus` names each SKU with `wanted` and `left`."""

    code = "order.sold_out"
    message_zh = "部分商品库存不足"
    message_en = "Some products are sold out"

    @classmethod
    def short_of(cls, shortages: Sequence[tuple[int, int, int]]) -> Self:
        """(sku id, wanted, left) each."""
        return cls(
            details={
                "skus": [
                    {"sku_id": str(sku_id), "wanted": wanted, "left": max(left, 0)}
                    for sku_id, wanted, left in shortages
                ]
            }
        )


class PriceChanged(Conflict):
    """`details.pay_fen` is what would have to be paid now."""

    code = "order.price_changed"
    message_zh = "价格有变动，请确认后重新提交"
    message_en = "The price has changed; look at it and submit again"


class CartChanged(_SkusRefuse):
    code = "order.cart_changed"
    message_zh = "购物车有变动，请返回购物车确认"
    message_en = "The cart has changed; look at it and submit again"


class NothingChosen(Invalid):
    code = "order.nothing_chosen"
    message_zh = "请选择要购买的商品"
    message_en = "Choose something to buy"


class TooManyMerchants(Conflict):
    """`details.limit` merchants can be paid at once."""

    code = "order.too_many_merchants"
    message_zh = "一次结算的商家过多"
    message_en = "Too many merchants in one checkout"


class RemarkForNobody(Invalid):
    code = "order.remark_for_nobody"
    message_zh = "备注中的商家不在本次订单中"
    message_en = "A remark names a merchant who is not in this order"


class AddressNotFound(NotFound):
    code = "order.address_not_found"
    message_zh = "收货地址不存在"
    message_en = "There is no such address"


class OrderNotFound(NotFound):
    code = "order.not_found"
    message_zh = "订单不存在"
    message_en = "There is no such order"


class OrderNotPayable(Conflict):
    code = "order.not_payable"
    message_zh = "订单已关闭，不能支付"
    message_en = "The order is closed and cannot be paid"


class OrderNotCancellable(Conflict):
    code = "order.not_cancellable"
    message_zh = "订单当前状态不能取消"
    message_en = "The order can no longer be cancelled"


class PayLinkInvalid(NotFound):
    code = "order.pay_link_invalid"
    message_zh = "支付链接无效"
    message_en = "This payment link is not valid"
