"""Real processes for tests of crashes: started from one warm parent, killed without warning."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["tests.preloaded"])


def start(target: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    """Run a module-level function in a process of its own."""
    process = context.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def kill_now(process: ForkServerProcess) -> None:
    """kill -9: no handler runs, no connection is closed politely."""
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join(10)


def stop_all(processes: Sequence[ForkServerProcess]) -> None:
    """End whatever is left of a test."""
    for process in processes:
        if process.is_alive():
            kill_now(process)


def note(path: Path, line: str) -> None:
    """Append one line in a single write, so that lines of several processes never mix."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        os.write(handle, f"{line}\n".encode())
    finally:
        os.close(handle)


def notes(path: Path) -> list[str]:
    """The lines that processes have noted so far."""
    return path.read_text().splitlines() if path.exists() else []


def wait_until(condition: Callable[[], bool], timeout_s: float = 40) -> None:
    """Wait for something that another process brings about.

    Raises:
        TimeoutError: it did not come.
    """
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("waited in vain")
        time.sleep(0.02)
