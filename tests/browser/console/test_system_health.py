"""System health and the SQL monitor as an operator reads them."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.async_api import expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import DESK, Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import headings, nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD, RunningMall

pytestmark = BROWSER_TEST

REFRESH_MS = 15_000
SLOW_MS = 200
"""A statement that takes this long is counted."""
WAITS_S = 0.5
"""How long a statement is held up, beyond the time that its request usually takes."""
KEPT_WITHIN_S = 30
"""Counts are added to the table every ten seconds."""
LONG_STATEMENT = "SELECT " + ", ".join(f"journey.column_{number}" for number in range(30)) + " FROM journey"
SHORT_STATEMENT = "UPDATE journey SET column_1 = ?"


def add_dead_letter(house: RunningMall, event_id: int) -> None:
    """An event that a handler gave up on."""
    house.change_rows(
        "INSERT INTO dead_letter (event_id, handler, name, payload, error, attempts, created_at, updated_at)"
        " VALUES (?, 'journey', 'JourneyMade', '{}', 'ValueError: no', 8, '2026-11-24 08:00:00.000000',"
        " '2026-11-24 08:00:00.000000')",
        event_id,
    )


def add_slow_statements(house: RunningMall, at: str) -> None:
    """Two statements as processes have counted them; `at` is ISO 8601 UTC."""
    stored_at = at.replace("T", " ").replace("Z", ".000000")
    for fingerprint, statement, runs, total_ms, longest_ms in (
        ("a" * 64, LONG_STATEMENT, 4, 2_000, 900),
        ("b" * 64, SHORT_STATEMENT, 900_000, 1_800_000, 700),
    ):
        house.change_rows(
            "INSERT INTO slow_statement (fingerprint, statement, runs, total_ms, longest_ms, last_at,"
            " created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            fingerprint,
            statement,
            runs,
            total_ms,
            longest_ms,
            stored_at,
            stored_at,
        )


@contextmanager
def schema_of_another_version(house: RunningMall) -> Iterator[None]:
    """The database as an update that stopped half way leaves it."""
    [(newest,)] = house.read_rows("SELECT version_num FROM alembic_version")
    house.change_rows("UPDATE alembic_version SET version_num = '0001'")
    try:
        yield
    finally:
        house.change_rows("UPDATE alembic_version SET version_num = ?", newest)


async def kept_statement(admin: StaffApi, text: str, *, runs: int) -> None:
    """Wait until the mall has counted so many runs of one statement."""
    async with asyncio.timeout(KEPT_WITHIN_S):
        while True:
            items = (await admin.get("/platform/v1/slow-statements"))["items"]
            if any(one["statement"] == text and one["runs"] >= runs for one in items):
                return
            await asyncio.sleep(0.2)


async def hold_up(house: RunningMall, write: Callable[[], Awaitable[object]]) -> None:
    """Send a write while the database is locked, and open it once the write has waited."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await write()
    usual_s = loop.time() - began
    with house.locked_database():
        waiting = asyncio.ensure_future(write())
        done, _ = await asyncio.wait([waiting], timeout=3 * usual_s + WAITS_S)
        assert not done
    await waiting


async def page_faults(operator: Operator) -> list[str]:
    """What is wrong with the page in front, on any screen."""
    faults = await nameless_controls(operator.page)
    if wider := await overflow_px(operator.page):
        faults.append(f"{wider} px wider than the screen")
    if len(titles := await headings(operator.page)) != 1:
        faults.append(f"main headings {titles}")
    return faults


@FIRST_AT_DESK
async def test_an_administrator_sees_parts_backlog_and_nodes_and_they_follow_what_happens(
    operator: Operator, admin_api: StaffApi
) -> None:
    before = (await admin_api.get("/platform/v1/health"))["open_dead_letters"]
    await operator.page.clock.install()
    await operator.arrive("admin", ADMIN_PASSWORD, "/sys/health")
    verdict = operator.seen("verdict")
    await expect(verdict).to_have_text(operator.word("各部件正常", "Every part is sound"))
    for part in ("database", "cache", "loops"):
        await expect(operator.seen(f"part-{part}")).to_contain_text(operator.word("正常", "Sound"))
    letters = operator.seen("count-open_dead_letters")
    await expect(letters.locator("strong")).to_have_text(str(before))
    await expect(operator.seen("node").first).to_contain_text(operator.word("在线", "Alive"))
    assert await page_faults(operator) == []

    add_dead_letter(operator.house, 9_001 if operator.screen is DESK else 9_002)
    with schema_of_another_version(operator.house):
        await operator.page.clock.run_for(REFRESH_MS)
        await expect(verdict).to_have_text(operator.word("1 个部件有问题", "Parts with a problem: 1"))
        await expect(operator.seen("part-database")).to_contain_text("the schema stands at 0001")

    await expect(letters.locator("strong")).to_have_text(str(before + 1))
    await operator.press(letters)
    await expect(operator.page).to_have_url(re.compile(r"/sys/dead-letter\?is_open=true$"))
    await expect(operator.seen("list-row").first).to_contain_text("JourneyMade")


