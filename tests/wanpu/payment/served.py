"""A payment room that answers HTTP in a process of its own, beside a scripted provider.

`python -m tests.wanpu.payment.served --database-url URL [--die-after N]` prints the port it listens on.
With `--die-after N` the process ends like a crash right after its Nth commit (0: before the first).
"""

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from tests.conftest import TEST_MASTER_KEY
from tests.wanpu.payment.room import NATIVE, Room, ask_for, open_room

from wanpu.infra.database import Database
from wanpu.infra.http.errors import add_error_handlers
from wanpu.infra.http.hot_route import add_hot_routes
from wanpu.infra.http.middleware import add_middleware
from wanpu.infra.serials import Serials
from wanpu.infra.services import open_services
from wanpu.infra.settings import Settings
from wanpu.kernel.clock import SystemClock
from wanpu.payment import audit_money
from wanpu.payment.api import cashier, notify
from wanpu.payment.models import Payment
from wanpu.payment.service.views import cashier_token

READY_WITHIN_S = 30


class MortalDatabase(Database):
    """Ends the process right after a given number of commits: what a crash leaves behind is real."""

    def __init__(self, url: str, *, die_after: int | None, **options: Any) -> None:
        super().__init__(url, **options)
        self._die_after = die_after
        self._commits = 0

    def arm(self, die_after: int) -> None:
        """Die after that many commits from now on."""
        self._commits, self._die_after = 0, die_after

    def transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        return self._mortal_transaction()

    @contextlib.asynccontextmanager
    async def _mortal_transaction(self) -> AsyncIterator[AsyncSession]:
        if self._die_after == 0:
            os._exit(9)
        async with super().transaction() as session:
            yield session
        self._commits += 1
        if self._commits == self._die_after:
            os._exit(9)


def create_app(room: Room, db: MortalDatabase) -> FastAPI:
    """The payment room's own routes, and what a test does from outside."""
    app = FastAPI()
    app.state.payments = app.state.services = room.app
    add_error_handlers(app)
    app.include_router(cashier.router)
    app.mount("/cashier/assets", cashier.assets)
    add_hot_routes(app, notify.HOT_ROUTES)

    @app.post("/_test/create/{payment_no}")
    async def create(payment_no: str, method: str = NATIVE, minutes: int = 30) -> dict[str, Any]:
        wanted = None if method == "none" else method
        view = await room.port.create(
            ask_for(room.clock, payment_no=payment_no, method=wanted, minutes=minutes)
        )
        return {"status": view.status, "action": view.action, "cashier_url": view.cashier_url}

    @app.post("/_test/close/{payment_no}")
    async def close(payment_no: str) -> dict[str, Any]:
        return {"status": await room.port.close(payment_no)}

    @app.get("/_test/query/{payment_no}")
    async def query(payment_no: str) -> dict[str, Any]:
        view = await room.port.query(payment_no)
        return {"status": view.status, "parts": [part.channel_payment_no for part in view.parts]}

    @app.post("/_test/run-work")
    async def run_work() -> dict[str, int]:
        return {"done": await room.runner.run_once()}

    @app.post("/_test/arm/{die_after}")
    async def arm(die_after: int) -> dict[str, int]:
        db.arm(die_after)
        return {"die_after": die_after}

    @app.get("/_test/audit")
    async def audit() -> list[str]:
        async with room.app.db.snapshot() as session:
            findings = await audit_money(session)
        return [
            f"{finding.severity} {finding.rule} {finding.subject}: {finding.problem}" for finding in findings
        ]

    @app.get("/_test/token/{payment_no}")
    async def token(payment_no: str) -> dict[str, str]:
        async with room.app.db.reading() as session:
            payment_id = await session.scalar(select(Payment.id).where(Payment.payment_no == payment_no))
        return {"token": cashier_token(room.app, payment_id or 0)}

    @app.post("/_test/provider/pay")
    async def pay(request: Request) -> dict[str, Any]:
        """The scripted provider of this process takes the money of its only open order."""
        told = await request.json()
        headers, body = room.channel.notification(room.channel.pay(told["attempt_no"]))
        return {"headers": headers, "body": body.decode()}

    @app.get("/_test/provider/orders")
    async def orders() -> dict[str, Any]:
        return {
            "orders": {number: order.state for number, order in room.channel.orders.items()},
            "calls": room.channel.calls,
        }

    add_middleware(app, room.app.settings)
    return app


async def serve(database_url: str, data_dir: Path, die_after: int | None) -> None:
    """Open the room, print the port, answer until the process is stopped."""
    clock = SystemClock()
    settings = Settings(
        _env_file=None, data_dir=data_dir, database_url=database_url, master_key=SecretStr(TEST_MASTER_KEY)
    )
    services = await open_services(settings, clock=clock)
    db = MortalDatabase(database_url, die_after=None, pool_size=5, clock=clock, signals=services.signals)
    services = replace(services, db=db, serials=Serials(db))
    room = await open_room(services, clock)
    if die_after is not None:
        db.arm(die_after)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)  # Requests wait here from the moment the port is told.
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(create_app(room, db), log_level="warning", access_log=False)
    await uvicorn.Server(config).serve(sockets=[listener])


@dataclass
class Served:
    """A running process and where it listens."""

    base_url: str
    process: subprocess.Popen[str]

    def wait_until_dead(self) -> int:
        """Its exit code, once it has ended by itself."""
        return self.process.wait(READY_WITHIN_S)


@contextlib.contextmanager
def served(database_url: str, *, die_after: int | None = None) -> Iterator[Served]:
    """Run the room in a process of its own while the block runs."""
    with tempfile.TemporaryDirectory() as data_dir:
        command = [
            *(sys.executable, "-m", "tests.wanpu.payment.served"),
            *("--database-url", database_url, "--data-dir", data_dir),
        ]
        if die_after is not None:
            command += ["--die-after", str(die_after)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            if not port:
                raise RuntimeError("the room did not start; see its error above")
            yield Served(f"http://127.0.0.1:{port}", process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
            assert process.stdout is not None
            process.stdout.close()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--die-after", type=int)
    chosen = parser.parse_args()
    asyncio.run(serve(chosen.database_url, chosen.data_dir, chosen.die_after))


if __name__ == "__main__":
    main()
