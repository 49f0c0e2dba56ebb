"""The main job by hand: goods of two shops, one checkout, one scan, one result, on a phone and on a desk."""

import re
import time

import pytest
from playwright.async_api import expect
from tests.browser.marks import BROWSER_TEST
from tests.browser.orders import attempt_numbers
from tests.browser.sandbox_control import SandboxControl
from tests.browser.shopper import Phone, Shopper
from tests.browser.store import Person, new_person

pytestmark = BROWSER_TEST

JUMP_WITHIN_S = 3.0
NUTS = "轻烤混合坚果罐"
MUG = "手捏半釉马克杯"


@pytest.mark.requirement("S0-107", "S2-001", "S2-002", "S2-031", "S2-055")
async def test_goods_of_two_shops_are_paid_with_one_scan_from_registration_to_the_order_page(
    visitor: Shopper, phone: Phone, sandbox: SandboxControl
) -> None:
    me = visitor
    person = new_person()
    await me.open("/")
    await register_from_home(me, person)
    me.store = await me.store.sign_in(person.username, person.password)

    await find_by_category(me, "食品", "坚果果干", NUTS)
    await choose_the_only_combination_left(me)
    await me.put_into_cart()
    await find_by_category(me, "家居", "杯壶", MUG)
    await me.choose(颜色="海盐蓝")
    await me.put_into_cart()
    await check_out_the_cart(me)
    await write_first_address(me)
    await check_the_sums(me)
    await me.submit_order()

    code = await me.scan_code()
    (order,) = await me.store.orders()
    assert code == (await me.store.payment(order["order_id"]))["action"]["content"]
    assert await me.reads("cashier-amount") == "¥117.80"
    await phone.pay(code)
    paid_at = time.monotonic()
    await me.scene("paid", within_s=JUMP_WITHIN_S)
    jumped_after_s = time.monotonic() - paid_at
    assert jumped_after_s < JUMP_WITHIN_S

    await me.press("view-order")
    await expect(me.seen("order-status")).to_have_text("待发货")
    shown = await me.seen("transaction-id").all_inner_texts()
    await me.open("/pages/order/list?status=2")
    await expect(me.seen("order-card")).to_have_count(1)
    await expect(me.seen("order-status")).to_have_text("待发货")

    order = await me.store.order(order["order_id"])
    (attempt_no,) = await attempt_numbers(me, order)
    trades = await sandbox.trades_of(attempt_no)
    assert order["status_name"] == "to_ship"
    assert [seller["pay_fen"] for seller in order["seller_orders"]] == [6600, 5180]
    assert shown == [seller["wx_transaction_id"] for seller in order["seller_orders"]]
    assert sorted(shown) == sorted(trade["transaction_id"] for trade in trades)
    assert len(set(shown)) == 2


async def register_from_home(me: Shopper, person: Person) -> None:
    """The way that the pages offer to somebody who has no account."""
    if me.screen.is_phone:
        await me.press("tab-me")
        await me.press("me-login")
    else:
        await me.press("top-login")
    await me.press("login-other")
    await me.register(person)
    await expect(me.seen("register-submit")).to_have_count(0)


async def find_by_category(me: Shopper, first: str, third: str, title: str) -> None:
    """From the category page over the list to the product."""
    await me.open("/pages/category/index")
    await me.press(me.seen_like("category-first-", first))
    await me.press(me.seen_like("category-third-", third))
    await me.page.wait_for_url(re.compile("/pages/product/list"))
    await me.press(me.seen("product-card").filter(has_text=title))
    await expect(me.seen("product-title")).to_contain_text(title)


async def choose_the_only_combination_left(me: Shopper) -> None:
    """海苔 comes in one size: the other size is greyed, and the one that is left is chosen by itself."""
    await me.choose(口味="海苔")
    await expect(me.seen("sku-value-净含量-300克")).to_have_attribute("aria-disabled", "true")
    await expect(me.seen("sku-value-净含量-300克")).to_have_attribute("aria-label", "300克，没有这种组合")
    await expect(me.seen("sku-value-净含量-500克")).to_have_attribute("aria-checked", "true")
    await me.choose(口味="原味", 净含量="300克")
    await expect(me.seen("sku-value-净含量-300克")).to_have_attribute("aria-checked", "true")


async def check_out_the_cart(me: Shopper) -> None:
    """Two groups, one per shop, and the sum of both."""
    await me.press("bar-cart" if me.screen.is_phone else "top-cart")
    await expect(me.seen("cart-group")).to_have_count(2)
    await expect(me.seen("cart-line")).to_have_count(2)
    await expect(me.seen("cart-total")).to_have_text("¥103.80")
    await me.press("cart-checkout")


async def write_first_address(me: Shopper) -> None:
    """Without an address there is no sum yet; with one the page comes back and has it."""
    await expect(me.seen("empty-state")).to_contain_text("先告诉店家送到哪里")
    await me.press("empty-action")
    await me.write_address(
        name="林晓禾",
        mobile="13800138000",
        region=("浙江省", "杭州市", "西湖区"),
        street="文三路 188 号 3 幢 502 室",
    )
    await expect(me.seen("checkout-address")).to_contain_text("浙江省杭州市西湖区 文三路 188 号 3 幢 502 室")


async def check_the_sums(me: Shopper) -> None:
    """Both shops ask for freight; the total is what will be paid."""
    await expect(me.seen("checkout-seller")).to_have_count(2)
    await expect(me.seen("seller-pay")).to_have_text(["¥66.00", "¥51.80"])
    await expect(me.seen("money-shipping")).to_have_text("¥14.00")
    await expect(me.seen("money-pay")).to_have_text("¥117.80")
