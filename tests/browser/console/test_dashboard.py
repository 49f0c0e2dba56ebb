"""The console's first page: what waits for whoever has come in."""

import re

from playwright.async_api import expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import POCKET, Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST

TO_DOS = ("approvals", "deadLetters", "overdueWork", "failedJobs")
LAYOUT_SHIFT = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((one) => (sum += one.value)))
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => resolve(sum)));
})"""


@FIRST_AT_DESK
async def test_an_administrator_sees_what_waits_and_how_often_people_signed_in(
    operator: Operator, admin_api: StaffApi
) -> None:
    waiting = (await admin_api.get("/platform/v1/approvals?status=pending&size=1"))["total"]
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await operator.page.reload()
    for key in TO_DOS:
        await expect(operator.seen(f"to-do-{key}").locator("strong")).to_have_text(re.compile(r"^\d+$"))
    await expect(operator.seen("to-do-approvals").locator("strong")).to_have_text(str(waiting))
    panel = operator.seen("sign-in-panel")
    await expect(operator.seen("as-of", within=panel)).to_be_visible()
    await expect(panel.locator("svg text", has_text=operator.word("登录成功", "Signed in"))).to_be_visible()
    assert await operator.page.evaluate(LAYOUT_SHIFT) < 0.1
    calm = "getComputedStyle(document.documentElement).getPropertyValue('--calm').trim()"
    bars = await operator.page.evaluate(calm)
    await expect(panel.locator(f'svg path[fill="{bars}"]').filter(visible=True).first).to_be_visible()

    await operator.press("as-table")

    table = operator.seen("trend-table", within=panel)
    await expect(table.locator("tbody tr")).to_have_count(7)
    await expect(table.locator("tbody tr").last.get_by_role("link").first).to_have_text(re.compile(r"^[1-9]"))
    assert await nameless_controls(operator.page) == []
    assert await overflow_px(operator.page) == 0
    await operator.press("to-do-approvals")
    await expect(operator.page).to_have_url(re.compile(r"/sys/approval\?status=pending$"))


@FIRST_AT_DESK
async def test_the_chart_takes_the_colours_of_the_theme_that_is_chosen(operator: Operator) -> None:
    await operator.sign_in("admin", ADMIN_PASSWORD)
    labels = operator.seen("sign-in-panel").locator("svg text")
    await expect(labels.first).to_be_visible()
    before = await labels.first.get_attribute("fill")

    await operator.press("account-menu")
    await operator.press("theme-light" if operator.screen is POCKET else "theme-dark")

    await expect(labels.first).not_to_have_attribute("fill", before or "")
    ink = "getComputedStyle(document.documentElement).getPropertyValue('--ink-soft').trim()"
    await expect(labels.first).to_have_attribute("fill", await operator.page.evaluate(ink))


@FIRST_IN_POCKET
async def test_an_account_without_these_permissions_is_welcomed_with_its_menus(
    operator: Operator, admin_api: StaffApi
) -> None:
    username = await admin_api.hire_settled("sys:log:list")
    await operator.sign_in(username, OWN_PASSWORD)

    hello = operator.word(f"你好，{username}", f"Hello, {username}")
    await expect(operator.page.get_by_role("heading", level=1)).to_have_text(hello)
    await expect(operator.seen("places").get_by_role("link")).to_have_count(1)
    await expect(operator.page.get_by_test_id("to-do-panel")).to_have_count(0)
    await expect(operator.page.get_by_test_id("sign-in-panel")).to_have_count(0)
    assert await nameless_controls(operator.page) == []
    assert await overflow_px(operator.page) == 0
    await operator.press(operator.seen("places").get_by_role("link"))
    await expect(operator.seen("list-log")).to_be_visible()


@FIRST_IN_POCKET
async def test_a_role_of_one_counter_sees_that_one_alone(operator: Operator, admin_api: StaffApi) -> None:
    username = await admin_api.hire_settled("sys:dead-letter:list")
    await operator.sign_in(username, OWN_PASSWORD)

    await expect(operator.seen("to-do-deadLetters").locator("strong")).to_have_text(re.compile(r"^\d+$"))
    await expect(operator.seen("to-do-panel").locator("li")).to_have_count(1)
    await expect(operator.page.get_by_test_id("sign-in-panel")).to_have_count(0)
