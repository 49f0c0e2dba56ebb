"""A scheduler node as a process of its own, with a clock of its own, for soaks: what it is and what it runs.

Time is the database's, sped up: every node works it out from the server's clock, so that a day passes in
minutes and the nodes still agree. Their own clocks are wrong, each in its own way.
"""

import asyncio
import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from pydantic import SecretStr
from sqlalchemy import BigInteger, Column, MetaData, String, Table, insert
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.columns import UtcDateTime
from wanpu.infra.database import rerun_on_conflict
from wanpu.infra.database_time import DatabaseTime
from wanpu.infra.jobs.registry import JobRegistry
from wanpu.infra.jobs.running import Run
from wanpu.infra.jobs.scheduler import Pace, Scheduler
from wanpu.infra.jobs.services import JobServices, open_jobs
from wanpu.infra.services import close_services, open_services
from wanpu.infra.settings import Settings
from wanpu.kernel.clock import SystemClock

CHECK_IN_REAL_S = 1.2
MASTER_KEY = "kq3V9xw0cJbY7mZr2TfLhN8uPdGaE5sX"
STEPS = 2

EFFECTS = Table(
    "soak_effect",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    Column("job", String(16), nullable=False),
    Column("fire_time", UtcDateTime(), nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("node", String(96), nullable=False),
)
"""What jobs have done, in the order in which they did it. Nothing here refuses a second time."""


@dataclass(frozen=True)
class FastTime:
    """The server's clock, sped up since a moment."""

    since: datetime
    pace: float

    async def now(self, session: AsyncSession) -> datetime:
        real = await DatabaseTime(SystemClock()).now(session)
        return self.since + (real - self.since) * self.pace


class WrongClock:
    """A machine's clock that is wrong."""

    def __init__(self, skew_s: float) -> None:
        self._skew = timedelta(seconds=skew_s)

    def now(self) -> datetime:
        return SystemClock().now() + self._skew


def settings_for(url: str, folder: str) -> Settings:
    return Settings(_env_file=None, data_dir=Path(folder), database_url=url, master_key=SecretStr(MASTER_KEY))


def registry_for(work: "Work") -> JobRegistry:
    """The three jobs of a soak."""
    registry = JobRegistry()
    registry.job("exact", title_zh="并行", title_en="x", is_concurrent=True)(work.exact)
    registry.job("alone", title_zh="独占", title_en="x")(work.alone)
    registry.job("fragile", title_zh="不可重跑", title_en="x", requests_recovery=False)(work.fragile)
    return registry


class Work:
    """What the jobs do: they write effects, each in a transaction that proves the run's hold."""

    def __init__(self) -> None:
        self.app: JobServices | None = None

    async def exact(self, run: Run[Any]) -> None:
        """May overlap, is recovered: effect and end of the firing are one transaction."""
        await pause()
        await self._write("exact", run, STEPS, settles=True)

    async def alone(self, run: Run[Any]) -> None:
        """May not overlap, is recovered: two steps, the second ends the firing."""
        await self._write("alone", run, 1, settles=False)
        await pause()
        await self._write("alone", run, STEPS, settles=True)

    async def fragile(self, run: Run[Any]) -> None:
        """May not overlap and not be repeated: proves its hold, and leaves the end to the scheduler."""
        await self._write("fragile", run, 1, settles=False)
        await pause()
        await self._write("fragile", run, STEPS, settles=False)

    async def _write(self, job: str, run: Run[Any], step: int, *, settles: bool) -> None:
        assert self.app is not None
        await write_effect(self.app, job, run, step, settles)


async def pause() -> None:
    """Take a little while, now and then a longer one, so that kills and stalls find runs in the middle."""
    await asyncio.sleep(0.6 if random.random() < 0.15 else random.uniform(0, 0.1))


@rerun_on_conflict
async def write_effect(app: JobServices, job: str, run: Run[Any], step: int, settles: bool) -> None:
    async with app.db.transaction() as session:
        await run.ensure_held(session)
        row = {
            "job": job,
            "fire_time": run.fire_time,
            "fence": run.fence,
            "step": step,
            "node": run.claim.node,
        }
        await session.execute(insert(EFFECTS).values(**row))
        if settles:
            await run.settle(session)


async def open_node(url: str, folder: str, skew_s: float, time: FastTime, work: Work) -> JobServices:
    services = await open_services(settings_for(url, folder), clock=WrongClock(skew_s))
    work.app = open_jobs(services, registry_for(work), time=time)
    return work.app


def run_node(url: str, folder: str, skew_s: float, since: str, pace: float) -> None:
    """Be a node until killed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

    async def work() -> None:
        time = FastTime(datetime.fromisoformat(since), pace)
        app = await open_node(url, folder, skew_s, time, Work())
        rhythm = Pace(
            concurrency=4,
            check_in_s=round(CHECK_IN_REAL_S * pace),
            misfire_after_s=60,
            poll_s=0.1,
            stop_within_s=1,
        )
        try:
            await Scheduler(app, rhythm).run()
        finally:
            await close_services(app)

    asyncio.run(work())
