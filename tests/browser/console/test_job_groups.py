"""任务组 and 节假日日历: several jobs rest at once, and days are left out."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST

BEIJING = ZoneInfo("Asia/Shanghai")
RUN_WITHIN_S = 20


async def begin_job(operator: Operator, *, cron: str, params: str) -> None:
    """Fill in the form of a new sample job, and open its further settings."""
    await operator.press("add-job")
    await operator.press("job-name")
    await operator.press(operator.page.get_by_role("option").filter(has_text="(testTask)"))
    await operator.seen("cron").fill(cron)
    await operator.seen("job-params").fill(params)
    await operator.press("job-more")


async def save(operator: Operator) -> None:
    await operator.press("form-save")
    await expect(operator.seen("form-save")).to_have_count(0)


async def name_group(operator: Operator, name: str) -> None:
    """Write a group's name; a name that is new makes a group."""
    field = operator.seen("job-group").get_by_role("combobox")
    await operator.press(field)
    await field.fill(name)
    await operator.page.keyboard.press("Enter")


async def edit_only_row(operator: Operator) -> None:
    """Open the form of the one job that the list shows."""
    await operator.open_row()
    await operator.press("edit-job")
    await expect(operator.seen("cron")).to_be_visible()


async def group_row(operator: Operator, name: str) -> Locator:
    """Open the drawer of the groups; the row of one."""
    await operator.press("open-groups")
    row = operator.seen("job-group-row").filter(has_text=name)
    await expect(row).to_be_visible()
    return row


async def toggle_group(operator: Operator, row: Locator, *, ends: tuple[str, str]) -> None:
    """Pause or resume a group, which then stands so; close the drawer."""
    await operator.press(row.get_by_test_id("toggle-group"))
    await operator.press("ask-confirm")
    await expect(row).to_contain_text(operator.word(*ends))
    await operator.page.keyboard.press("Escape")
    await expect(row).to_have_count(0)


async def the_job(admin: StaffApi, params: str) -> dict[str, Any]:
    """The job with these parameters."""
    items = (await admin.get("/platform/v1/jobs?name=testTask&size=100"))["items"]
    (job,) = [one for one in items if one["params"] == params]
    return dict(job)


async def see_seconds_pass(admin: StaffApi, params: str) -> None:
    """Wait until a job of every second, in no group that rests, has run twice."""
    every_second = {"kind": "cron", "expression": "* * * * * ?"}
    body = {"bean_name": "testTask", "params": params, "trigger": every_second}
    job_id = (await admin.post("/platform/v1/jobs", body))["job_id"]
    async with asyncio.timeout(RUN_WITHIN_S):
        while (await admin.get(f"/platform/v1/job-logs?job_id={job_id}"))["total"] < 2:
            await asyncio.sleep(0.2)
    await admin.delete(f"/platform/v1/jobs/{job_id}")


@FIRST_AT_DESK
async def test_a_group_is_named_rests_whatever_its_job_says_goes_on_and_gives_its_job_away(
    operator: Operator, admin_api: StaffApi
) -> None:
    group, params = f"nightly-{operator.screen.name}", f"grouped at {operator.screen.name}"
    await operator.arrive("admin", ADMIN_PASSWORD, "/job/schedule")
    await begin_job(operator, cron="0 0 4 1 1 ?", params=params)
    await name_group(operator, group)
    await save(operator)

    await toggle_group(operator, await group_row(operator, group), ends=("已暂停", "Paused"))
    await operator.open(f"/job/schedule?group={group}")
    job = operator.seen("list-row")
    await expect(job).to_contain_text(operator.word("任务组已暂停", "Group paused"))
    await edit_only_row(operator)
    await operator.seen("cron").fill("* * * * * ?")
    await save(operator)
    await operator.page.keyboard.press("Escape")
    job_id = (await the_job(admin_api, params))["job_id"]
    row = await group_row(operator, group)
    await see_seconds_pass(admin_api, f"beside {group}")
    assert (await admin_api.get(f"/platform/v1/job-logs?job_id={job_id}"))["total"] == 0
    await toggle_group(operator, row, ends=("已启用", "Active"))

    await operator.press(job.get_by_test_id("job-log"))
    runs = operator.seen("job-run")
    async with asyncio.timeout(RUN_WITHIN_S):
        while await runs.count() == 0:
            await operator.press("refresh-runs")
    await expect(runs.first).to_contain_text(operator.word("成功", "Succeeded"))
    await operator.page.keyboard.press("Escape")

    await edit_only_row(operator)
    await operator.press("job-more")
    await name_group(operator, f"daily-{operator.screen.name}")
    await save(operator)
    await operator.open(f"/job/schedule?group=daily-{operator.screen.name}")
    await operator.open_row()
    await operator.press("delete-job")
    await operator.press("ask-confirm")
    await expect(operator.seen("list-empty")).to_be_visible()


