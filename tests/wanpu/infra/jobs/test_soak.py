"""Four nodes over one database, killed, stopped and with wrong clocks: every instant has its effect once,
and runs that must not overlap never do. Effects are counted, not firings."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import Row, func, select
from tests.processes import kill_now, start, stop_all, wait_until
from tests.wanpu.infra.jobs.soak_node import (
    EFFECTS,
    STEPS,
    FastTime,
    Work,
    open_node,
    run_node,
)

from wanpu.infra.database import Database
from wanpu.infra.database_time import DatabaseTime
from wanpu.infra.jobs import service
from wanpu.infra.jobs.models import Firing, Job, JobLog
from wanpu.infra.jobs.service import JobSpec
from wanpu.infra.jobs.states import FiringStatus, LogStatus, Misfire
from wanpu.infra.jobs.triggers import CronTrigger
from wanpu.infra.services import close_services
from wanpu.kernel.clock import SystemClock

SKEWS_S = (-600.0, 600.0, 0.0, -3600.0)
JOBS = ("exact", "alone", "fragile")
LONGEST_STALL_S = 4.0


@dataclass(frozen=True)
class Soak:
    """How long it lasts, in simulated and in real time, and how often the jobs fire."""

    simulated: timedelta
    real_s: float
    cron: str
    every: timedelta
    longest_peace_s: float  # between two kills or stalls

    @property
    def pace(self) -> float:
        return self.simulated.total_seconds() / self.real_s


SHORT = Soak(timedelta(minutes=15), 10, "0/30 * * * * ?", timedelta(seconds=30), 1.5)
DAY = Soak(timedelta(hours=24), 720, "0 0/2 * * * ?", timedelta(minutes=2), 4)


@pytest.mark.requirement("S0-183", "S0-194")
@pytest.mark.timeout(300)
def test_kills_stalls_and_wrong_clocks_neither_lose_nor_repeat_an_effect(
    server_url: str, tmp_path: Path
) -> None:
    check(soak(server_url, tmp_path, SHORT), SHORT)


@pytest.mark.long
@pytest.mark.requirement("S0-183", "S0-193", "S0-194")
@pytest.mark.timeout(3600)
def test_a_simulated_day_of_kills_stalls_and_wrong_clocks(server_url: str, tmp_path: Path) -> None:
    check(soak(server_url, tmp_path, DAY), DAY)


@dataclass(frozen=True)
class Outcome:
    """What is in the database when all is over."""

    since: datetime
    effects: Sequence[Row[tuple[int, str, datetime, int, int, str]]]
    firings: Sequence[Firing]
    logs: Sequence[JobLog]
    jobs: Sequence[Job]
    kills: int


def soak(url: str, folder: Path, plan: Soak) -> Outcome:
    """Let four nodes work while they are killed and stopped at random; then let them finish."""
    since = asyncio.run(prepare(url, folder, plan))
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    nodes = [begin(url, folder, skew_s, since, plan) for skew_s in SKEWS_S]
    kills = 0
    try:
        ends_at = time.monotonic() + plan.real_s
        while time.monotonic() < ends_at:
            time.sleep(chance.uniform(0.3, plan.longest_peace_s))
            number = asyncio.run(find_busy(url, nodes))
            if number is None:
                number = chance.randrange(len(nodes))
            if kills == 0 or chance.random() < 0.5:
                kill_now(nodes[number])
                kills += 1
                nodes[number] = begin(url, folder, SKEWS_S[number], since, plan)
            else:
                stall(nodes[number], chance.uniform(0.5, LONGEST_STALL_S))
        wait_until(lambda: asyncio.run(is_finished(url)), timeout_s=120 + plan.real_s)
        return asyncio.run(read_outcome(url, since, kills))
    finally:
        stop_all(nodes)
        asyncio.run(clean(url))


def begin(url: str, folder: Path, skew_s: float, since: datetime, plan: Soak) -> ForkServerProcess:
    return start(run_node, url, str(folder), skew_s, since.isoformat(), plan.pace)


def stall(node: ForkServerProcess, seconds: float) -> None:
    assert node.pid is not None
    os.kill(node.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(node.pid, signal.SIGCONT)


def check(outcome: Outcome, plan: Soak) -> None:
    """The oracle: what must have happened follows from the plan alone."""
    instants = planned_instants(outcome.since, plan)
    assert len(instants) >= plan.simulated / plan.every - 1
    assert outcome.kills > 0
    ended = Counter((row.job, row.fire_time) for row in outcome.effects if row.step == STEPS)

    for job in ("exact", "alone"):
        wrong = {at: ended[job, at] for at in instants if ended[job, at] != 1}
        assert wrong == {}, f"{job}: effects that are not exactly one"
    assert [at for at in instants if ended["fragile", at] > 1] == []
    assert {at for _, at in ended} <= set(instants)
    assert overlaps(outcome, "alone") == []
    assert overlaps(outcome, "fragile") == []

    for job in outcome.jobs:
        firings = [firing for firing in outcome.firings if firing.job_id == job.job_id]
        logs = [line for line in outcome.logs if line.job_id == job.job_id]
        assert [firing.fire_time for firing in firings] == instants
        assert job.times_triggered == len(instants)
        assert job.prev_fire_time == instants[-1]
        runs = sum(firing.attempt for firing in firings)
        assert len(logs) == runs == job.fence  # One line a run, whatever became of it.
        good = [firing.fire_time for firing in firings if firing.status is FiringStatus.SUCCEEDED]
        assert sorted(line.fire_time for line in logs if line.status is LogStatus.SUCCESS) == good
        if job.bean_name != "fragile":
            assert good == instants
        else:
            assert set(good) <= {at for name, at in ended if name == "fragile"}


def overlaps(outcome: Outcome, job: str) -> list[tuple[datetime, int]]:
    """Runs that wrote their first step between the two steps of another run."""
    found, open_run = [], None
    finished = {(row.fence) for row in outcome.effects if row.job == job and row.step == STEPS}
    for row in outcome.effects:
        if row.job != job:
            continue
        if open_run is not None and row.fence != open_run and open_run in finished:
            found.append((row.fire_time, row.fence))
        open_run = row.fence if row.step < STEPS else None
    return found


def planned_instants(since: datetime, plan: Soak) -> list[datetime]:
    """Every whole multiple of the period within the plan, worked out without cron."""
    period_s = int(plan.every.total_seconds())
    first_s = -(-int(since.timestamp() * 10**6) // (period_s * 10**6)) * period_s
    at, found = datetime.fromtimestamp(first_s, UTC), []
    while at <= since + plan.simulated:
        found.append(at)
        at += plan.every
    return found


async def prepare(url: str, folder: Path, plan: Soak) -> datetime:
    """Lay the table of effects and schedule the three jobs from now on: when time begins to run fast."""
    db = Database(url, pool_size=1)
    async with db.engine.begin() as connection:
        await connection.run_sync(EFFECTS.drop, checkfirst=True)
        await connection.run_sync(EFFECTS.create)
    async with db.reading() as session:
        since = await DatabaseTime(SystemClock()).now(session)
    await db.close()
    app = await open_node(url, str(folder), 0, FastTime(since, plan.pace), Work())
    for name in JOBS:
        said = JobSpec(
            bean_name=name,
            trigger=CronTrigger(expression=plan.cron),
            start_at=since,
            end_at=since + plan.simulated,
            misfire=Misfire.CATCH_UP,
        )
        await service.create_job(app, said)
        await start_from(app.db, name, since)
    await close_services(app)
    return since


async def start_from(db: Database, name: str, since: datetime) -> None:
    """Let a job begin with the first of its instants, also when making it took longer than that."""
    async with db.transaction() as session:
        job = (await session.execute(select(Job).where(Job.bean_name == name))).scalar_one()
        job.plan(job.schedule(None), since - timedelta(microseconds=1))


async def find_busy(url: str, nodes: Sequence[ForkServerProcess]) -> int | None:
    """A node in the middle of a run, if one is: those are the ones to hit."""
    db = Database(url, pool_size=1)
    async with db.reading() as session:
        busy = (await session.execute(select(Firing.node).where(Firing.lease_until.is_not(None)))).scalars()
        pids = {str(name).split(":")[1] for name in busy}
    await db.close()
    return next((number for number, node in enumerate(nodes) if str(node.pid) in pids), None)


async def is_finished(url: str) -> bool:
    """Whether no moment is left, and no firing waits or runs."""
    db = Database(url, pool_size=1)
    try:
        async with db.reading() as session:
            ahead = select(func.count()).select_from(Job).where(Job.next_fire_time.is_not(None))
            open_ones = select(func.count()).select_from(Firing).where(Firing.ended_at.is_(None))
            counts = [(await session.execute(count)).scalar_one() for count in (ahead, open_ones)]
        return counts == [0, 0]
    finally:
        await db.close()


async def read_outcome(url: str, since: datetime, kills: int) -> Outcome:
    db = Database(url, pool_size=1)
    async with db.reading() as session:
        effects = (await session.execute(select(EFFECTS).order_by(EFFECTS.c.id))).all()
        firings = (await session.execute(select(Firing).order_by(Firing.fire_time))).scalars().all()
        logs = (await session.execute(select(JobLog))).scalars().all()
        jobs = (await session.execute(select(Job).order_by(Job.job_id))).scalars().all()
    await db.close()
    return Outcome(since, effects, firings, logs, jobs, kills)


async def clean(url: str) -> None:
    db = Database(url, pool_size=1)
    async with db.engine.begin() as connection:
        await connection.run_sync(EFFECTS.drop, checkfirst=True)
    await db.close()
