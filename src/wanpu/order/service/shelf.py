"""What a checkout looks at: the chosen goods as they are now, read once for a whole batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.crm import DeliveryAddress, SellingMerchant, get_delivery_addresses, get_selling_merchants
from wanpu.kernel.ids import Id
from wanpu.order import queries, rules
from wanpu.order.errors import AddressNotFound, CartChanged, NothingChosen, RemarkForNobody, SoldOut
from wanpu.product import SkuOnSale, StockStrategy, get_skus_on_sale, lock_available

CartRows = dict[tuple[Id, Id], Mapping[Any, Any]]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a member wants to buy: chosen cart rows, or SKUs with quantities.

    `remarks` are by merchant id; `quantities` are empty when the cart says how many.
    """

    member_id: Id
    from_cart: bool
    sku_ids: tuple[Id, ...]
    quantities: Mapping[Id, int]
    address_id: Id
    remarks: Mapping[Id, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Basket:
    """A choice that may be ordered: its lines and price, its address and the cart rows it uses up."""

    lines: Sequence[rules.Line]
    priced: rules.PricedOrder
    address: DeliveryAddress
    cart_rows: Sequence[Mapping[Any, Any]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything that choices need, by id. `cart` and `left` shrink as orders of a batch take from them."""

    cart: CartRows
    skus: Mapping[Id, SkuOnSale]
    merchants: Mapping[Id, SellingMerchant]
    addresses: Mapping[Id, DeliveryAddress]
    left: dict[Id, int]

    def judge(self, choice: Choice) -> Basket:
        """The basket of a choice, if all of it may be ordered now.

        Raises:
            NothingChosen, CartChanged, SkuNotFound, SkuOffShelf, MerchantClosed, TooManyMerchants,
            AddressNotFound, RemarkForNobody, SoldOut: with every SKU that is short.
        """
        if not choice.sku_ids:
            raise NothingChosen
        address = self.addresses.get(choice.address_id)
        if address is None or address.member_id != choice.member_id:
            raise AddressNotFound
        cart_rows = self._cart_rows_of(choice) if choice.from_cart else []
        wanted = {row["sku_id"]: row["quantity"] for row in cart_rows} or dict(choice.quantities)
        lines = rules.check_lines(wanted, self.skus, self.merchants)
        priced = rules.price_order(lines, self.merchants)
        if choice.remarks.keys() - {part.merchant.merchant_id for part in priced.seller_orders}:
            raise RemarkForNobody
        if short := self._short(lines):
            raise SoldOut.short_of(short)
        return Basket(lines, priced, address, cart_rows)

    def still_has(self, choice: Choice, basket: Basket) -> bool:
        """Whether a basket that was judged before would be the same now."""
        if choice.from_cart:
            rows = [self.cart.get((choice.member_id, sku_id)) for sku_id in choice.sku_ids]
            if rows != basket.cart_rows:
                return False
        return not self._short(basket.lines)

    def take(self, choice: Choice, basket: Basket) -> None:
        """Leave what is in a basket to nobody else: units of strategy 1, and the cart rows."""
        for line in basket.lines:
            if line.sku.strategy is StockStrategy.ON_ORDER:
                self.left[line.sku.sku_id] -= line.quantity
        for row in basket.cart_rows:
            del self.cart[choice.member_id, row["sku_id"]]

    def _short(self, lines: Iterable[rules.Line]) -> list[tuple[Id, int, int]]:
        asked = ((line.sku.sku_id, line.quantity, self.left.get(line.sku.sku_id, 0)) for line in lines)
        return [(sku_id, quantity, left) for sku_id, quantity, left in asked if quantity > left]

    def _cart_rows_of(self, choice: Choice) -> list[Mapping[Any, Any]]:
        rows = [self.cart.get((choice.member_id, sku_id)) for sku_id in choice.sku_ids]
        if None in rows:
            raise CartChanged.naming(
                [sku_id for sku_id, row in zip(choice.sku_ids, rows, strict=True) if row is None]
            )
        return [row for row in rows if row is not None]


async def read_shelf(session: AsyncSession, choices: Sequence[Choice]) -> Shelf:
    """What choices look at, one statement of each kind for all of them. Nothing is locked, so cart and stock
    may be others a moment later."""
    skus = await get_skus_on_sale(session, _skus_of(choices))
    return Shelf(
        cart=await queries.get_cart_rows(session, *_cart_of(choices)),
        skus=skus,
        merchants=await get_selling_merchants(session, {sku.merchant_id for sku in skus.values()}),
        addresses=await get_delivery_addresses(session, {choice.address_id for choice in choices}),
        left={sku.sku_id: sku.available for sku in skus.values()},
    )


async def lock_shelf(session: AsyncSession, choices: Sequence[Choice], seen: Shelf) -> Shelf:
    """The shelf that was read, with its cart rows and then its stock rows locked, as they are now."""
    cart = await queries.lock_cart_rows(session, *_cart_of(choices))
    return replace(seen, cart=cart, left=await lock_available(session, _skus_of(choices)))


def _skus_of(choices: Sequence[Choice]) -> set[Id]:
    return {sku_id for choice in choices for sku_id in choice.sku_ids}


def _cart_of(choices: Sequence[Choice]) -> tuple[list[Id], list[Id]]:
    from_cart = [choice for choice in choices if choice.from_cart]
    return [choice.member_id for choice in from_cart], [
        sku_id for choice in from_cart for sku_id in choice.sku_ids
    ]
