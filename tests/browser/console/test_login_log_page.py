"""登录日志: a refusal with its true reason, for whoever may read it."""

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
async def test_a_refused_sign_in_stands_in_the_log_with_its_reason(operator: Operator) -> None:
    nobody = f"nobody.{operator.screen.name}"
    operator.watch.expect(401)
    await operator.open()
    await operator.answer_door(nobody, "not-the-password")
    await expect(operator.seen("sign-in-failure")).to_be_visible()
    await operator.answer_door("admin", ADMIN_PASSWORD)
    await expect(operator.seen("home-page")).to_be_visible()
    await operator.choose_menu("sys/login-log")

    await operator.press(f"view-{operator.word('被拒', 'Refused')}")
    await operator.open_filters()
    await operator.seen("filter-username").fill(nobody)
    await operator.press("apply-filters")

    await expect(operator.page).to_have_url(re.compile(rf"username={nobody}&event=refused$"))
    await expect(operator.seen("list-row")).to_have_count(1)
    reason = operator.word("账号或密码错误", "Wrong name or password")
    await expect(operator.seen("list-row")).to_contain_text(reason)


@FIRST_IN_POCKET
async def test_the_log_can_be_read_by_whoever_may_read_nothing_else(
    operator: Operator, admin_api: StaffApi
) -> None:
    colleague = await admin_api.colleague("sys:loginlog:list")
    username = (await colleague.get("/console/v1/me"))["username"]
    await operator.sign_in(username, OWN_PASSWORD)

    await operator.open(f"/sys/login-log?username={username}&event=password_changed")

    await expect(operator.seen("list-row")).to_have_count(1)
    await expect(operator.seen("list-row")).to_contain_text(operator.word("修改密码", "New password"))
    assert await nameless_controls(operator.page) == []
    assert await overflow_px(operator.page) == 0
