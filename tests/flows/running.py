"""The mall as processes of its own: served, worked and killed like in production."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from pydantic import SecretStr

from tests.flows.crashing import Command, run_command
from tests.processes import start
from wanpu.infra.settings import Settings

_REPOSITORY = Path(__file__).parents[2]
_READY_WITHIN_S = 60
_STOPPED_WITHIN_S = 20
_MASTER_KEY = "kq3V9xw0cJbY7mZr2TfLhN8uPdGaE5sX"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@dataclass
class RunningMall:
    """`wanpu serve`, and `wanpu worker` beside it where a database server holds the rows."""

    engine: str
    database_url: str
    folder: Path
    sandbox_url: str
    port: int = field(default_factory=_free_port)
    _running: list[ForkServerProcess] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """The settings, as the environment of every process of this mall."""
        return {
            "WANPU_DATABASE_URL": self.database_url,
            "WANPU_DATA_DIR": str(self.folder),
            "WANPU_MASTER_KEY": _MASTER_KEY,
            "WANPU_PORT": str(self.port),
            "WANPU_SANDBOX_URL": self.sandbox_url,
            "WANPU_LOG_FORMAT": "json",
        }

    @property
    def settings(self) -> Settings:
        """The same settings for a test that reads or writes the rows itself."""
        return Settings(
            _env_file=None,
            database_url=self.database_url,
            data_dir=self.folder,
            master_key=SecretStr(_MASTER_KEY),
            port=self.port,
            sandbox_url=self.sandbox_url,
        )

    @property
    def armed(self) -> Path:
        """While this file exists, a process that was started to crash counts its commits."""
        return self.folder / "armed"

    @property
    def is_whole(self) -> bool:
        """Whether every process that was started is alive."""
        return bool(self._running) and all(process.is_alive() for process in self._running)

    def start(self, *, crash: tuple[str, int] | None = None) -> None:
        """Start every process and wait until requests are answered.

        `crash`: ("before" or "after", n) ends a process at its n-th commit once `armed` exists.
        """
        self._spawn("serve", crash)
        if not self.settings.is_embedded:
            self._spawn("worker", crash)
        self._wait_until_ready()

    def kill(self) -> None:
        """End every process at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End every process politely; stopping twice is fine."""
        self._end(signal.SIGTERM)

    def run(self, *verb: str) -> subprocess.CompletedProcess[str]:
        """Run another verb of the command line over the same database."""
        return subprocess.run(
            [sys.executable, "-m", "wanpu", *verb],
            env=self._environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def _spawn(self, verb: str, crash: tuple[str, int] | None) -> None:
        command = Command(verb, self._environment(), self.folder, self.folder / f"{verb}.log")
        self._running.append(start(run_command, command, crash, self.armed))

    def _end(self, number: signal.Signals) -> None:
        for process in self._running:
            if process.is_alive() and process.pid is not None:
                os.kill(process.pid, number)
        for process in self._running:
            process.join(_STOPPED_WITHIN_S)
            if process.is_alive():
                raise TimeoutError(f"a process of the mall goes on: {self._tail()}")
        self._running.clear()

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | self.variables | {"PYTHONPATH": str(_REPOSITORY)}

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN_S
        while all(process.is_alive() for process in self._running):
            try:
                with urllib.request.urlopen(f"{self.base_url}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, OSError) as error:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"the mall is not ready: {error}; {self._tail()}") from error
                time.sleep(0.05)
        raise RuntimeError(f"the mall ended before it was ready: {self._tail()}")

    def _tail(self) -> str:
        logs = [path.read_text(errors="replace")[-2000:] for path in sorted(self.folder.glob("*.log"))]
        return "\n".join(logs)
