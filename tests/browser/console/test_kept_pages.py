"""Pages stay as they were left while their tab is open, and work is lost only after a question."""

import pytest
from playwright.async_api import expect
from tests.browser.console.combinations import FIRST_AT_DESK
from tests.browser.console.operator import DESK, Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST


async def at_own_account(operator: Operator) -> None:
    """Open the account's own page, and begin to type on it."""
    await operator.press("account-menu")
    await operator.press("open-account")
    await operator.seen("own-mobile").fill("139")


async def test_what_is_typed_on_a_page_is_there_after_a_look_at_another(operator: Operator) -> None:
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await at_own_account(operator)

    await operator.choose_menu("sys/role")
    await expect(operator.seen("list-role")).to_be_visible()
    await expect(operator.seen("own-mobile")).to_have_count(0)
    await operator.page.go_back()

    await expect(operator.seen("own-mobile")).to_have_value("139")


async def test_an_open_drawer_covers_no_other_page_and_is_open_again_on_its_own(operator: Operator) -> None:
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await operator.choose_menu("sys/login-log")
    await expect(operator.seen("list-login-log")).to_be_visible()
    await operator.choose_menu("sys/role")
    await operator.press("add-role")
    await operator.seen("field-role-name").fill("half a name")

    await operator.page.go_back()
    await expect(operator.seen("list-login-log")).to_be_visible()
    await expect(operator.seen("field-role-name")).to_have_count(0)
    await operator.choose_menu("sys/config")
    await expect(operator.seen("list-config")).to_be_visible()
    await operator.page.go_back()
    await operator.page.go_forward()
    await operator.choose_menu("sys/role")

    await expect(operator.seen("field-role-name")).to_have_value("half a name")
    await operator.page.keyboard.press("Escape")
    await operator.press("ask-confirm")
    await expect(operator.seen("field-role-name")).to_have_count(0)


async def test_signing_out_asks_before_unsaved_work_is_lost(operator: Operator, admin_api: StaffApi) -> None:
    colleague = await admin_api.colleague("sys:log:list")
    username = (await colleague.get("/console/v1/me"))["username"]
    await operator.sign_in(username, OWN_PASSWORD)
    await at_own_account(operator)
    await operator.choose_menu("sys/log")

    await operator.press("account-menu")
    await operator.press("sign-out")
    await operator.press("ask-cancel")
    await expect(operator.seen("list-log")).to_be_visible()
    await operator.press("account-menu")
    await operator.press("sign-out")
    await operator.press("ask-confirm")

    await expect(operator.seen("sign-in")).to_be_visible()


@pytest.mark.parametrize("screen", [DESK], ids=["desk"], indirect=True)
async def test_loading_a_page_again_asks_before_unsaved_work_is_lost(operator: Operator) -> None:
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await at_own_account(operator)

    await operator.press("tab-menu")
    await operator.press("tab-reload")
    await operator.press("ask-cancel")
    await expect(operator.seen("own-mobile")).to_have_value("139")
    await operator.press("tab-menu")
    await operator.press("tab-reload")
    await operator.press("ask-confirm")

    await expect(operator.seen("own-mobile")).to_have_value("")


@FIRST_AT_DESK
async def test_whoever_ends_all_sessions_leaves_no_open_page_to_the_next_account(
    operator: Operator, admin_api: StaffApi
) -> None:
    colleague = await admin_api.colleague("sys:log:list")
    username = (await colleague.get("/console/v1/me"))["username"]
    operator.watch.expect(401)
    await operator.sign_in(username, OWN_PASSWORD)
    await operator.choose_menu("sys/log")
    await at_own_account(operator)

    await operator.press("end-all")
    await operator.press("ask-confirm")
    await expect(operator.seen("sign-in")).to_be_visible()

    stored = await operator.page.evaluate("sessionStorage.getItem('wanpu.console.tabs')")
    assert stored == "[]"
