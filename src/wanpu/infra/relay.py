"""The relay: carries events from the outbox to their handlers, at least once and in order per aggregate."""

import asyncio
import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from structlog import get_logger

from wanpu.infra import metrics
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.dead_letters import bury
from wanpu.infra.locks import DatabaseLeaseLocks, Lease, LeaseLocks, LeaseLost, guard
from wanpu.infra.models import OutboxEvent
from wanpu.infra.outbox import StoredEvent
from wanpu.infra.services import Services
from wanpu.infra.signals import OUTBOX
from wanpu.infra.statements import padded
from wanpu.infra.subscriptions import DeliveryFailed, Subscriptions
from wanpu.infra.tables import table_of

LOCK_NAME = "outbox_relay"
LEASE_S = 15.0
POLL_S = 1.0
PAUSE_S = 1.0
"""How long the relay rests when the broker is away."""
MAX_ATTEMPTS = 10
FIRST_RETRY_S = 1
LAST_RETRY_S = 300

log = get_logger(__name__)
_table = table_of(OutboxEvent)


class Publisher(Protocol):
    """Where the relay hands an event on to."""

    window: int
    """How many events may be on their way at once."""

    async def publish(self, event: StoredEvent) -> None:
        """Hand the event on; returns when it is safe to call it delivered.

        Raises:
            DeliveryFailed: handlers refused it; counted as an attempt.
            PublisherAway: it could not be handed on, through no fault of the event.
        """
        ...


class PublisherAway(Exception):
    """The event could not be handed on, through no fault of its own; it waits and no attempt is counted."""


@dataclass(frozen=True)
class _Result:
    event: StoredEvent
    attempt: int
    error: Exception | None


class InProcessPublisher:
    """Runs the handlers here: the embedded shape."""

    def __init__(self, db: Database, subscriptions: Subscriptions, *, window: int = 8) -> None:
        self._db = db
        self._subscriptions = subscriptions
        self.window = window

    async def publish(self, event: StoredEvent) -> None:
        await self._subscriptions.deliver(self._db, event)


