"""Transition tables: the only way an entity changes its status."""

from collections.abc import Mapping
from enum import Enum
from typing import Generic, TypeVar

Status = TypeVar("Status", bound=Enum)


class IllegalMove(RuntimeError):
    """Code tried a move that its entity's table does not list: a defect, never a user's mistake."""


class TransitionTable(Generic[Status]):
    """Every status of one entity and where it may go."""

    def __init__(self, moves: Mapping[Status, set[Status]]) -> None:
        statuses = type(next(iter(moves)))
        if missing := set(statuses) - set(moves):
            raise ValueError(f"no line for {sorted(str(status) for status in missing)}")
        self._moves = {status: frozenset(targets) for status, targets in moves.items()}

    def allows(self, current: Status, target: Status) -> bool:
        """Whether the table lists this move."""
        return target in self._moves[current]

    def move(self, current: Status, target: Status) -> bool:
        """Check a move. True: go; False: already there, change nothing.

        Raises:
            IllegalMove: the table does not list it.
        """
        if current is target:
            return False
        if not self.allows(current, target):
            raise IllegalMove(f"{current} may not become {target}")
        return True

    def is_final(self, status: Status) -> bool:
        """Whether nothing leads on from this status."""
        return not self._moves[status]
