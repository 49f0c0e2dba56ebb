"""What every write of the consoles sends so that it succeeds, and what the operation log says of it then."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.architecture.staff_stage import Stage
from tests.wanpu.system.people import Person

BEFORE, AFTER = "before", "after"


@dataclass(frozen=True)
class Write:
    """One request that succeeds, and its line.

    `subject` may name ids of the path and fields of the answer in braces. `told` says which of `before`
    and `after` the line holds. `form` is a multipart body with its content type. `by` is who sends it,
    where that is not the console's usual worker.
    """

    operation: str
    subject: str
    told: frozenset[str] = frozenset()
    body: Any = None
    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: tuple[bytes, str] | None = None
    by: Person | None = None


Preparation = Callable[[Stage], Awaitable[Write]]
WRITES: dict[str, Preparation] = {}
"""By method and path: prepares what the request needs, and says what to send."""


def write_of(route: str) -> Callable[[Preparation], Preparation]:
    """Enter a preparation in the table."""

    def enter(preparation: Preparation) -> Preparation:
        assert route not in WRITES, route
        WRITES[route] = preparation
        return preparation

    return enter


def creates(operation: str, subject: str, **sent: Any) -> Write:
    """The line holds what stands afterwards."""
    return Write(operation, subject, frozenset({AFTER}), **sent)


def changes(operation: str, subject: str, **sent: Any) -> Write:
    """The line holds both."""
    return Write(operation, subject, frozenset({BEFORE, AFTER}), **sent)


def removes(operation: str, subject: str, **sent: Any) -> Write:
    """The line holds what stood before."""
    return Write(operation, subject, frozenset({BEFORE}), **sent)
