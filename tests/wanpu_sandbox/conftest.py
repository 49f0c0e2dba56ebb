"""One sandbox process per test session, emptied before every test; merchants, control and a receiver."""

import itertools
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from aiohttp import ClientSession

from tests.wanpu_sandbox.client import (
    Control,
    Merchant,
    Receiver,
    direct_account,
    key_ring,
    provider_account,
)
from tests.wanpu_sandbox.running import RunningSandbox, running_sandbox
from wanpu_wire.wechatpay.answers import KeyRing


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def sandbox(sandbox_process: RunningSandbox, http: ClientSession) -> RunningSandbox:
    """The running sandbox without trades, call-backs, faults and time travel."""
    async with http.post(f"{sandbox_process.base_url}/_sandbox/reset") as answer:
        assert answer.status == 204
    return sandbox_process


@pytest.fixture
def control(sandbox: RunningSandbox, http: ClientSession) -> Control:
    return Control(http, sandbox.base_url)


@pytest.fixture
def provider(sandbox: RunningSandbox, http: ClientSession) -> Merchant:
    """The service provider."""
    return Merchant(http, sandbox.base_url, provider_account(sandbox))


@pytest.fixture
def direct(sandbox: RunningSandbox, http: ClientSession) -> Merchant:
    """The direct merchant."""
    return Merchant(http, sandbox.base_url, direct_account(sandbox))


@pytest.fixture
def subs(sandbox: RunningSandbox) -> list[str]:
    """The provider's sub-merchants."""
    numbers: list[str] = sandbox.credentials["wechatpay"]["sub_mchids"]
    return numbers


@pytest.fixture
def provider_keys(sandbox: RunningSandbox, provider: Merchant) -> KeyRing:
    return key_ring(sandbox, provider.account)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """An address for call-backs."""
    made = Receiver()
    runner = await made.start()
    yield made
    await runner.cleanup()


@pytest.fixture
def number() -> Callable[[], str]:
    """Draws order numbers that differ within the test."""
    counter = itertools.count(1)
    return lambda: f"T{next(counter):08d}"
