"""The cart: one row per SKU, quantities that add up, live prices, and a history of what left it."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import event, insert, update
from sqlalchemy.exc import IntegrityError
from tests.builders import make_merchant, make_spu
from tests.wanpu.order.checkout import Buyer, count, make_buyer, rows_of

from wanpu.crm.service.merchants import change_merchant_status
from wanpu.crm.states import MerchantStatus
from wanpu.infra.services import Services
from wanpu.infra.tables import table_of
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.order import OrderServices
from wanpu.order.errors import (
    CartFull,
    CartItemNotFound,
    QuantityTooLarge,
    SkuNotFound,
    SkuOffShelf,
    SoldOut,
)
from wanpu.order.models import CartItem, CartItemHistory
from wanpu.order.service.cart import (
    AddToCart,
    add_to_cart,
    change_cart_item,
    delete_from_cart,
    select_cart,
    view_cart,
)
from wanpu.order.states import CartSource
from wanpu.product.models import SkuStock
from wanpu.product.service.goods import change_price, take_off_shelf


async def add(
    orders: OrderServices, buyer: Buyer, sku_id: Id, quantity: int = 1, source: CartSource = CartSource.DETAIL
) -> None:
    await add_to_cart(orders, AddToCart(buyer.member_id, sku_id, quantity, source))


def only_item(cart: dict[str, Any]) -> dict[str, Any]:
    [merchant] = cart["merchants"]
    [item] = merchant["items"]
    return dict(item)


@pytest.mark.requirement("S3-002")
async def test_a_first_add_makes_one_row_with_name_spec_price_and_source(
    services: Services, orders: OrderServices, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    merchant = await make_merchant(services)
    spu = await make_spu(services, merchant_id=merchant, title="软面抄", skus={"蓝": (550, 4)})

    await add(orders, buyer, spu.sku_ids[0], 2, CartSource.ACTIVITY)

    [row] = await rows_of(services, CartItem)
    assert row.pop("id") > 0
    assert row == {
        "wx_user_id": buyer.member_id,
        "merchant_id": merchant,
        "spu_id": spu.spu_id,
        "sku_id": spu.sku_ids[0],
        "sku_name": "软面抄",
        "sku_spec": "蓝",
        "quantity": 2,
        "price": 550,
        "source": CartSource.ACTIVITY,
        "selected": True,
        "created_at": clock.now(),
        "updated_at": clock.now(),
    }


@pytest.mark.requirement("S3-001", "S3-003")
async def test_a_second_add_finds_the_row_ticks_it_and_adds_the_quantity(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(550, 9)])
    await add(orders, buyer, spu.sku_ids[0], 2)
    [first] = await rows_of(services, CartItem)
    await change_cart_item(orders, buyer.member_id, spu.sku_ids[0], quantity=None, selected=False)

    await add(orders, buyer, spu.sku_ids[0], 3, CartSource.HOME)

    [row] = await rows_of(services, CartItem)
    assert (row["id"], row["quantity"], row["selected"]) == (first["id"], 5, True)
    assert (row["price"], row["source"]) == (550, CartSource.DETAIL)


@pytest.mark.requirement("S3-003")
async def test_fifty_adds_at_once_over_many_connections_all_count(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(550, 9)])

    await asyncio.gather(*(add(orders, buyer, spu.sku_ids[0], quantity) for quantity in range(1, 51)))

    [row] = await rows_of(services, CartItem)
    assert row["quantity"] == 50 * 51 // 2


async def test_the_database_refuses_a_second_row_of_the_same_sku(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(550, 9)])
    await add(orders, buyer, spu.sku_ids[0])
    [row] = await rows_of(services, CartItem)

    with pytest.raises(IntegrityError):
        async with services.db.transaction() as session:
            await session.execute(insert(table_of(CartItem)).values(**(row | {"id": row["id"] + 1})))


async def test_what_nobody_may_buy_does_not_enter_the_cart(services: Services, orders: OrderServices) -> None:
    buyer = await make_buyer(services)
    off_shelf = await make_spu(services, skus=[(550, 9)])
    sold_out = await make_spu(services, skus=[(550, 0)])
    await take_off_shelf(services, off_shelf.spu_id)

    for sku_id, refusal in (
        (Id(4_000_000_000), SkuNotFound),
        (off_shelf.sku_ids[0], SkuOffShelf),
        (sold_out.sku_ids[0], SoldOut),
    ):
        with pytest.raises(refusal):
            await add(orders, buyer, sku_id)

    assert await count(services, CartItem) == 0


async def test_one_line_holds_9999_units_and_an_add_beyond_changes_nothing(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(550, 9)])
    await add(orders, buyer, spu.sku_ids[0], 9_998)
    await add(orders, buyer, spu.sku_ids[0], 1)

    with pytest.raises(QuantityTooLarge) as refusal:
        await add(orders, buyer, spu.sku_ids[0], 1)

    assert refusal.value.details == {"limit": 9_999}
    assert [row["quantity"] for row in await rows_of(services, CartItem)] == [9_999]


async def test_a_cart_holds_a_hundred_lines_and_more_of_a_line_it_has(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(550, 9)] * 101)
    for sku_id in spu.sku_ids[:100]:
        await add(orders, buyer, sku_id)

    with pytest.raises(CartFull):
        await add(orders, buyer, spu.sku_ids[100])
    await add(orders, buyer, spu.sku_ids[0])

    rows = await rows_of(services, CartItem)
    assert (len(rows), sum(row["quantity"] for row in rows)) == (100, 101)


@pytest.mark.requirement("S3-004")
async def test_the_cart_is_grouped_by_merchant_newest_first_with_live_prices_and_stock(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    pens, cups = [await make_merchant(services, name=name) for name in ("文具店", "茶具店")]
    pen = await make_spu(services, merchant_id=pens, skus=[(1990, 8)])
    cup = await make_spu(services, merchant_id=cups, skus=[(500, 9), (700, 2)])
    await add(orders, buyer, pen.sku_ids[0], 2)
    await add(orders, buyer, cup.sku_ids[0], 1)
    await add(orders, buyer, cup.sku_ids[1], 4)
    await change_price(services, pen.sku_ids[0], Fen(1890))
    await change_cart_item(orders, buyer.member_id, cup.sku_ids[0], quantity=None, selected=False)

    cart = await view_cart(orders, buyer.member_id)

    assert [
        (
            group["name"],
            [
                (
                    item["sku_id"],
                    item["added_price_fen"],
                    item["price_fen"],
                    item["amount_fen"],
                    item["stock"],
                )
                for item in group["items"]
            ],
        )
        for group in cart["merchants"]
    ] == [
        ("茶具店", [(str(cup.sku_ids[1]), 700, 700, 2800, 2), (str(cup.sku_ids[0]), 500, 500, 500, 9)]),
        ("文具店", [(str(pen.sku_ids[0]), 1990, 1890, 3780, 8)]),
    ]
    assert (cart["selected_quantity"], cart["selected_amount_fen"], cart["total_quantity"]) == (6, 6580, 7)


@pytest.mark.requirement("S3-004")
async def test_a_row_that_cannot_be_bought_says_why_and_is_left_out_of_the_sums(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    frozen = await make_merchant(services)
    good = await make_spu(services, skus=[(100, 9)])
    off_shelf = await make_spu(services, skus=[(200, 9)])
    closed = await make_spu(services, merchant_id=frozen, skus=[(300, 9)])
    sold_out = await make_spu(services, skus=[(400, 1)])
    for spu in (good, off_shelf, closed, sold_out):
        await add(orders, buyer, spu.sku_ids[0])
    await take_off_shelf(services, off_shelf.spu_id)
    await change_merchant_status(services.db, frozen, MerchantStatus.FROZEN)
    async with services.db.transaction() as session:
        await session.execute(
            update(SkuStock).where(SkuStock.sku_id == sold_out.sku_ids[0]).values(available=0)
        )

    cart = await view_cart(orders, buyer.member_id)

    reasons = {
        item["sku_id"]: (item["is_valid"], item["invalid_reason"])
        for group in cart["merchants"]
        for item in group["items"]
    }
    assert reasons == {
        str(good.sku_ids[0]): (True, None),
        str(off_shelf.sku_ids[0]): (False, "off_shelf"),
        str(closed.sku_ids[0]): (False, "merchant_closed"),
        str(sold_out.sku_ids[0]): (False, "sold_out"),
    }
    assert (cart["selected_quantity"], cart["selected_amount_fen"], cart["total_quantity"]) == (1, 100, 4)


@pytest.mark.requirement("S3-005")
async def test_a_new_quantity_gives_the_amount_that_the_server_computes(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(1999, 9)])
    await add(orders, buyer, spu.sku_ids[0])

    await change_cart_item(orders, buyer.member_id, spu.sku_ids[0], quantity=7, selected=None)

    cart = await view_cart(orders, buyer.member_id)
    assert (only_item(cart)["quantity"], only_item(cart)["amount_fen"]) == (7, 13_993)
    assert cart["selected_amount_fen"] == 13_993


async def test_a_row_of_another_member_cannot_be_changed_or_deleted(
    services: Services, orders: OrderServices
) -> None:
    owner, stranger = await make_buyer(services), await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 9)])
    await add(orders, owner, spu.sku_ids[0], 2)
    before = await rows_of(services, CartItem)

    with pytest.raises(CartItemNotFound):
        await change_cart_item(orders, stranger.member_id, spu.sku_ids[0], quantity=5, selected=None)
    await delete_from_cart(orders, stranger.member_id, spu.sku_ids)
    await select_cart(orders, stranger.member_id, selected=False)

    assert await rows_of(services, CartItem) == before
    assert await count(services, CartItemHistory) == 0
    assert (await view_cart(orders, stranger.member_id))["merchants"] == []


@pytest.mark.requirement("S3-006")
async def test_deleted_rows_stand_in_the_history_alone(
    services: Services, orders: OrderServices, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 9), (200, 9)])
    for sku_id in spu.sku_ids:
        await add(orders, buyer, sku_id, 3)
    before = {row["sku_id"]: row for row in await rows_of(services, CartItem)}

    await delete_from_cart(orders, buyer.member_id, [spu.sku_ids[0]])
    await delete_from_cart(orders, buyer.member_id, [spu.sku_ids[0]])

    assert [row["sku_id"] for row in await rows_of(services, CartItem)] == [spu.sku_ids[1]]
    [kept] = await rows_of(services, CartItemHistory)
    gone = before[spu.sku_ids[0]]
    same = (
        "id",
        "wx_user_id",
        "sku_id",
        "spu_id",
        "merchant_id",
        "sku_name",
        "sku_spec",
        "quantity",
        "price",
    )
    assert [kept[name] for name in same] == [gone[name] for name in same]
    assert (kept["sci_created_at"], kept["created_at"]) == (gone["created_at"], clock.now())


@pytest.mark.requirement("S3-006")
async def test_a_delete_that_breaks_between_its_two_steps_leaves_the_row_in_the_cart(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 9)])
    await add(orders, buyer, spu.sku_ids[0])
    engine = services.db.engine.sync_engine

    def break_delete(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if statement.startswith("DELETE FROM shopping_cart_item "):
            raise ConnectionResetError("the power went")

    event.listen(engine, "before_cursor_execute", break_delete)
    with pytest.raises(ConnectionResetError):
        await delete_from_cart(orders, buyer.member_id, spu.sku_ids)
    event.remove(engine, "before_cursor_execute", break_delete)

    assert [row["sku_id"] for row in await rows_of(services, CartItem)] == list(spu.sku_ids)
    assert await count(services, CartItemHistory) == 0


async def test_the_whole_cart_is_ticked_and_unticked_at_once(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 9), (200, 9)])
    for sku_id in spu.sku_ids:
        await add(orders, buyer, sku_id)

    await select_cart(orders, buyer.member_id, selected=False)
    unticked = await view_cart(orders, buyer.member_id)
    await select_cart(orders, buyer.member_id, selected=True)
    ticked = await view_cart(orders, buyer.member_id)

    assert (unticked["selected_quantity"], unticked["selected_amount_fen"]) == (0, 0)
    assert (ticked["selected_quantity"], ticked["selected_amount_fen"]) == (2, 300)
