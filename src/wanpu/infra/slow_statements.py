"""Slow SQL (慢 SQL): which statements took long, how often and how long, over all processes.

Each process counts in memory by the statement's text, without its values, and adds what it counted to
one table now and then. Nothing is written while a statement runs.
"""

import asyncio
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, case, delete, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from structlog import get_logger

from wanpu.infra.database import Database, DatabaseAway, rerun_on_conflict
from wanpu.infra.models import SlowStatement
from wanpu.infra.pages import PageAsk, read_page
from wanpu.infra.statements import upsert
from wanpu.infra.tables import table_of
from wanpu.kernel.clock import Clock

KEPT_EVERY_S = 10
TEXT_LENGTH = 4000
REMEMBERED = 500
"""Different statements that one process counts between two visits to the table; further ones are left out."""

_STARTED = "wanpu_started"
_TABLE = table_of(SlowStatement)

SORTS = {
    "last_at": _TABLE.c.last_at,
    "longest_ms": _TABLE.c.longest_ms,
    "total_ms": _TABLE.c.total_ms,
    "runs": _TABLE.c.runs,
}

log = get_logger(__name__)


@dataclass(slots=True)
class _Count:
    """How one statement did since the last visit to the table."""

    runs: int
    total_ms: int
    longest_ms: int
    last_at: datetime


class SlowStatements:
    """What one process counts. `least_ms`: shorter statements are of no interest."""

    def __init__(self, clock: Clock, *, least_ms: int) -> None:
        self._clock = clock
        self._least_s = least_ms / 1000
        self._counts: dict[str, _Count] = {}

    def watch(self, engine: Engine) -> None:
        """Time every statement of an engine from now on; on SQLite reading rows is not in the time."""

        @event.listens_for(engine, "before_cursor_execute")
        def start(
            _connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool
        ) -> None:
            if context is not None:
                setattr(context, _STARTED, time.perf_counter())

        @event.listens_for(engine, "after_cursor_execute")
        def end(
            _connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool
        ) -> None:
            started = getattr(context, _STARTED, None)
            if started is not None:
                took_s = time.perf_counter() - started
                if took_s >= self._least_s:
                    self.count(statement, took_s)

    def count(self, statement: str, took_s: float) -> None:
        """Count one slow run."""
        text = " ".join(statement.split())[:TEXT_LENGTH]
        took_ms = round(took_s * 1000)
        known = self._counts.get(text)
        if known is None:
            if len(self._counts) < REMEMBERED:
                self._counts[text] = _Count(1, took_ms, took_ms, self._clock.now())
            return
        known.runs += 1
        known.total_ms += took_ms
        known.longest_ms = max(known.longest_ms, took_ms)
        known.last_at = self._clock.now()

    async def run(self, db: Database) -> None:
        """Keep what is counted every few seconds until cancelled; a database that is away loses counts,
        nothing else."""
        while True:
            await asyncio.sleep(KEPT_EVERY_S)
            try:
                await self.keep(db)
            except (DatabaseAway, DBAPIError, OSError) as error:
                log.warning("slow_statements.not_kept", error=str(error))

    async def keep(self, db: Database) -> int:
        """Add what was counted to the table and begin anew; how many statements there were."""
        counts, self._counts = self._counts, {}
        if counts:
            await _add(db, counts)
        return len(counts)


@rerun_on_conflict
async def _add(db: Database, counts: dict[str, _Count]) -> None:
    async with db.transaction() as session:
        for fingerprint, text, count in sorted(
            (hashlib.sha256(text.encode()).hexdigest(), text, count) for text, count in counts.items()
        ):
            row = {
                "fingerprint": fingerprint,
                "statement": text,
                "runs": count.runs,
                "total_ms": count.total_ms,
                "longest_ms": count.longest_ms,
                "last_at": count.last_at,
                "created_at": count.last_at,
            }
            longest = case(
                (_TABLE.c.longest_ms < count.longest_ms, count.longest_ms), else_=_TABLE.c.longest_ms
            )
            changes = {
                "runs": _TABLE.c.runs + count.runs,
                "total_ms": _TABLE.c.total_ms + count.total_ms,
                "longest_ms": longest,
                "last_at": count.last_at,
            }
            await upsert(session, _TABLE, row, key=["fingerprint"], changes=changes)


async def list_slow_statements(session: AsyncSession, ask: PageAsk) -> tuple[Sequence[Row[Any]], int]:
    """One page of slow statements, and how many there are."""
    return await read_page(session, select(_TABLE), ask, sorts=SORTS, last=_TABLE.c.fingerprint)


async def forget_slow_statements(session: AsyncSession, before: datetime) -> int:
    """Forget those that were not slow since `before`; how many."""
    result: Any = await session.execute(delete(_TABLE).where(_TABLE.c.last_at < before))
    return int(result.rowcount)
