"""Requests that wait until a test lets them go on, as behind a line that is slow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Page, Route

DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass
class Held:
    """What waits: `waits` is set once a request does, and `release` lets all of them go on."""

    waits: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    seen: int = 0


@asynccontextmanager
async def held(page: Page, pattern: str, *, only: int | None = None) -> AsyncIterator[Held]:
    """Hold every request to this address, or the one of this number alone, counted from 1."""
    line = Held()

    async def hold(route: Route) -> None:
        line.seen += 1
        if only in (None, line.seen):
            line.waits.set()
            await line.release.wait()
        await route.continue_()

    await page.route(pattern, hold)
    yield line
    line.release.set()
    await page.unroute_all(behavior="wait")


async def answer_late(page: Page, pattern: str, line: Held) -> None:
    """Let the request that is held go on, until the page has had its answer and drawn what it makes of it."""
    async with page.expect_response(pattern) as answer:
        line.release.set()
    await (await answer.value).finished()
    await page.evaluate(DRAWN)
