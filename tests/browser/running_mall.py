"""Run `wanpu up` as a process of its own, as a person at a terminal would."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEMO_PASSWORD = "wanpu-demo-4711"
ADMIN_PASSWORD = "wanpu-admin-4711"
CAPTCHA = "wanpu"
"""Passes every captcha of the consoles."""

_READY_WITHIN_S = 90
_STOPPED_WITHIN_S = 15


@dataclass
class RunningMall:
    """One `wanpu up`: mall and sandbox of one process, over one data folder."""

    port: int
    sandbox_port: int
    data_dir: Path
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def url(self) -> str:
        """Where the storefront is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """Where the provider sandbox is; its wallet is at `/wallet`."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    def printed(self) -> str:
        """Everything on its standard output and error so far."""
        return self.output.read_text()

    def wait_until_ready(self) -> None:
        """Return once it answers `/readyz`; raise with its output when it ends or takes too long."""
        deadline = time.monotonic() + _READY_WITHIN_S
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"wanpu up did not become ready:\n{self.printed()}")
            time.sleep(0.1)

    def interrupt(self) -> int:
        """Press Ctrl-C and wait for the end; the exit code. A process that hangs is killed and raises."""
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(_STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def change_rows(self, statement: str, *values: object) -> None:
        """Run one statement on the mall's database file, as an operator with a SQL prompt could.

        Raises:
            AssertionError: it changed nothing.
        """
        with closing(sqlite3.connect(self.data_dir / "wanpu.sqlite3", timeout=10)) as connection, connection:
            assert connection.execute(statement, values).rowcount > 0, statement

    @contextmanager
    def locked_database(self) -> Iterator[None]:
        """Nobody else can write meanwhile, as while an operator's long transaction is open."""
        with closing(sqlite3.connect(self.data_dir / "wanpu.sqlite3", timeout=10)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.rollback()

    def change_schema(self, statement: str) -> None:
        """Change a table under the running mall."""
        with closing(sqlite3.connect(self.data_dir / "wanpu.sqlite3", timeout=10)) as connection, connection:
            connection.execute(statement)

    def read_rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What a SELECT finds in the mall's database file."""
        with closing(sqlite3.connect(self.data_dir / "wanpu.sqlite3", timeout=10)) as connection:
            return connection.execute(statement, values).fetchall()

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False


def free_ports() -> tuple[int, int]:
    """Two ports that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def start_mall(
    folder: Path, *, ports: tuple[int, int] | None = None, settings: Mapping[str, str] | None = None
) -> RunningMall:
    """Start it over `folder`/data. `settings` are variables such as WANPU_ORDER_PAY_MINUTES.

    It may still be loading when this returns.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port, sandbox_port = ports or free_ports()
    data_dir = folder / "data"
    output = folder / f"output-{time.monotonic_ns()}.txt"
    own = {name: value for name, value in os.environ.items() if not name.startswith("WANPU_")}
    own |= {
        "WANPU_PORT": str(port),
        "WANPU_SANDBOX_PORT": str(sandbox_port),
        "WANPU_DATA_DIR": str(data_dir),
        "PYTHONUNBUFFERED": "1",
    }
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "wanpu", "up"],
            cwd=folder,
            env=own | dict(settings or {}),
            stdout=file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    return RunningMall(port, sandbox_port, data_dir, process, output)


@contextmanager
def running_mall(folder: Path, **variables: str) -> Iterator[RunningMall]:
    """A mall with demo data and known passwords that is ready; it is stopped at the end of the block."""
    known = {
        "WANPU_DEMO_PASSWORD": DEMO_PASSWORD,
        "WANPU_ADMIN_PASSWORD": ADMIN_PASSWORD,
        "WANPU_CAPTCHA_FIXED": CAPTCHA,
    }
    mall = start_mall(folder, settings=known | variables)
    try:
        mall.wait_until_ready()
        yield mall
    finally:
        if mall.process.poll() is None:
            mall.interrupt()
