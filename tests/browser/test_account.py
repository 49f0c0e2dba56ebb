"""Coming in and going out: registration, login, logout, and pages that ask for a login."""

import pytest
from playwright.async_api import expect
from tests.browser.marks import BROWSER_TEST
from tests.browser.running_mall import DEMO_PASSWORD
from tests.browser.shopper import Shopper
from tests.browser.store import PASSWORD, Person, new_person

pytestmark = BROWSER_TEST


async def test_a_wrong_password_says_so_and_lets_nobody_in(visitor: Shopper) -> None:
    visitor.watch.expect(401)
    await visitor.open("/pages/auth/login")
    await visitor.sign_in("demo", "not-the-password")

    await expect(visitor.seen("login-error")).to_have_text("账号或密码错误")
    await expect(visitor.seen("field-account")).to_have_value("demo")
    assert await visitor.page.evaluate("localStorage.getItem('wanpu.token')") is None


async def test_a_demo_shopper_logs_in_by_mobile_number_and_out_again(visitor: Shopper) -> None:
    await visitor.open("/pages/auth/login?redirect=/pages/me/index")
    await visitor.sign_in("13800138000", DEMO_PASSWORD)
    await expect(visitor.seen("me-nickname")).to_have_text("demo")
    token = await visitor.page.evaluate("localStorage.getItem('wanpu.token')")

    await visitor.press("logout")
    await visitor.press("question-yes")
    await expect(visitor.seen("me-login")).to_be_visible()
    assert await visitor.page.evaluate("localStorage.getItem('wanpu.token')") is None
    assert await visitor.store.status_with(token, "/me") == 401


async def test_registration_names_each_wrong_field_and_a_taken_name(visitor: Shopper) -> None:
    await visitor.open("/pages/auth/register")
    await visitor.register(Person("x", "123", "short"))
    await expect(visitor.seen("error-username")).to_be_visible()
    await expect(visitor.seen("error-mobile")).to_be_visible()
    await expect(visitor.seen("error-password")).to_be_visible()

    visitor.watch.expect(409)
    taken = new_person()
    await visitor.register(Person("demo", taken.mobile, PASSWORD))
    await expect(visitor.seen("register-error")).to_contain_text("用户名")
    await expect(visitor.seen("register-submit")).to_be_enabled()


@pytest.mark.parametrize("path", ["/pages/order/list", "/pages/cart/index"])
async def test_a_page_of_ones_own_leads_over_the_login_and_back(visitor: Shopper, path: str) -> None:
    person = new_person()
    await visitor.store.register(person)
    await visitor.open(path)
    await visitor.press("empty-action")
    await visitor.sign_in(person.username, person.password)

    await expect(visitor.seen("empty-state")).to_contain_text("空的" if "cart" in path else "还没有订单")
    assert visitor.page.url == visitor.house.url + path


async def test_a_token_that_died_leads_to_the_login_and_back_to_the_order(shopper: Shopper) -> None:
    person = new_person()
    member = await shopper.store.register(person)
    order = await member.place_order(
        await member.add_address(), (await member.sku("原木三角铅笔", "HB"))["sku_id"]
    )
    shopper.watch.expect(401)
    await shopper.open("/")
    await shopper.page.evaluate("localStorage.setItem('wanpu.token', 'long-gone')")
    await shopper.open(f"/pages/order/detail?order_id={order['order_id']}")
    await expect(shopper.seen("login-submit")).to_be_visible()

    await shopper.sign_in(person.username, person.password)
    await expect(shopper.seen("order-no")).to_have_text(order["order_no"])


async def test_an_order_of_somebody_else_is_not_shown(shopper: Shopper, visitor: Shopper) -> None:
    other = await shopper.store.register(new_person())
    order = await other.place_order(
        await other.add_address(), (await other.sku("原木三角铅笔", "HB"))["sku_id"]
    )
    shopper.watch.expect(404)
    await shopper.open(f"/pages/order/detail?order_id={order['order_id']}")

    await expect(shopper.seen("empty-state")).to_contain_text("没有找到这个订单")
    await expect(shopper.page.get_by_text(order["order_no"])).to_have_count(0)
