"""Slow, broken and lost answers: a page says what happened, and nothing is done twice or lost."""

import pytest
from playwright.async_api import Page, Request, Route, expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.held import answer_late, held
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import StaffApi
from tests.browser.console.writes import writes_of
from tests.browser.marks import BROWSER_TEST
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST

LOGS = "**/platform/v1/login-logs?*"
ROLES = "**/platform/v1/roles"
NAV = "**/console/v1/nav"
BAD_GATEWAY = "<html><body>502 Bad Gateway</body></html>"


async def fail_with(page: Page, pattern: str, status: int) -> None:
    """Answer like a proxy whose mall is away, until the pattern is unrouted."""
    await page.route(
        pattern, lambda route: route.fulfill(status=status, content_type="text/html", body=BAD_GATEWAY)
    )


async def count_roles(admin: StaffApi, name: str) -> int:
    """How many roles have this name."""
    found = (await admin.get(f"/platform/v1/roles?role_name={name}"))["items"]
    return sum(one["role_name"] == name for one in found)


async def start_role(operator: Operator, name: str) -> None:
    """Fill in a new role."""
    await operator.arrive("admin", ADMIN_PASSWORD, "/sys/role")
    await operator.press("add-role")
    await operator.seen("field-role-name").fill(name)


@FIRST_AT_DESK
@pytest.mark.parametrize("status", [500, 503])
async def test_a_list_that_fails_says_so_and_is_there_at_the_next_try(
    operator: Operator, status: int
) -> None:
    operator.watch.expect(status)
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await fail_with(operator.page, LOGS, status)
    await operator.choose_menu("sys/login-log")
    failure = operator.seen("list-failure")
    await expect(failure).to_contain_text(str(status))
    await operator.page.unroute(LOGS)

    await operator.press(failure.get_by_role("button"))

    await expect(operator.seen("list-row").first).to_be_visible()
    await expect(failure).to_have_count(0)


@FIRST_IN_POCKET
async def test_a_list_without_a_network_says_so_and_is_there_when_it_is_back(operator: Operator) -> None:
    operator.watch.expect_lost_answers()
    await operator.arrive("admin", ADMIN_PASSWORD, "/sys/login-log")
    await expect(operator.seen("list-row").first).to_be_visible()
    await operator.context.set_offline(True)
    await operator.press("list-refresh")
    failure = operator.seen("list-failure")
    await expect(failure).to_contain_text(operator.word("没有收到服务器的回应", "The server did not answer"))
    await operator.context.set_offline(False)

    await operator.press(failure.get_by_role("button"))

    await expect(operator.seen("list-row").first).to_be_visible()


@FIRST_AT_DESK
async def test_a_slow_list_shows_that_it_is_under_way_and_the_last_question_wins(operator: Operator) -> None:
    await operator.sign_in("admin", ADMIN_PASSWORD)
    async with held(operator.page, LOGS, only=1) as first:
        await operator.choose_menu("sys/login-log")
        loading = operator.seen("list-login-log").get_by_role("status")
        await expect(loading).to_be_visible()
        await expect(operator.page.get_by_role("heading", level=1)).to_be_visible()
        await operator.open_filters()
        await operator.seen("filter-username").fill("nobody.at.all")
        await operator.press("apply-filters")
        await expect(operator.seen("list-empty")).to_be_visible()

        await answer_late(operator.page, LOGS, first)

        await expect(operator.seen("list-empty")).to_be_visible()
        await expect(operator.seen("list-row")).to_have_count(0)


@FIRST_AT_DESK
async def test_a_slow_save_is_sent_once_however_often_it_is_asked_for(
    operator: Operator, admin_api: StaffApi
) -> None:
    name = f"slow {operator.screen.name}"
    await start_role(operator, name)
    writes = writes_of(operator.page)
    async with held(operator.page, ROLES) as line:
        await operator.seen("form-save").dblclick()
        for keys in ("Control+s", "Control+s", "Enter", "Escape"):
            await operator.page.keyboard.press(keys)
        await expect(operator.seen("field-role-name")).to_have_value(name)
        line.release.set()
        await expect(operator.seen("form-save")).to_have_count(0)

    assert writes.sent == ["POST /platform/v1/roles"]
    assert await count_roles(admin_api, name) == 1


@FIRST_AT_DESK
async def test_keys_and_clicks_after_a_quick_save_send_nothing_more(
    operator: Operator, admin_api: StaffApi
) -> None:
    name = f"quick {operator.screen.name}"
    await operator.page.emulate_media(reduced_motion="no-preference")
    await start_role(operator, name)
    writes = writes_of(operator.page)
    await operator.seen("form-save").hover()  # waits until the drawer stands still
    box = await operator.seen("form-save").bounding_box()
    assert box is not None
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    async with operator.page.expect_response(lambda answer: answer.request.method == "POST"):
        await operator.page.mouse.click(*place)
    for _ in range(12):
        await operator.page.mouse.click(*place)
        await operator.page.keyboard.press("Control+s")

    await expect(operator.seen("form-save")).to_have_count(0)
    await operator.page.keyboard.press("Control+s")
    await expect(operator.seen("list-row").filter(has_text=name)).to_have_count(1)
    assert writes.sent == ["POST /platform/v1/roles"]
    assert await count_roles(admin_api, name) == 1


