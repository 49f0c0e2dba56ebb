"""The operation log and approvals as an operator works with them."""

import re

import pytest
from playwright.async_api import expect
from tests.browser.console.operator import DESK, Operator
from tests.browser.console.staff_api import StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import headings, nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST

SECRET_OF = {"desk": "s3SecretKey", "pocket": "qiniuSecretKey"}
"""One per screen: a request about the same thing waits only once."""


async def waiting_request(admin: StaffApi, screen_name: str) -> str:
    """A colleague's request that waits for somebody else's decision; its number."""
    await admin.demand_four_eyes()
    colleague = await admin.colleague("sys:secret:update")
    return await colleague.ask_for_secret(SECRET_OF[screen_name], "the provider changed it")


async def test_the_log_is_filtered_by_its_address_and_shows_what_was_changed(
    operator: Operator, admin_api: StaffApi
) -> None:
    username = await admin_api.hire("sys:log:list")
    staff = await admin_api.get(f"/platform/v1/staff?username={username}")
    (account,) = [one for one in staff["items"] if one["username"] == username]
    subject = f"staff:{account['user_id']}"
    await admin_api.patch(f"/platform/v1/staff/{account['user_id']}", {"email": "new@example.com"})
    written = (await admin_api.get(f"/platform/v1/logs?subject={subject}"))["items"]
    operations = [one["operation"] for one in written]
    assert operations[0] == "staff.change"
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await operator.choose_menu("sys/log")
    await expect(operator.seen("list-row").first).to_be_visible()

    await operator.open_filters()
    await operator.seen("filter-subject").fill(subject)
    await operator.press("apply-filters")

    await expect(operator.page).to_have_url(re.compile(rf"subject={subject}$"))
    await expect(operator.seen("list-row")).to_contain_text(operations)
    await operator.page.reload()
    await expect(operator.seen("list-row")).to_contain_text(operations)
    await operator.open_row()
    changes = operator.seen("json-changes")
    await expect(changes).to_contain_text("email")
    await expect(changes).to_contain_text("@example.com")


async def test_a_session_that_ends_while_a_reason_is_written_loses_nothing(
    operator: Operator, admin_api: StaffApi
) -> None:
    approval_id = await waiting_request(admin_api, operator.screen.name)
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await operator.choose_menu("sys/approval")
    await operator.open_row()
    await operator.press("refuse")
    await operator.press("ask-confirm")
    await expect(operator.page.get_by_text(operator.word("请填写原因", "Say why"))).to_be_visible()
    await operator.page.get_by_role("dialog").get_by_role("textbox").fill("Say first what it is for.")
    operator.watch.expect(401)
    operator.house.change_rows("DELETE FROM sys_user_token")

    await operator.press("ask-confirm")
    await expect(operator.seen("field-username")).to_have_value("admin")
    await operator.answer_door("admin", ADMIN_PASSWORD)

    await expect(operator.seen("detail")).to_contain_text("Say first what it is for.")
    await expect(operator.seen("detail")).to_contain_text(operator.word("已拒绝", "Refused"))
    await expect(operator.seen("refuse")).to_have_count(0)
    after = await (await admin_api.as_admin()).approval(approval_id)
    assert (after["status"], after["comment"]) == ("refused", "Say first what it is for.")


async def test_an_agreement_is_carried_out_and_the_list_keeps_its_view(
    operator: Operator, admin_api: StaffApi
) -> None:
    approval_id = await waiting_request(admin_api, operator.screen.name)
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await operator.choose_menu("sys/approval")
    await operator.press(f"view-{operator.word('待审批', 'Waiting')}")
    await expect(operator.page).to_have_url(re.compile(r"status=pending$"))
    await expect(operator.seen("list-row")).to_have_count(1)
    await operator.open_row()
    await operator.press("approve")
    await expect(operator.seen("ask-subject")).to_have_text(
        f"secret:CLOUD_STORAGE_CONFIG_KEY/{SECRET_OF[operator.screen.name]}"
    )

    await operator.press("ask-confirm")

    await expect(operator.seen("list-empty")).to_be_visible()
    after = await admin_api.approval(approval_id)
    assert after["status"] in {"approved", "done"}
    assert after["decided_by_name"] == "admin"


@pytest.mark.parametrize("screen", [DESK], ids=["desk"], indirect=True)
async def test_the_search_box_opens_a_page_by_keyboard_and_tabs_keep_their_filters(
    operator: Operator,
) -> None:
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await operator.page.keyboard.press("Control+k")
    await operator.page.keyboard.type("系统日志")
    await operator.page.keyboard.press("Enter")
    await expect(operator.seen("list-log")).to_be_visible()
    await operator.seen("filter-operation").fill("staff.create")
    await operator.page.keyboard.press("Enter")
    await expect(operator.page).to_have_url(re.compile(r"operation=staff\.create$"))

    await operator.choose_menu("sys/approval")
    await expect(operator.seen("list-approval")).to_be_visible()
    await operator.choose_menu("sys/log")

    await expect(operator.page).to_have_url(re.compile(r"/sys/log\?operation=staff\.create$"))
    await expect(operator.seen("filter-operation")).to_have_value("staff.create")


async def test_every_page_has_names_one_heading_and_fits_its_screen(
    operator: Operator, admin_api: StaffApi
) -> None:
    found = []
    await operator.open()
    await expect(operator.seen("sign-in")).to_be_visible()
    found += await _check(operator, "sign-in")
    await operator.answer_door("admin", ADMIN_PASSWORD)
    await expect(operator.seen("home-page")).to_be_visible()
    found += await _check(operator, "home")
    for url, name in (("sys/log", "log"), ("sys/approval", "approval"), ("sys/dead-letter", "dead-letter")):
        await operator.open(f"/{url}")
        await expect(operator.seen(f"list-{name}")).to_be_visible()
        await operator.watch.quiet(operator.page)
        found += await _check(operator, name)

    assert not found, "\n" + "\n".join(found)


async def _check(operator: Operator, name: str) -> list[str]:
    found = [f"{name}: no name: {one}" for one in await nameless_controls(operator.page)]
    if wider := await overflow_px(operator.page):
        found.append(f"{name}: {wider} px wider than the screen")
    if len(titles := await headings(operator.page)) != 1:
        found.append(f"{name}: main headings {titles}")
    return found
