"""Start the sandbox as a process of its own, for tests of the sandbox, the connectors and whole flows."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wanpu_sandbox.credentials import credentials

_READY_WITHIN_S = 30
_STOPPED_WITHIN_S = 10


@dataclass
class RunningSandbox:
    """`credentials` is the JSON of `wanpu sandbox credentials`; every path stands under `base_url`."""

    base_url: str
    credentials: dict[str, Any]
    data_dir: Path
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return int(self.base_url.rpartition(":")[2])

    def stop(self) -> None:
        """End the process politely; stopping twice is fine."""
        self.process.terminate()
        self._wait()

    def kill(self) -> None:
        """End the process as a crash would."""
        self.process.kill()
        self._wait()

    def _wait(self) -> None:
        self.process.wait(_STOPPED_WITHIN_S)
        if self.process.stdout is not None:
            self.process.stdout.close()


def start_sandbox(data_dir: Path, *, port: int = 0, notification_key: str = "public_key") -> RunningSandbox:
    """Start it on a free port (or on `port`) and wait until it answers. The caller stops it."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "wanpu_sandbox", "--port", str(port)),
            *("--data-dir", str(data_dir), "--notification-key", notification_key),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    first_line = process.stdout.readline().split()
    if first_line[:1] != ["sandbox"]:
        process.kill()
        raise RuntimeError("the sandbox did not start; see its error above")
    base_url = first_line[1]
    _wait_until_ready(base_url, process)
    return RunningSandbox(base_url, credentials(data_dir, base_url), data_dir, process)


@contextmanager
def running_sandbox(data_dir: Path, **options: Any) -> Iterator[RunningSandbox]:
    """`start_sandbox`, stopped at the end of the block."""
    sandbox = start_sandbox(data_dir, **options)
    try:
        yield sandbox
    finally:
        sandbox.stop()


def _wait_until_ready(base_url: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"{base_url}/healthz", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                process.kill()
                raise
            time.sleep(0.02)
    raise RuntimeError("the sandbox ended before it was ready")
