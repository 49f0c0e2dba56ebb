"""Connections of the outbound client: kept between calls, and not used again once they have rested."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from wanpu.infra.http_client import AiohttpClient


@pytest.fixture
async def doorman() -> AsyncIterator[str]:
    """The address of a server that answers with the port its caller comes from."""

    async def tell_port(request: web.Request) -> web.Response:
        assert request.transport is not None
        return web.Response(text=str(request.transport.get_extra_info("peername")[1]))

    application = web.Application()
    application.router.add_get("/", tell_port)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def port_seen(client: AiohttpClient, url: str) -> bytes:
    return (await client.send("GET", url, headers={})).body


async def test_calls_that_follow_each_other_share_a_connection(doorman: str) -> None:
    client = AiohttpClient(kept_idle_s=60)

    assert await port_seen(client, doorman) == await port_seen(client, doorman)
    await client.close()


async def test_a_connection_that_has_rested_is_not_used_again(doorman: str) -> None:
    client = AiohttpClient(kept_idle_s=0.01)

    first = await port_seen(client, doorman)
    await asyncio.sleep(0.05)

    assert await port_seen(client, doorman) != first
    await client.close()
