"""A batch of orders ends as the same orders one by one would, whatever the batch holds."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import make_merchant, make_spu
from tests.wanpu.order.checkout import (
    Buyer,
    buying,
    buying_cart,
    make_buyer,
    placed_json,
    require_sound_books,
    rows_of,
    stock_of,
)

from wanpu.infra.models import IdempotencyKey
from wanpu.infra.services import Services
from wanpu.kernel.errors import WanpuError
from wanpu.kernel.ids import Id
from wanpu.order import OrderServices, open_desk
from wanpu.order.models import CartItem, CartItemHistory, Order, OrderItem, SellerOrder
from wanpu.order.service.cart import AddToCart, add_to_cart
from wanpu.order.service.placing import Placed, PlaceOrder, place_orders
from wanpu.order.states import CartSource
from wanpu.product import StockStrategy

PRICES = (100, 250, 999, 40)
STRATEGIES = (
    StockStrategy.ON_ORDER,
    StockStrategy.ON_PAYMENT,
    StockStrategy.ON_ORDER,
    StockStrategy.ON_PAYMENT,
)
MERCHANT_OF = (0, 0, 1, 1)
FREIGHT_FEN = 30
BUYERS = 3
CART_UNITS = 2


@dataclass(frozen=True)
class Submit:
    """One submit by positions: it means the same in every copy of the shop."""

    buyer: int
    key: int
    from_cart: bool
    units: Mapping[int, int]
    sees_right_total: bool

    @property
    def pay_fen(self) -> int:
        bought = {sku: CART_UNITS if self.from_cart else units for sku, units in self.units.items()}
        goods = sum(PRICES[sku] * units for sku, units in bought.items())
        freight = FREIGHT_FEN * len({MERCHANT_OF[sku] for sku in bought})
        return goods + freight + (0 if self.sees_right_total else 1)


@dataclass(frozen=True)
class Shop:
    """One copy of the same goods, the same cart and the same buyers."""

    skus: Sequence[Id]
    merchants: Sequence[Id]
    buyers: Sequence[Buyer]

    def command(self, submit: Submit) -> PlaceOrder:
        buyer = self.buyers[submit.buyer]
        key = f"key-{submit.key}"
        if submit.from_cart:
            return buying_cart(buyer, [self.skus[sku] for sku in submit.units], submit.pay_fen, key=key)
        units = {self.skus[sku]: count for sku, count in submit.units.items()}
        return buying(buyer, units, submit.pay_fen, key=key)


submits = st.builds(
    Submit,
    buyer=st.integers(0, BUYERS - 1),
    key=st.integers(0, 7),
    from_cart=st.booleans(),
    units=st.dictionaries(st.integers(0, 3), st.integers(1, 3), min_size=1, max_size=3),
    sees_right_total=st.sampled_from([True, True, True, True, False]),
)
batches = st.lists(submits, min_size=1, max_size=24)
stocks = st.tuples(*[st.integers(0, 8)] * 4)


@given(batch=batches, stock=stocks, cuts=st.sets(st.integers(1, 23)))
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_a_batch_answers_and_leaves_what_the_same_orders_one_by_one_do(
    services: Services,
    orders: OrderServices,
    batch: list[Submit],
    stock: tuple[int, ...],
    cuts: set[int],
) -> None:
    together, apart, grouped = [await open_shop(services, orders, stock) for _ in range(3)]

    at_once = await place_orders(orders, [together.command(submit) for submit in batch])
    one_by_one = [result for s in batch for result in await place_orders(orders, [apart.command(s)])]
    edges = sorted({0, len(batch), *(cut for cut in cuts if cut < len(batch))})
    in_groups = [
        result
        for start, end in pairwise(edges)
        for result in await place_orders(orders, [grouped.command(s) for s in batch[start:end]])
    ]

    answers = [seen(apart, result) for result in one_by_one]
    assert [seen(together, result) for result in at_once] == answers
    assert [seen(grouped, result) for result in in_groups] == answers
    left = await final_rows(services, apart)
    assert await final_rows(services, together) == left
    assert await final_rows(services, grouped) == left
    await require_sound_books(services)


async def test_the_lane_gives_every_caller_its_own_order(services: Services, orders: OrderServices) -> None:
    shop = await open_shop(services, orders, (8, 8, 8, 8))
    desk = open_desk(orders)
    submits = [Submit(n % BUYERS, n, False, {n % 4: 1}, True) for n in range(24)]

    results = await asyncio.gather(
        *(desk.lane.submit(shop.command(submit)) for submit in submits), return_exceptions=True
    )

    for submit, result in zip(submits, results, strict=True):
        body = placed_json(result)
        assert body["pay_fen"] == submit.pay_fen
        assert body["seller_orders"][0]["items"][0]["sku_id"] == str(shop.skus[next(iter(submit.units))])
    await require_sound_books(services)


async def open_shop(services: Services, orders: OrderServices, stock: Sequence[int]) -> Shop:
    """Two merchants with two goods each, and three buyers with a full cart."""
    merchants = [await make_merchant(services, freight_fee_fen=FREIGHT_FEN) for _ in range(2)]
    skus = [
        (
            await make_spu(
                services,
                merchant_id=merchants[MERCHANT_OF[index]],
                skus=[(PRICES[index], max(stock[index], 1))],
                strategy=STRATEGIES[index],
            )
        ).sku_ids[0]
        for index in range(4)
    ]
    buyers = [await make_buyer(services) for _ in range(BUYERS)]
    for buyer in buyers[:2]:
        for sku_id in skus[:3]:
            await add_to_cart(orders, AddToCart(buyer.member_id, sku_id, CART_UNITS, CartSource.LIST))
    return Shop(skus, merchants, buyers)


def seen(shop: Shop, result: Placed | WanpuError) -> Any:
    """An answer without ids, numbers and times; SKUs and merchants by their position."""
    if isinstance(result, WanpuError):
        return result.code, _by_position(shop, result.details)
    body = placed_json(result)
    for name in ("order_id", "order_no", "cashier_url", "created_at", "should_paid_before"):
        del body[name]
    for seller in body["seller_orders"]:
        del seller["seller_order_id"], seller["merchant_name"]
        for item in seller["items"]:
            del item["order_item_id"], item["spu_id"]
    return result.status, result.is_replayed, _by_position(shop, body)


def _by_position(shop: Shop, value: Any) -> Any:
    if isinstance(value, list):
        return [_by_position(shop, inner) for inner in value]
    if not isinstance(value, Mapping):
        return value
    plain = {name: _by_position(shop, inner) for name, inner in value.items()}
    if "sku_id" in plain:
        plain["sku_id"] = shop.skus.index(Id(int(plain["sku_id"])))
    if "merchant_id" in plain:
        plain["merchant_id"] = shop.merchants.index(Id(int(plain["merchant_id"])))
    return plain


async def final_rows(services: Services, shop: Shop) -> Any:
    """Stock, carts, orders and kept answers of one copy, by position."""
    members = {buyer.member_id: index for index, buyer in enumerate(shop.buyers)}

    async def own(model: type[Any], *names: str) -> list[Any]:
        return sorted(
            [
                members[row["wx_user_id"]],
                *(shop.skus.index(row["sku_id"]) for _ in names if "sku_id" in row),
                *(row[name] for name in names),
            ]
            for row in await rows_of(services, model)
            if row["wx_user_id"] in members
        )

    keys = await rows_of(services, IdempotencyKey)
    scopes = {f"member:{buyer.member_id}:orders": index for index, buyer in enumerate(shop.buyers)}
    return {
        "stock": [await stock_of(services, sku_id) for sku_id in shop.skus],
        "cart": await own(CartItem, "quantity"),
        "history": await own(CartItemHistory, "quantity"),
        "orders": await own(Order, "pay_fee", "status"),
        "seller orders": await own(SellerOrder, "pay_fee", "shipping_fee"),
        "items": await own(OrderItem, "quantity", "pay_fee"),
        "keys": sorted((scopes[row["scope"]], row["key"]) for row in keys if row["scope"] in scopes),
    }
