"""What an order costs: split by merchant, freight, and shares that add up to the fen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wanpu.crm import SellingMerchant
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen, split_by_largest_remainder
from wanpu.order.errors import MerchantClosed, SkuNotFound, SkuOffShelf, TooManyMerchants
from wanpu.product import SkuOnSale

MAX_QUANTITY = 9_999
MAX_LINES = 100
MAX_MERCHANTS = 50  # sub-orders of one combined payment in service-provider mode


@dataclass(frozen=True, slots=True)
class Line:
    """So many of one SKU."""

    sku: SkuOnSale
    quantity: int

    @property
    def total_fen(self) -> Fen:
        return Fen(self.sku.price_fen * self.quantity)


@dataclass(frozen=True, slots=True)
class PricedItem:
    """A line with its share of the seller order's freight and discount in `pay_fen`."""

    line: Line
    pay_fen: Fen


@dataclass(frozen=True, slots=True)
class PricedSellerOrder:
    """One merchant's lines. `pay_fen` = goods + shipping - discount, and its items' shares add up to it."""

    merchant: SellingMerchant
    items: tuple[PricedItem, ...]
    item_total_fen: Fen
    shipping_fen: Fen
    discount_fen: Fen
    pay_fen: Fen

    @property
    def total_fen(self) -> Fen:
        return Fen(self.item_total_fen + self.shipping_fen)


@dataclass(frozen=True, slots=True)
class PricedOrder:
    """A whole checkout; every sum is that of its seller orders, which stand in order of merchant id."""

    seller_orders: tuple[PricedSellerOrder, ...]
    total_fen: Fen
    shipping_fen: Fen
    discount_fen: Fen
    pay_fen: Fen


def check_lines(
    wanted: Mapping[Id, int], skus: Mapping[Id, SkuOnSale], merchants: Mapping[Id, SellingMerchant]
) -> list[Line]:
    """The lines of a checkout, in order of SKU id, if all of them may be bought.

    Raises:
        SkuNotFound, SkuOffShelf, MerchantClosed, TooManyMerchants.
    """
    if missing := wanted.keys() - skus.keys():
        raise SkuNotFound(details={"sku_ids": [str(sku_id) for sku_id in sorted(missing)]})
    if off_shelf := [sku_id for sku_id in wanted if not skus[sku_id].is_on_shelf]:
        raise SkuOffShelf.naming(off_shelf)
    sellers = {skus[sku_id].merchant_id for sku_id in wanted}
    closed = [m for m in sorted(sellers) if m not in merchants or not merchants[m].is_open]
    if closed:
        raise MerchantClosed(details={"merchant_ids": [str(merchant_id) for merchant_id in closed]})
    if len(sellers) > MAX_MERCHANTS:
        raise TooManyMerchants(details={"limit": MAX_MERCHANTS})
    return [Line(skus[sku_id], quantity) for sku_id, quantity in sorted(wanted.items())]


def price_order(lines: Sequence[Line], merchants: Mapping[Id, SellingMerchant]) -> PricedOrder:
    """Split lines by merchant and price each part."""
    by_merchant: dict[Id, list[Line]] = {}
    for line in lines:
        by_merchant.setdefault(line.sku.merchant_id, []).append(line)
    parts = tuple(_price_part(merchants[m], by_merchant[m]) for m in sorted(by_merchant))
    return PricedOrder(
        seller_orders=parts,
        total_fen=Fen(sum(part.total_fen for part in parts)),
        shipping_fen=Fen(sum(part.shipping_fen for part in parts)),
        discount_fen=Fen(sum(part.discount_fen for part in parts)),
        pay_fen=Fen(sum(part.pay_fen for part in parts)),
    )


def _price_part(merchant: SellingMerchant, lines: Sequence[Line]) -> PricedSellerOrder:
    goods = Fen(sum(line.total_fen for line in lines))
    shipping = merchant.freight_for(goods)
    pay = Fen(goods + shipping)
    shares = split_by_largest_remainder(pay, [line.total_fen for line in lines])
    return PricedSellerOrder(
        merchant=merchant,
        items=tuple(PricedItem(line, share) for line, share in zip(lines, shares, strict=True)),
        item_total_fen=goods,
        shipping_fen=shipping,
        discount_fen=Fen(0),
        pay_fen=pay,
    )
