"""A thousand orders at once over two processes' worth of connections, for a hundred units."""

import asyncio
from collections import Counter
from dataclasses import fields

import pytest
from sqlalchemy import insert
from tests.builders import make_spu
from tests.wanpu.order.checkout import Buyer, buying_cart, require_sound_books, rows_of, stock_of
from tests.wanpu.order.scripted_payments import ScriptedPayments

from wanpu.crm.models import Member, MemberAddress
from wanpu.infra.services import Services, close_services, open_services
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id, owner_of
from wanpu.order import OrderNumbers, OrderServices, open_desk
from wanpu.order.errors import SoldOut
from wanpu.order.models import CartItem, CartItemHistory, Order
from wanpu.order.service.placing import Placed
from wanpu.order.states import CartSource
from wanpu.product.service.goods import CreatedSpu

BUYERS, UNITS = 1_000, 100
FIRST_MEMBER = 500_001


@pytest.mark.requirement("S2-088")
async def test_a_thousand_orders_for_a_hundred_units_sell_a_hundred_and_leave_every_other_cart_alone(
    services: Services, orders: OrderServices, payments: ScriptedPayments
) -> None:
    spu = await make_spu(services, skus=[(100, UNITS)])
    buyers = await fill_carts(services, spu)
    second = await open_services(services.settings, clock=services.clock)
    shared = {field.name: getattr(second, field.name) for field in fields(Services)}
    numbers = OrderNumbers(second.serials, second.vault, second.tokens)
    desks = [open_desk(orders), open_desk(OrderServices(**shared, payments=payments, numbers=numbers))]

    results = await asyncio.gather(
        *(
            desks[position % 2].lane.submit(buying_cart(buyer, spu.sku_ids, 100))
            for position, buyer in enumerate(buyers)
        ),
        return_exceptions=True,
    )
    await close_services(second)

    assert Counter(type(result) for result in results) == {Placed: UNITS, SoldOut: BUYERS - UNITS}
    assert await stock_of(services, spu.sku_ids[0]) == (0, UNITS, 0)
    winners = {
        buyer.member_id for buyer, result in zip(buyers, results, strict=True) if isinstance(result, Placed)
    }
    assert {owner_of(row["id"]) for row in await rows_of(services, Order)} == winners
    assert {row["wx_user_id"] for row in await rows_of(services, CartItemHistory)} == winners
    assert {row["wx_user_id"] for row in await rows_of(services, CartItem)} == {
        buyer.member_id for buyer in buyers
    } - winners
    await require_sound_books(services)


async def fill_carts(services: Services, spu: CreatedSpu) -> list[Buyer]:
    """A thousand members with an address and one unit in the cart each."""
    now = services.clock.now()
    stamps = {"created_at": now, "updated_at": now}
    numbers = range(FIRST_MEMBER, FIRST_MEMBER + BUYERS)
    address = {f"recv_{name}": "文三路" for name in ("name", "province", "city", "area", "addr")}
    line = {
        "sku_id": spu.sku_ids[0],
        "spu_id": spu.spu_id,
        "merchant_id": 1,
        "sku_name": "杯",
        "sku_spec": "",
    }
    async with services.db.transaction() as session:
        await session.execute(
            insert(table_of(Member)),
            [{"user_id": n, "username": f"buyer{n}", "nickname": "买家", **stamps} for n in numbers],
        )
        await session.execute(
            insert(table_of(MemberAddress)),
            [
                {
                    "id": n,
                    "wx_user_id": n,
                    "recv_tel": "13800138000",
                    "recv_post_code": "",
                    **address,
                    **stamps,
                }
                for n in numbers
            ],
        )
        await session.execute(
            insert(table_of(CartItem)),
            [
                {"id": n, "wx_user_id": n, "quantity": 1, "price": 100, "selected": True, **line, **stamps}
                | {"source": CartSource.LIST}
                for n in numbers
            ],
        )
    return [Buyer(Id(n), Id(n)) for n in numbers]
