"""Fifty buyers in five processes, ten units: nothing is sold twice, and nobody's money is lost."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import select

from tests.flows.crowd import Ask, ask_at_once
from tests.flows.town import Town, until
from wanpu.order.models import OrderItem, SellerOrder
from wanpu.payment.models import MoneyException
from wanpu.product import StockStrategy

pytestmark = pytest.mark.timeout(300)

BUYERS, UNITS = 50, 10


async def test_fifty_buyers_of_ten_units_place_exactly_ten_orders_when_stock_is_held_at_order(
    town: Town,
) -> None:
    shoppers = await town.invite(BUYERS)
    cup = await town.make_goods(stock=UNITS, strategy=StockStrategy.ON_ORDER)

    heard = await asyncio.to_thread(ask_at_once, [shopper.ordering({cup: 1}, 100) for shopper in shoppers])

    assert Counter((one.status, one.body.get("code")) for one in heard) == {
        (201, None): UNITS,
        (409, "order.sold_out"): BUYERS - UNITS,
    }
    assert await town.stock_of(cup) == (0, UNITS, 0)
    async with town.services.db.reading() as session:
        ordered = (await session.execute(select(OrderItem.id).where(OrderItem.sku_id == cup))).scalars().all()
    assert len(ordered) == UNITS


async def test_fifty_buyers_who_pay_for_ten_units_get_ten_parcels_and_forty_refunds_due(town: Town) -> None:
    shoppers = await town.invite(BUYERS)
    cup = await town.make_goods(stock=UNITS, strategy=StockStrategy.ON_PAYMENT)
    placed = await asyncio.to_thread(ask_at_once, [shopper.ordering({cup: 1}, 100) for shopper in shoppers])
    assert {one.status for one in placed} == {201}
    orders = [one.body for one in placed]
    asks = [shopper.paying(order) for shopper, order in zip(shoppers, orders, strict=True)]
    begun = await asyncio.to_thread(ask_at_once, asks)
    assert {one.status for one in begun} == {201}

    scans = [
        Ask("POST", f"{town.wallet.base_url}/_sandbox/pay", {"content": one.body["action"]["content"]})
        for one in begun
    ]
    assert {one.status for one in await asyncio.to_thread(ask_at_once, scans)} == {200}

    async def all_ended() -> bool:
        return 1 not in {status for status, _ in await seller_orders_of(town, cup)}

    await until(all_ended, within_s=120)
    ended = await seller_orders_of(town, cup)
    assert Counter(status for status, _ in ended) == {2: UNITS, 6: BUYERS - UNITS}
    assert await town.stock_of(cup) == (0, 0, UNITS)
    unfulfilled = {seller_order_id for status, seller_order_id in ended if status == 6}

    async def cases() -> list[MoneyException]:
        async with town.services.db.reading() as session:
            found = await session.execute(select(MoneyException).where(MoneyException.kind == "refund_due"))
            own = {str(number) for number in unfulfilled}
            return [case for case in found.scalars() if case.case_key.rpartition("SO")[2] in own]

    async def all_owed() -> bool:
        return len(await cases()) == BUYERS - UNITS

    await until(all_owed, within_s=60)
    owed = await cases()
    assert {(case.state, case.amount_fen) for case in owed} == {("open", 100)}
    listed = {finding.subject for finding in await town.listed()}
    assert {f"money_exception:{case.id}" for case in owed} <= listed


async def seller_orders_of(town: Town, sku_id: int) -> list[tuple[int, int]]:
    """Status and id of every seller order that asks for a SKU."""
    statement = (
        select(SellerOrder.status, SellerOrder.id)
        .join(OrderItem, OrderItem.seller_order_id == SellerOrder.id)
        .where(OrderItem.sku_id == sku_id)
    )
    async with town.services.db.reading() as session:
        return [(int(row.status), row.id) for row in await session.execute(statement)]


@pytest.mark.requirement("S3-003")
async def test_fifty_adds_from_five_processes_at_once_add_up_in_one_cart_row(town: Town) -> None:
    [shopper] = await town.invite(1)
    cup = await town.make_goods()
    headers = {"Authorization": f"Bearer {shopper.http.token}"}
    url = f"{town.mall.base_url}/store/v1/cart/items"
    asks = [Ask("POST", url, {"sku_id": str(cup), "quantity": n}, headers) for n in range(1, 51)]

    heard = await asyncio.to_thread(ask_at_once, asks)

    assert {one.status for one in heard} == {201}
    [group] = (await shopper.http.get("/store/v1/cart")).body["merchants"]
    assert [item["quantity"] for item in group["items"]] == [50 * 51 // 2]


@pytest.mark.requirement("S3-048")
async def test_one_key_sent_from_five_processes_at_once_makes_one_order(town: Town) -> None:
    [shopper] = await town.invite(1)
    cup = await town.make_goods(stock=1)

    heard = await asyncio.to_thread(ask_at_once, [shopper.ordering({cup: 1}, 100)] * 30)

    assert {one.status for one in heard} == {201}
    assert len({one.body["order_id"] for one in heard}) == 1
    assert await town.stock_of(cup) == (0, 1, 0)
