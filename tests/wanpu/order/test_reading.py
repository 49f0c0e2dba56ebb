"""A member's own orders: lists page by page, details, counts."""

from datetime import timedelta
from typing import Any

import pytest
from tests.builders import make_merchant, make_spu
from tests.wanpu.order.checkout import Buyer, buying, make_buyer, payment_no_of, place
from tests.wanpu.order.conftest import Background
from tests.wanpu.order.scripted_payments import paid

from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.order import OrderServices
from wanpu.order.errors import OrderNotFound
from wanpu.order.service.closing import cancel_order
from wanpu.order.service.placing import place_orders
from wanpu.order.service.reading import OrderPage, count_orders, get_order, list_orders
from wanpu.order.states import OrderStatus
from wanpu.order.views import TIMELINE_TEXTS


async def page(
    orders: OrderServices, buyer: Buyer, *, after: OrderPage | None = None, status: OrderStatus | None = None
) -> OrderPage:
    before = None if after is None else after.next_before
    return await list_orders(orders, buyer.member_id, status=status, before=before, limit=3)


async def place_many(services: Services, orders: OrderServices, buyer: Buyer, many: int) -> list[str]:
    """Orders placed in one moment, so that only their ids tell them apart; ids in ascending order."""
    spu = await make_spu(services, skus=[(100, 99)])
    await place_orders(orders, [buying(buyer, {spu.sku_ids[0]: 1}, 100) for _ in range(many)])
    listed = await list_orders(orders, buyer.member_id, status=None, before=None, limit=many)
    return sorted((order["order_id"] for order in listed.orders), key=int)


@pytest.mark.requirement("S2-090")
async def test_pages_show_every_order_once_newest_first_though_new_ones_arrive_meanwhile(
    services: Services, orders: OrderServices, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    early = await place_many(services, orders, buyer, 4)
    clock.advance(timedelta(seconds=1))
    spu = await make_spu(services, skus=[(100, 99)])
    late = await place(orders, buying(buyer, {spu.sku_ids[0]: 1}, 100))

    first = await page(orders, buyer)
    clock.advance(timedelta(seconds=1))
    await place(orders, buying(buyer, {spu.sku_ids[0]: 1}, 100))
    second = await page(orders, buyer, after=first)

    shown = [order["order_id"] for order in first.orders + second.orders]
    assert shown == [late["order_id"], *reversed(early)]
    assert second.next_before is None


@pytest.mark.requirement("S2-090")
async def test_a_list_of_one_status_and_the_counts_agree(
    services: Services, orders: OrderServices, background: Background, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 99)])
    placed = [await place(orders, buying(buyer, {spu.sku_ids[0]: 1}, 100)) for _ in range(4)]
    await cancel_order(orders, buyer.member_id, Id(int(placed[0]["order_id"])))
    await background.tell(paid(placed[1], await payment_no_of(services, placed[1]), clock.now()))

    listed = {
        status: [order["order_id"] for order in (await page(orders, buyer, status=status)).orders]
        for status in OrderStatus
    }

    assert listed == {
        OrderStatus.TO_PAY: [placed[3]["order_id"], placed[2]["order_id"]],
        OrderStatus.TO_SHIP: [placed[1]["order_id"]],
        OrderStatus.TO_RECEIVE: [],
        OrderStatus.SUCCEEDED: [],
        OrderStatus.CLOSED: [placed[0]["order_id"]],
    }
    assert await count_orders(orders, buyer.member_id) == {
        OrderStatus.TO_PAY: 2,
        OrderStatus.TO_SHIP: 1,
        OrderStatus.CLOSED: 1,
    }


@pytest.mark.requirement("S2-091")
async def test_orders_of_another_member_are_neither_listed_nor_shown(
    services: Services, orders: OrderServices
) -> None:
    owner, stranger = await make_buyer(services), await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 99)])
    order = await place(orders, buying(owner, {spu.sku_ids[0]: 1}, 100))

    assert (await page(orders, stranger)).orders == []
    assert await count_orders(orders, stranger.member_id) == {}
    with pytest.raises(OrderNotFound):
        await get_order(orders, stranger.member_id, Id(int(order["order_id"])), language="zh")
    assert (await page(orders, owner)).orders == [order]


@pytest.mark.requirement("S2-091")
async def test_the_detail_adds_address_payment_and_timeline_to_what_placing_answered(
    services: Services, orders: OrderServices, background: Background, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    merchants = [await make_merchant(services) for _ in range(2)]
    spus = [await make_spu(services, merchant_id=m, skus=[(100, 9)]) for m in merchants]
    placed = await place(orders, buying(buyer, {spu.sku_ids[0]: 1 for spu in spus}, 200))
    order_id = Id(int(placed["order_id"]))
    detail = await get_order(orders, buyer.member_id, order_id, language="en")

    clock.advance(timedelta(minutes=2))
    await background.tell(paid(placed, await payment_no_of(services, placed), clock.now()))
    after = await get_order(orders, buyer.member_id, order_id, language="zh")

    extra: dict[str, Any] = {
        "recv_name": "张三",
        "recv_tel": "13800138000",
        "recv_province": "浙江省",
        "recv_city": "杭州市",
        "recv_area": "西湖区",
        "recv_addr": "文三路 1 号",
        "recv_post_code": "310000",
        "payment_no": await payment_no_of(services, placed),
        "timeline": [
            {
                "at": "2026-11-22T08:00:00Z",
                "event": "placed",
                "text": "Order placed, waiting for payment",
            }
        ],
    }
    assert detail == placed | extra
    assert (after["status"], after["status_name"], after["paid_at"]) == (2, "to_ship", "2026-11-22T08:02:00Z")
    assert [(s["status_name"], s["wx_transaction_id"], s["paid_at"]) for s in after["seller_orders"]] == [
        ("to_ship", f"42000{s['seller_order_id']}", "2026-11-22T08:02:00Z") for s in after["seller_orders"]
    ]
    assert [step["text"] for step in after["timeline"]] == ["提交订单，等待付款", "付款成功，等待商家发货"]


def test_every_step_of_a_timeline_has_a_text_in_both_languages() -> None:
    assert TIMELINE_TEXTS["zh"].keys() == TIMELINE_TEXTS["en"].keys()
    assert set(TIMELINE_TEXTS["zh"]) == {"placed", "close_requested", "paid", "closed", "unfulfillable"}
