"""The pictures of the console's guide, by day and by night; WANPU_SCREENSHOTS=1 puts them into the docs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect
from tests.browser.album import album_for, take
from tests.browser.console.office import NOTICE, pictures, settle_in
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.running_mall import ADMIN_PASSWORD, RunningMall, running_mall
from tests.browser.screens import Screen

pytestmark = BROWSER_TEST

GUIDE = Screen(
    "guide", {"viewport": {"width": 1440, "height": 900}, "locale": "en-US", "color_scheme": "light"}
)
MAX_ALL_BYTES = 1_500_000


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMall]:
    """A mall of its own: nothing of other tests is in the pictures."""
    with running_mall(tmp_path_factory.mktemp("office")) as running:
        yield running


@pytest.fixture
def house(office: RunningMall) -> RunningMall:
    return office


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Where these pictures go."""
    return album_for("console", tmp_path)


async def take_both(operator: Operator, album: Path, name: str) -> None:
    """The page as it stands, in both themes, with nothing pointed at."""
    root = operator.page.locator("html")
    await operator.page.mouse.move(0, 0)
    await operator.page.evaluate("document.activeElement?.blur()")
    await expect(operator.page.locator(".el-message")).to_have_count(0)
    await expect(root).not_to_have_class("dark")
    await take(operator.page, operator.watch, album / f"{name}-light.webp")
    await operator.page.emulate_media(color_scheme="dark")
    await expect(root).to_have_class("dark")
    await take(operator.page, operator.watch, album / f"{name}-dark.webp")
    await operator.page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("screen", [GUIDE], ids=["guide"], indirect=True)
async def test_the_console_as_its_guide_shows_it(
    operator: Operator, admin_api: StaffApi, album: Path
) -> None:
    await settle_in(operator.house, admin_api)
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await expect(operator.seen("sign-in-panel").locator("svg text").first).to_be_visible()
    await take_both(operator, album, "dashboard")

    await operator.choose_menu("sys/user")
    await expect(operator.seen("list-row").filter(has_text="chen.yu")).to_be_visible()
    await take_both(operator, album, "staff")

    await operator.choose_menu("sys/role")
    night_shift = operator.seen("list-row").filter(has_text="Night shift")
    await operator.press(night_shift.get_by_test_id("edit-role"))
    await expect(operator.seen("field-role-name")).to_have_value("Night shift")
    await take_both(operator, album, "role")
    await operator.page.keyboard.press("Escape")

    await operator.choose_menu("job/schedule")
    await operator.press("add-job")
    await operator.press("job-name")
    await operator.press(operator.page.get_by_role("option").filter(has_text="(testTask)"))
    await operator.seen("job-params").fill("weekly figures")
    await operator.seen("cron").fill("0 30 8 ? * MON-FRI")
    await expect(operator.seen("preview").locator("time")).to_have_count(10)
    await take_both(operator, album, "job")
    await operator.page.keyboard.press("Escape")
    await operator.press("ask-confirm")

    await operator.open("/sys/log?operation=staff.change")
    await operator.open_row()
    await expect(operator.seen("json-changes")).to_contain_text("allowed_ips")
    await take_both(operator, album, "log")

    await operator.open(f"/sys/config?param_key={NOTICE}")
    await operator.press("config-history-open")
    await expect(operator.seen("config-version")).to_have_count(3)
    await take_both(operator, album, "config")

    await operator.open("/oss/oss")
    await operator.press("open-upload")
    await operator.page.get_by_test_id("upload-input").set_input_files(pictures())
    await operator.see_uploads(10, total=10)
    await operator.page.keyboard.press("Escape")
    await expect(operator.seen("list-row")).to_have_count(10)
    await take_both(operator, album, "files")

    taken = list(album.glob("*.webp"))
    assert len(taken) == 14
    assert sum(one.stat().st_size for one in taken) <= MAX_ALL_BYTES
