"""Cancelling and timing out: nothing is closed before it is proven unpaid, and stock comes back once."""

from datetime import timedelta
from typing import Any

import pytest
from tests.builders import make_spu
from tests.wanpu.order.checkout import (
    Buyer,
    buying,
    make_buyer,
    payment_no_of,
    place,
    require_sound_books,
    rows_of,
    statuses_of,
    steps_of,
    stock_of,
)
from tests.wanpu.order.conftest import Background
from tests.wanpu.order.scripted_payments import ScriptedPayments, paid

from wanpu.infra.models import DueWork
from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.order import OrderServices
from wanpu.order.errors import OrderNotCancellable, OrderNotFound, OrderNotPayable
from wanpu.order.models import Order
from wanpu.order.service.closing import cancel_order
from wanpu.order.service.paying import start_payment
from wanpu.order.states import OrderStatus
from wanpu.payment import PaymentClosedUnpaid, PaymentStatus
from wanpu.product import StockStrategy

CLOSED = (6, [6])
TO_PAY = (1, [1])


async def order_of(
    services: Services, orders: OrderServices, *, strategy: StockStrategy = StockStrategy.ON_ORDER
) -> tuple[Buyer, Id, dict[str, Any]]:
    """Two of five units, ordered and unpaid."""
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)], strategy=strategy)
    return buyer, spu.sku_ids[0], await place(orders, buying(buyer, {spu.sku_ids[0]: 2}, 200))


async def cancel(orders: OrderServices, buyer: Buyer, order: dict[str, Any]) -> OrderStatus:
    return await cancel_order(orders, buyer.member_id, Id(int(order["order_id"])))


async def test_a_cancelled_order_that_is_proven_unpaid_closes_at_once_and_gives_its_stock_back(
    services: Services, orders: OrderServices, payments: ScriptedPayments, clock: ManualClock
) -> None:
    buyer, sku_id, order = await order_of(services, orders)
    clock.advance(timedelta(minutes=1))

    status = await cancel(orders, buyer, order)

    assert status is OrderStatus.CLOSED
    assert payments.closed == [await payment_no_of(services, order)]
    assert await statuses_of(services, order) == CLOSED
    assert await stock_of(services, sku_id) == (5, 0, 0)
    assert await steps_of(services, order) == ["placed", "close_requested", "closed"]
    [row] = await rows_of(services, Order)
    assert (row["close_reason"], row["finished_at"], row["paid_at"]) == ("buyer", clock.now(), None)
    assert await rows_of(services, DueWork) == []
    await require_sound_books(services)


async def test_a_second_cancel_changes_nothing(services: Services, orders: OrderServices) -> None:
    buyer, sku_id, order = await order_of(services, orders)
    await cancel(orders, buyer, order)
    before = await rows_of(services, Order)

    assert await cancel(orders, buyer, order) is OrderStatus.CLOSED

    assert await rows_of(services, Order) == before
    assert await stock_of(services, sku_id) == (5, 0, 0)
    assert await steps_of(services, order) == ["placed", "close_requested", "closed"]


async def test_an_unproven_cancel_stays_open_takes_no_payment_and_closes_when_it_is_proven(
    services: Services,
    orders: OrderServices,
    payments: ScriptedPayments,
    background: Background,
    clock: ManualClock,
) -> None:
    payments.closes = [PaymentStatus.PAYING, PaymentStatus.PAYING, PaymentStatus.CLOSED]
    buyer, sku_id, order = await order_of(services, orders)

    status = await cancel(orders, buyer, order)

    assert status is OrderStatus.TO_PAY
    assert await statuses_of(services, order) == TO_PAY
    assert await stock_of(services, sku_id) == (3, 2, 0)
    with pytest.raises(OrderNotPayable):
        await start_payment(
            orders, buyer.member_id, Id(int(order["order_id"])), "wechatpay.native", client_ip=None
        )
    clock.advance(timedelta(seconds=5))
    assert await background.do_due_work() == 1
    assert await statuses_of(services, order) == TO_PAY
    clock.advance(timedelta(seconds=10))
    assert await background.do_due_work() == 1
    assert await statuses_of(services, order) == CLOSED
    assert await stock_of(services, sku_id) == (5, 0, 0)
    await require_sound_books(services)


async def test_the_proof_may_arrive_as_an_event_of_the_payment_room(
    services: Services, orders: OrderServices, payments: ScriptedPayments, background: Background
) -> None:
    payments.closes = [PaymentStatus.PAYING]
    buyer, sku_id, order = await order_of(services, orders)
    await cancel(orders, buyer, order)
    proof = PaymentClosedUnpaid(app_code="mall", payment_no=await payment_no_of(services, order))

    await background.tell(proof)
    await background.tell(proof)

    assert await statuses_of(services, order) == CLOSED
    assert await stock_of(services, sku_id) == (5, 0, 0)
    assert await rows_of(services, DueWork) == []


async def test_a_payment_that_ends_before_the_order_may_close_leaves_the_order_open(
    services: Services, orders: OrderServices, background: Background
) -> None:
    _, sku_id, order = await order_of(services, orders)

    await background.tell(
        PaymentClosedUnpaid(app_code="mall", payment_no=await payment_no_of(services, order)),
        PaymentClosedUnpaid(app_code="another-shop", payment_no=await payment_no_of(services, order)),
    )

    assert await statuses_of(services, order) == TO_PAY
    assert await stock_of(services, sku_id) == (3, 2, 0)


