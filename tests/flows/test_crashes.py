"""Power cuts between paying and hearing of it: what was acknowledged stands, and the rest is made good."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from tests.flows.running import RunningMall
from tests.flows.town import Shopper, Town, until

pytestmark = pytest.mark.timeout(300)

EVERYDAY = [("before", 2), ("after", 4)]
EVERY_COMMIT = [
    pytest.param(point, marks=[] if point in EVERYDAY else pytest.mark.long)
    for point in [(when, number) for number in range(1, 13) for when in ("before", "after")]
]


@pytest.fixture(autouse=True)
def started_again(mall: RunningMall) -> Iterator[None]:
    """Whatever dies in a test lives for the next one."""
    yield
    mall.armed.unlink(missing_ok=True)
    if not mall.is_whole:
        mall.kill()
        mall.start()


async def test_a_mall_that_was_killed_between_payment_and_notice_hears_the_repeated_notice(
    town: Town,
) -> None:
    [shopper] = await town.invite(1)
    cup = await town.make_goods(stock=3)
    order = await shopper.order({cup: 1}, 100)
    payment = await shopper.pay(order)
    attempt_no = await town.attempt_no_of(payment)
    await town.postpone("payment.query_attempt", attempt_no)
    town.mall.kill()
    await town.wallet.scan(payment)

    async def was_tried() -> bool:
        return bool((await town.wallet.notification_of(attempt_no))["failed_tries"])

    await until(was_tried)
    await town.end_leases()
    town.mall.start()
    await town.wallet.advance(timedelta(seconds=15))

    assert (await shopper.wait_for(order, "to_ship"))["paid_at"] is not None
    assert await town.stock_of(cup) == (2, 0, 1)


async def test_a_mall_that_was_killed_and_never_hears_a_notice_asks_for_itself(town: Town) -> None:
    [shopper] = await town.invite(1)
    cup = await town.make_goods(stock=3)
    order = await shopper.order({cup: 1}, 100)
    payment = await shopper.pay(order)
    await town.wallet.play(notifications=[{"kind": "off", "times": None}])
    town.mall.kill()
    await town.wallet.scan(payment)

    town.mall.start()

    await shopper.wait_for(order, "to_ship")
    assert await town.stock_of(cup) == (2, 0, 1)


@pytest.mark.parametrize("point", EVERY_COMMIT)
async def test_a_purchase_survives_a_power_cut_at_any_commit_and_is_paid_once(
    town: Town, point: tuple[str, int]
) -> None:
    listed_before = await town.listed()
    [shopper] = await town.invite(1)
    cups = [await town.make_goods(stock=3, shop=shop) for shop in (0, 1)]
    town.mall.kill()
    await town.end_leases()
    town.mall.start(crash=point)
    order = await shopper.order(dict.fromkeys(cups, 1), 200)
    town.mall.armed.touch()

    await buy_stubbornly(town, shopper, order)

    paid = await shopper.wait_for(order, "to_ship")
    assert len({seller["wx_transaction_id"] for seller in paid["seller_orders"]}) == 2
    assert [await town.stock_of(cup) for cup in cups] == [(2, 0, 1), (2, 0, 1)]
    assert [case for case in await town.listed() if case not in listed_before] == []


async def buy_stubbornly(town: Town, shopper: Shopper, order: dict[str, Any]) -> None:
    """What a shopper does who repeats everything until it works; the mall is started again once it died."""

    async def try_to_buy() -> bool:
        if not town.mall.is_whole:
            town.mall.armed.unlink(missing_ok=True)
            town.mall.kill()
            await town.end_leases()
            town.mall.start()
        try:
            answer = await shopper.start_payment(order)
            if answer.status == 201:
                await town.wallet.scan(answer.body)
            return bool((await shopper.see(order))["status_name"] == "to_ship")
        except aiohttp.ClientError:
            return False

    await until(try_to_buy, within_s=120)
