"""Verbs of the command line in processes of their own, and how one dies at a chosen commit.

Commits count from the moment that the file `armed` exists. A crash is `before` the n-th commit, so that its
transaction is lost, or `after` it, so that it stands and nobody hears of it.
"""

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from wanpu.cli import main

BEFORE, AFTER = "before", "after"


class Doom:
    """Counts commits and ends the process without a farewell."""

    def __init__(self, when: str, number: int, armed: Path) -> None:
        self._left = number
        self._armed = armed
        if when == BEFORE:
            event.listen(Engine, "commit", self.count)
        else:
            event.listen(Session, "after_commit", self.count)

    def count(self, _target: object) -> None:
        if self._armed.exists():
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Command:
    """`wanpu VERB` in this folder, with nothing but these variables; what it says is appended to `log`."""

    verb: str
    variables: Mapping[str, str]
    folder: Path
    log: Path


def run_command(command: Command, crash: tuple[str, int] | None, armed: Path) -> None:
    """Become that command; what a new process runs."""
    os.chdir(command.folder)
    os.environ.clear()
    os.environ.update(command.variables)
    log = os.open(command.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for output in (sys.stdout, sys.stderr):
        os.dup2(log, output.fileno())
    if crash is not None:
        Doom(*crash, armed)
    main([command.verb], prog_name="wanpu")
