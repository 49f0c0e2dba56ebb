"""Statements about scheduled jobs as the console lists them; the scheduler's own stand with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.jobs.models import Job, JobLog
from wanpu.infra.jobs.states import JobStatus, LogStatus
from wanpu.infra.pages import PageAsk, read_page
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id

JOB = table_of(Job)
LOG = table_of(JobLog)

JOB_SORTS = {"job_id": JOB.c.job_id, "bean_name": JOB.c.bean_name, "next_fire_time": JOB.c.next_fire_time}
LOG_SORTS = {"log_id": LOG.c.log_id, "times": LOG.c.times}


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs are wanted; `name` may be a part of the registered name."""

    name: str | None = None
    group: str | None = None
    status: JobStatus | None = None


@dataclass(frozen=True, slots=True)
class JobLogFilter:
    """Which runs are wanted; `until` itself is left out."""

    job_id: Id | None = None
    bean_name: str | None = None
    status: LogStatus | None = None
    since: datetime | None = None
    until: datetime | None = None


async def list_jobs(session: AsyncSession, wanted: JobFilter, ask: PageAsk) -> tuple[Sequence[Job], int]:
    """One page of jobs, and how many match."""
    statement = select(Job)
    if wanted.name is not None:
        statement = statement.where(Job.bean_name.contains(wanted.name, autoescape=True))
    if wanted.group is not None:
        statement = statement.where(Job.job_group == wanted.group)
    if wanted.status is not None:
        statement = statement.where(Job.status == wanted.status)
    rows, total = await read_page(session, statement, ask, sorts=JOB_SORTS, last=JOB.c.job_id)
    return [row[0] for row in rows], total


async def list_job_logs(
    session: AsyncSession, wanted: JobLogFilter, ask: PageAsk
) -> tuple[Sequence[Row[Any]], int]:
    """One page of runs, and how many match."""
    statement = select(LOG)
    for name in ("job_id", "bean_name", "status"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(LOG.c[name] == value)
    if wanted.since is not None:
        statement = statement.where(LOG.c.created_at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(LOG.c.created_at < wanted.until)
    return await read_page(session, statement, ask, sorts=LOG_SORTS, last=LOG.c.log_id)


async def find_job_log(session: AsyncSession, log_id: Id) -> Row[Any] | None:
    """One run."""
    return (await session.execute(select(LOG).where(LOG.c.log_id == log_id))).first()
