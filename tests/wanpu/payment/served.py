"""A payment room that answers HTTP in a process of its own and takes money at the running sandbox.

`POST /_test/arm/N` lets the process end like a crash right after its Nth commit from then on (0: before the
next one).
"""

import asyncio
import contextlib
import json
import os
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession
from tests.conftest import TEST_MASTER_KEY
from tests.processes import context
from tests.wanpu.payment.room import NATIVE, ask_for
from tests.wanpu_sandbox.running import RunningSandbox

from wanpu.demo.payment_accounts import load_payment_accounts
from wanpu.infra.database import Database
from wanpu.infra.due_work_runner import Runner
from wanpu.infra.http.errors import add_error_handlers
from wanpu.infra.http.hot_route import add_hot_routes
from wanpu.infra.http.middleware import add_middleware
from wanpu.infra.serials import Serials
from wanpu.infra.services import open_services
from wanpu.infra.settings import Settings
from wanpu.kernel.clock import SystemClock
from wanpu.kernel.ids import Id
from wanpu.payment import (
    LocalPaymentPort,
    PaymentServices,
    audit_money,
    due_work_handlers,
    open_payment_services,
)
from wanpu.payment.api import cashier, notify
from wanpu_sandbox.credentials import credentials

WAIT_S = 60
MERCHANTS = (Id(1), Id(2), Id(3))


class MortalDatabase(Database):
    """Ends the process right after a given number of commits: what a crash leaves behind is real."""

    _left: int | None = None

    def arm(self, commits: int) -> None:
        """Die after that many commits from now on."""
        self._left = commits

    def transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        return self._mortal_transaction()

    @contextlib.asynccontextmanager
    async def _mortal_transaction(self) -> AsyncIterator[AsyncSession]:
        if self._left == 0:
            os._exit(9)
        async with super().transaction() as session:
            yield session
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                os._exit(9)


def create_app(app: PaymentServices, db: MortalDatabase) -> FastAPI:
    """The payment room's own routes, and what a test does from outside."""
    served_app = FastAPI()
    served_app.state.payments = served_app.state.services = app
    port = LocalPaymentPort(app)
    runner = Runner(app, due_work_handlers(app))
    add_error_handlers(served_app)
    served_app.include_router(cashier.router)
    served_app.mount("/cashier/assets", cashier.assets)
    add_hot_routes(served_app, notify.HOT_ROUTES)

    @served_app.post("/_test/create/{payment_no}")
    async def create(payment_no: str, method: str = NATIVE, minutes: int = 30) -> dict[str, Any]:
        wanted = None if method == "none" else method
        view = await port.create(ask_for(app.clock, payment_no=payment_no, method=wanted, minutes=minutes))
        return {"status": view.status, "action": view.action, "cashier_url": view.cashier_url}

    @served_app.post("/_test/close/{payment_no}")
    async def close(payment_no: str) -> dict[str, Any]:
        return {"status": await port.close(payment_no)}

    @served_app.get("/_test/query/{payment_no}")
    async def query(payment_no: str) -> dict[str, Any]:
        view = await port.query(payment_no)
        return {"status": view.status, "parts": [part.channel_payment_no for part in view.parts]}

    @served_app.post("/_test/run-work")
    async def run_work() -> dict[str, int]:
        return {"done": await runner.run_once()}

    @served_app.post("/_test/arm/{commits}")
    async def arm(commits: int) -> dict[str, int]:
        db.arm(commits)
        return {"commits": commits}

    @served_app.get("/_test/audit")
    async def audit() -> list[str]:
        async with app.db.snapshot() as session:
            findings = await audit_money(session)
        return [f"{item.severity} {item.rule} {item.subject}: {item.problem}" for item in findings]

    add_middleware(served_app, app.settings)
    return served_app


@dataclass(frozen=True)
class Options:
    """How one process is run."""

    database_url: str
    data_dir: Path
    sandbox_dir: Path
    sandbox_url: str
    public_url: str
    clock_offset_s: int


def run(options: Options, told_port: Connection) -> None:
    """Serve until the process is stopped; what a new process runs."""
    asyncio.run(serve(options, told_port))


async def serve(options: Options, told_port: Connection) -> None:
    """Open the room, tell the port, answer until the process is stopped."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    settings = Settings(
        _env_file=None,
        data_dir=options.data_dir,
        port=port,
        public_url=options.public_url,
        database_url=options.database_url,
        master_key=SecretStr(TEST_MASTER_KEY),
        sandbox_url=options.sandbox_url,
    )
    clock = SystemClock(timedelta(seconds=options.clock_offset_s))
    services = await open_services(settings, clock=clock)
    db = MortalDatabase(options.database_url, pool_size=5, clock=clock, signals=services.signals)
    services = replace(services, db=db, serials=Serials(db))
    provider_keys = credentials(options.sandbox_dir, options.sandbox_url)
    await load_payment_accounts(services, provider_keys, MERCHANTS)
    listener.listen(512)  # Requests wait here from the moment the port is told.
    told_port.send(port)
    served_app = create_app(open_payment_services(services), db)
    config = uvicorn.Config(served_app, log_level="critical", access_log=False, backlog=512)
    await uvicorn.Server(config).serve(sockets=[listener])


class Died(Exception):
    """The process ended before it answered."""


@dataclass
class Served:
    """A running process and where it listens."""

    base_url: str
    process: ForkServerProcess

    def get(self, path: str) -> Any:
        """The JSON answer to a GET."""
        return self._ask(urllib.request.Request(self.base_url + path))

    def post(self, path: str) -> Any:
        """The JSON answer to a POST without a body.

        Raises:
            Died: the process ended before it answered.
        """
        return self._ask(urllib.request.Request(self.base_url + path, method="POST"))

    def wait_until_dead(self) -> int | None:
        """The exit code, once the process has ended by itself."""
        self.process.join(WAIT_S)
        return self.process.exitcode

    def _ask(self, request: urllib.request.Request) -> Any:
        try:
            with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
                return json.loads(answer.read())
        except (ConnectionError, urllib.error.URLError) as error:
            if isinstance(error, urllib.error.HTTPError):
                raise
            raise Died from error


@contextlib.contextmanager
def served(
    database_url: str, sandbox: RunningSandbox, *, public_url: str = "", clock_offset_s: int = 0
) -> Iterator[Served]:
    """Run the room in a process of its own while the block runs."""
    port, told_port = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as data_dir:
        options = Options(
            database_url, Path(data_dir), sandbox.data_dir, sandbox.base_url, public_url, clock_offset_s
        )
        process = context.Process(target=run, args=(options, told_port))
        process.start()
        try:
            if not port.poll(WAIT_S):
                raise RuntimeError("the room did not start; see its error above")
            yield Served(f"http://127.0.0.1:{port.recv()}", process)
        finally:
            if process.is_alive():
                process.terminate()
            process.join(5)
            if process.is_alive():
                process.kill()
                process.join(5)
            port.close()
            told_port.close()


def start_paying(room: Served, payment_no: str = "P1") -> str:
    """The code of a fresh attempt."""
    code: str = room.post(f"/_test/create/{payment_no}")["action"]["content"]
    return code


def wait_until_paid(room: Served, payment_no: str = "P1") -> list[str]:
    """The transactions of a payment that becomes paid soon; due work is done meanwhile."""
    for _ in range(100):
        room.post("/_test/run-work")
        told = room.get(f"/_test/query/{payment_no}")
        if told["status"] == "paid":
            return sorted(told["parts"])
        time.sleep(0.1)
    raise AssertionError("never paid")
