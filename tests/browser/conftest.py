"""One mall for all journeys, one browser, and for every test a fresh visitor on each screen."""

import shutil
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright, expect
from tests.browser.running_mall import RunningMall, running_mall
from tests.browser.sandbox_control import SandboxControl
from tests.browser.screens import CHROMIUM, FLAGS, SCREENS, Screen, Watch, remember
from tests.browser.shopper import Phone, Shopper
from tests.browser.store import StoreApi, new_person
from tests.conftest import server_absent
from tests.http import Caller

STEP_MS = 10_000
"""How long a page may take for one step on a busy machine."""

expect.set_options(timeout=STEP_MS)


@pytest.fixture(scope="session")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMall]:
    """A mall with demo data, as its first visitor finds it."""
    with running_mall(tmp_path_factory.mktemp("mall")) as running:
        yield running


@pytest.fixture
def house(mall: RunningMall) -> RunningMall:
    """The mall that a test visits; a module may name another one."""
    return mall


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, started once; every test gets contexts of its own."""
    if shutil.which(CHROMIUM) is None:
        server_absent(f"no browser: {CHROMIUM} is missing")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        await opened.close()


@pytest.fixture(params=SCREENS, ids=lambda screen: screen.name)
def screen(request: pytest.FixtureRequest) -> Screen:
    """The test runs once per screen."""
    chosen: Screen = request.param
    return chosen


@pytest_asyncio.fixture(loop_scope="session")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """Connections for looking behind the pages."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def store(house: RunningMall, http: aiohttp.ClientSession) -> StoreApi:
    """The shop's API as nobody in particular."""
    return StoreApi(Caller(http, house.url))


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox(house: RunningMall, http: aiohttp.ClientSession) -> AsyncIterator[SandboxControl]:
    """The provider's world; faults that a test set end with it."""
    control = SandboxControl(Caller(http, house.sandbox_url))
    yield control
    await control.end_faults()


@pytest.fixture
def watch(house: RunningMall) -> Iterator[Watch]:
    """Fails the test for script errors, console errors, unexpected refusals and requests to foreign hosts."""
    watching = Watch((house.url + "/", house.sandbox_url + "/"))
    yield watching
    assert watching.problems == []


async def _context(browser: Browser, screen: Screen, watch: Watch) -> BrowserContext:
    context = await browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", **screen.options
    )
    context.set_default_timeout(STEP_MS)
    watch.over(context)
    return context


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(
    browser: Browser, screen: Screen, watch: Watch, house: RunningMall, store: StoreApi
) -> AsyncIterator[Shopper]:
    """Somebody who has never been here."""
    context = await _context(browser, screen, watch)
    yield Shopper(await context.new_page(), context, screen, house, watch, store)
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def shopper(
    browser: Browser, screen: Screen, watch: Watch, house: RunningMall, store: StoreApi
) -> AsyncIterator[Shopper]:
    """A new member that is signed in on this browser already."""
    member = await store.register(new_person())
    context = await _context(browser, screen, watch)
    page = await context.new_page()
    await remember(page, house, "wanpu.token", str(member.token))
    yield Shopper(page, context, screen, house, watch, member)
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser, watch: Watch, house: RunningMall) -> AsyncIterator[Phone]:
    """The buyer's phone with its wallet, a device of its own."""
    context = await _context(browser, SCREENS[0], watch)
    yield Phone(await context.new_page(), house.sandbox_url)
    await context.close()