async def test_an_order_nobody_pays_closes_at_its_time_and_not_before(
    services: Services, orders: OrderServices, background: Background, clock: ManualClock
) -> None:
    _, sku_id, order = await order_of(services, orders)
    clock.advance(timedelta(minutes=30) - timedelta(microseconds=1))
    assert await background.do_due_work() == 0

    clock.advance(timedelta(microseconds=1))
    assert await background.do_due_work() == 1

    assert await statuses_of(services, order) == CLOSED
    assert await stock_of(services, sku_id) == (5, 0, 0)
    [row] = await rows_of(services, Order)
    assert (row["close_reason"], row["close_requested_at"]) == ("timeout", clock.now())
    assert await background.do_due_work() == 0
    await require_sound_books(services)


async def test_an_unproven_time_out_is_followed_up_at_growing_intervals_of_five_minutes_at_most(
    services: Services,
    orders: OrderServices,
    payments: ScriptedPayments,
    background: Background,
    clock: ManualClock,
) -> None:
    payments.closes = [PaymentStatus.PAYING]
    await order_of(services, orders)
    clock.advance(timedelta(minutes=30))
    waits = []
    for _ in range(9):
        assert await background.do_due_work() == 1
        [work] = await rows_of(services, DueWork)
        waits.append((work["due_at"] - clock.now()).total_seconds())
        clock.advance(work["due_at"] - clock.now())

    assert waits == [10, 20, 40, 80, 160, 300, 300, 300, 300]


async def test_money_that_is_faster_than_the_cancel_keeps_the_order(
    services: Services,
    orders: OrderServices,
    payments: ScriptedPayments,
    background: Background,
    clock: ManualClock,
) -> None:
    payments.closes = [PaymentStatus.PAID]
    buyer, sku_id, order = await order_of(services, orders)

    with pytest.raises(OrderNotCancellable):
        await cancel(orders, buyer, order)
    assert await stock_of(services, sku_id) == (3, 2, 0)
    await background.tell(paid(order, await payment_no_of(services, order), clock.now()))

    assert await statuses_of(services, order) == (2, [2])
    assert await stock_of(services, sku_id) == (3, 0, 2)
    assert await rows_of(services, DueWork) == []
    await require_sound_books(services)


async def test_money_that_arrives_while_the_channel_proves_the_close_wins(
    services: Services,
    orders: OrderServices,
    payments: ScriptedPayments,
    background: Background,
    clock: ManualClock,
) -> None:
    buyer, sku_id, order = await order_of(services, orders)
    success = paid(order, await payment_no_of(services, order), clock.now())
    payments.closes = [PaymentStatus.PAID]
    payments.while_asked = lambda: background.tell(success)

    with pytest.raises(OrderNotCancellable):
        await cancel(orders, buyer, order)

    assert await statuses_of(services, order) == (2, [2])
    assert await stock_of(services, sku_id) == (3, 0, 2)
    await require_sound_books(services)


async def test_a_close_that_lost_the_race_finds_the_order_paid_and_ends(
    services: Services,
    orders: OrderServices,
    payments: ScriptedPayments,
    background: Background,
    clock: ManualClock,
) -> None:
    _, sku_id, order = await order_of(services, orders)
    payments.closes = [PaymentStatus.PAID]
    clock.advance(timedelta(minutes=31))

    assert await background.do_due_work() == 1

    assert await rows_of(services, DueWork) == []
    assert await stock_of(services, sku_id) == (3, 2, 0)
    await background.tell(paid(order, await payment_no_of(services, order), clock.now()))
    assert await statuses_of(services, order) == (2, [2])
    await require_sound_books(services)


async def test_a_paid_order_cannot_be_cancelled_and_its_channel_is_not_asked(
    services: Services,
    orders: OrderServices,
    payments: ScriptedPayments,
    background: Background,
    clock: ManualClock,
) -> None:
    buyer, _, order = await order_of(services, orders)
    await background.tell(paid(order, await payment_no_of(services, order), clock.now()))
    before = await rows_of(services, Order)

    with pytest.raises(OrderNotCancellable):
        await cancel(orders, buyer, order)

    assert payments.closed == []
    assert await rows_of(services, Order) == before


async def test_an_order_of_another_member_or_of_nobody_is_not_found(
    services: Services, orders: OrderServices, payments: ScriptedPayments
) -> None:
    buyer, _, order = await order_of(services, orders)
    stranger = await make_buyer(services)

    with pytest.raises(OrderNotFound):
        await cancel(orders, stranger, order)
    with pytest.raises(OrderNotFound):
        await cancel_order(orders, buyer.member_id, Id(int(order["order_id"]) + (1 << 32)))

    assert payments.closed == []
    assert await statuses_of(services, order) == TO_PAY


async def test_an_order_of_strategy_two_closes_without_moving_stock(
    services: Services, orders: OrderServices
) -> None:
    buyer, sku_id, order = await order_of(services, orders, strategy=StockStrategy.ON_PAYMENT)

    await cancel(orders, buyer, order)

    assert await statuses_of(services, order) == CLOSED
    assert await stock_of(services, sku_id) == (5, 0, 0)
    await require_sound_books(services)
