"""The loop that claims due work and runs its handlers; several processes share one table."""

import asyncio
import secrets
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from structlog import get_logger
from structlog.contextvars import bound_contextvars

from wanpu.infra import metrics, tracing
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.due_work import Handler
from wanpu.infra.models import DueWork
from wanpu.infra.services import Services
from wanpu.infra.signals import DUE_WORK
from wanpu.infra.tables import table_of

FIRST_RETRY_S = 5
LAST_RETRY_S = 600
POLL_S = 1.0
LEASE_USED = 0.9
"""The share of its lease that a handler may take before it is stopped and counted as failed."""

log = get_logger(__name__)
_table = table_of(DueWork)


@dataclass(frozen=True)
class Claim:
    """One piece of work that this process alone may do until `until`."""

    kind: str
    ref: str
    attempt: int
    token: str
    until: datetime
    failures: int


class Runner:
    """Runs due work: at most `concurrency` pieces at once, each under a lease of `lease_s` seconds.

    A handler that raises, or is not done within nine tenths of its lease, is tried again after
    5 s, 10 s … 10 minutes. Claims of a killed process come due when their lease ends.
    """

    def __init__(
        self,
        services: Services,
        handlers: Mapping[str, Handler],
        *,
        lease_s: float = 60,
        concurrency: int = 8,
    ) -> None:
        self._db = services.db
        self._heartbeats = services.heartbeats
        self._handlers = dict(handlers)
        self._lease_s = lease_s
        self._concurrency = concurrency
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Work until cancelled; then hand back what is unfinished."""
        try:
            while True:
                try:
                    claimed = await self._start_due_work()
                except Exception as error:
                    log.warning("due_work.claim_failed", error=str(error))
                    claimed = 0
                self._heartbeats.beat(DUE_WORK)
                if not claimed:
                    await self._wait_for_work()
        finally:
            await self._stop_running()

    async def run_once(self) -> int:
        """Do everything that is due now, each piece once; how many pieces were run."""
        done: set[tuple[str, str]] = set()
        while claims := await self._claim(self._concurrency, done):
            done.update((claim.kind, claim.ref) for claim in claims)
            await asyncio.gather(*(self._do(claim) for claim in claims))
        return len(done)

    async def _start_due_work(self) -> int:
        free = self._concurrency - len(self._running)
        claims = await self._claim(free, set()) if free else []
        for claim in claims:
            task = asyncio.create_task(self._do(claim))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return len(claims)

    async def _wait_for_work(self) -> None:
        """Until a wake-up, the end of a running piece, or the next poll."""
        wake_up = asyncio.create_task(self._db.signals.wait(DUE_WORK, POLL_S))
        try:
            await asyncio.wait({wake_up, *self._running}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            wake_up.cancel()
            await asyncio.gather(wake_up, return_exceptions=True)

    async def _stop_running(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _claim(self, limit: int, done: set[tuple[str, str]]) -> list[Claim]:
        now = self._db.clock.now()
        async with self._db.reading() as session:
            found = (
                await session.execute(
                    select(_table)
                    .where(_table.c.due_at <= now, _table.c.kind.in_(list(self._handlers)))
                    .order_by(_table.c.due_at)
                    .limit(limit + len(done))
                )
            ).all()
        candidates = [row for row in found if (row.kind, row.ref) not in done][:limit]
        if not candidates:
            metrics.DUE_WORK_LAG.set(0)
            return []
        metrics.DUE_WORK_LAG.set((now - candidates[0].due_at).total_seconds())
        wanted = [
            (
                Claim(
                    row.kind,
                    row.ref,
                    row.attempts + 1,
                    secrets.token_hex(8),
                    now + timedelta(seconds=self._lease_s),
                    row.failures,
                ),
                row.due_at,
            )
            for row in candidates
        ]
        return await _claim_rows(self._db, wanted)

    async def _do(self, claim: Claim) -> None:
        with bound_contextvars(work=claim.kind, ref=claim.ref):
            try:
                with tracing.span(f"due work {claim.kind}", wanpu_ref=claim.ref, wanpu_attempt=claim.attempt):
                    async with asyncio.timeout(self._lease_s * LEASE_USED):
                        next_at = await self._handlers[claim.kind](claim.ref, claim.attempt)
            except asyncio.CancelledError:
                await asyncio.shield(_hand_back(self._db, claim))
                raise
            except Exception as error:
                metrics.DUE_WORK_RUNS.labels(claim.kind, "failed").inc()
                log.warning("due_work.failed", attempt=claim.attempt, error=_text_of(error), exc_info=True)
                await self._record(_record_failure(self._db, claim, error))
            else:
                metrics.DUE_WORK_RUNS.labels(claim.kind, "done" if next_at is None else "again").inc()
                await self._record(_record_success(self._db, claim, next_at))

    async def _record(self, recording: Awaitable[None]) -> None:
        """A result that cannot be written is repeated by the lease: the work runs again."""
        try:
            await recording
        except Exception as error:
            log.warning("due_work.record_failed", error=_text_of(error))


@rerun_on_conflict
async def _claim_rows(db: Database, wanted: list[tuple[Claim, datetime]]) -> list[Claim]:
    """Take each row whose `due_at` is still the one that was seen."""
    claims = []
    async with db.transaction() as session:
        for claim, seen_due_at in sorted(wanted, key=lambda pair: (pair[0].kind, pair[0].ref)):
            result = await session.execute(
                update(_table)
                .where(_table.c.kind == claim.kind, _table.c.ref == claim.ref, _table.c.due_at == seen_due_at)
                .values(due_at=claim.until, lease_token=claim.token, attempts=_table.c.attempts + 1)
            )
            if result.rowcount == 1:  # type: ignore[attr-defined]
                claims.append(claim)
    return claims


@rerun_on_conflict
async def _record_success(db: Database, claim: Claim, next_at: datetime | None) -> None:
    """Forget finished work, unless it was asked for again meanwhile; a lost claim changes nothing."""
    async with db.transaction() as session:
        claimed = await _lock_claimed(session, claim)
        if claimed is None:
            return
        moments = [moment for moment in (next_at, claimed.again_at) if moment is not None]
        if not moments:
            await session.execute(delete(_table).where(*_is_row_of(claim)))
            return
        await session.execute(
            update(_table)
            .where(*_is_row_of(claim))
            .values(due_at=min(moments), lease_token=None, again_at=None, failures=0, last_error=None)
        )


@rerun_on_conflict
async def _record_failure(db: Database, claim: Claim, error: Exception) -> None:
    """Try again later; a wish that came meanwhile is heard, yet never before the first back-off."""
    now = db.clock.now()
    retry_s = min(FIRST_RETRY_S * 2 ** min(claim.failures, 16), LAST_RETRY_S)
    async with db.transaction() as session:
        claimed = await _lock_claimed(session, claim)
        if claimed is None:
            return
        wanted = min(now + timedelta(seconds=retry_s), claimed.again_at or datetime.max.replace(tzinfo=UTC))
        await session.execute(
            update(_table)
            .where(*_is_row_of(claim))
            .values(
                due_at=max(wanted, now + timedelta(seconds=FIRST_RETRY_S)),
                lease_token=None,
                again_at=None,
                failures=claim.failures + 1,
                last_error=_text_of(error)[:255],
            )
        )


@rerun_on_conflict
async def _hand_back(db: Database, claim: Claim) -> None:
    """Let another process have the work at once."""
    async with db.transaction() as session:
        await session.execute(
            update(_table)
            .where(*_is_row_of(claim), _table.c.lease_token == claim.token)
            .values(due_at=db.clock.now(), lease_token=None, again_at=None)
        )


async def _lock_claimed(session: AsyncSession, claim: Claim) -> Row[Any] | None:
    """The locked row while the claim still holds it; None when the lease ended or it was cancelled."""
    found = await session.execute(
        select(_table).where(*_is_row_of(claim), _table.c.lease_token == claim.token).with_for_update()
    )
    return found.first()


def _is_row_of(claim: Claim) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _table.c.kind == claim.kind, _table.c.ref == claim.ref


def _text_of(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
