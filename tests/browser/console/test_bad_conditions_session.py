"""A session or a permission that ends while somebody is at work: nothing is lost, nothing sent twice."""

import re
from dataclasses import replace
from typing import Any

from playwright.async_api import expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST


async def end_sessions(admin: StaffApi, username: str) -> None:
    """Throw an account out, as an operator does."""
    online = await admin.get(f"/platform/v1/sessions?username={username}")
    for one in online["items"]:
        await admin.delete(f"/platform/v1/sessions/{one['token_id']}")


async def roles_named(admin: StaffApi, name: str) -> list[dict[str, Any]]:
    """Roles with this name."""
    found = (await admin.get(f"/platform/v1/roles?role_name={name}"))["items"]
    return [one for one in found if one["role_name"] == name]


async def narrow_to(admin: StaffApi, username: str, permission: str) -> None:
    """Leave an account's role only what grants one permission."""
    (found,) = (await admin.get(f"/platform/v1/staff?username={username}"))["items"]
    staff = await admin.get(f"/platform/v1/staff/{found['user_id']}")
    await admin.grant_only(staff["roles"][0]["role_id"], permission)


async def start_role(operator: Operator, name: str) -> None:
    """Fill in half a form."""
    await operator.choose_menu("sys/role")
    await operator.press("add-role")
    await operator.seen("field-role-name").fill(name)


@FIRST_AT_DESK
async def test_a_form_outlives_its_session_and_is_sent_once_its_owner_has_signed_in_again(
    operator: Operator, admin_api: StaffApi
) -> None:
    operator.watch.expect(401)
    username = await admin_api.hire_settled("sys:role:list", "sys:role:save")
    name = f"role of {username}"
    await operator.sign_in(username, OWN_PASSWORD)
    await start_role(operator, name)
    await end_sessions(admin_api, username)

    await operator.press("form-save")

    await expect(operator.seen("sign-in")).to_be_visible()
    door = operator.page.get_by_role("dialog").filter(has=operator.page.get_by_test_id("sign-in"))
    await expect(door.get_by_test_id("field-username")).to_have_value(username)
    await expect(door.get_by_test_id("field-username")).not_to_be_editable()
    await expect(operator.page.get_by_test_id("field-role-name")).to_have_value(name)
    assert await roles_named(admin_api, name) == []
    await operator.answer_door(username, OWN_PASSWORD)

    await expect(operator.seen("list-row").filter(has_text=name)).to_have_count(1)
    await expect(operator.seen("form-save")).to_have_count(0)
    assert len(await roles_named(admin_api, name)) == 1


@FIRST_AT_DESK
async def test_what_one_account_wrote_is_not_sent_in_the_name_of_another(
    operator: Operator, admin_api: StaffApi
) -> None:
    writer = await admin_api.hire_settled("sys:role:list", "sys:role:save")
    name = f"role of {writer}"
    await operator.sign_in(writer, OWN_PASSWORD)
    await start_role(operator, name)
    operator.page.on("dialog", lambda dialog: dialog.dismiss())  # The browser asks whether to leave: stay.
    other_tab = replace(operator, page=await operator.context.new_page())
    await other_tab.open("/sign-in")
    await other_tab.seen("field-username").fill("admin")
    await other_tab.answer_door("admin", ADMIN_PASSWORD)
    await expect(other_tab.seen("home-page")).to_be_visible()
    await operator.page.bring_to_front()

    await operator.press("form-save")

    refused = operator.word("此浏览器已登录另一个账号", "Another account has signed in with this browser")
    await expect(operator.seen("form-failure")).to_contain_text(refused)
    await expect(operator.seen("field-role-name")).to_have_value(name)
    assert await roles_named(admin_api, name) == []


@FIRST_IN_POCKET
async def test_a_permission_that_is_taken_away_is_said_and_its_buttons_and_menus_go(
    operator: Operator, admin_api: StaffApi
) -> None:
    operator.watch.expect(403)
    username = await admin_api.hire_settled("sys:role:list", "sys:role:save", "sys:log:list")
    name = f"role of {username}"
    await operator.sign_in(username, OWN_PASSWORD)
    await start_role(operator, name)
    await narrow_to(admin_api, username, "sys:log:list")

    await operator.press("form-save")

    refused = operator.word("没有权限", "You may not do this")
    await expect(operator.seen("form-failure")).to_have_text(refused)
    await expect(operator.seen("field-role-name")).to_have_value(name)
    await expect(operator.page.get_by_test_id("add-role")).to_have_count(0)
    if not operator.screen.is_phone:
        await expect(operator.page.get_by_test_id("menu-sys/role")).to_have_count(0)
        await expect(operator.seen("menu-sys/log")).to_be_visible()
    assert await roles_named(admin_api, name) == []

    operator.page.once("dialog", lambda dialog: dialog.accept())
    await operator.page.reload()
    await expect(operator.seen("forbidden-view")).to_be_visible()
    await operator.choose_menu("sys/log")
    await expect(operator.seen("list-log")).to_be_visible()
    await expect(operator.page).to_have_url(re.compile(r"/console/sys/log"))
