"""An order that was drafted before cart and stock were locked, when they are others by then."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from tests.builders import make_spu
from tests.wanpu.order.checkout import (
    Buyer,
    buying,
    buying_cart,
    make_buyer,
    placed_json,
    require_sound_books,
    second_process,
    stock_of,
    will_wait_for_a_lock,
)
from tests.wanpu.order.scripted_payments import ScriptedPayments

from wanpu.infra.services import Services, close_services
from wanpu.infra.tables import table_of
from wanpu.kernel.errors import WanpuError
from wanpu.kernel.ids import Id
from wanpu.order import OrderServices, queries
from wanpu.order.errors import CartChanged, PriceChanged, SoldOut
from wanpu.order.models import CartItem, CartItemHistory
from wanpu.order.service.cart import AddToCart, add_to_cart
from wanpu.order.service.placing import Placed, PlaceOrder, place_orders
from wanpu.order.states import CartSource
from wanpu.product import StockChange, StockMove, lock_available, move_stock

CART = table_of(CartItem)
Change = Callable[[AsyncSession], Awaitable[None]]


@pytest.fixture
async def other(services: Services, payments: ScriptedPayments) -> AsyncIterator[OrderServices]:
    """Another process, which has the numbers of an order at hand."""
    app = await second_process(services, payments)
    await app.numbers.reserve(order=1, seller_order=1, order_item=1)
    yield app
    await close_services(app)


async def place_while(
    services: Services, other: OrderServices, command: PlaceOrder, lock: Change, change: Change
) -> Placed | WanpuError:
    """Let the other process draft an order, and change what is locked before it can look again."""
    waiting = will_wait_for_a_lock(other.db)
    async with services.db.transaction() as session:
        await lock(session)
        placing = asyncio.ensure_future(place_orders(other, [command]))
        await waiting.wait()
        await change(session)
    [result] = await placing
    return result


async def fill_cart(orders: OrderServices, buyer: Buyer, sku_id: Id) -> Change:
    """Two units in the cart; gives what locks their row."""
    await add_to_cart(orders, AddToCart(buyer.member_id, sku_id, 2, CartSource.HOME))

    async def lock(session: AsyncSession) -> None:
        assert await queries.lock_cart_rows(session, [buyer.member_id], [sku_id])

    return lock


async def raise_to_three(session: AsyncSession) -> None:
    await session.execute(update(CART).values(quantity=3))


async def test_units_that_went_meanwhile_are_sold_out(services: Services, other: OrderServices) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)])
    [sku_id] = spu.sku_ids

    async def lock(session: AsyncSession) -> None:
        assert await lock_available(session, [sku_id]) == {sku_id: 5}

    async def take_four(session: AsyncSession) -> None:
        await move_stock(
            session, [StockChange(sku_id, StockMove.HELD, 4, "another")], now=services.clock.now()
        )

    refusal = await place_while(services, other, buying(buyer, {sku_id: 2}, 200), lock, take_four)

    assert isinstance(refusal, SoldOut)
    assert refusal.details == {"skus": [{"sku_id": str(sku_id), "wanted": 2, "left": 1}]}
    assert await stock_of(services, sku_id) == (1, 4, 0)


async def test_a_cart_row_that_holds_more_by_now_is_priced_anew(
    services: Services, orders: OrderServices, other: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)])
    lock = await fill_cart(orders, buyer, spu.sku_ids[0])

    for_two = buying_cart(buyer, spu.sku_ids, 200)
    refusal = await place_while(services, other, for_two, lock, raise_to_three)
    assert isinstance(refusal, PriceChanged)
    assert refusal.details == {"pay_fen": 300}

    [placed] = await place_orders(other, [buying_cart(buyer, spu.sku_ids, 300)])
    assert placed_json(placed)["pay_fen"] == 300
    await require_sound_books(services)


async def test_a_cart_row_that_fits_only_by_now_is_ordered_as_it_is(
    services: Services, orders: OrderServices, other: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)])
    lock = await fill_cart(orders, buyer, spu.sku_ids[0])

    placed = await place_while(services, other, buying_cart(buyer, spu.sku_ids, 300), lock, raise_to_three)

    assert placed_json(placed)["pay_fen"] == 300
    assert await stock_of(services, spu.sku_ids[0]) == (2, 3, 0)
    await require_sound_books(services)


async def test_a_cart_row_that_was_ordered_meanwhile_is_not_ordered_again(
    services: Services, orders: OrderServices, other: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)])
    lock = await fill_cart(orders, buyer, spu.sku_ids[0])

    async def empty(session: AsyncSession) -> None:
        rows = await queries.lock_cart_rows(session, [buyer.member_id], spu.sku_ids)
        await queries.move_cart_to_history(session, list(rows.values()), services.clock.now())

    refusal = await place_while(services, other, buying_cart(buyer, spu.sku_ids, 200), lock, empty)

    assert isinstance(refusal, CartChanged)
    assert await stock_of(services, spu.sku_ids[0]) == (5, 0, 0)
    async with services.db.reading() as session:
        assert len((await session.execute(table_of(CartItemHistory).select())).all()) == 1
