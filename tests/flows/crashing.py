"""A mall process that dies at a chosen commit: `python -m tests.flows.crashing WHEN N ARMED VERB`.

Commits count from the moment that the file ARMED exists. WHEN is `before` the N-th commit, so that its
transaction is lost, or `after` it, so that it stands and nobody hears of it.
"""

import os
import signal
import sys
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


if __name__ == "__main__":
    Doom(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
    main(sys.argv[4:], prog_name="wanpu")