@FIRST_AT_DESK
@pytest.mark.parametrize("status", [500, 502])
async def test_a_save_that_fails_keeps_the_form_and_can_be_sent_again(
    operator: Operator, admin_api: StaffApi, status: int
) -> None:
    operator.watch.expect(status)
    name = f"fails {status} {operator.screen.name}"
    await start_role(operator, name)
    await fail_with(operator.page, ROLES, status)
    await operator.press("form-save")
    failure = operator.seen("form-failure")
    await expect(failure).to_contain_text(str(status))
    await expect(failure).to_contain_text(operator.word("请先刷新确认结果", "look at the result first"))
    await expect(operator.seen("field-role-name")).to_have_value(name)
    await operator.page.unroute(ROLES)

    await operator.press("form-save")

    await expect(operator.seen("list-row").filter(has_text=name)).to_have_count(1)
    assert await count_roles(admin_api, name) == 1


@FIRST_IN_POCKET
async def test_an_answer_that_is_lost_is_no_failure_and_a_reload_shows_what_was_done(
    operator: Operator, admin_api: StaffApi
) -> None:
    operator.watch.expect_lost_answers()
    name = f"lost {operator.screen.name}"
    await start_role(operator, name)

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort("timedout")

    await operator.page.route(ROLES, lose)
    await operator.press("form-save")

    await expect(operator.seen("form-failure")).to_contain_text(
        operator.word("请先刷新确认结果", "look at the result before you try again")
    )
    assert await count_roles(admin_api, name) == 1
    operator.page.once("dialog", lambda dialog: dialog.accept())
    await operator.page.reload()
    await expect(operator.seen("list-row").filter(has_text=name)).to_have_count(1)
    assert await count_roles(admin_api, name) == 1


@FIRST_AT_DESK
async def test_a_console_whose_menus_do_not_come_shows_that_it_tries_and_offers_another_try(
    operator: Operator,
) -> None:
    operator.watch.expect(503)
    await operator.sign_in("admin", ADMIN_PASSWORD)
    async with held(operator.page, NAV):
        await operator.page.reload(wait_until="commit")
        await expect(operator.seen("starting")).to_be_visible()
    await expect(operator.seen("home-page")).to_be_visible()

    await fail_with(operator.page, NAV, 503)
    await operator.page.reload()
    again = operator.page.get_by_role("button", name=operator.word("再试一次", "Try again"))
    await expect(again).to_be_visible()
    await operator.page.unroute(NAV)

    await operator.press(again)

    await expect(operator.seen("home-page")).to_be_visible()


@FIRST_IN_POCKET
async def test_a_page_that_cannot_be_fetched_is_said_on_the_page_in_sight_and_opens_when_it_can(
    operator: Operator,
) -> None:
    operator.watch.expect_lost_answers()
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await operator.context.set_offline(True)

    await operator.choose_menu("sys/role")

    note = operator.word("页面的文件没有取到", "The page could not be fetched")
    await expect(operator.page.get_by_text(note)).to_be_visible()
    await expect(operator.seen("home-page")).to_be_visible()
    await operator.context.set_offline(False)
    await operator.choose_menu("sys/role")
    await expect(operator.seen("list-role")).to_be_visible()


async def update_mall(page: Page) -> None:
    """What the page in front has not fetched yet is gone; the new build that it can load has all files."""
    is_old = True

    async def answer(route: Route) -> None:
        await (route.fulfill(status=404) if is_old else route.continue_())

    def note(request: Request) -> None:
        nonlocal is_old
        is_old = is_old and not request.is_navigation_request()

    page.on("request", note)
    await page.route("**/*.js", answer)


@FIRST_AT_DESK
async def test_a_page_whose_file_went_with_an_update_is_opened_from_the_new_build(operator: Operator) -> None:
    operator.watch.expect(404)
    await operator.sign_in("admin", ADMIN_PASSWORD)
    for menu, name in (("sys/role", "role"), ("sys/login-log", "login-log")):
        await operator.page.evaluate("() => { window.isOldBuild = true; }")
        await update_mall(operator.page)

        await operator.choose_menu(menu)

        await expect(operator.seen(f"list-{name}")).to_be_visible()
        assert await operator.page.evaluate("() => window.isOldBuild") is None
        await operator.page.unroute_all(behavior="wait")
