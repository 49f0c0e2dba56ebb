"""The two screens that every journey is walked on, and the watch over what a page must not do."""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, Response
from tests.browser.running_mall import RunningMall

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

_REFUSAL_ECHO = re.compile(r"Failed to load resource: the server responded with a status of \d{3}")
"""The browser's own console line for an answer of 400 or more, which the watch sees as an answer already."""
_LOST_ECHO = re.compile(r"Failed to load resource: net::ERR_")
"""Its line for an answer that never came."""
_DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_QUIET_WITHIN_S = 10


@dataclass(frozen=True)
class Screen:
    """A size of screen with its way of pointing."""

    name: str
    options: dict[str, Any]

    @property
    def is_phone(self) -> bool:
        return bool(self.options.get("is_mobile"))


PHONE_BROWSER = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Mobile Safari/537.36"
)
PHONE = Screen(
    "phone",
    {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
        "device_scale_factor": 2,
        "user_agent": PHONE_BROWSER,
    },
)
DESKTOP = Screen("desktop", {"viewport": {"width": 1440, "height": 900}})
SCREENS = (PHONE, DESKTOP)


@dataclass
class Watch:
    """Collects what no page may do: script and console errors, unexpected refusals, foreign hosts."""

    hosts: tuple[str, ...]
    problems: list[str] = field(default_factory=list)
    _expected: set[int] = field(default_factory=set)
    _loses_answers: bool = False
    _asked: dict[Page, int] = field(default_factory=dict)
    _has_answer: asyncio.Event = field(default_factory=asyncio.Event)

    def expect(self, *statuses: int) -> None:
        """Answers of these statuses are part of the test from now on."""
        self._expected |= set(statuses)

    def expect_lost_answers(self) -> None:
        """The network fails from now on, as part of the test."""
        self._loses_answers = True

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a browser context, also those it opens by itself."""
        context.on("page", self._page)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)

    async def quiet(self, page: Page) -> None:
        """Wait until everything that this page asks for has come and is drawn, also what the first answers
        made it ask for."""
        async with asyncio.timeout(_QUIET_WITHIN_S):
            await page.evaluate(_DRAWN)
            while self._asked[page]:
                self._has_answer.clear()
                await self._has_answer.wait()
                await page.evaluate(_DRAWN)

    def _page(self, page: Page) -> None:
        self._asked[page] = 0
        page.on("request", lambda _: self._count(page, 1))
        page.on("requestfinished", lambda _: self._count(page, -1))
        page.on("requestfailed", lambda _: self._count(page, -1))
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))

    def _count(self, page: Page, change: int) -> None:
        self._asked[page] += change
        self._has_answer.set()

    def _console(self, message: ConsoleMessage) -> None:
        is_lost = self._loses_answers and _LOST_ECHO.match(message.text)
        if message.type == "error" and not is_lost and not _REFUSAL_ECHO.match(message.text):
            self.problems.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((*self.hosts, "data:", "blob:")):
            self.problems.append(f"foreign host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._expected:
            self.problems.append(f"answer {response.status}: {response.request.method} {response.url}")


async def remember(page: Page, house: RunningMall, name: str, value: str) -> None:
    """Put something into the local storage of the mall's pages, as an earlier visit left it there. An answer
    that is no page takes a tenth of the time that a page needs."""
    await page.goto(f"{house.url}/healthz")
    await page.evaluate("([name, value]) => localStorage.setItem(name, value)", [name, value])
