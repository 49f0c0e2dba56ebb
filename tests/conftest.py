"""Fixtures that every test may ask for: engines, clock, services, Redis, RabbitMQ."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog
from pydantic import SecretStr
from redis import Redis
from redis.exceptions import RedisError

from tests.engines import ENGINES, SERVER_URLS, ServerAbsent, TestDatabases
from wanpu.infra.database import Database
from wanpu.infra.services import Services, close_services, open_services
from wanpu.infra.settings import Settings
from wanpu.kernel.clock import ManualClock

REDIS_URL = os.environ.get("WANPU_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
RABBITMQ_URL = os.environ.get("WANPU_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672/")
TEST_MASTER_KEY = "kq3V9xw0cJbY7mZr2TfLhN8uPdGaE5sX"


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Log lines of tests are plain text: drawing every local variable of a traceback takes seconds."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["level", "event"]),
        ],
        cache_logger_on_first_use=False,
    )


def server_absent(reason: str) -> None:
    """Skip visibly, or fail where the run promises to have every server."""
    if os.environ.get("WANPU_TEST_REQUIRE_SERVICES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def worker() -> str:
    """The name of this test process among its siblings."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def databases(worker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabases]:
    made = TestDatabases(worker, tmp_path_factory.mktemp("databases"))
    yield made
    made.drop_all()


@pytest.fixture
def clock() -> ManualClock:
    """Stands at 2026-11-22 08:00 UTC until the test moves it."""
    return ManualClock(datetime(2026, 11, 22, 8, tzinfo=UTC))


def url_of(databases: TestDatabases, engine: str) -> str:
    """The address of an empty database of one engine; skips the test when its server is absent."""
    try:
        return databases.url_of(engine)
    except ServerAbsent as absent:
        server_absent(str(absent))
        raise


@pytest.fixture(params=ENGINES)
def db_url(request: pytest.FixtureRequest, databases: TestDatabases) -> str:
    """The address of an empty database; the test runs once per engine."""
    return url_of(databases, request.param)


@pytest.fixture(params=sorted(SERVER_URLS))
def server_url(request: pytest.FixtureRequest, databases: TestDatabases) -> str:
    """The address of an empty database on a server, for families that need several nodes."""
    return url_of(databases, request.param)


@pytest.fixture
async def db(db_url: str, clock: ManualClock) -> AsyncIterator[Database]:
    """An empty database whose clock is the test's; the test runs once per engine."""
    database = Database(db_url, pool_size=5, clock=clock)
    yield database
    await database.close()


@pytest.fixture
def settings(db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Development settings over the test's database; no variable of the machine leaks in."""
    for name in [name for name in os.environ if name.startswith("WANPU_")]:
        if not name.startswith("WANPU_TEST_"):
            monkeypatch.delenv(name)
    return Settings(
        _env_file=None, data_dir=tmp_path, database_url=db_url, master_key=SecretStr(TEST_MASTER_KEY)
    )


@pytest.fixture
async def services(settings: Settings, clock: ManualClock) -> AsyncIterator[Services]:
    """Every shared part over the test's database and clock."""
    opened = await open_services(settings, clock=clock)
    yield opened
    await close_services(opened)


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A Redis that answers; keep keys under `redis_prefix`."""
    try:
        with Redis.from_url(REDIS_URL, socket_connect_timeout=2) as redis:
            redis.ping()
    except RedisError as error:
        server_absent(f"redis: {error}")
    return REDIS_URL


@pytest.fixture
def redis_prefix(redis_url: str, worker: str) -> Iterator[str]:
    """What every key of this test starts with; such keys are removed afterwards."""
    prefix = f"wanpu-test-{os.getpid()}-{worker}:"
    yield prefix
    with Redis.from_url(redis_url) as redis:
        for key in redis.scan_iter(f"{prefix}*", count=1000):
            redis.delete(key)


@pytest.fixture(scope="session")
def rabbitmq_url(worker: str) -> Iterator[str]:
    """A RabbitMQ that answers, with a virtual host of this test process where one can be made."""
    import socket
    from urllib.parse import urlsplit

    address = urlsplit(RABBITMQ_URL)
    try:
        socket.create_connection((str(address.hostname), address.port or 5672), timeout=2).close()
    except OSError as error:
        server_absent(f"rabbitmq: {error}")
    vhost = f"wanpu-test-{os.getpid()}-{worker}"
    if not _rabbitmqctl("add_vhost", vhost):
        yield RABBITMQ_URL
        return
    _rabbitmqctl("set_permissions", "-p", vhost, address.username or "guest", ".*", ".*", ".*")
    yield address._replace(path="/" + quote(vhost, safe="")).geturl()
    _rabbitmqctl("delete_vhost", vhost)


def _rabbitmqctl(*arguments: str) -> bool:
    command = shutil.which("rabbitmqctl")
    if command is None:
        return False
    done = subprocess.run([command, *arguments], capture_output=True, timeout=60, check=False)
    return done.returncode == 0


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Name in the report which requirement rows a test proves."""
    for marker in item.iter_markers("requirement"):
        item.user_properties.extend(("requirement", row) for row in marker.args)
