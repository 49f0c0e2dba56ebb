"""Orders that were written before cart and stock were locked, when those are others by then."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event, update
from sqlalchemy.ext.asyncio import AsyncSession
from tests.builders import make_spu
from tests.wanpu.order.checkout import (
    Buyer,
    buying,
    buying_cart,
    count,
    make_buyer,
    placed_json,
    require_sound_books,
    second_process,
    stock_of,
    will_wait_for_a_lock,
)
from tests.wanpu.order.scripted_payments import ScriptedPayments

from wanpu.infra.models import IdempotencyKey
from wanpu.infra.services import Services, close_services
from wanpu.infra.tables import table_of
from wanpu.kernel.errors import WanpuError
from wanpu.kernel.ids import Id
from wanpu.order import OrderServices, queries
from wanpu.order.errors import CartChanged, PriceChanged, SoldOut
from wanpu.order.models import CartItem, CartItemHistory, Order, OrderItem
from wanpu.order.service.cart import AddToCart, add_to_cart
from wanpu.order.service.placing import Placed, PlaceOrder, place_orders
from wanpu.order.states import CartSource
from wanpu.product import lock_available
from wanpu.product.models import SkuStock

CART, STOCK = table_of(CartItem), table_of(SkuStock)
Change = Callable[[AsyncSession], Awaitable[None]]


@pytest.fixture
async def other(services: Services, payments: ScriptedPayments) -> AsyncIterator[OrderServices]:
    """Another process, which has the numbers of an order at hand."""
    app = await second_process(services, payments)
    await app.numbers.reserve(order=1, seller_order=1, order_item=1)
    yield app
    await close_services(app)


async def place_while(
    services: Services, other: OrderServices, commands: list[PlaceOrder], lock: Change, change: Change
) -> list[Placed | WanpuError]:
    """Let the other process write orders, and change what is locked before it can look again."""
    waiting = will_wait_for_a_lock(other.db)
    async with services.db.transaction() as session:
        await lock(session)
        placing = asyncio.ensure_future(place_orders(other, commands))
        await waiting.wait()
        await change(session)
    return await placing


@dataclass(frozen=True)
class TwoInCart:
    """A buyer with two of five units of a SKU in the cart, for 100 fen each."""

    buyer: Buyer
    sku_id: Id

    async def lock(self, session: AsyncSession) -> None:
        """Lock the cart row."""
        assert await queries.lock_cart_rows(session, [self.buyer.member_id], [self.sku_id])

    def ordered_for(self, pay_fen: int) -> PlaceOrder:
        """An order of the cart by somebody who saw this sum."""
        return buying_cart(self.buyer, [self.sku_id], pay_fen)


@pytest.fixture
async def cart(services: Services, orders: OrderServices) -> TwoInCart:
    """Such a buyer."""
    buyer = await make_buyer(services)
    [sku_id] = (await make_spu(services, skus=[(100, 5)])).sku_ids
    await add_to_cart(orders, AddToCart(buyer.member_id, sku_id, 2, CartSource.HOME))
    return TwoInCart(buyer, sku_id)


async def raise_to_three(session: AsyncSession) -> None:
    await session.execute(update(CART).values(quantity=3))


def leaving_one(sku_id: Id) -> Change:
    """Four of its five units go elsewhere."""

    async def take(session: AsyncSession) -> None:
        await session.execute(update(STOCK).where(STOCK.c.sku_id == sku_id).values(available=1, held=4))

    return take


async def test_units_that_went_meanwhile_are_sold_out(services: Services, other: OrderServices) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)])
    [sku_id] = spu.sku_ids

    async def lock(session: AsyncSession) -> None:
        assert await lock_available(session, [sku_id]) == {sku_id: 5}

    [refusal] = await place_while(
        services, other, [buying(buyer, {sku_id: 2}, 200)], lock, leaving_one(sku_id)
    )

    assert isinstance(refusal, SoldOut)
    assert refusal.details == {"skus": [{"sku_id": str(sku_id), "wanted": 2, "left": 1}]}
    assert await stock_of(services, sku_id) == (1, 4, 0)


async def test_a_cart_row_that_holds_more_by_now_is_priced_anew(
    services: Services, other: OrderServices, cart: TwoInCart
) -> None:
    [refusal] = await place_while(services, other, [cart.ordered_for(200)], cart.lock, raise_to_three)
    assert isinstance(refusal, PriceChanged)
    assert refusal.details == {"pay_fen": 300}

    [placed] = await place_orders(other, [cart.ordered_for(300)])
    assert placed_json(placed)["pay_fen"] == 300
    await require_sound_books(services)


async def test_a_batch_of_refusals_locks_nothing_and_writes_nothing(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)])
    [sku_id] = spu.sku_ids
    await orders.numbers.reserve(order=4, seller_order=4, order_item=4)
    asked: list[str] = []

    @event.listens_for(services.db.engine.sync_engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        asked.append(statement)

    sold_out, other_price = await place_orders(
        orders, [buying(buyer, {sku_id: 6}, 600), buying(buyer, {sku_id: 1}, 99)]
    )

    assert isinstance(sold_out, SoldOut)
    assert isinstance(other_price, PriceChanged)
    read = [text for text in asked if text.startswith("SELECT") and "FOR UPDATE" not in text]
    assert read
    assert [text for text in asked if text not in (*read, "BEGIN IMMEDIATE")] == []


async def test_a_neighbour_that_was_overtaken_spoils_no_order_and_leaves_nothing_behind(
    services: Services, other: OrderServices
) -> None:
    spu = await make_spu(services, skus=[(100, 5), (100, 5)])
    wanted, plenty = spu.sku_ids
    others = [buying(await make_buyer(services), {plenty: 1}, 100) for _ in range(3)]
    commands = [others[0], buying(await make_buyer(services), {wanted: 2}, 200), *others[1:], others[0]]

    async def lock(session: AsyncSession) -> None:
        assert await lock_available(session, [wanted]) == {wanted: 5}

    first, refusal, *rest, repeated = await place_while(services, other, commands, lock, leaving_one(wanted))

    assert isinstance(refusal, SoldOut)
    numbers = {placed_json(placed)["order_no"] for placed in (first, *rest)}
    assert len(numbers) == 3
    assert isinstance(repeated, Placed)
    assert (repeated.is_replayed, repeated.body) == (True, first.body)
    assert [await stock_of(services, sku_id) for sku_id in (wanted, plenty)] == [(1, 4, 0), (2, 3, 0)]
    assert [await count(services, model) for model in (Order, OrderItem, IdempotencyKey)] == [3, 3, 3]


async def test_a_cart_row_that_was_ordered_meanwhile_is_not_ordered_again(
    services: Services, other: OrderServices, cart: TwoInCart
) -> None:
    async def empty(session: AsyncSession) -> None:
        rows = await queries.lock_cart_rows(session, [cart.buyer.member_id], [cart.sku_id])
        await queries.move_cart_to_history(session, list(rows.values()), services.clock.now())

    [refusal] = await place_while(services, other, [cart.ordered_for(200)], cart.lock, empty)

    assert isinstance(refusal, CartChanged)
    assert await stock_of(services, cart.sku_id) == (5, 0, 0)
    async with services.db.reading() as session:
        assert len((await session.execute(table_of(CartItemHistory).select())).all()) == 1
