"""Scheduled jobs (定时任务) for operators: the scheduler's use cases, each with its line in the log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import Database
from wanpu.infra.jobs import calendars, groups, queries, service
from wanpu.infra.jobs.days_off import DaysOff
from wanpu.infra.jobs.errors import JobNotFound
from wanpu.infra.jobs.models import Firing, Job, JobCalendar, JobGroup, JobNode
from wanpu.infra.jobs.queries import JobFilter, JobLogFilter
from wanpu.infra.jobs.service import JobSpec
from wanpu.infra.jobs.services import JobServices
from wanpu.infra.jobs.witness import Facts, Witness
from wanpu.infra.pages import PageAsk
from wanpu.kernel.ids import Id
from wanpu.system.callers import StaffCaller
from wanpu.system.errors import JobLogNotFound
from wanpu.system.service.operation_log import record

RUNNING_SHOWN = 100


def logged(caller: StaffCaller, operation: str, subject: str) -> Witness:
    """A witness that writes the operation log."""

    async def write(session: AsyncSession, before: Facts | None, after: Facts | None) -> None:
        await record(session, caller, operation, subject, before=before, after=after)

    return write


async def create_job(app: JobServices, caller: StaffCaller, spec: JobSpec) -> Job:
    """Add a job. Raises as the scheduler's `create_job` does."""

    async def write(session: AsyncSession, before: Facts | None, after: Facts | None) -> None:
        assert after is not None
        await record(session, caller, "job.create", f"job:{after['job_id']}", before=before, after=after)

    return await service.create_job(app, spec, witness=write)


async def edit_job(app: JobServices, caller: StaffCaller, job_id: Id, spec: JobSpec) -> Job:
    """Replace what is said about a job. Raises as the scheduler's `edit_job` does."""
    return await service.edit_job(app, job_id, spec, witness=logged(caller, "job.change", f"job:{job_id}"))


async def delete_job(app: JobServices, caller: StaffCaller, job_id: Id) -> None:
    """Forget a job.

    Raises:
        JobNotFound: no such job.
    """
    await service.delete_job(app, job_id, witness=logged(caller, "job.delete", f"job:{job_id}"))


async def pause_job(app: JobServices, caller: StaffCaller, job_id: Id) -> Job:
    """Let a job rest.

    Raises:
        JobNotFound: no such job.
    """
    return await service.pause_job(app, job_id, witness=logged(caller, "job.pause", f"job:{job_id}"))


async def resume_job(app: JobServices, caller: StaffCaller, job_id: Id) -> Job:
    """Let a job fire again.

    Raises:
        JobNotFound: no such job.
    """
    return await service.resume_job(app, job_id, witness=logged(caller, "job.resume", f"job:{job_id}"))


async def run_job_now(app: JobServices, caller: StaffCaller, job_id: Id) -> Firing:
    """Run a job once beside its schedule.

    Raises:
        JobNotFound, JobNameUnknown: there is nothing to run.
    """
    return await service.run_job_now(app, job_id, witness=logged(caller, "job.run", f"job:{job_id}"))


async def pause_group(app: JobServices, caller: StaffCaller, group: str) -> None:
    """Let the present and future jobs of a group rest."""
    await groups.pause_group(app, group, witness=logged(caller, "job_group.pause", f"job_group:{group}"))


async def resume_group(app: JobServices, caller: StaffCaller, group: str) -> None:
    """Let the jobs of a group fire again."""
    await groups.resume_group(app, group, witness=logged(caller, "job_group.resume", f"job_group:{group}"))


async def save_calendar(
    app: JobServices, caller: StaffCaller, name: str, days: DaysOff, *, remark: str
) -> None:
    """Write a holiday calendar.

    Raises:
        ZoneUnknown: its time zone does not exist.
    """
    witness = logged(caller, "job_calendar.save", f"job_calendar:{name}")
    await calendars.save_calendar(app, name, days, remark=remark, witness=witness)


async def delete_calendar(app: JobServices, caller: StaffCaller, name: str) -> None:
    """Forget a holiday calendar.

    Raises:
        CalendarNotFound, CalendarInUse: nothing was deleted.
    """
    witness = logged(caller, "job_calendar.delete", f"job_calendar:{name}")
    await calendars.delete_calendar(app, name, witness=witness)


async def preview(app: JobServices, spec: JobSpec, count: int) -> list[datetime]:
    """The next moments that a job would have. Raises as the scheduler's `preview` does."""
    return await service.preview(app, spec, count)


async def list_jobs(db: Database, wanted: JobFilter, ask: PageAsk) -> tuple[Sequence[Job], int]:
    """One page of jobs, and how many match."""
    async with db.reading() as session:
        return await queries.list_jobs(session, wanted, ask)


async def get_job(db: Database, job_id: Id) -> Job:
    """One job.

    Raises:
        JobNotFound: no such job.
    """
    async with db.reading() as session:
        found = await queries.find_job(session, job_id)
    if found is None:
        raise JobNotFound(str(job_id))
    return found


async def list_firings(db: Database) -> Sequence[Firing]:
    """What runs at this moment, at most a hundred runs."""
    async with db.reading() as session:
        return await queries.list_running(session, RUNNING_SHOWN)


async def list_scheduler_nodes(db: Database) -> Sequence[JobNode]:
    """The processes that fire jobs, and those that fell silent lately."""
    async with db.reading() as session:
        return await queries.list_nodes(session)


async def list_job_groups(db: Database) -> Sequence[JobGroup]:
    """Every group that a job has been in, and whether it rests."""
    async with db.reading() as session:
        return await queries.list_groups(session)


async def list_holiday_calendars(db: Database) -> Sequence[JobCalendar]:
    """Every holiday calendar."""
    async with db.reading() as session:
        return await queries.list_calendars(session)


async def list_job_logs(db: Database, wanted: JobLogFilter, ask: PageAsk) -> tuple[Sequence[Row[Any]], int]:
    """One page of runs, and how many match."""
    async with db.reading() as session:
        return await queries.list_job_logs(session, wanted, ask)


async def get_job_log(db: Database, log_id: Id) -> Row[Any]:
    """One run.

    Raises:
        JobLogNotFound: no such line.
    """
    async with db.reading() as session:
        found = await queries.find_job_log(session, log_id)
    if found is None:
        raise JobLogNotFound
    return found
