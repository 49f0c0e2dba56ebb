"""How a payment can end other than well, and that it stays payable or says that it is over."""

import time

import pytest
from playwright.async_api import expect
from tests.browser.marks import BROWSER_TEST
from tests.browser.orders import attempt_numbers, order_of_two_shops, status_of
from tests.browser.sandbox_control import SandboxControl
from tests.browser.shopper import Phone, Shopper

pytestmark = BROWSER_TEST

WITHOUT_CALLBACK_WITHIN_S = 7.0
"""A watched payment is asked for every 3 s by work that starts within 1 s; the page looks every second."""

COMBINED = "/v3/combine-transactions/native"


async def test_refused_and_without_money_it_stays_payable_and_the_same_code_pays_later(
    shopper: Shopper, phone: Phone, sandbox: SandboxControl
) -> None:
    order = await order_of_two_shops(shopper)
    await shopper.open_cashier(order)
    code = await shopper.scan_code()

    await phone.scan(code)
    await phone.end("insufficient")
    assert "余额不足" in await phone.note()
    await phone.scan(code)
    await phone.end("refuse")
    assert "放弃支付" in await phone.note()
    await shopper.scene("paying")
    assert await status_of(shopper, order) == ("to_pay", ["to_pay", "to_pay"])
    assert await shopper.scan_code() == code

    await phone.pay(code)
    await shopper.scene("paid")
    assert await status_of(shopper, order) == ("to_ship", ["to_ship", "to_ship"])


async def test_an_order_cancelled_in_the_list_is_over_at_the_cashier_and_in_the_wallet(
    shopper: Shopper, phone: Phone, sandbox: SandboxControl
) -> None:
    pencil = (await shopper.store.sku("原木三角铅笔", "HB"))["stock"]
    order = await order_of_two_shops(shopper)
    cashier = await shopper.new_tab()
    await cashier.open_cashier(order)
    code = await cashier.scan_code()

    await shopper.open("/pages/order/list")
    await shopper.press("order-cancel")
    await shopper.press("question-yes")
    await expect(shopper.seen("order-status")).to_have_text("已关闭")

    await cashier.scene("cancelled")
    assert await cashier.reads("result-title") == "订单已关闭"
    await phone.scan(code)
    assert "订单已关闭" in await phone.note()
    assert await status_of(shopper, order) == ("closed", ["closed", "closed"])
    assert (await shopper.store.sku("原木三角铅笔", "HB"))["stock"] == pencil
    (attempt_no,) = await attempt_numbers(shopper, order)
    assert [trade["state"] for trade in await sandbox.trades_of(attempt_no)] == ["CLOSED", "CLOSED"]


async def test_an_order_cancelled_before_its_cashier_was_opened_was_not_late(shopper: Shopper) -> None:
    order = await order_of_two_shops(shopper)
    await shopper.open(f"/pages/order/detail?order_id={order['order_id']}")
    await shopper.press("order-cancel")
    await shopper.press("question-yes")
    await expect(shopper.seen("order-status")).to_have_text("已关闭")
    await shopper.open_cashier(order)

    assert await shopper.reads("result-title") == "订单已关闭"
    assert "超时" not in await shopper.page.inner_text("main")
    assert await status_of(shopper, order) == ("closed", ["closed", "closed"])
    await shopper.press("view-order")
    await expect(shopper.seen("order-no")).to_have_text(order["order_no"])


@pytest.mark.requirement("S0-109", "S0-004", "S0-108")
async def test_with_every_callback_lost_the_page_still_shows_success_within_the_polling_interval(
    shopper: Shopper, phone: Phone, sandbox: SandboxControl
) -> None:
    order = await order_of_two_shops(shopper)
    await shopper.open_cashier(order)
    code = await shopper.scan_code()

    await sandbox.withhold_notifications()
    await phone.pay(code)
    paid_at = time.monotonic()
    await shopper.scene("paid", within_s=WITHOUT_CALLBACK_WITHIN_S)

    assert time.monotonic() - paid_at < WITHOUT_CALLBACK_WITHIN_S
    assert await status_of(shopper, order) == ("to_ship", ["to_ship", "to_ship"])


@pytest.mark.requirement("S2-038")
async def test_a_replaced_code_is_dead_in_the_wallet_and_two_tabs_see_one_payment(
    shopper: Shopper, phone: Phone, sandbox: SandboxControl
) -> None:
    order = await order_of_two_shops(shopper)
    other = await shopper.new_tab()
    await shopper.open_cashier(order)
    old = await shopper.scan_code()
    await other.open_cashier(order)
    assert await other.scan_code() == old

    shopper.house.change_rows(
        "UPDATE payment_attempt SET action_expires_at = created_at"
        " WHERE payment_id = (SELECT id FROM payment WHERE payment_no = ?)",
        (await shopper.store.payment(order["order_id"]))["payment_no"],
    )
    await shopper.scene("code_expired")
    await shopper.press("fresh-code")
    new = await shopper.scan_code()
    assert new != old
    assert new == (await shopper.store.payment(order["order_id"]))["action"]["content"]
    await other.scene("paying")
    assert await other.scan_code() == new

    await phone.scan(old)
    assert "订单已关闭" in await phone.note()
    await phone.pay(new)
    await shopper.scene("paid")
    await other.scene("paid")
    await phone.scan(new)
    assert "已支付" in await phone.note()
    after = await shopper.store.order(order["order_id"])
    assert after["status_name"] == "to_ship"
    assert len({seller["wx_transaction_id"] for seller in after["seller_orders"]}) == 2


async def test_a_channel_that_gives_no_answer_can_be_tried_again(
    shopper: Shopper, phone: Phone, sandbox: SandboxControl
) -> None:
    order = await order_of_two_shops(shopper)
    await sandbox.drop_answers(COMBINED)
    shopper.watch.expect(409, 503)
    await shopper.open_cashier(order)
    await expect(shopper.page.get_by_test_id("retry").filter(visible=True)).to_be_visible(timeout=15_000)

    await sandbox.end_faults()
    await shopper.press("retry")
    await phone.pay(await shopper.scan_code())

    await shopper.scene("paid")
    assert await status_of(shopper, order) == ("to_ship", ["to_ship", "to_ship"])
