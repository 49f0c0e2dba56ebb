"""One mall per engine in processes of its own, beside one sandbox; tests bring members and goods."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import aiohttp
import pytest

from tests.builders import make_merchant
from tests.conftest import server_absent
from tests.engines import ENGINES, ServerAbsent, TestDatabases
from tests.flows.running import RunningMall
from tests.flows.town import Town
from tests.wanpu_sandbox.running import RunningSandbox, running_sandbox
from wanpu.demo.payment_accounts import load_payment_accounts
from wanpu.infra.services import close_services, open_services
from wanpu.kernel.ids import Id

SHOPS = 5


@pytest.fixture(scope="session")
def flow_databases(worker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabases]:
    """Databases that no other test empties."""
    made = TestDatabases(f"{worker}_flows", tmp_path_factory.mktemp("flow_databases"))
    yield made
    made.drop_all()


@pytest.fixture(scope="session")
def flow_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """The provider, in a process of its own."""
    with running_sandbox(tmp_path_factory.mktemp("flow_sandbox")) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def flow_malls(
    flow_databases: TestDatabases, flow_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Malls"]:
    """The malls of this test process; each is started when it is first asked for."""
    with ExitStack() as stack:
        yield Malls(flow_databases, flow_sandbox, tmp_path_factory.mktemp("flow_malls"), stack)


class Malls:
    """One running mall per engine, with five shops that can be paid."""

    def __init__(
        self, databases: TestDatabases, sandbox: RunningSandbox, folder: Path, stack: ExitStack
    ) -> None:
        self._databases = databases
        self._sandbox = sandbox
        self._folder = folder
        self._stack = stack
        self._open: dict[str, tuple[RunningMall, tuple[Id, ...]]] = {}

    def on(self, engine: str) -> tuple[RunningMall, tuple[Id, ...]]:
        """The mall over this engine and the ids of its shops.

        Raises:
            ServerAbsent: the engine's server does not answer.
        """
        if engine not in self._open:
            folder = self._folder / engine
            folder.mkdir()
            url = self._databases.url_of(engine)
            mall = RunningMall(engine, url, folder, self._sandbox.base_url)
            shops = asyncio.run(self._open_shops(mall))
            self._stack.callback(mall.stop)
            mall.start()
            self._open[engine] = mall, shops
        return self._open[engine]

    async def _open_shops(self, mall: RunningMall) -> tuple[Id, ...]:
        services = await open_services(mall.settings)
        try:
            shops = [
                await make_merchant(services, name=f"{name}小店", profit_share_rate_bp=500)
                for name in "梅兰竹菊松"[:SHOPS]
            ]
            await load_payment_accounts(services, self._sandbox.credentials, shops)
        finally:
            await close_services(services)
        return tuple(shops)


@pytest.fixture(params=ENGINES)
def mall(request: pytest.FixtureRequest, flow_malls: Malls) -> RunningMall:
    """The running mall; the test runs once per engine."""
    try:
        return flow_malls.on(request.param)[0]
    except ServerAbsent as absent:
        server_absent(str(absent))
        raise


@pytest.fixture
async def town(mall: RunningMall, flow_malls: Malls, flow_sandbox: RunningSandbox) -> AsyncIterator[Town]:
    """Everything a purchase needs; the sandbox plays no trick yet, and the books are sound at the end."""
    services = await open_services(mall.settings)
    connector = aiohttp.TCPConnector(force_close=True)  # Servers come and go in these tests.
    async with aiohttp.ClientSession(connector=connector) as session:
        town = Town(mall, flow_sandbox, services, session, flow_malls.on(mall.engine)[1])
        await town.wallet.play_fair()
        yield town
        await town.wallet.play_fair()
        await town.require_sound_books()
    await close_services(services)