class Relay:
    """One relay works at a time, over all processes; the others stand by for its lease.

    It takes the oldest pending event of every aggregate that is due, so a later event never overtakes
    an earlier one of its aggregate, and a slow event holds up nobody else's. A failing event is tried
    again after 1 s, 2 s … 5 minutes; after ten attempts it becomes a dead letter and its aggregate
    goes on.
    """

    def __init__(self, services: Services, publisher: Publisher, *, locks: LeaseLocks | None = None) -> None:
        self._db = services.db
        self._clock = services.clock
        self._heartbeats = services.heartbeats
        self._publisher = publisher
        self._locks = locks or DatabaseLeaseLocks(services.db, services.clock)
        self._holder = f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._lease: Lease | None = None
        self._on_the_way: dict[int, asyncio.Task[None]] = {}
        self._results: list[_Result] = []
        self._delivered = 0

    async def run(self) -> None:
        """Work until cancelled; then let the next relay in."""
        try:
            while True:
                try:
                    is_busy = await self._run_pass()
                except Exception as error:
                    log.warning("relay.pass_failed", error=f"{type(error).__name__}: {error}")
                    await asyncio.sleep(PAUSE_S)
                    continue
                self._heartbeats.beat(OUTBOX)
                if not is_busy:
                    await self._wait()
        finally:
            await self._stop()

    async def run_once(self) -> int:
        """Hand on everything that is due now; how many events were delivered."""
        before = self._delivered
        while await self._run_pass() or self._on_the_way:
            if self._on_the_way and not self._results:
                await asyncio.wait(self._on_the_way.values(), return_when=asyncio.FIRST_COMPLETED)
        return self._delivered - before

    async def close(self) -> None:
        """Let the next relay in at once."""
        await self._stop()

    async def _run_pass(self) -> bool:
        """Record what has come back, send off what is due; whether there was anything. No lease: nothing."""
        lease = await self._hold_lease()
        if lease is None:
            self._forget(list(self._results))  # Whoever has the lease delivers them again.
            return False
        if has_results := bool(self._results):
            await self._record_results(lease)
        room = self._publisher.window - len(self._on_the_way)
        due = await _list_due(self._db, self._clock.now(), room, set(self._on_the_way)) if room > 0 else []
        for event, attempts in due:
            self._on_the_way[event.id] = asyncio.create_task(self._publish(event, attempts + 1))
        return has_results or bool(due)

    async def _publish(self, event: StoredEvent, attempt: int) -> None:
        """Its result keeps the event on the way until it is recorded, so that it is not sent off twice."""
        try:
            await self._publisher.publish(event)
        except asyncio.CancelledError:
            self._results.append(_Result(event, attempt, RuntimeError("cancelled")))
            raise
        except Exception as error:
            self._results.append(_Result(event, attempt, error))
        else:
            self._results.append(_Result(event, attempt, None))

    async def _record_results(self, lease: Lease) -> None:
        """Results that cannot be written stay for the next pass; a lost lease leaves them to its winner."""
        results = list(self._results)
        away = next((result.error for result in results if isinstance(result.error, PublisherAway)), None)
        if away is not None:
            log.warning("relay.publisher_away", error=str(away))
        known = [result for result in results if not isinstance(result.error, PublisherAway)]
        try:
            await _record(self._db, lease, known)
        except LeaseLost as lost:
            log.warning("relay.lease_lost", error=str(lost))
            self._lease = None
        else:
            _note(known)
            self._delivered += sum(result.error is None for result in known)
        self._forget(results)
        if away is not None:
            await asyncio.sleep(PAUSE_S)

    def _forget(self, results: Sequence[_Result]) -> None:
        del self._results[: len(results)]
        for result in results:
            self._on_the_way.pop(result.event.id, None)

    async def _hold_lease(self) -> Lease | None:
        now = self._clock.now()
        if self._lease is not None and self._lease.until - now > timedelta(seconds=LEASE_S / 2):
            return self._lease
        if self._lease is not None:
            self._lease = await self._locks.renew(self._lease, LEASE_S)
        if self._lease is None:
            self._lease = await self._locks.acquire(LOCK_NAME, self._holder, LEASE_S)
        return self._lease

    async def _wait(self) -> None:
        """Until a wake-up, an event's return, or the next poll."""
        if self._results:
            return
        wake_up = asyncio.create_task(self._db.signals.wait(OUTBOX, POLL_S))
        try:
            await asyncio.wait({wake_up, *self._on_the_way.values()}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            wake_up.cancel()
            await asyncio.gather(wake_up, return_exceptions=True)

    async def _stop(self) -> None:
        tasks = list(self._on_the_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._on_the_way.clear()
        self._results.clear()
        if self._lease is not None:
            lease, self._lease = self._lease, None
            await asyncio.shield(self._locks.release(lease))


def _note(results: Sequence[_Result]) -> None:
    for result in results:
        event = result.event
        if result.error is None:
            metrics.OUTBOX_DELIVERIES.labels(event.name, "delivered").inc()
        else:
            metrics.OUTBOX_DELIVERIES.labels(event.name, "failed").inc()
            log.warning(
                "event.failed",
                event_name=event.name,
                event_id=event.id,
                attempt=result.attempt,
                error=str(result.error),
            )


async def count_pending(session: AsyncSession) -> int:
    """How many events wait for delivery."""
    found = await session.execute(select(func.count()).select_from(_table).where(_table.c.pending == 1))
    return int(found.scalar_one())


def retry_delay(attempts: int) -> timedelta:
    """How long an event rests after its n-th failed attempt."""
    return timedelta(seconds=min(FIRST_RETRY_S * 2 ** (attempts - 1), LAST_RETRY_S))


async def _list_due(
    db: Database, now: datetime, limit: int, on_the_way: set[int]
) -> list[tuple[StoredEvent, int]]:
    """The oldest pending event of each aggregate, if it is due, with its attempts so far; oldest first."""
    older = _table.alias("older")
    has_older = (
        select(older.c.id)
        .where(older.c.aggregate == _table.c.aggregate, older.c.pending == 1, older.c.id < _table.c.id)
        .exists()
    )
    async with db.reading() as session:
        rows = await session.execute(
            select(_table)
            .where(_table.c.pending == 1, _table.c.due_at <= now, ~has_older)
            .order_by(_table.c.id)
            .limit(limit + len(on_the_way))
        )
        due = [
            (StoredEvent(row.id, row.name, row.aggregate, row.payload, row.request_id), row.attempts)
            for row in rows
            if row.id not in on_the_way
        ]
    return due[:limit]


@rerun_on_conflict
async def _record(db: Database, lease: Lease, results: Sequence[_Result]) -> None:
    """Write what became of the events, unless another relay has taken over."""
    if not results:
        return
    now = db.clock.now()
    delivered = [result.event.id for result in results if result.error is None]
    async with db.transaction() as session:
        await guard(session, lease)
        if delivered:
            await session.execute(
                update(_table)
                .where(_table.c.id.in_(padded(delivered)), _table.c.pending == 1)
                .values(pending=None, delivered_at=now, attempts=_table.c.attempts + 1)
            )
        for result in results:
            if result.error is not None:
                await _record_failure(session, result, result.error, now)


async def _record_failure(session: AsyncSession, result: _Result, error: Exception, now: datetime) -> None:
    event, attempt = result.event, result.attempt
    values: dict[str, Any] = {"attempts": attempt, "due_at": now + retry_delay(attempt)}
    if attempt >= MAX_ATTEMPTS:
        values = {"attempts": attempt, "pending": None, "dead_at": now}
        for handler, cause in _failures_of(error):
            await bury(session, event, handler, cause, attempt)
    await session.execute(
        update(_table).where(_table.c.id == event.id, _table.c.pending == 1).values(**values)
    )


def _failures_of(error: Exception) -> list[tuple[str, Exception]]:
    return error.failures if isinstance(error, DeliveryFailed) else [("", error)]