@FIRST_AT_DESK
async def test_days_of_a_calendar_are_missing_among_the_next_ten_of_a_job_that_obeys_it(
    operator: Operator, admin_api: StaffApi
) -> None:
    name, params = f"节假日 {operator.screen.name}", f"obeying at {operator.screen.name}"
    today = datetime.now(BEIJING).date()
    holiday, anniversary = today + timedelta(days=3), today + timedelta(days=5)
    operator.watch.expect(409)
    await operator.arrive("admin", ADMIN_PASSWORD, "/job/schedule")
    await operator.press("open-calendars")
    await operator.press("add-calendar")
    await operator.seen("calendar-name").fill(name)
    await operator.seen("calendar-dates").fill("2026-02-30")
    await operator.press("form-save")
    await expect(operator.page.get_by_role("alert").filter(has_text="2026-02-30")).to_be_visible()
    await operator.seen("calendar-dates").fill(holiday.isoformat())
    await operator.seen("calendar-yearly").fill(anniversary.strftime("%m-%d"))
    assert await nameless_controls(operator.page) == []
    assert await overflow_px(operator.page) <= 0
    await save(operator)
    calendar = operator.seen("calendar-row").filter(has_text=name)
    await expect(calendar).to_contain_text(
        operator.word("1 个日期，1 个每年，0 个调休", "1 dates, 1 yearly, 0 worked in exchange")
    )
    await operator.page.keyboard.press("Escape")

    await begin_job(operator, cron="0 0 9 * * ?", params=params)
    moments = operator.seen("preview").locator("time")
    left_out = [moments.and_(at_nine(operator, day)) for day in (holiday, anniversary)]
    await expect(moments).to_have_count(10)
    for moment in left_out:
        await expect(moment).to_have_count(1)
    await operator.press("job-calendar")
    await operator.press(operator.page.get_by_role("option", name=name))

    for moment in left_out:
        await expect(moment).to_have_count(0)
    await expect(moments).to_have_count(10)
    await save(operator)
    assert (await the_job(admin_api, params))["calendar_name"] == name
    await operator.press("open-calendars")
    await operator.press(calendar.get_by_test_id("delete-calendar"))
    await operator.press("ask-confirm")
    used = operator.word("仍有任务使用该节假日日历", "Jobs still use this holiday calendar")
    await expect(operator.page.get_by_role("alert").filter(has_text=used)).to_be_visible()


def at_nine(operator: Operator, day: object) -> Locator:
    """The moment of nine o'clock in Beijing on this day."""
    return operator.page.locator(f'time[datetime^="{day}T01:00:00"]')


@FIRST_IN_POCKET
async def test_whoever_may_only_look_sees_groups_and_calendars_and_changes_neither(
    operator: Operator, admin_api: StaffApi
) -> None:
    group, name = f"looked-at-{operator.screen.name}", f"looked at {operator.screen.name}"
    await admin_api.post(f"/platform/v1/job-groups/{group}/pause")
    days = {
        "dates": ["2027-01-01"],
        "yearly": [],
        "weekdays": [7, 1],
        "workdays": [],
        "zone": "Asia/Shanghai",
    }
    await admin_api.put(f"/platform/v1/job-calendars/{name}", {"days": days, "remark": "new year"})
    await operator.arrive(await admin_api.hire_settled("sys:schedule:list"), OWN_PASSWORD, "/job/schedule")

    row = await group_row(operator, group)
    await expect(row).to_contain_text(operator.word("已暂停", "Paused"))
    await expect(operator.seen("toggle-group")).to_have_count(0)
    await operator.page.keyboard.press("Escape")
    await operator.press("open-calendars")
    await expect(operator.seen("calendar-row").filter(has_text=name)).to_contain_text("new year")
    for absent in ("add-calendar", "edit-calendar", "delete-calendar"):
        await expect(operator.seen(absent)).to_have_count(0)
    assert await nameless_controls(operator.page) == []
    assert await overflow_px(operator.page) <= 0
    refused = await operator.context.request.post(
        f"{operator.house.url}/platform/v1/job-groups/{group}/resume", headers={"X-Wanpu-Console": "1"}
    )
    assert refused.status == 403
