"""任务日志: a run that was asked for, with its result and duration, and one that failed, with its error."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.async_api import expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD, RunningMall

pytestmark = BROWSER_TEST

RUN_WITHIN_S = 20
BY_HAND = ("手动执行", "By hand")


@contextmanager
def table_away(house: RunningMall, table: str) -> Iterator[None]:
    """The database lacks a table, as after a restore that went wrong."""
    house.change_schema(f"ALTER TABLE {table} RENAME TO {table}_away")
    try:
        yield
    finally:
        house.change_schema(f"ALTER TABLE {table}_away RENAME TO {table}")


async def run_now(operator: Operator) -> None:
    """Run the one job that the list shows, beside its schedule, and wait for its line in the log."""
    await operator.press("run-job")
    await operator.press("ask-confirm")
    await expect(operator.seen("ask-confirm")).to_have_count(0)
    await operator.press("job-log")
    runs = operator.seen("job-run").filter(has_text=operator.word(*BY_HAND))
    async with asyncio.timeout(RUN_WITHIN_S):
        while await runs.count() == 0:
            await operator.press("refresh-runs")


async def job_named(admin: StaffApi, name: str) -> dict[str, Any]:
    """The first job of a registered name."""
    return dict((await admin.get(f"/platform/v1/jobs?name={name}&order=asc"))["items"][0])


@FIRST_AT_DESK
async def test_a_run_by_hand_leaves_a_line_with_its_result_its_duration_and_its_parameters(
    operator: Operator, admin_api: StaffApi
) -> None:
    group = f"by-hand-{operator.screen.name}"
    body = {
        "bean_name": "testTask",
        "params": "written for the log",
        "group": group,
        "trigger": {"kind": "cron", "expression": "0 0 4 1 1 ?"},
    }
    job = await admin_api.post("/platform/v1/jobs", body)
    await operator.arrive("admin", ADMIN_PASSWORD, "/job/schedule")
    await operator.open(f"/job/schedule?group={group}")
    await run_now(operator)

    run = operator.seen("job-run")
    await expect(run).to_contain_text(operator.word("成功", "Succeeded"))
    await operator.press("all-runs")

    await expect(operator.page).to_have_url(re.compile(rf"/job/log\?job_id={job['job_id']}$"))
    await expect(operator.seen("list-row")).to_have_count(1)
    await operator.open_row()
    (written,) = (await admin_api.get(f"/platform/v1/job-logs?job_id={job['job_id']}"))["items"]
    detail = operator.seen("detail")
    took = operator.word(f"{written['times']} 毫秒", f"{written['times']} ms")
    for shown in (operator.word("成功", "Succeeded"), took, "written for the log", written["node"]):
        await expect(detail).to_contain_text(shown)
    assert await nameless_controls(operator.page) == []
    assert await overflow_px(operator.page) <= 0
    assert (written["status"], written["error"]) == (0, None)


@FIRST_IN_POCKET
async def test_a_run_that_fails_shows_its_error_and_stands_among_the_failed_ones(
    operator: Operator, admin_api: StaffApi
) -> None:
    job = await job_named(admin_api, "forget_slow_statements")
    rights = ("sys:schedule:list", "sys:schedule:run", "sys:schedule:log")
    await operator.arrive(await admin_api.hire_settled(*rights), OWN_PASSWORD, "/job/schedule")
    await operator.open("/job/schedule?name=forget_slow_statements")
    with table_away(operator.house, "slow_statement"):
        await run_now(operator)

    run = operator.seen("job-run").filter(has_text=operator.word(*BY_HAND)).first
    await expect(run).to_contain_text(operator.word("失败", "Failed"))
    await expect(run).to_contain_text("no such table: slow_statement")
    assert await nameless_controls(operator.page) == []
    assert await overflow_px(operator.page) <= 0
    await operator.press("all-runs")
    await expect(operator.page).to_have_url(re.compile(rf"job_id={job['job_id']}$"))
    await operator.press(f"view-{operator.word('失败的', 'Failed')}")
    await expect(operator.page).to_have_url(re.compile(r"/job/log\?status=1$"))
    failed = operator.seen("list-row").filter(has_text="forget_slow_statements").first
    await operator.press(failed.get_by_test_id("row-open"))
    await expect(operator.seen("detail")).to_contain_text("no such table: slow_statement")
    assert await overflow_px(operator.page) <= 0
