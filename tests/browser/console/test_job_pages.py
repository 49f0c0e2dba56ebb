"""Scheduled jobs and their log as an operator works with them."""

from playwright.async_api import expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST


@FIRST_AT_DESK
async def test_a_job_is_added_with_its_next_ten_runs_in_sight_and_then_run_paused_and_deleted(
    operator: Operator, admin_api: StaffApi
) -> None:
    operator.watch.expect(422)
    await operator.arrive("admin", ADMIN_PASSWORD, "/job/schedule")
    await operator.press("add-job")
    await operator.press("job-name")
    await operator.press(operator.page.get_by_role("option").filter(has_text="(testTask)"))
    await operator.seen("job-params").fill("from the console")
    await operator.seen("cron").fill("0 0 25 * * ?")
    await expect(operator.seen("trigger-problem")).to_contain_text(
        operator.word("第 5 个字符", "character 5")
    )
    await operator.seen("cron").fill("0 15 4 ? * MON")
    await expect(operator.seen("preview-words")).to_contain_text("04:15")
    await expect(operator.seen("preview").locator("time")).to_have_count(10)
    await expect(operator.seen("trigger-problem")).to_have_count(0)
    assert await nameless_controls(operator.page) == []
    assert await overflow_px(operator.page) <= 0

    await operator.press("form-save")

    await expect(operator.seen("form-save")).to_have_count(0)
    await operator.open("/job/schedule?name=testTask")
    added = operator.seen("list-row").filter(has_text="04:15")
    await expect(added).to_have_count(1)
    jobs = (await admin_api.get("/platform/v1/jobs?name=testTask"))["items"]
    (job,) = [one for one in jobs if one["cron_expression"] == "0 15 4 ? * MON"]
    assert (job["params"], job["status"]) == ("from the console", 0)

    await operator.press(added.get_by_test_id("pause-job"))
    await operator.press("ask-confirm")
    await expect(added.get_by_test_id("resume-job")).to_be_visible()
    await operator.press(added.get_by_test_id("run-job"))
    await operator.press("ask-confirm")
    await expect(operator.seen("ask-confirm")).to_have_count(0)
    path = f"/platform/v1/jobs/{job['job_id']}"
    assert (await admin_api.get(path))["status"] == 1

    await operator.press(added.get_by_test_id("row-open"))
    await operator.press("delete-job")
    await operator.press("ask-confirm")
    await expect(added).to_have_count(0)


@FIRST_IN_POCKET
async def test_somebody_who_may_only_look_sees_jobs_and_their_log_without_a_button_that_changes_them(
    operator: Operator, admin_api: StaffApi
) -> None:
    await operator.sign_in(
        await admin_api.hire_settled("sys:schedule:list", "sys:schedule:log"), OWN_PASSWORD
    )
    await operator.choose_menu("job/schedule")
    await expect(operator.seen("list-row").first).to_be_visible()
    assert await overflow_px(operator.page) <= 0
    assert await nameless_controls(operator.page) == []
    for forbidden in ("add-job", "run-job", "pause-job"):
        await expect(operator.seen(forbidden)).to_have_count(0)

    await operator.open_row()
    await expect(operator.seen("edit-job")).to_have_count(0)
    await operator.page.keyboard.press("Escape")
    await operator.press("open-state")
    await expect(operator.seen("node-row").first).to_contain_text(operator.word("正常", "Alive"))

    await operator.open("/job/log?bean_name=no_such_job")
    await expect(operator.seen("list-empty")).to_be_visible()
