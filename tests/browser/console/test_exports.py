"""Exports and saved views: a filtered list becomes a file in the background, and a view follows its owner."""

import csv
import io
import re
from pathlib import Path

from playwright.async_api import expect
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST


async def test_a_filtered_log_is_exported_and_its_file_holds_what_the_page_showed(
    operator: Operator, admin_api: StaffApi, tmp_path: Path
) -> None:
    username = await admin_api.hire("sys:log:list")
    staff = await admin_api.get(f"/platform/v1/staff?username={username}")
    (account,) = [one for one in staff["items"] if one["username"] == username]
    subject = f"staff:{account['user_id']}"
    await admin_api.patch(f"/platform/v1/staff/{account['user_id']}", {"email": "new@example.com"})
    await operator.arrive("admin", ADMIN_PASSWORD, "/sys/log")
    await operator.open_filters()
    await operator.seen("filter-subject").fill(subject)
    await operator.press("apply-filters")
    await expect(operator.page).to_have_url(re.compile(rf"subject={subject}$"))
    await expect(operator.seen("list-row")).to_have_count(2)

    await operator.press("list-export")
    done = operator.seen("exports").get_by_test_id("export-done").first
    await expect(done).to_contain_text(operator.word("2 行", "2 rows"))
    assert await nameless_controls(operator.page) == []
    assert await overflow_px(operator.page) == 0

    await operator.page.reload()
    await operator.press("open-exports")
    async with operator.page.expect_download() as coming:
        await operator.press(done.get_by_test_id("export-download"))
    download = await coming.value
    assert download.suggested_filename.endswith(".csv")
    await download.save_as(tmp_path / "log.csv")
    content = (tmp_path / "log.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    titles, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert titles[4:6] == operator.word("操作 对象", "Operation Subject").split()
    assert [row[4:6] for row in rows] == [["staff.change", subject], ["staff.create", subject]]

    await operator.press(done.get_by_test_id("export-remove"))
    await expect(operator.seen("exports").get_by_test_id("export-done")).to_have_count(0)


async def test_a_saved_view_is_there_in_another_browser_and_nobody_else_sees_it(
    operator: Operator, second_operator: Operator, admin_api: StaffApi
) -> None:
    colleague = await admin_api.colleague("sys:log:list")
    username = (await colleague.get("/console/v1/me"))["username"]
    await operator.arrive(username, OWN_PASSWORD, "/sys/log?operation=staff.create")
    await operator.press("save-view")
    await operator.seen("view-name").fill("新开账号 🛒")
    await operator.press("view-save")
    await expect(operator.seen("view-新开账号 🛒")).to_have_attribute("aria-pressed", "true")

    await second_operator.arrive(username, OWN_PASSWORD, "/sys/log")
    await second_operator.press("view-新开账号 🛒")
    await expect(second_operator.page).to_have_url(re.compile(r"operation=staff\.create$"))
    cross = second_operator.word("删除视图 新开账号 🛒", "Delete the view 新开账号 🛒")
    await second_operator.press(second_operator.page.get_by_label(cross))
    await expect(second_operator.seen("view-新开账号 🛒")).to_have_count(0)

    await operator.page.reload()
    await expect(operator.seen("list-log")).to_be_visible()
    await expect(operator.seen("save-view")).to_be_visible()
    await expect(operator.seen("view-新开账号 🛒")).to_have_count(0)
