"""A person in front of the console: what its pages let them do."""

import re
from dataclasses import dataclass

from playwright.async_api import BrowserContext, Locator, Page, expect
from tests.browser.running_mall import CAPTCHA, RunningMall
from tests.browser.screens import Screen, Watch, remember

DESK = Screen(
    "desk", {"viewport": {"width": 1440, "height": 900}, "locale": "zh-CN", "color_scheme": "light"}
)
POCKET = Screen(
    "pocket",
    {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
        "device_scale_factor": 2,
        "locale": "en-US",
        "color_scheme": "dark",
    },
)
CONSOLE_SCREENS = (DESK, POCKET)
"""A desktop in Chinese by day, and a phone in English by night."""


@dataclass
class Operator:
    """One tab of one browser."""

    page: Page
    context: BrowserContext
    screen: Screen
    house: RunningMall
    watch: Watch

    def seen(self, test_id: str, *, within: Locator | None = None) -> Locator:
        """What is visible under a test id; pages of other tabs stay in memory, hidden."""
        return (within or self.page).get_by_test_id(test_id).filter(visible=True)

    def word(self, chinese: str, english: str) -> str:
        """What the screen says in its language."""
        return english if self.screen.is_phone else chinese

    async def press(self, what: str | Locator) -> None:
        """Tap on a phone, click on a desktop."""
        target = self.seen(what) if isinstance(what, str) else what
        await (target.tap() if self.screen.is_phone else target.click())

    async def open(self, path: str = "/") -> None:
        """Type an address of the console."""
        await self.page.goto(f"{self.house.url}/console{path}")

    async def answer_door(self, username: str, password: str) -> None:
        """Fill in the sign-in form that is shown, on the page or in its dialog, and send it."""
        name = self.seen("field-username")
        if await name.is_editable():
            await name.fill(username)
        await self.seen("field-password").fill(password)
        await self.seen("field-captcha").fill(CAPTCHA)
        await self.press("sign-in")

    async def sign_in(self, username: str, password: str) -> None:
        """Come in by the front door, up to the home page."""
        await self.open()
        await self.answer_door(username, password)
        await expect(self.seen("home-page")).to_be_visible()

    async def arrive(self, username: str, password: str, path: str) -> None:
        """Open a page with a session of an earlier visit, for journeys that are not about the door."""
        door = f"{self.house.url}/console/v1/auth"
        shown = await (await self.context.request.get(f"{door}/captcha")).json()
        answer = await self.context.request.post(
            f"{door}/login",
            data={"username": username, "password": password, "uuid": shown["uuid"], "captcha": CAPTCHA},
        )
        assert answer.ok, await answer.text()
        await remember(self.page, self.house, "wanpu.console.account", username)
        await self.open(path)

    async def choose_menu(self, url: str) -> None:
        """Open a page by its menu, which a phone keeps in a drawer."""
        if self.screen.is_phone:
            await self.press("open-menu")
        await self.press(f"menu-{url}")

    async def open_row(self, index: int = 0) -> None:
        """Open what a row or a card stands for."""
        row = self.seen("list-row").nth(index)
        await self.press(row.get_by_test_id("row-open"))
        await expect(self.seen("detail")).to_be_visible()

    async def see_uploads(self, done: int, *, total: int) -> None:
        """Wait until so many of the chosen files have arrived."""
        await expect(self.seen("upload-summary")).to_contain_text(re.compile(rf"^{done} .* {total}\b"))

    async def open_filters(self) -> None:
        """Show the filters, which a phone folds away."""
        if self.screen.is_phone:
            await self.press("open-filters")
