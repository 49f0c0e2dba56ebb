"""在线会话: ending somebody's session, and looking without being able to."""

import re

from playwright.async_api import expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST


@FIRST_AT_DESK
async def test_a_session_that_is_ended_is_dead_at_once(operator: Operator, admin_api: StaffApi) -> None:
    colleague = await admin_api.colleague("sys:log:list")
    username = (await colleague.get("/console/v1/me"))["username"]
    await operator.arrive("admin", ADMIN_PASSWORD, "/sys/session")
    await operator.open_filters()
    await operator.seen("filter-username").fill(username)
    await operator.press("apply-filters")
    await expect(operator.page).to_have_url(re.compile(rf"username={username}$"))
    await expect(operator.seen("list-row")).to_have_count(1)

    await operator.press("kick")
    await expect(operator.seen("ask-subject")).to_contain_text(username)
    await operator.press("ask-confirm")

    await expect(operator.seen("list-empty")).to_be_visible()
    kicked = await admin_api.get(f"/platform/v1/login-logs?username={username}&event=kicked")
    assert [one["reason"] for one in kicked["items"]] == ["by admin"]


@FIRST_IN_POCKET
async def test_who_may_only_look_cannot_end_a_session(operator: Operator, admin_api: StaffApi) -> None:
    colleague = await admin_api.colleague("sys:session:list", "sys:user:list", "sys:user:save")
    username = (await colleague.get("/console/v1/me"))["username"]
    own = f"own.{username}"
    await colleague.post("/platform/v1/staff", {"username": own, "password": OWN_PASSWORD})
    await colleague.sign_in(own, OWN_PASSWORD)
    await operator.sign_in(username, OWN_PASSWORD)

    await operator.choose_menu("sys/session")

    await expect(operator.seen("list-row")).to_contain_text([own])
    await expect(operator.seen("kick")).to_have_count(0)
    assert await nameless_controls(operator.page) == []
    assert await overflow_px(operator.page) == 0
