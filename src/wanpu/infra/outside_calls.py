"""Keeps calls to other servers out of transactions and out of functions that may run again.

A slow provider would hold locks for as long as it is slow, and a rerun would ask it twice. The
transaction marks its own task; whoever is about to call out asks here first, in production too.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

_marked: ContextVar["asyncio.Task[Any] | None"] = ContextVar("wanpu_no_outside_calls", default=None)


class OutsideCallRefused(RuntimeError):
    """Code calls another server inside a transaction or a rerun: a defect, never a user's mistake."""


@contextlib.contextmanager
def no_outside_calls() -> Iterator[None]:
    """Refuse calls of this task while the block runs; tasks that it starts are free."""
    before = _marked.get()
    _marked.set(asyncio.current_task())
    try:
        yield
    finally:
        _marked.set(before)


def refuse_inside_transaction(what: str) -> None:
    """To be asked by everything that is about to call another server.

    Raises:
        OutsideCallRefused: this task is inside `no_outside_calls`.
    """
    marked = _marked.get()
    if marked is not None and marked is asyncio.current_task():
        raise OutsideCallRefused(what)
