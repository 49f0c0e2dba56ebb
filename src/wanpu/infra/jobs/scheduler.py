"""The scheduler of one process: a node that claims what is due, runs it, and watches the other nodes."""

import asyncio
import contextlib
import os
import random
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from structlog import get_logger
from structlog.contextvars import bound_contextvars

from wanpu.infra.jobs import claims, metrics, nodes, queries, service
from wanpu.infra.jobs.errors import FiringLost
from wanpu.infra.jobs.queries import DueJob
from wanpu.infra.jobs.registry import JobDefinition
from wanpu.infra.jobs.running import Claim, Run
from wanpu.infra.jobs.services import JobServices
from wanpu.infra.jobs.states import FiringStatus
from wanpu.infra.settings import Settings
from wanpu.infra.signals import JOBS
from wanpu.kernel.errors import Invalid
from wanpu.kernel.ids import Id

POLL_S = 2.0
"""How long a change that another process makes may go unnoticed."""
PAUSE_S = 1.0
"""How long the scheduler rests when the database is away."""
MAX_JITTER_S = 0.05

log = get_logger(__name__)


@dataclass(frozen=True)
class Pace:
    """How a scheduler works. Times are those of the shared clock, but for the two waits of this process:
    `poll_s` and `stop_within_s`."""

    concurrency: int = 4
    check_in_s: int = 15
    misfire_after_s: float = 60
    poll_s: float = POLL_S
    stop_within_s: float = 8

    @classmethod
    def of(cls, settings: Settings) -> "Pace":
        """As the operator has set it."""
        return cls(settings.job_concurrency, settings.job_check_in_s, settings.job_misfire_s)


