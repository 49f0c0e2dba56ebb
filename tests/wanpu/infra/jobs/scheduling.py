"""What scheduler tests share: services, jobs that note their runs, short ways to make and look."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from wanpu.infra.database_time import SimulatedTime
from wanpu.infra.jobs import service
from wanpu.infra.jobs.models import Firing, Job, JobLog, JobNode
from wanpu.infra.jobs.registry import JobRegistry
from wanpu.infra.jobs.running import Run
from wanpu.infra.jobs.scheduler import Pace, Scheduler
from wanpu.infra.jobs.service import JobSpec
from wanpu.infra.jobs.services import JobServices, open_jobs
from wanpu.infra.jobs.states import Misfire
from wanpu.infra.jobs.triggers import CronTrigger, IntervalTrigger, Trigger
from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock

PACE = Pace(concurrency=4, check_in_s=20, misfire_after_s=60, poll_s=0.02, stop_within_s=0.05)
TICK = timedelta(microseconds=1)
MINUTELY = "0 * * * * ?"


class Noted:
    """A job that notes its runs; `inside` is what it does when it runs."""

    def __init__(self) -> None:
        self.runs: list[Run[Any]] = []
        self.inside: Callable[[Run[Any]], Any] | None = None

    async def __call__(self, run: Run[Any]) -> None:
        self.runs.append(run)
        if self.inside is not None:
            await self.inside(run)

    @property
    def fire_times(self) -> list[datetime]:
        return [run.fire_time for run in self.runs]


class Held:
    """Waits inside a run until it is let go."""

    def __init__(self) -> None:
        self.is_inside = asyncio.Event()
        self.let_go = asyncio.Event()

    async def __call__(self, _run: Run[Any]) -> None:
        self.is_inside.set()
        await self.let_go.wait()


class Bench:
    """A registry with one job "noted", over a clock that the test moves; it is just past a full minute,
    so that the next one is the first to fire."""

    def __init__(self, services: Services, clock: ManualClock, **options: Any) -> None:
        clock.advance(TICK)
        self.clock = clock
        self.job = Noted()
        self.registry = JobRegistry()
        self.registry.job("noted", title_zh="记录", title_en="note", **options)(self.job)
        self.app = open_jobs(services, self.registry, time=SimulatedTime(clock))

    def node(self, name: str = "a", **pace: Any) -> Scheduler:
        return Scheduler(self.app, replace(PACE, **pace), node=name)

    async def create(self, trigger: Trigger | str | int = MINUTELY, **said: Any) -> Job:
        if isinstance(trigger, str):
            trigger = CronTrigger(expression=trigger)
        if isinstance(trigger, int):
            trigger = IntervalTrigger(every_s=trigger)
        said.setdefault("misfire", Misfire.FIRE_ONCE)
        return await service.create_job(self.app, JobSpec(bean_name="noted", trigger=trigger, **said))


async def job_of(app: JobServices, job_id: int) -> Job:
    async with app.db.reading() as session:
        return (await session.execute(select(Job).where(Job.job_id == job_id))).scalar_one()


async def rows(app: JobServices, model: type[Any], *order: Any) -> list[Any]:
    async with app.db.reading() as session:
        return list((await session.execute(select(model).order_by(*order))).scalars())


async def logs(app: JobServices) -> list[JobLog]:
    return await rows(app, JobLog, JobLog.log_id)


async def firings(app: JobServices) -> list[Firing]:
    return await rows(app, Firing, Firing.fire_time)


async def nodes(app: JobServices) -> list[JobNode]:
    return await rows(app, JobNode, JobNode.name)
