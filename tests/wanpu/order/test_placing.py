"""Placing orders: one transaction for a whole list, each command with its own outcome."""

import json

import pytest
from sqlalchemy import func, select

from tests.builders import make_address, make_member, make_merchant, make_spu
from wanpu.infra.services import Services
from wanpu.kernel.ids import Id, owner_of
from wanpu.kernel.money import Fen
from wanpu.order import OrderServices, audit_orders
from wanpu.order.errors import SoldOut
from wanpu.order.models import CartItem, CartItemHistory, Order, OrderItem, SellerOrder
from wanpu.order.service.cart import AddToCart, add_to_cart
from wanpu.order.service.placing import Placed, PlaceOrder, place_orders
from wanpu.order.service.shelf import Choice
from wanpu.order.states import CartSource
from wanpu.product import StockStrategy, audit_stock
from wanpu.product.models import SkuStock


def direct(member_id: Id, address_id: Id, quantities: dict[Id, int], pay_fen: int, key: str = "k1") -> PlaceOrder:
    """A direct purchase."""
    choice = Choice(
        member_id=member_id,
        from_cart=False,
        sku_ids=tuple(sorted(quantities)),
        quantities=quantities,
        address_id=address_id,
    )
    return PlaceOrder(choice, Fen(pay_fen), key, fingerprint=f"{sorted(quantities.items())}{pay_fen}")


async def stock_of(services: Services, sku_id: Id) -> tuple[int, int, int]:
    async with services.db.reading() as session:
        row = (await session.execute(select(SkuStock).where(SkuStock.sku_id == sku_id))).scalar_one()
    return row.available, row.held, row.sold


async def require_sound_books(services: Services) -> None:
    async with services.db.snapshot() as session:
        assert await audit_orders(session) == []
        assert await audit_stock(session) == []


async def count(services: Services, model: type) -> int:
    async with services.db.reading() as session:
        return (await session.execute(select(func.count()).select_from(model))).scalar_one()


@pytest.mark.requirement("S3-008", "S3-009", "S3-053", "S3-054")
async def test_goods_of_three_merchants_become_one_order_with_three_seller_orders(
    services: Services, orders: OrderServices
) -> None:
    member = await make_member(services)
    address = await make_address(services, member.member_id)
    merchants = [await make_merchant(services, freight_fee_fen=500) for _ in range(3)]
    spus = [await make_spu(services, merchant_id=m, skus=[(1000, 9), (250, 9)]) for m in merchants]
    wanted = {spu.sku_ids[0]: 2 for spu in spus} | {spus[0].sku_ids[1]: 1}

    [placed] = await place_orders(orders, [direct(member.member_id, address.id, wanted, 3 * 2500 + 250)])

    assert isinstance(placed, Placed)
    body = json.loads(placed.body)
    assert [s["merchant_id"] for s in body["seller_orders"]] == [str(m) for m in merchants]
    assert [s["pay_fen"] for s in body["seller_orders"]] == [2750, 2500, 2500]
    assert owner_of(int(body["order_id"])) == member.member_id
    assert [owner_of(int(s["seller_order_id"])) for s in body["seller_orders"]] == merchants
    assert (await count(services, Order), await count(services, SellerOrder)) == (1, 3)
    assert await count(services, OrderItem) == 4
    assert await stock_of(services, spus[0].sku_ids[0]) == (7, 2, 0)
    await require_sound_books(services)


async def test_out_of_stock_writes_nothing_and_names_each_sku_with_what_is_left(
    services: Services, orders: OrderServices
) -> None:
    member = await make_member(services)
    address = await make_address(services, member.member_id)
    spu = await make_spu(services, skus=[(100, 1), (100, 5), (100, 0)])
    first, second, third = spu.sku_ids

    [refusal] = await place_orders(
        orders, [direct(member.member_id, address.id, {first: 2, second: 5, third: 1}, 800)]
    )

    assert isinstance(refusal, SoldOut)
    assert refusal.details == {
        "skus": [
            {"sku_id": str(first), "wanted": 2, "left": 1},
            {"sku_id": str(third), "wanted": 1, "left": 0},
        ]
    }
    assert await count(services, Order) == 0
    assert await stock_of(services, second) == (5, 0, 0)


async def test_one_batch_gives_the_last_units_to_the_first_and_refuses_the_rest_alone(
    services: Services, orders: OrderServices
) -> None:
    spu = await make_spu(services, skus=[(100, 3)])
    sku_id = spu.sku_ids[0]
    commands = []
    for _ in range(5):
        member = await make_member(services)
        address = await make_address(services, member.member_id)
        commands.append(direct(member.member_id, address.id, {sku_id: 1}, 100))

    results = await place_orders(orders, commands)

    assert [type(result) for result in results] == [Placed, Placed, Placed, SoldOut, SoldOut]
    assert await stock_of(services, sku_id) == (0, 3, 0)
    await require_sound_books(services)


@pytest.mark.requirement("S3-007", "S2-087", "S2-086")
async def test_ordered_cart_rows_move_to_the_history_with_the_order(
    services: Services, orders: OrderServices
) -> None:
    member = await make_member(services)
    address = await make_address(services, member.member_id)
    spu = await make_spu(services, skus=[(100, 9), (200, 9)], images=["/files/a.webp"])
    for sku_id in spu.sku_ids:
        await add_to_cart(orders, AddToCart(member.member_id, sku_id, 3, CartSource.DETAIL))
    choice = Choice(member.member_id, True, (spu.sku_ids[0],), {}, address.id)

    [placed] = await place_orders(orders, [PlaceOrder(choice, Fen(300), "k", "f")])

    assert isinstance(placed, Placed)
    item = json.loads(placed.body)["seller_orders"][0]["items"][0]
    assert (item["quantity"], item["price_fen"], item["image_url"]) == (3, 100, "/files/a.webp")
    async with services.db.reading() as session:
        left = (await session.execute(select(CartItem.sku_id))).scalars().all()
        kept = (await session.execute(select(CartItemHistory.sku_id))).scalars().all()
    assert (left, kept) == ([spu.sku_ids[1]], [spu.sku_ids[0]])


async def test_strategy_two_checks_stock_at_order_and_holds_none(
    services: Services, orders: OrderServices
) -> None:
    member = await make_member(services)
    address = await make_address(services, member.member_id)
    spu = await make_spu(services, skus=[(100, 2)], strategy=StockStrategy.ON_PAYMENT)
    sku_id = spu.sku_ids[0]

    results = await place_orders(
        orders,
        [
            direct(member.member_id, address.id, {sku_id: 2}, 200, "a"),
            direct(member.member_id, address.id, {sku_id: 2}, 200, "b"),
            direct(member.member_id, address.id, {sku_id: 3}, 300, "c"),
        ],
    )

    assert [type(result) for result in results] == [Placed, Placed, SoldOut]
    assert await stock_of(services, sku_id) == (2, 0, 0)
    await require_sound_books(services)
