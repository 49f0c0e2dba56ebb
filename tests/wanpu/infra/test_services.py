"""Rules of `infra/services.py`, `heartbeats.py`, `http/health.py` and `http_client.py`."""

import asyncio
import socket
from datetime import timedelta

import pytest
from aiohttp import web
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from tests.http import room_app, serving
from tests.wanpu.infra.facts import Paid, publish

from wanpu.infra.heartbeats import Heartbeats
from wanpu.infra.http import health
from wanpu.infra.http_client import MAX_ANSWER_BYTES, AiohttpClient, NoAnswer
from wanpu.infra.services import close_services, open_services
from wanpu.infra.settings import Settings, SettingsRefused


async def test_services_open_over_settings_alone_and_keep_their_key(tmp_path):
    settings = Settings(_env_file=None, data_dir=tmp_path / "data")
    first = await open_services(settings)
    sealed = first.vault.seal("secret", purpose="channel")
    await close_services(first)

    second = await open_services(settings)
    assert second.vault.open(sealed, purpose="channel") == "secret"
    assert second.db.signals is second.signals
    await close_services(second)


async def test_unsound_settings_open_nothing(tmp_path):
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", master_key=SecretStr("short"))

    with pytest.raises(SettingsRefused):
        await open_services(settings)
    assert not (tmp_path / "data").exists()


@pytest.fixture
async def http(services):
    async with serving(room_app(services, [health.router])) as caller:
        yield caller


async def test_a_sound_mall_is_alive_and_ready(http):
    assert (await http.get("/healthz")).body == {"status": "ok"}
    ready = await http.get("/readyz")
    assert (ready.status, ready.body) == (
        200,
        {"status": "ok", "parts": {"database": "ok", "cache": "ok", "loops": "ok"}},
    )


async def test_an_old_schema_is_not_ready_and_names_no_more_than_the_part(http, services):
    async with services.db.transaction() as session:
        revision = (await session.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
        await session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        ready = await http.get("/readyz")
    finally:
        async with services.db.transaction() as session:
            await session.execute(
                text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision}
            )

    assert ready.status == 503
    assert ready.body["parts"] == {"database": "failed", "cache": "ok", "loops": "ok"}
    assert (await http.get("/healthz")).status == 200


async def test_a_loop_that_fell_silent_is_not_ready_until_it_passes_again(http, services, clock):
    services.heartbeats.beat("outbox")
    clock.advance(timedelta(seconds=30))
    assert (await http.get("/readyz")).status == 200

    clock.advance(timedelta(seconds=1))
    ready = await http.get("/readyz")
    assert (ready.status, ready.body["parts"]["loops"]) == (503, "failed")

    services.heartbeats.beat("outbox")
    assert (await http.get("/readyz")).status == 200


async def test_a_broker_that_is_away_is_not_ready(settings, clock):
    services = await open_services(
        settings.model_copy(update={"rabbitmq_url": "amqp://guest:guest@127.0.0.1:1/"}), clock=clock
    )
    async with serving(room_app(services, [health.router])) as caller:
        ready = await caller.get("/readyz")
    await close_services(services)

    assert (ready.status, ready.body["parts"]["broker"]) == (503, "failed")


async def test_the_measures_show_the_events_that_wait(http, services):
    await publish(services.db, Paid(payment="P1"), Paid(payment="P2"))

    answer = await http.get("/metrics")

    lines = answer.body.decode().splitlines()
    assert "wanpu_outbox_pending 2.0" in lines
    assert any(line.startswith("wanpu_http_requests_total") for line in lines)


def test_only_a_loop_that_has_begun_can_fall_silent(clock):
    heartbeats = Heartbeats(clock)
    clock.advance(timedelta(hours=1))
    assert heartbeats.silent() == {}

    heartbeats.beat("outbox")
    clock.advance(timedelta(seconds=31))
    heartbeats.beat("due_work")
    assert heartbeats.silent() == {"outbox": clock.now() - timedelta(seconds=31)}


@pytest.fixture
async def peer():
    """A server that echoes, stalls, breaks off, redirects or talks too long."""

    async def echo(request):
        body = await request.read()
        return web.Response(
            status=207, body=request.raw_path.encode() + b"|" + body, headers={"X-Seen": request.method}
        )

    async def stall(request):
        await asyncio.sleep(30)

    async def break_off(request):
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"half")
        request.transport.close()
        return response

    async def redirect(request):
        raise web.HTTPFound("/echo")

    async def endless(request):
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(MAX_ANSWER_BYTES // 1_000_000 + 2):
            await response.write(b"x" * 1_000_000)
        return response

    app = web.Application()
    for path, handler in (
        ("/echo", echo),
        ("/echo/{tail:.*}", echo),
        ("/stall", stall),
        ("/break", break_off),
        ("/redirect", redirect),
        ("/endless", endless),
    ):
        app.router.add_route("*", path, handler)
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        await web.SockSite(runner, listener).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        await runner.cleanup()


@pytest.fixture
async def client():
    client = AiohttpClient()
    yield client
    await client.close()


async def test_the_path_and_query_travel_exactly_as_they_were_written(client, peer):
    target = "/echo/a%2Fb%20c?x=%7B1%7D&y=a+b&z"

    answer = await client.send("POST", peer + target, headers={"X-A": "1"}, body=b"\x00\xff")

    assert answer.status == 207
    assert answer.body == target.encode() + b"|\x00\xff"
    assert answer.headers["x-seen"] == "POST"


async def test_a_redirect_is_an_answer_and_is_not_followed(client, peer):
    answer = await client.send("GET", f"{peer}/redirect", headers={})

    assert (answer.status, answer.headers["location"]) == (302, "/echo")


@pytest.mark.parametrize("path", ["/stall", "/break", "/endless"])
async def test_an_answer_that_is_not_whole_is_none(client, peer, path):
    timeout_s = 0.3 if path == "/stall" else 20

    with pytest.raises(NoAnswer):
        await client.send("GET", peer + path, headers={}, timeout_s=timeout_s)


async def test_a_server_that_is_not_there_is_no_answer(client):
    with pytest.raises(NoAnswer):
        await client.send("GET", "http://127.0.0.1:1/", headers={})


def test_health_needs_no_caller():
    app = FastAPI()
    app.include_router(health.router)
    from wanpu.infra.http.access import undeclared_routes

    own = {"/healthz", "/readyz", "/metrics"}
    assert not [route for route in undeclared_routes(app) if route.split()[-1] in own]
