"""The mall in a process of its own, as `wanpu serve` runs it: one worker, all rules on."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError

from bench.world import MASTER_KEY, World

START_S = 30


@contextmanager
def served(world: World, *, port: int, command: tuple[str, ...] = ("-m", "wanpu", "serve")) -> Iterator[str]:
    """The address of the mall over this world's database."""
    environment = os.environ | {
        "WANPU_DATABASE_URL": world.settings.database_url,
        "WANPU_DATABASE_POOL_SIZE": "4",
        "WANPU_DATA_DIR": str(world.settings.data_dir),
        "WANPU_MASTER_KEY": MASTER_KEY,
        "WANPU_LOG_LEVEL": "warning",
        "WANPU_PORT": str(port),
    }
    process = subprocess.Popen([sys.executable, *command], env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_S
        while not _answers(f"{url}/healthz"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the mall did not start")
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False
