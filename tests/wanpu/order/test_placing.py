"""Placing orders: one transaction for a whole list, each command with its own outcome."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.builders import make_merchant, make_spu
from tests.wanpu.order.checkout import (
    buying,
    buying_cart,
    count,
    make_buyer,
    place,
    placed_json,
    require_sound_books,
    rows_of,
    second_process,
    stock_of,
    to_address,
    will_write_a_key,
)
from tests.wanpu.order.scripted_payments import ScriptedPayments

from wanpu.crm.service.merchants import change_merchant_status
from wanpu.crm.states import MerchantStatus
from wanpu.infra.idempotency import KeyReused
from wanpu.infra.models import DueWork, IdempotencyKey, OutboxEvent
from wanpu.infra.services import Services, close_services
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id, owner_of
from wanpu.kernel.money import Fen
from wanpu.order import OrderServices
from wanpu.order.errors import (
    AddressNotFound,
    CartChanged,
    MerchantClosed,
    NothingChosen,
    PriceChanged,
    RemarkForNobody,
    SkuNotFound,
    SkuOffShelf,
    SoldOut,
    TooManyMerchants,
)
from wanpu.order.models import CartItem, CartItemHistory, Order, OrderItem, OrderLog, SellerOrder
from wanpu.order.service.cart import AddToCart, add_to_cart
from wanpu.order.service.placing import Placed, PlaceOrder, place_orders, preview_order
from wanpu.order.states import CartSource, OrderStatus, SellerOrderStatus
from wanpu.product import StockStrategy, lock_available
from wanpu.product.service.goods import change_price, take_off_shelf

ORDER_TABLES = (Order, SellerOrder, OrderItem, OrderLog, IdempotencyKey, OutboxEvent, DueWork)


async def require_nothing_written(services: Services) -> None:
    assert {table.__tablename__: await count(services, table) for table in ORDER_TABLES} == {
        table.__tablename__: 0 for table in ORDER_TABLES
    }


@pytest.mark.requirement("S3-008", "S3-009", "S3-053", "S3-054")
async def test_goods_of_three_merchants_become_one_order_with_three_seller_orders(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    merchants = [await make_merchant(services, freight_fee_fen=500) for _ in range(3)]
    spus = [await make_spu(services, merchant_id=m, skus=[(1000, 9), (250, 9)]) for m in merchants]
    wanted = {spu.sku_ids[0]: 2 for spu in spus} | {spus[0].sku_ids[1]: 1}

    body = await place(orders, buying(buyer, wanted, 3 * 2500 + 250))

    assert [s["merchant_id"] for s in body["seller_orders"]] == [str(m) for m in merchants]
    assert [s["pay_fen"] for s in body["seller_orders"]] == [2750, 2500, 2500]
    assert owner_of(int(body["order_id"])) == buyer.member_id
    assert [owner_of(int(s["seller_order_id"])) for s in body["seller_orders"]] == merchants
    assert (await count(services, Order), await count(services, SellerOrder)) == (1, 3)
    items = await rows_of(services, OrderItem)
    assert [(str(i["order_id"]), str(i["seller_order_id"])) for i in items] == [
        (body["order_id"], seller["seller_order_id"])
        for seller in body["seller_orders"]
        for _ in seller["items"]
    ]
    assert await stock_of(services, spus[0].sku_ids[0]) == (7, 2, 0)
    await require_sound_books(services)


@pytest.mark.requirement("S2-086", "S2-087", "S2-089")
async def test_an_order_keeps_what_was_bought_and_where_it_goes_as_they_were(
    services: Services, orders: OrderServices, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    merchant = await make_merchant(services, name="清风文具店", profit_share_rate_bp=600)
    spu = await make_spu(
        services, merchant_id=merchant, title="软面抄", skus={"蓝": (550, 4)}, images=["/files/a.webp"]
    )
    placed_at = clock.now()
    remarks = {merchant: "请用纸箱 📦"}

    body = await place(orders, buying(buyer, {spu.sku_ids[0]: 3}, 1650, remarks=remarks))
    await change_price(services, spu.sku_ids[0], Fen(9_999))

    [order] = await rows_of(services, Order)
    [seller] = await rows_of(services, SellerOrder)
    [item] = await rows_of(services, OrderItem)
    assert (order["status"], order["pay_fee"], order["wx_user_id"]) == (
        OrderStatus.TO_PAY,
        1650,
        buyer.member_id,
    )
    assert order["should_paid_before"] == placed_at + timedelta(minutes=30)
    assert (seller["status"], seller["merchant_name"]) == (SellerOrderStatus.TO_PAY, "清风文具店")
    assert (seller["profit_share_rate_bp"], seller["buyer_remark"]) == (600, "请用纸箱 📦")
    assert [seller[f"recv_{field}"] for field in ("name", "tel", "city", "addr", "post_code")] == [
        "张三", "13800138000", "杭州市", "文三路 1 号", "310000",
    ]  # fmt: skip
    assert (item["sku_name"], item["sku_spec"], item["image_url"]) == ("软面抄", "蓝", "/files/a.webp")
    assert (item["origin_price"], item["quantity"], item["pay_fee"], item["snap_version"]) == (
        550,
        3,
        1650,
        1,
    )
    assert body["should_paid_before"] == "2026-11-22T08:30:00Z"
    assert [log["event"] for log in await rows_of(services, OrderLog)] == ["placed"]
    [work] = await rows_of(services, DueWork)
    assert (work["kind"], work["ref"]) == ("order.close", body["order_id"])
    assert work["due_at"] == order["should_paid_before"]


async def test_out_of_stock_writes_nothing_and_names_each_sku_with_what_is_left(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 1), (100, 5), (100, 0)])
    first, second, third = spu.sku_ids

    [refusal] = await place_orders(orders, [buying(buyer, {first: 2, second: 5, third: 1}, 800)])

    assert isinstance(refusal, SoldOut)
    assert refusal.details == {
        "skus": [
            {"sku_id": str(first), "wanted": 2, "left": 1},
            {"sku_id": str(third), "wanted": 1, "left": 0},
        ]
    }
    await require_nothing_written(services)
    assert await stock_of(services, second) == (5, 0, 0)


async def test_one_batch_gives_the_last_units_to_the_first_and_refuses_the_rest_alone(
    services: Services, orders: OrderServices
) -> None:
    spu = await make_spu(services, skus=[(100, 3)])
    commands = [buying(await make_buyer(services), {spu.sku_ids[0]: 1}, 100) for _ in range(5)]

    results = await place_orders(orders, commands)

    assert [type(result) for result in results] == [Placed, Placed, Placed, SoldOut, SoldOut]
    assert await stock_of(services, spu.sku_ids[0]) == (0, 3, 0)
    await require_sound_books(services)


@pytest.mark.requirement("S3-007", "S2-086")
async def test_ordered_cart_rows_move_to_the_history_with_the_order(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 9), (200, 9)], images=["/files/a.webp"])
    for sku_id in spu.sku_ids:
        await add_to_cart(orders, AddToCart(buyer.member_id, sku_id, 3, CartSource.DETAIL))

    body = await place(orders, buying_cart(buyer, [spu.sku_ids[0]], 300))

    item = body["seller_orders"][0]["items"][0]
    assert (item["quantity"], item["price_fen"], item["image_url"]) == (3, 100, "/files/a.webp")
    assert [row["sku_id"] for row in await rows_of(services, CartItem)] == [spu.sku_ids[1]]
    assert [row["sku_id"] for row in await rows_of(services, CartItemHistory)] == [spu.sku_ids[0]]


async def test_a_refused_cart_order_leaves_the_cart_as_it_was(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 2)])
    await add_to_cart(orders, AddToCart(buyer.member_id, spu.sku_ids[0], 3, CartSource.LIST))
    before = await rows_of(services, CartItem)

    [refusal] = await place_orders(orders, [buying_cart(buyer, spu.sku_ids, 300)])

    assert isinstance(refusal, SoldOut)
    assert await rows_of(services, CartItem) == before
    assert await count(services, CartItemHistory) == 0
    await require_nothing_written(services)


async def test_strategy_two_checks_stock_at_order_and_holds_none(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 2)], strategy=StockStrategy.ON_PAYMENT)
    sku_id = spu.sku_ids[0]

    results = await place_orders(
        orders,
        [buying(buyer, {sku_id: 2}, 200), buying(buyer, {sku_id: 2}, 200), buying(buyer, {sku_id: 3}, 300)],
    )

    assert [type(result) for result in results] == [Placed, Placed, SoldOut]
    assert await stock_of(services, sku_id) == (2, 0, 0)
    await require_sound_books(services)


@pytest.mark.requirement("S3-008", "S3-048")
async def test_the_same_key_and_body_gives_the_first_order_word_for_word(
    services: Services, orders: OrderServices, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)])
    command = buying(buyer, {spu.sku_ids[0]: 2}, 200)
    [first] = await place_orders(orders, [command])
    clock.advance(timedelta(days=400))
    await change_price(services, spu.sku_ids[0], Fen(777))

    [again] = await place_orders(orders, [command])

    assert isinstance(first, Placed)
    assert again == replace(first, is_replayed=True)
    assert (first.status, first.is_replayed) == (201, False)
    assert await count(services, Order) == 1
    assert await stock_of(services, spu.sku_ids[0]) == (3, 2, 0)


@pytest.mark.requirement("S3-048")
async def test_the_same_key_with_another_body_is_refused(services: Services, orders: OrderServices) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)])
    await place_orders(orders, [buying(buyer, {spu.sku_ids[0]: 2}, 200, key="k")])

    [refusal] = await place_orders(orders, [buying(buyer, {spu.sku_ids[0]: 1}, 100, key="k")])

    assert isinstance(refusal, KeyReused)
    assert await count(services, Order) == 1


async def test_the_key_of_another_member_is_another_key(services: Services, orders: OrderServices) -> None:
    spu = await make_spu(services, skus=[(100, 5)])
    buyers = [await make_buyer(services) for _ in range(2)]

    results = [await place(orders, buying(buyer, {spu.sku_ids[0]: 1}, 100, key="k")) for buyer in buyers]

    assert [owner_of(int(body["order_id"])) for body in results] == [buyer.member_id for buyer in buyers]


async def test_equal_keys_inside_one_batch_make_one_order(services: Services, orders: OrderServices) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)])
    command = buying(buyer, {spu.sku_ids[0]: 2}, 200, key="k")
    other_body = buying(buyer, {spu.sku_ids[0]: 1}, 100, key="k")

    first, repeated, refused = await place_orders(orders, [command, command, other_body])

    assert isinstance(first, Placed)
    assert repeated == replace(first, is_replayed=True)
    assert isinstance(refused, KeyReused)
    assert await count(services, Order) == 1
    assert await stock_of(services, spu.sku_ids[0]) == (3, 2, 0)


async def test_a_refusal_is_not_kept_and_its_key_is_judged_again(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)])
    command = buying(buyer, {spu.sku_ids[0]: 2}, 300)
    [refusal] = await place_orders(orders, [command])
    await change_price(services, spu.sku_ids[0], Fen(150))

    [placed] = await place_orders(orders, [command])

    assert isinstance(refusal, PriceChanged)
    assert refusal.details == {"pay_fen": 200}
    assert placed_json(placed)["pay_fen"] == 300


@pytest.mark.requirement("S3-048")
async def test_a_key_sent_to_two_processes_at_once_is_answered_with_one_order_even_for_the_last_unit(
    services: Services, orders: OrderServices, payments: ScriptedPayments
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 1)])
    command = buying(buyer, {spu.sku_ids[0]: 1}, 100)
    others = [await second_process(services, payments) for _ in range(2)]
    await asyncio.gather(*(app.numbers.reserve(order=1, seller_order=1, order_item=1) for app in others))
    waiting = [will_write_a_key(app.db) for app in others]

    async with services.db.transaction() as session:
        await _lock_stock_row(session, spu.sku_ids[0])
        tasks = [asyncio.ensure_future(place_orders(app, [command])) for app in others]
        await asyncio.gather(*(reached.wait() for reached in waiting))
    results = [result for [result] in await asyncio.gather(*tasks)]

    assert len({placed_json(result)["order_id"] for result in results}) == 1
    assert sorted(result.is_replayed for result in results if isinstance(result, Placed)) == [False, True]
    assert await count(services, Order) == 1
    for app in others:
        await close_services(app)


async def _lock_stock_row(session: Any, sku_id: Id) -> None:
    assert await lock_available(session, [sku_id]) == {sku_id: 1}


async def test_nothing_chosen_is_refused(services: Services, orders: OrderServices) -> None:
    buyer = await make_buyer(services)

    results = await place_orders(orders, [buying(buyer, {}, 0), buying_cart(buyer, [], 0)])

    assert [type(result) for result in results] == [NothingChosen, NothingChosen]
    await require_nothing_written(services)


@pytest.mark.requirement("S2-085")
async def test_every_line_is_looked_at_again_before_it_is_ordered(
    services: Services, orders: OrderServices
) -> None:
    buyer, stranger = await make_buyer(services), await make_buyer(services)
    frozen = await make_merchant(services)
    good, gone, closed = (
        (await make_spu(services, skus=[(100, 9)])),
        (await make_spu(services, skus=[(100, 9)])),
        (await make_spu(services, merchant_id=frozen, skus=[(100, 9)])),
    )
    await take_off_shelf(services, gone.spu_id)
    await change_merchant_status(services.db, frozen, MerchantStatus.FROZEN)
    [sku_id] = good.sku_ids
    unknown = Id(2**63 - 1)
    commands = [
        buying(buyer, {sku_id: 1, unknown: 1}, 200),
        buying(buyer, {sku_id: 1, gone.sku_ids[0]: 1}, 200),
        buying(buyer, {sku_id: 1, closed.sku_ids[0]: 1}, 200),
        to_address(buying(buyer, {sku_id: 1}, 100), stranger.address_id),
        to_address(buying(buyer, {sku_id: 1}, 100), Id(987_654)),
        buying(buyer, {sku_id: 1}, 100, remarks={frozen: "轻放"}),
        buying(buyer, {sku_id: 1}, 99),
        buying(buyer, {sku_id: 1}, 101),
        buying_cart(buyer, [sku_id], 100),
    ]

    results = await place_orders(orders, commands)

    assert [type(result) for result in results] == [
        SkuNotFound,
        SkuOffShelf,
        MerchantClosed,
        AddressNotFound,
        AddressNotFound,
        RemarkForNobody,
        PriceChanged,
        PriceChanged,
        CartChanged,
    ]
    assert [dict(result.details) for result in results if not isinstance(result, Placed)] == [
        {"sku_ids": [str(unknown)]},
        {"skus": [{"sku_id": str(gone.sku_ids[0])}]},
        {"merchant_ids": [str(frozen)]},
        {},
        {},
        {},
        {"pay_fen": 100},
        {"pay_fen": 100},
        {"skus": [{"sku_id": str(sku_id)}]},
    ]
    await require_nothing_written(services)
    assert await stock_of(services, sku_id) == (9, 0, 0)


async def test_a_cart_of_another_member_orders_nothing(services: Services, orders: OrderServices) -> None:
    owner, thief = await make_buyer(services), await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 9)])
    await add_to_cart(orders, AddToCart(owner.member_id, spu.sku_ids[0], 1, CartSource.HOME))

    results = await place_orders(
        orders, [buying_cart(thief, spu.sku_ids, 100), buying_cart(owner, spu.sku_ids, 100)]
    )

    assert [type(result) for result in results] == [CartChanged, Placed]


async def test_a_cart_row_is_ordered_once(services: Services, orders: OrderServices) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 9)])
    await add_to_cart(orders, AddToCart(buyer.member_id, spu.sku_ids[0], 2, CartSource.HOME))

    results = await place_orders(
        orders, [buying_cart(buyer, spu.sku_ids, 200), buying_cart(buyer, spu.sku_ids, 200)]
    )

    assert [type(result) for result in results] == [Placed, CartChanged]
    assert await stock_of(services, spu.sku_ids[0]) == (7, 2, 0)


async def test_goods_of_more_than_fifty_merchants_are_refused_together(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    merchants = [await make_merchant(services) for _ in range(51)]
    skus = [(await make_spu(services, merchant_id=m, skus=[(100, 9)])).sku_ids[0] for m in merchants]

    too_many, allowed = await place_orders(
        orders,
        [buying(buyer, dict.fromkeys(skus, 1), 5100), buying(buyer, dict.fromkeys(skus[:50], 1), 5000)],
    )

    assert isinstance(too_many, TooManyMerchants)
    assert too_many.details == {"limit": 50}
    assert len(placed_json(allowed)["seller_orders"]) == 50
    await require_sound_books(services)


async def test_a_preview_prices_like_the_order_and_writes_nothing(
    services: Services, orders: OrderServices
) -> None:
    buyer = await make_buyer(services)
    merchant = await make_merchant(services, freight_fee_fen=700, freight_free_over_fen=1000)
    spu = await make_spu(services, merchant_id=merchant, skus=[(333, 9)])
    command: PlaceOrder = buying(buyer, {spu.sku_ids[0]: 3}, 1699)

    priced = await preview_order(orders, command.choice)

    await require_nothing_written(services)
    body = await place(orders, command)
    assert (priced.pay_fen, priced.shipping_fen, priced.total_fen) == (1699, 700, 1699)
    assert [body[name] for name in ("pay_fen", "shipping_fen", "total_fen")] == [1699, 700, 1699]
