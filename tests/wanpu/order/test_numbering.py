"""Ids and numbers of orders: layout, uniqueness, nothing wasted, nothing given away."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import update

from wanpu.infra.models import IdSegment
from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import MAX_ID, MAX_OWNED_SERIAL, MAX_OWNER_ID, Id, IdOutOfRange, owner_of, serial_of
from wanpu.order import OrderNumbers, OrderServices
from wanpu.order.numbering import ORDER, ORDER_ITEM


@pytest.mark.requirement("S3-053", "S3-054")
async def test_order_ids_carry_their_member_and_seller_order_ids_their_merchant(
    orders: OrderServices, clock: ManualClock
) -> None:
    reserved = await orders.numbers.reserve(order=2, seller_order=2)

    largest, _ = reserved.order(Id(MAX_OWNER_ID), clock.now())
    smallest, _ = reserved.order(Id(1), clock.now())
    sellers = [reserved.seller_order(Id(MAX_OWNER_ID)), reserved.seller_order(Id(1))]

    assert [owner_of(largest), owner_of(smallest)] == [MAX_OWNER_ID, 1]
    assert [owner_of(seller) for seller in sellers] == [MAX_OWNER_ID, 1]
    assert serial_of(smallest) > serial_of(largest) > 0


async def test_two_processes_never_draw_the_same_serial(services: Services, orders: OrderServices) -> None:
    neighbour = OrderNumbers(type(services.serials)(services.db), services.vault, services.tokens)
    drawn: list[int] = []
    for _ in range(3):
        for numbers in (orders.numbers, neighbour):
            reserved = await numbers.reserve(order_item=700)
            drawn += [reserved.plain(ORDER_ITEM) for _ in range(700)]

    assert len(set(drawn)) == len(drawn) == 4200


async def test_what_a_batch_did_not_need_goes_to_the_next_one(orders: OrderServices) -> None:
    reserved = await orders.numbers.reserve(order_item=5)
    used = [reserved.plain(ORDER_ITEM) for _ in range(2)]
    orders.numbers.give_back(reserved)

    again = await orders.numbers.reserve(order_item=5)
    following = [again.plain(ORDER_ITEM) for _ in range(5)]

    assert following == list(range(used[0] + 2, used[0] + 7))


async def test_a_counter_that_used_up_its_31_bits_draws_nothing_more(
    services: Services, orders: OrderServices
) -> None:
    reserved = await orders.numbers.reserve(order=1)
    reserved.order(Id(1), services.clock.now())
    async with services.db.transaction() as session:
        await session.execute(update(IdSegment).values(next_serial=MAX_OWNED_SERIAL))
    fresh = OrderNumbers(type(services.serials)(services.db), services.vault, services.tokens)

    with pytest.raises(IdOutOfRange):
        await fresh.reserve(**{ORDER: 2})


async def test_the_largest_order_id_stays_below_63_bits(orders: OrderServices, clock: ManualClock) -> None:
    reserved = await orders.numbers.reserve(order=1)
    reserved.ready[ORDER][0] = MAX_OWNED_SERIAL

    order_id, _ = reserved.order(Id(MAX_OWNER_ID), clock.now())

    assert order_id == MAX_ID


async def test_public_numbers_name_the_china_day_and_hide_how_many_orders_there_are(
    orders: OrderServices, clock: ManualClock
) -> None:
    clock.advance(timedelta(hours=9))  # 17:00 UTC is 01:00 of the next day in China
    reserved = await orders.numbers.reserve(order=1000)

    numbers = [reserved.order(Id(1), clock.now())[1] for _ in range(1000)]

    assert all(re.fullmatch(r"20261123\d{10}", number) for number in numbers)
    assert len(set(numbers)) == 1000
    tails = [int(number[8:]) for number in numbers]
    steps = {abs(later - earlier) for earlier, later in pairwise(tails)}
    assert len(steps) > 990
    assert max(tails) - min(tails) > 9 * 10**9


async def test_payment_numbers_are_unique_and_fit_every_channel(orders: OrderServices) -> None:
    reserved = await orders.numbers.reserve()

    numbers = {reserved.payment_no() for _ in range(500)}

    assert len(numbers) == 500
    assert all(re.fullmatch(r"P[0-9A-Z]{23}", number) for number in numbers)