class Scheduler:
    """Runs jobs of the registry, at most `concurrency` at once, side by side with other nodes.

    A node that says nothing for 1.75 check-in intervals loses what it holds: others run it again, or
    write it off, and its own late writes are refused. Everything is decided by the database's clock.
    """

    def __init__(self, app: JobServices, pace: Pace | None = None, *, node: str | None = None) -> None:
        self._app = app
        self._pace = pace or Pace()
        self.node = node or f"{socket.gethostname()[:48]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._names = sorted(app.registry.all)
        self._lease = nodes.silence(self._pace.check_in_s)
        self._interval_s = self._pace.check_in_s / app.time.pace
        self._running: dict[tuple[Id, datetime, int], asyncio.Task[None]] = {}
        self._lost: set[tuple[Id, datetime, int]] = set()
        self._begun = 0
        self._is_stopping = False

    async def run(self) -> None:
        """Work until cancelled; then let running jobs end for a while, and hand back the rest."""
        beside = [asyncio.create_task(self._keep_alive()), asyncio.create_task(self._keep_watch())]
        try:
            await self._plant()
            await self._keep_claiming()
        finally:
            await self._stop()
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            with contextlib.suppress(Exception):
                await asyncio.shield(nodes.leave(self._app, self.node))

    async def run_once(self) -> int:
        """Check in, recover what others lost, and run everything that is due, to its end; how many runs
        there were."""
        await nodes.check_in(self._app, self.node, self._pace.check_in_s)
        await nodes.watch(self._app)
        begun_before = self._begun
        while True:
            found = await self._look()
            if not found.due and not found.waiting:
                return self._begun - begun_before
            await self._start(found)
            await asyncio.gather(*self._running.values())

    async def _plant(self) -> None:
        """Give new jobs their rows; a database that is away is waited for."""
        while True:
            try:
                if planted := await service.plant_jobs(self._app):
                    log.info("jobs.planted", count=planted)
            except Exception as error:
                log.warning("jobs.plant_failed", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(PAUSE_S)
            else:
                return

    # Claiming and running.

    async def _keep_claiming(self) -> None:
        while True:
            try:
                found = await self._look()
                started = await self._start(found)
            except Exception as error:
                log.warning("jobs.claim_failed", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(PAUSE_S)
                continue
            self._app.heartbeats.beat(JOBS)
            if not found.due and not found.waiting:
                await self._wait_for_work(found.ahead_s)
            elif not started:
                await asyncio.sleep(random.uniform(0, MAX_JITTER_S))  # noqa: S311 - spreads nodes, hides nothing

    async def _look(self) -> "_Found":
        """What could be started now, and how long nothing else will be due."""
        free = self._pace.concurrency - len(self._running)
        if free <= 0:
            return _Found([], [], None)
        async with self._app.db.reading() as session:
            now = await self._app.time.now(session)
            waiting = await queries.list_waiting(session, self._names, free)
            due = await queries.list_due(session, now, self._names, free - len(waiting))
            following = None if due else await queries.find_next_due(session, now, self._names)
        ahead_s = None if following is None else (following - now).total_seconds() / self._app.time.pace
        return _Found(due, waiting, ahead_s)

    async def _start(self, found: "_Found") -> int:
        """Claim what was found and start it; how many claims changed something."""
        moved = 0
        for job_id, fire_time in found.waiting:
            claim = await claims.claim_waiting(self._app, job_id, fire_time, self.node, self._lease)
            moved += claim is not None
            self._spawn(claim)
        for seen in found.due:
            has_moved, claim = await self._claim_due(seen)
            moved += has_moved
            self._spawn(claim)
        return moved

    async def _claim_due(self, seen: DueJob) -> tuple[bool, Claim | None]:
        """A job whose trigger cannot be read any more is paused, so that it holds up nobody else."""
        misfire_after = timedelta(seconds=self._pace.misfire_after_s)
        try:
            return await claims.claim_due(self._app, seen, self.node, self._lease, misfire_after)
        except (ValueError, Invalid) as error:
            log.error("job.unreadable", job_id=seen.job_id, error=_text_of(error))
            return await claims.set_aside(self._app, seen, _text_of(error)), None

    def _spawn(self, claim: Claim | None) -> None:
        if claim is None:
            return
        task = asyncio.create_task(self._do(claim))
        self._begun += 1
        self._running[claim.key] = task
        metrics.JOBS_RUNNING.set(len(self._running))
        task.add_done_callback(lambda _task: self._forget(claim))

    def _forget(self, claim: Claim) -> None:
        self._running.pop(claim.key, None)
        self._lost.discard(claim.key)
        metrics.JOBS_RUNNING.set(len(self._running))

    async def _do(self, claim: Claim) -> None:
        with bound_contextvars(
            job=claim.bean_name, job_id=claim.job_id, fire_time=claim.fire_time.isoformat()
        ):
            log.info("job.started", attempt=claim.attempt, fence=claim.fence)
            is_over = asyncio.Event()
            keeper = asyncio.create_task(self._keep_held(claim, is_over))
            try:
                try:
                    result, error, data = await self._call(claim)
                except asyncio.CancelledError:
                    if self._is_stopping or claim.key in self._lost:
                        await self._record_cancelled(claim)
                        raise
                    result, error, data = "failed", "the job cancelled itself", None
                await self._record(claim, result, error, data)
            finally:
                is_over.set()
                await keeper

    async def _call(self, claim: Claim) -> tuple[str, str | None, dict[str, Any] | None]:
        """Call the job's function: "done", "failed", "timed_out" or "lost", the error's text, its data."""
        timeout_s = None if claim.timeout_s is None else claim.timeout_s / self._app.time.pace
        timer = asyncio.timeout(timeout_s)
        try:
            definition: JobDefinition = self._app.registry.get(claim.bean_name)
            run = Run(claim, definition.read_params(claim.params), self._app.time, claim.data)
            async with timer:
                await definition.run(run)
        except FiringLost as error:
            return "lost", _text_of(error), None
        except Exception as error:
            if timer.expired():
                return "timed_out", f"not done within {claim.timeout_s} s", None
            log.warning("job.failed", error=_text_of(error), exc_info=True)
            return "failed", _text_of(error), None
        return "done", None, run.data

    async def _record(
        self, claim: Claim, result: str, error: str | None, data: dict[str, Any] | None
    ) -> None:
        """A run that has found itself lost, and a result that cannot be written, are left to the end of the
        lease: the firing is recovered."""
        if result == "lost":
            metrics.JOB_RUNS.labels(claim.bean_name, "lost").inc()
            log.warning("job.lost", result=result, took_ms=claim.took_ms)
            return
        status = FiringStatus.SUCCEEDED if result == "done" else FiringStatus.FAILED
        try:
            is_ours = await claims.complete(self._app, claim, status, error=error, data=data)
        except Exception as failure:
            log.warning("job.record_failed", error=_text_of(failure))
            return
        metrics.JOB_RUNS.labels(claim.bean_name, result if is_ours else "lost").inc()
        metrics.JOB_SECONDS.labels(claim.bean_name).observe(claim.took_ms / 1000)
        if is_ours:
            log.info("job.ended", result=result, took_ms=claim.took_ms, error=error)
        else:
            log.warning("job.lost", result=result, took_ms=claim.took_ms)

    async def _record_cancelled(self, claim: Claim) -> None:
        if claim.key in self._lost:
            metrics.JOB_RUNS.labels(claim.bean_name, "lost").inc()
            log.warning("job.lost", result="cancelled", took_ms=claim.took_ms)
            return
        metrics.JOB_RUNS.labels(claim.bean_name, "handed_back").inc()
        log.info("job.handed_back", took_ms=claim.took_ms)
        await asyncio.shield(claims.hand_back(self._app, claim))

    async def _wait_for_work(self, ahead_s: float | None) -> None:
        """Until the next moment, a wake-up, the end of a running job, or the next look at the others'
        changes."""
        wait_s = self._pace.poll_s if ahead_s is None else min(max(ahead_s, 0.001), self._pace.poll_s)
        wake_up = asyncio.create_task(self._app.signals.wait(JOBS, wait_s))
        try:
            await asyncio.wait({wake_up, *self._running.values()}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            wake_up.cancel()
            await asyncio.gather(wake_up, return_exceptions=True)

    # Staying alive, and watching the others.

    async def _keep_alive(self) -> None:
        """Check in once an interval; nothing else may hold this up."""
        while True:
            wait_s = self._interval_s
            try:
                await nodes.check_in(self._app, self.node, self._pace.check_in_s)
            except Exception as error:
                log.warning("jobs.check_in_failed", error=f"{type(error).__name__}: {error}")
                wait_s = min(wait_s, PAUSE_S)
            await asyncio.sleep(wait_s)

    async def _keep_watch(self) -> None:
        """Look after the others once an interval, and when somebody's silence or lease would end."""
        while True:
            try:
                wait_s = await self._watch_others()
            except Exception as error:
                log.warning("jobs.watch_failed", error=f"{type(error).__name__}: {error}")
                wait_s = PAUSE_S
            await asyncio.sleep(min(wait_s, self._interval_s))

    async def _keep_held(self, claim: Claim, is_over: asyncio.Event) -> None:
        """Renew one run's lease once an interval, apart from all others: a job whose transaction holds its
        own firing for long holds up nobody else."""
        wait_s = self._interval_s
        while not await _is_set_within(is_over, wait_s):
            try:
                if not await self._renew(claim):
                    return
                wait_s = self._interval_s
            except Exception as error:
                log.warning("job.renew_failed", error=_text_of(error))
                wait_s = min(self._interval_s, PAUSE_S)

    async def _renew(self, claim: Claim) -> bool:
        """Renew a lease; one that is lost cancels its run."""
        if await claims.renew(self._app, claim, self._lease):
            return True
        task = self._running.get(claim.key)
        if task is not None and not task.done() and await self._is_lost(claim):
            self._lost.add(claim.key)
            task.cancel()
        return False

    async def _is_lost(self, claim: Claim) -> bool:
        """Whether the lease has ended rather than the run, which may have settled itself a moment ago."""
        async with self._app.db.reading() as session:
            firing = await queries.find_firing(session, claim.job_id, claim.fire_time)
        has_ended = (FiringStatus.SUCCEEDED, FiringStatus.FAILED)
        return firing is None or firing.fence != claim.fence or firing.status not in has_ended

    async def _watch_others(self) -> float:
        """Recover what others lost; in how many seconds to look again."""
        at = await nodes.watch(self._app)
        if at is None:
            return self._interval_s
        async with self._app.db.reading() as session:
            now = await self._app.time.now(session)
        return max(0.01, (at - now).total_seconds() / self._app.time.pace)

    async def _stop(self) -> None:
        """Claim nothing more; give running jobs time to end, then hand them back."""
        tasks = list(self._running.values())
        if tasks:
            log.info("jobs.stopping", running=len(tasks))
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait(tasks, timeout=self._pace.stop_within_s)
        self._is_stopping = True
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True)
class _Found:
    due: Sequence[DueJob]
    waiting: Sequence[tuple[Id, datetime]]
    ahead_s: float | None


async def _is_set_within(event: asyncio.Event, wait_s: float) -> bool:
    try:
        async with asyncio.timeout(wait_s):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _text_of(error: Exception) -> str:
    return claims.short_error(f"{type(error).__name__}: {error}")
