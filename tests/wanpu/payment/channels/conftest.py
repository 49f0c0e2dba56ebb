"""The running sandbox and everything around it that the contract suite needs."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from tests.wanpu.payment.channels.contract_subjects import SUBJECTS, ProviderWorld, Receiver, Subject
from tests.wanpu_sandbox.running import RunningSandbox, running_sandbox

from wanpu.infra.http_client import AiohttpClient
from wanpu.payment.channel import Channel


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """One provider for all contract tests of a session."""
    with running_sandbox(tmp_path_factory.mktemp("provider")) as running:
        yield running


@pytest.fixture
async def world(sandbox: RunningSandbox) -> AsyncIterator[ProviderWorld]:
    """The provider, without trades and faults."""
    async with aiohttp.ClientSession() as session:
        provider = ProviderWorld(sandbox, session)
        await provider.ask("POST", "/reset")
        yield provider


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A server of ours that takes call-backs on a free port."""
    receiver = Receiver()
    application = web.Application()
    application.router.add_post("/notify/channel/1", receiver.receive)
    runner = web.AppRunner(application, shutdown_timeout=timedelta(seconds=1).total_seconds())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    receiver.url = f"http://127.0.0.1:{port}/notify/channel/1"
    yield receiver
    await runner.cleanup()


@pytest.fixture(params=SUBJECTS.values(), ids=SUBJECTS.keys())
def subject(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> Subject:
    """Each kind of account in turn."""
    made: Subject = request.param(sandbox.credentials)
    return made


@pytest.fixture
async def http() -> AsyncIterator[AiohttpClient]:
    client = AiohttpClient()
    yield client
    await client.close()


@pytest.fixture
async def channel(subject: Subject, http: AiohttpClient, world: ProviderWorld) -> Channel:
    """The connector under test, freshly opened."""
    status, answer = await world.ask("PUT", f"/merchants/{subject.account_no}", subject.provider_setting)
    assert status == 200, answer
    return subject.open(http)
