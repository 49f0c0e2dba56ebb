"""An operator on each of the console's screens, over the mall that all journeys share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser
from tests.browser.console.operator import CONSOLE_SCREENS, Operator
from tests.browser.console.staff_api import StaffApi
from tests.browser.running_mall import RunningMall
from tests.browser.screens import Screen, Watch
from tests.http import Caller

STEP_MS = 10_000


@pytest.fixture(params=CONSOLE_SCREENS, ids=lambda screen: screen.name)
def screen(request: pytest.FixtureRequest) -> Screen:
    """The test runs once per screen of the console."""
    chosen: Screen = request.param
    return chosen


@pytest_asyncio.fixture(loop_scope="session")
async def admin_api(house: RunningMall, http: aiohttp.ClientSession) -> StaffApi:
    """The API as the super administrator."""
    return await StaffApi(Caller(http, house.url)).as_admin()


@asynccontextmanager
async def at_the_door(
    browser: Browser, screen: Screen, watch: Watch, house: RunningMall
) -> AsyncIterator[Operator]:
    context = await browser.new_context(
        timezone_id="America/New_York", reduced_motion="reduce", **screen.options
    )
    context.set_default_timeout(STEP_MS)
    watch.over(context)
    yield Operator(await context.new_page(), context, screen, house, watch)
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def operator(
    browser: Browser, screen: Screen, watch: Watch, house: RunningMall
) -> AsyncIterator[Operator]:
    """Somebody at the console's door, with a browser of their own."""
    async with at_the_door(browser, screen, watch, house) as somebody:
        yield somebody


@pytest_asyncio.fixture(loop_scope="session")
async def second_operator(
    browser: Browser, screen: Screen, watch: Watch, house: RunningMall
) -> AsyncIterator[Operator]:
    """Somebody else, with another browser on the other screen."""
    other = next(one for one in CONSOLE_SCREENS if one is not screen)
    async with at_the_door(browser, other, watch, house) as somebody:
        yield somebody