@FIRST_IN_POCKET
async def test_a_role_of_health_alone_sees_numbers_without_ways_to_what_it_may_not_open(
    operator: Operator, admin_api: StaffApi
) -> None:
    username = await admin_api.hire_settled("sys:health:list")
    await operator.sign_in(username, OWN_PASSWORD)

    await operator.choose_menu("sys/health")

    await expect(operator.seen("verdict")).to_be_visible()
    letters = operator.seen("count-open_dead_letters")
    await expect(letters.locator("strong")).to_have_text(re.compile(r"^\d+$"))
    assert await letters.get_attribute("href") is None
    await expect(operator.page.get_by_test_id("node")).to_have_count(0)
    assert await page_faults(operator) == []


@pytest.mark.requirement("S0-136")
@FIRST_AT_DESK
async def test_a_statement_that_really_had_to_wait_is_counted_with_its_time(
    operator: Operator, admin_api: StaffApi
) -> None:
    await admin_api.delete("/platform/v1/slow-statements")
    staff_id = (await admin_api.get("/console/v1/me"))["user_id"]
    for _ in range(2):
        await hold_up(
            operator.house, lambda: admin_api.patch(f"/platform/v1/staff/{staff_id}", {"email": None})
        )
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await kept_statement(admin_api, "BEGIN IMMEDIATE", runs=2)

    async with operator.page.expect_response("**/platform/v1/slow-statements?*") as shown:
        await operator.choose_menu("sys/sql")

    items = (await (await shown.value).json())["items"]
    (waited,) = [one for one in items if one["statement"] == "BEGIN IMMEDIATE"]
    assert waited["longest_ms"] >= SLOW_MS
    assert waited["total_ms"] >= waited["longest_ms"] + SLOW_MS * (waited["runs"] - 1)
    row = operator.seen("list-row").filter(has_text="BEGIN IMMEDIATE")
    for name in ("runs", "longest_ms", "total_ms"):
        await expect(row).to_contain_text(str(waited[name]))


@FIRST_AT_DESK
async def test_the_sql_monitor_sorts_shows_copies_and_clears_statements_with_their_counts_and_times(
    operator: Operator, admin_api: StaffApi
) -> None:
    add_slow_statements(operator.house, (await admin_api.get("/platform/v1/health"))["at"])
    await operator.arrive("admin", ADMIN_PASSWORD, "/sys/sql")
    rows = operator.seen("list-row")
    await expect(rows.filter(has_text="journey")).to_have_count(2)

    if operator.screen is DESK:
        await operator.press("sort-runs")
        await expect(operator.page).to_have_url(re.compile(r"sort=runs$"))
        await expect(rows.first).to_contain_text(SHORT_STATEMENT)
        await expect(rows.first.locator("td.right")).to_have_text(["900000", "2", "700", "1800000"])
    long = rows.filter(has_text="journey.column_29")
    whole = operator.seen("statement", within=long)
    folded = await whole.bounding_box()
    await operator.press(operator.seen("expand", within=long))
    await expect(operator.seen("expand", within=long)).to_have_attribute("aria-expanded", "true")
    opened = await whole.bounding_box()
    assert folded is not None
    assert opened is not None
    assert opened["height"] > folded["height"]
    await operator.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await operator.press(operator.seen("copy", within=long))
    await expect(operator.page.get_by_text(operator.word("已复制", "Copied"))).to_be_visible()
    assert await operator.page.evaluate("navigator.clipboard.readText()") == LONG_STATEMENT
    assert await page_faults(operator) == []

    await operator.press("clear")
    await operator.press("ask-confirm")

    await expect(rows.filter(has_text="journey")).to_have_count(0)
    last = (await admin_api.get("/platform/v1/logs?operation=slow_statement.clear&size=1"))["items"][0]
    assert last["username"] == "admin"


@FIRST_IN_POCKET
async def test_a_reader_of_slow_statements_finds_no_way_to_clear_them(
    operator: Operator, admin_api: StaffApi
) -> None:
    username = await admin_api.hire_settled("sys:sql:list")
    await operator.sign_in(username, OWN_PASSWORD)

    await operator.choose_menu("sys/sql")

    await expect(operator.seen("list-sql")).to_be_visible()
    await operator.watch.quiet(operator.page)
    await expect(operator.page.get_by_test_id("clear")).to_have_count(0)
    assert await page_faults(operator) == []
    answer = await operator.context.request.delete(
        f"{operator.house.url}/platform/v1/slow-statements", headers={"X-Wanpu-Console": "1"}
    )
    assert answer.status == 403
