"""死信: money whose order cannot be found really ends there, and a replay brings it home."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD, RunningMall
from tests.browser.sandbox_control import SandboxControl
from tests.browser.store import StoreApi, new_person

pytestmark = BROWSER_TEST

LOOKED_FOR_WITHIN_S = 30


@pytest.fixture
def lost_orders(house: RunningMall, store: StoreApi, sandbox: SandboxControl) -> "LostOrders":
    return LostOrders(house, store, sandbox)


class LostOrders:
    """Orders that are out of the way while their money arrives."""

    def __init__(self, house: RunningMall, store: StoreApi, sandbox: SandboxControl) -> None:
        self._house = house
        self._store = store
        self._sandbox = sandbox
        self._buyer = store

    async def pay_for(self, many: int) -> list[dict[str, Any]]:
        """So many paid orders of one buyer, each with a dead letter, and now in their place again."""
        self._buyer = await self._store.register(new_person())
        address_id = await self._buyer.add_address()
        pencil = await self._buyer.sku("原木三角铅笔", "HB")
        orders = [await self._buyer.place_order(address_id, pencil["sku_id"]) for _ in range(many)]
        for order in orders:
            payment = await self._buyer.start_payment(order["order_id"])
            self._house.change_rows(
                'UPDATE "order" SET payment_no = ? WHERE payment_no = ?',
                f"L{payment['payment_no']}"[:32],
                payment["payment_no"],
            )
            order["payment_no"] = payment["payment_no"]
            await self._sandbox.pay(payment["action"]["content"])
        for order in orders:
            await self._until_given_up(order["payment_no"])
            self._house.change_rows(
                'UPDATE "order" SET payment_no = ? WHERE id = ?', order["payment_no"], order["order_id"]
            )
        return orders

    async def arrive(self, order: dict[str, Any]) -> None:
        """Return once the order has its money."""
        async with asyncio.timeout(LOOKED_FOR_WITHIN_S):
            while (await self._buyer.order(order["order_id"]))["status_name"] != "to_ship":
                await asyncio.sleep(0.1)

    async def _until_given_up(self, payment_no: str) -> None:
        """Let the nine pauses before the last attempt, eight minutes together, pass at once."""
        aggregate = f"payment:{payment_no}"
        async with asyncio.timeout(LOOKED_FOR_WITHIN_S):
            while not self._house.read_rows(
                "SELECT 1 FROM outbox_event WHERE aggregate = ? AND dead_at IS NOT NULL", aggregate
            ):
                if self._house.read_rows(
                    "SELECT 1 FROM outbox_event WHERE aggregate = ? AND attempts BETWEEN 1 AND 8", aggregate
                ):
                    self._house.change_rows(
                        "UPDATE outbox_event SET attempts = 9, due_at = created_at WHERE aggregate = ?",
                        aggregate,
                    )
                await asyncio.sleep(0.1)


@FIRST_AT_DESK
async def test_a_payment_of_no_order_is_given_up_seen_and_replayed_once_its_order_is_back(
    operator: Operator, admin_api: StaffApi, lost_orders: LostOrders
) -> None:
    operator.watch.expect(409)
    first, second = await lost_orders.pay_for(2)
    await operator.arrive("admin", ADMIN_PASSWORD, "/sys/dead-letter")
    await operator.press(f"view-{operator.word('待处理', 'Open')}")
    rows = operator.seen("list-row").filter(has_text="order.apply_payment")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("PaymentOfNobody")
    await operator.press(rows.first.get_by_test_id("row-open"))
    await expect(operator.seen("detail")).to_contain_text(second["payment_no"])
    assert await nameless_controls(operator.page) == []
    assert await overflow_px(operator.page) <= 0
    await operator.page.keyboard.press("Escape")

    await operator.press(rows.first.get_by_test_id("replay"))
    await operator.press("ask-confirm")

    await expect(rows).to_have_count(1)
    await lost_orders.arrive(second)

    letter = next(
        one
        for one in (await admin_api.get("/platform/v1/dead-letters?is_open=true"))["items"]
        if one["payload"].get("payment_no") == first["payment_no"]
    )
    await admin_api.post(f"/platform/v1/dead-letters/{letter['dead_letter_id']}/replay")
    await operator.press(rows.first.get_by_test_id("replay"))
    await operator.press("ask-confirm")
    told = operator.word("这个死信已重放过", "This dead letter has been replayed already")
    await expect(operator.page.get_by_role("alert").filter(has_text=told)).to_be_visible()
    await expect(rows).to_have_count(0)
    await lost_orders.arrive(first)


@FIRST_IN_POCKET
async def test_whoever_may_replay_sends_several_at_once_and_whoever_may_look_sends_none(
    operator: Operator, second_operator: Operator, admin_api: StaffApi, lost_orders: LostOrders
) -> None:
    orders = await lost_orders.pay_for(2)
    onlooker = await admin_api.hire_settled("sys:dead-letter:list")
    await second_operator.arrive(
        onlooker, OWN_PASSWORD, "/sys/dead-letter?is_open=true&name=payment.succeeded"
    )
    await expect(second_operator.seen("list-row")).to_have_count(2)
    await expect(second_operator.seen("replay")).to_have_count(0)
    username = await admin_api.hire_settled("sys:dead-letter:list", "sys:dead-letter:replay")
    await operator.arrive(username, OWN_PASSWORD, "/sys/dead-letter?is_open=true&name=payment.succeeded")
    rows = operator.seen("list-row")
    await expect(rows).to_have_count(2)
    for index in range(2):
        await operator.press(rows.nth(index).get_by_role("checkbox"))
    assert await nameless_controls(operator.page) == []
    assert await overflow_px(operator.page) <= 0

    await operator.press("bulk-replay")
    await operator.press("ask-confirm")

    await expect(operator.seen("list-empty")).to_be_visible()
    for order in orders:
        await lost_orders.arrive(order)
    written = (await admin_api.get(f"/platform/v1/logs?operation=dead_letter.replay&username={username}"))[
        "items"
    ]
    assert len(written) == 2
