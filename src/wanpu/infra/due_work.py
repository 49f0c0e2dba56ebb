"""Due work: rows that say what to do and when, claimed by one process at a time.

A claim pushes `due_at` to the end of a lease by compare-and-set, so a killed process needs no
clean-up: its work comes due again. A handler may therefore run twice and must bear it.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, delete, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import after_commit
from wanpu.infra.models import DueWork
from wanpu.infra.signals import DUE_WORK
from wanpu.infra.statements import upsert
from wanpu.infra.tables import table_of

Handler = Callable[[str, int], Awaitable[datetime | None]]
"""`handler(ref, attempt)`: does the work; answers when to run again, or None when it is done."""

SOON = timedelta(seconds=1)

_table = table_of(DueWork)


async def schedule(session: AsyncSession, kind: str, ref: str, due_at: datetime) -> None:
    """Do the work `kind` for `ref` at `due_at`; the earlier time counts when it stands already.

    While the work is running, it runs once more afterwards.
    """
    row = row_for(kind, ref, due_at, session.info["clock"].now())
    await upsert(session, _table, row, key=["kind", "ref"], changes=_earlier(due_at))
    wake_after_commit(session, due_at)


async def hasten(session: AsyncSession, kind: str, ref: str, due_at: datetime) -> None:
    """Do scheduled work at `due_at` if that is earlier; nothing happens when none is scheduled."""
    await session.execute(
        update(_table).where(_table.c.kind == kind, _table.c.ref == ref).values(_earlier(due_at))
    )
    wake_after_commit(session, due_at)


async def cancel(session: AsyncSession, kind: str, *refs: str) -> None:
    """Forget the work for these refs; a run that has begun goes on to its end."""
    await session.execute(delete(_table).where(_table.c.kind == kind, _table.c.ref.in_(sorted(refs))))


def row_for(kind: str, ref: str, due_at: datetime, now: datetime) -> dict[str, Any]:
    """A new piece of work as a row for a Core insert; call `wake_after_commit` beside it."""
    return {
        "kind": kind,
        "ref": ref,
        "due_at": due_at,
        "attempts": 0,
        "failures": 0,
        "lease_token": None,
        "again_at": None,
        "last_error": None,
        "created_at": now,
    }


def wake_after_commit(session: AsyncSession, due_at: datetime) -> None:
    """Start the runner at once when the work is due by the time this transaction is durable."""
    if due_at <= session.info["clock"].now() + SOON:
        signals = session.info["signals"]
        after_commit(session, lambda: signals.wake(DUE_WORK))


def _earlier(wanted: datetime) -> Mapping[str, Any]:
    """One statement for both cases, so that a claim or its end cannot slip in between."""
    is_claimed = _table.c.lease_token.is_not(None)
    wants_later = or_(_table.c.again_at.is_(None), _table.c.again_at > wanted)
    return {
        "due_at": case((and_(~is_claimed, _table.c.due_at > wanted), wanted), else_=_table.c.due_at),
        "again_at": case((and_(is_claimed, wants_later), wanted), else_=_table.c.again_at),
    }
