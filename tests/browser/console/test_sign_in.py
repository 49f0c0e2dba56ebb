"""The console's door, on every screen: a wrong password, the first password, a session that ends."""

import re

import pytest
from playwright.async_api import expect
from tests.browser.console.operator import DESK, Operator
from tests.browser.console.staff_api import FIRST_PASSWORD, OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST


async def test_a_wrong_password_is_said_and_the_right_one_leads_to_the_page_that_was_wanted(
    operator: Operator,
) -> None:
    operator.watch.expect(401)
    await operator.open("/sys/log?page=1&username=admin")
    await expect(operator.page).to_have_url(re.compile(r"/console/sign-in\?to="))
    picture = operator.seen("captcha").locator("img")
    first = await picture.get_attribute("src")

    await operator.answer_door("admin", "not-the-password")

    wrong = operator.word("账号或密码错误", "The account or the password is wrong")
    await expect(operator.seen("sign-in-failure")).to_have_text(wrong)
    await expect(picture).not_to_have_attribute("src", first or "")

    await operator.answer_door("admin", ADMIN_PASSWORD)

    await expect(operator.page).to_have_url(re.compile(r"/console/sys/log\?page=1&username=admin$"))
    title = operator.word("系统日志", "System log")
    await expect(operator.page.get_by_role("heading", level=1)).to_have_text(title)


async def test_a_press_on_the_captcha_brings_another(operator: Operator) -> None:
    await operator.open()
    picture = operator.seen("captcha").locator("img")
    first = await picture.get_attribute("src")

    await operator.press("captcha")

    await expect(picture).not_to_have_attribute("src", first or "")


async def test_whoever_has_a_first_password_changes_it_before_anything_else(
    operator: Operator, admin_api: StaffApi
) -> None:
    username = await admin_api.hire("sys:log:list")
    await operator.open("/sys/log")
    await operator.answer_door(username, FIRST_PASSWORD)
    await operator.seen("field-new-password").fill(OWN_PASSWORD)
    await operator.seen("field-repeated").fill("something-else-99")
    await operator.press("save-password")
    differ = operator.word("两次输入的新密码不一样", "The two new passwords differ")
    await expect(operator.page.get_by_text(differ)).to_be_visible()
    await operator.seen("field-repeated").fill(OWN_PASSWORD)

    await operator.press("save-password")

    await expect(operator.seen("list-log")).to_be_visible()
    me = await admin_api.sign_in(username, OWN_PASSWORD)
    assert (await me.get("/console/v1/me"))["must_change_password"] is False


@pytest.mark.requirement("S0-023")
async def test_an_account_sees_its_own_menus_alone_and_other_pages_say_so(
    operator: Operator, admin_api: StaffApi
) -> None:
    username = await admin_api.hire("sys:log:list")
    me = await admin_api.sign_in(username, FIRST_PASSWORD)
    passwords = {"old_password": FIRST_PASSWORD, "new_password": OWN_PASSWORD}
    await me.post("/console/v1/auth/password", passwords)
    await operator.sign_in(username, OWN_PASSWORD)

    await operator.choose_menu("sys/log")
    await expect(operator.seen("list-log")).to_be_visible()
    await expect(operator.page.get_by_test_id("menu-sys/approval")).to_have_count(0)

    await operator.open("/sys/approval")
    await expect(operator.seen("forbidden-view")).to_be_visible()
    await operator.open("/no/such/page")
    await expect(operator.seen("not-found-view")).to_be_visible()


async def test_whoever_signs_out_is_at_the_door_and_the_session_is_dead(operator: Operator) -> None:
    await operator.sign_in("admin", ADMIN_PASSWORD)
    cookies = await operator.context.cookies()
    (session,) = [cookie for cookie in cookies if cookie["name"] == "wanpu_console"]
    assert session["httpOnly"]
    assert session["sameSite"] == "Strict"

    await operator.press("account-menu")
    await operator.press("sign-out")

    await expect(operator.seen("sign-in")).to_be_visible()
    kept = {"Cookie": f"wanpu_console={session['value']}"}
    answer = await operator.context.request.get(f"{operator.house.url}/console/v1/nav", headers=kept)
    assert answer.status == 401


@pytest.mark.parametrize("screen", [DESK], ids=["desk"], indirect=True)
async def test_language_and_theme_change_at_once_and_stay(operator: Operator) -> None:
    await operator.sign_in("admin", ADMIN_PASSWORD)
    root = operator.page.locator("html")

    for choice in ("language-en", "theme-dark"):
        await operator.press("account-menu")
        await operator.press(choice)

    await expect(operator.seen("menu-sys/log")).to_have_text("System log")
    await expect(root).to_have_class("dark")
    await operator.page.reload()
    await expect(operator.seen("menu-sys/log")).to_have_text("System log")
    await expect(root).to_have_class("dark")
    assert await root.get_attribute("lang") == "en"
