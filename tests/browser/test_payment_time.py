"""What the passing of hours does to a payment. The mall of these tests gives five hours to pay."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect
from tests.browser.marks import BROWSER_TEST
from tests.browser.orders import attempt_numbers, order_of_two_shops, status_of
from tests.browser.running_mall import RunningMall, running_mall
from tests.browser.sandbox_control import SandboxControl
from tests.browser.shopper import Phone, Shopper

pytestmark = BROWSER_TEST

CODE_LIFE = timedelta(hours=2)
DUE_WITHIN_S = 8.0
"""The runner looks for due work every second; closing asks the channel."""


@pytest.fixture(scope="session")
def patient_mall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMall]:
    """A mall whose orders outlive their codes."""
    with running_mall(tmp_path_factory.mktemp("patient"), WANPU_ORDER_PAY_MINUTES="300") as running:
        yield running


@pytest.fixture
def house(patient_mall: RunningMall) -> RunningMall:
    return patient_mall


def stored(moment: datetime) -> str:
    """A time as the mall's SQLite file holds it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


@pytest.mark.requirement("S2-032")
async def test_two_hours_later_the_code_is_dead_and_a_fresh_one_pays(
    shopper: Shopper, phone: Phone, sandbox: SandboxControl
) -> None:
    order = await order_of_two_shops(shopper)
    await shopper.open_cashier(order)
    old = await shopper.scan_code()
    (attempt_no,) = await attempt_numbers(shopper, order)
    ((made_at, dies_at),) = shopper.house.read_rows(
        "SELECT created_at, action_expires_at FROM payment_attempt WHERE attempt_no = ?", attempt_no
    )
    life = datetime.fromisoformat(dies_at) - datetime.fromisoformat(made_at)
    assert CODE_LIFE - timedelta(seconds=15) <= life <= CODE_LIFE

    await sandbox.advance(int(CODE_LIFE.total_seconds()))
    shopper.house.change_rows(
        "UPDATE payment_attempt SET action_expires_at = ? WHERE attempt_no = ?",
        stored(datetime.now(UTC)),
        attempt_no,
    )
    await phone.scan(old)
    assert "二维码已过期" in await phone.note()
    await shopper.scene("code_expired")
    await shopper.press("fresh-code")
    await phone.pay(await shopper.scan_code())
    await shopper.scene("paid")

    assert await status_of(shopper, order) == ("to_ship", ["to_ship", "to_ship"])
    assert [trade["state"] for trade in await sandbox.trades_of(attempt_no)] == ["CLOSED", "CLOSED"]
    await sandbox.reset()


async def test_an_order_whose_time_is_over_is_closed_everywhere(
    shopper: Shopper, phone: Phone, sandbox: SandboxControl
) -> None:
    pencil = (await shopper.store.sku("原木三角铅笔", "HB"))["stock"]
    order = await order_of_two_shops(shopper)
    await shopper.open_cashier(order)
    code = await shopper.scan_code()

    now = stored(datetime.now(UTC))
    number = (await shopper.store.payment(order["order_id"]))["payment_no"]
    shopper.house.change_rows(
        'UPDATE "order" SET should_paid_before = ? WHERE id = ?', now, order["order_id"]
    )
    shopper.house.change_rows("UPDATE payment SET expires_at = ? WHERE payment_no = ?", now, number)
    shopper.house.change_rows("UPDATE due_work SET due_at = ? WHERE ref = ?", now, order["order_id"])
    await shopper.scene("timed_out", within_s=DUE_WITHIN_S)

    assert await shopper.reads("result-title") == "支付超时，订单已关闭"
    await phone.scan(code)
    assert "订单已关闭" in await phone.note()
    await shopper.press("view-order")
    await expect(shopper.seen("order-status")).to_have_text("已关闭")
    await expect(shopper.seen("order-pay")).to_have_count(0)
    assert await status_of(shopper, order) == ("closed", ["closed", "closed"])
    assert (await shopper.store.sku("原木三角铅笔", "HB"))["stock"] == pencil
