"""The id of a request: the caller's own when it is sane, random text of ours otherwise."""

import os
import re
from collections.abc import Iterator

from starlette.types import Scope

HEADER = b"x-request-id"

_SANE = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_ID_BYTES = 16
_DRAWN_AT_ONCE = 256


class _Ids:
    """Random ids, drawn many at a time: asking the system for each costs more than all else about it."""

    def __init__(self) -> None:
        self.renew()
        os.register_at_fork(after_in_child=self.renew)

    def renew(self) -> None:
        """Throw away what is drawn: a forked child must not give its parent's ids."""
        self.next = self._draw().__next__

    def _draw(self) -> Iterator[str]:
        length = 2 * _ID_BYTES
        while True:
            drawn = os.urandom(_ID_BYTES * _DRAWN_AT_ONCE).hex()
            for start in range(0, len(drawn), length):
                yield drawn[start : start + length]


_ids = _Ids()


def request_id_for(scope: Scope) -> str:
    """The id that this request has from now on, in logs and in its answer."""
    return given_request_id(scope) or _ids.next()


def given_request_id(scope: Scope) -> str | None:
    """The id that the caller gave, when it is sane."""
    for name, value in scope["headers"]:
        if name == HEADER and _SANE.fullmatch(value):
            return str(value.decode("ascii"))
    return None
