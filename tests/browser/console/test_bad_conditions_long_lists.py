"""Lists of ten thousand rows: every page is near, the document stays small and nothing jumps."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Page, Request, expect
from tests.browser.console.combinations import FIRST_IN_POCKET
from tests.browser.console.operator import DESK, Operator
from tests.browser.marks import BROWSER_TEST
from tests.browser.running_mall import ADMIN_PASSWORD, RunningMall, running_mall

pytestmark = BROWSER_TEST

ROWS = 10_000
FIRST_ID = 500_000
_NUMBERS = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) "
_AT = "strftime('%Y-%m-%d %H:%M:%f', '2026-01-01', '+' || i || ' seconds')"
STAFF = (
    "INSERT INTO sys_user (user_id, username, password, status, must_change_password, failed_logins,"
    f" created_at, updated_at) {_NUMBERS} SELECT {FIRST_ID} + i, printf('crowd.%05d', i), '', i % 2, 0, 0,"
    f" {_AT}, {_AT} FROM n"
)
LOG = (
    "INSERT INTO sys_log (username, operation, subject, method, params, time, ip, request_id, created_at)"
    f" {_NUMBERS} SELECT printf('crowd.%05d', i), 'crowd.walk', 'crowd:' || i, 'POST /crowd', '', i, '', '',"
    f" {_AT} FROM n"
)
MOST_SHIFT = 0.1
"""Up to here a page counts as one that stands still (cumulative layout shift, "good")."""

WATCH_SHIFTS = """() => {
  globalThis.worstShift = 0;
  let sum = 0, first = 0, last = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries().filter((entry) => !entry.hadRecentInput)) {
      const isNewWindow = one.startTime - last > 1000 || one.startTime - first > 5000;
      [sum, first] = isNewWindow ? [one.value, one.startTime] : [sum + one.value, first];
      last = one.startTime;
      globalThis.worstShift = Math.max(globalThis.worstShift, sum);
    }
  }).observe({ type: "layout-shift" });
}"""


@dataclass
class Reads:
    """Requests of one page to one list of the mall."""

    path: str
    urls: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Count from now on."""
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if re.search(rf"{self.path}(\?|$)", request.url):
            self.urls.append(request.url)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMall]:
    """A mall with ten thousand accounts and as many rows in its log."""
    with running_mall(tmp_path_factory.mktemp("crowded")) as running:
        for statement in (STAFF, LOG):
            running.change_rows(statement)
        yield running


@pytest.fixture
def house(crowded: RunningMall) -> RunningMall:
    """Visited in place of the one that other tests share."""
    return crowded


async def worst_shift(page: Page) -> float:
    """How far things jumped by themselves in their worst moment, as the browser counts it."""
    moved: float = await page.evaluate("globalThis.worstShift")
    return moved


@pytest.mark.parametrize("screen", [DESK], ids=["desk"], indirect=True)
@pytest.mark.parametrize(
    ("menu", "name", "path", "column", "sort"),
    [
        ("sys/user", "staff", "/platform/v1/staff", "username", "username"),
        ("sys/log", "log", "/platform/v1/logs", "time_ms", "time"),
    ],
    ids=["staff", "log"],
)
async def test_ten_thousand_rows_are_paged_sorted_and_filtered_with_a_request_each(
    operator: Operator, menu: str, name: str, path: str, column: str, sort: str
) -> None:
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await operator.page.evaluate(WATCH_SHIFTS)
    reads = Reads(path)
    reads.over(operator.page)
    rows = operator.seen(f"list-{name}").get_by_test_id("list-row")
    await operator.choose_menu(menu)
    await expect(rows).to_have_count(20)
    total = int(re.findall(r"\d+", await operator.seen("list-range").inner_text())[-1])
    assert total >= ROWS

    await operator.seen("list-size").select_option("100")
    await expect(rows).to_have_count(100)
    last = -(-total // 100)
    await operator.seen("list-page-number").fill(str(last))
    await operator.page.keyboard.press("Enter")
    await expect(operator.seen("list-next")).to_be_disabled()
    await expect(rows).to_have_count(total - (last - 1) * 100)
    await operator.press(f"sort-{column}")
    await expect(operator.page).to_have_url(re.compile(rf"sort={sort}"))
    await expect(rows).to_have_count(100)
    await expect(rows.first).to_contain_text("crowd.10000")
    await operator.seen("filter-username").fill("crowd.07777")
    await operator.press("apply-filters")
    await expect(rows).to_have_count(1)

    assert len(reads.urls) == 5, reads.urls
    assert await worst_shift(operator.page) < MOST_SHIFT


@FIRST_IN_POCKET
async def test_a_phone_turns_to_the_last_of_five_hundred_pages(operator: Operator) -> None:
    await operator.arrive("admin", ADMIN_PASSWORD, "/sys/user")
    rows = operator.seen("list-row")
    await expect(rows).to_have_count(20)
    number = operator.seen("list-page-number")

    await number.fill("99999")
    await number.press("Enter")

    await expect(operator.seen("list-next")).to_be_disabled()
    await expect(operator.page).to_have_url(re.compile(r"page=50\d$"))
    assert 1 <= await rows.count() <= 20
    await number.fill("none")
    await number.press("Enter")
    await expect(number).to_have_value(re.compile(r"^50\d$"))
