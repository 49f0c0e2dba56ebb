"""Every statement of the scheduler, except plain adds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.jobs.days_off import DaysOff
from wanpu.infra.jobs.models import Firing, Job, JobCalendar, JobGroup, JobLog, JobNode
from wanpu.infra.jobs.states import JobStatus, LogStatus
from wanpu.infra.pages import PageAsk, read_page, select_logged
from wanpu.infra.statements import insert_if_absent, padded
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id

_jobs = table_of(Job)
_firings = table_of(Firing)
_groups = table_of(JobGroup)
_nodes = table_of(JobNode)
JOB_LOG = table_of(JobLog)


@dataclass(frozen=True)
class DueJob:
    """A job that was due when it was seen; `revision` tells whether it has changed since."""

    job_id: Id
    revision: int


@dataclass(frozen=True)
class Expired:
    """A firing whose lease has ended; `fence` names the run that lost it."""

    job_id: Id
    fire_time: datetime
    fence: int
    bean_name: str


# What nodes look for.


async def list_due(session: AsyncSession, now: datetime, names: Collection[str], limit: int) -> list[DueJob]:
    """Jobs that are due and registered here: the longest due first, at one moment by priority."""
    statement = (
        select(_jobs.c.job_id, _jobs.c.revision)
        .where(_jobs.c.due_at <= now, _jobs.c.bean_name.in_(sorted(names)))
        .order_by(_jobs.c.due_at, _jobs.c.priority.desc(), _jobs.c.job_id)
        .limit(limit)
    )
    return [DueJob(row.job_id, row.revision) for row in await session.execute(statement)]


async def find_next_due(session: AsyncSession, now: datetime, names: Collection[str]) -> datetime | None:
    """When the next job that is not due yet will be."""
    statement = (
        select(_jobs.c.due_at)
        .where(_jobs.c.due_at > now, _jobs.c.bean_name.in_(sorted(names)))
        .order_by(_jobs.c.due_at)
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def list_waiting(
    session: AsyncSession, names: Collection[str], limit: int
) -> list[tuple[Id, datetime]]:
    """Firings that wait for a node and have no other run in their way; the longest waiting first."""
    is_free = exists().where(
        _jobs.c.job_id == _firings.c.job_id,
        or_(
            _jobs.c.is_concurrent,
            _jobs.c.running_fire_time.is_(None),
            _jobs.c.running_fire_time == _firings.c.fire_time,
        ),
    )
    statement = (
        select(_firings.c.job_id, _firings.c.fire_time)
        .where(_firings.c.waiting_since.is_not(None), _firings.c.bean_name.in_(sorted(names)), is_free)
        .order_by(_firings.c.waiting_since)
        .limit(limit)
    )
    return [(row.job_id, row.fire_time) for row in await session.execute(statement)]


async def list_expired(session: AsyncSession, now: datetime, limit: int) -> list[Expired]:
    """Firings whose lease has ended; the longest ended first."""
    statement = (
        select(_firings.c.job_id, _firings.c.fire_time, _firings.c.fence, _firings.c.bean_name)
        .where(_firings.c.lease_until <= now)
        .order_by(_firings.c.lease_until)
        .limit(limit)
    )
    rows = await session.execute(statement)
    return [Expired(row.job_id, row.fire_time, row.fence, row.bean_name) for row in rows]


async def find_first_lease_end(session: AsyncSession) -> datetime | None:
    """When the first of the leases that are held will end."""
    statement = (
        select(_firings.c.lease_until)
        .where(_firings.c.lease_until.is_not(None))
        .order_by(_firings.c.lease_until)
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


# Jobs.


async def find_job(session: AsyncSession, job_id: Id) -> Job | None:
    """One job by id."""
    return await session.get(Job, job_id)


async def find_job_by_key(session: AsyncSession, key: str) -> Job | None:
    """One job by its creator's key."""
    return (await session.execute(select(Job).where(Job.job_key == key))).scalar_one_or_none()


async def list_known_keys(session: AsyncSession, keys: Collection[str]) -> set[str]:
    """Those of the keys that jobs have."""
    statement = select(_jobs.c.job_key).where(_jobs.c.job_key.in_(sorted(keys)))
    return {str(key) for key in (await session.execute(statement)).scalars()}


async def lock_job(session: AsyncSession, job_id: Id) -> Job | None:
    """One job, locked."""
    statement = select(Job).where(Job.job_id == job_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_due_job(session: AsyncSession, seen: DueJob) -> Job | None:
    """The job that was seen, locked; None when it has changed since, so that another node was first."""
    statement = select(Job).where(Job.job_id == seen.job_id, Job.revision == seen.revision).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_jobs_of_group(session: AsyncSession, group: str) -> Sequence[Job]:
    """The jobs of a group, locked in the order of their ids."""
    statement = select(Job).where(Job.job_group == group).order_by(Job.job_id).with_for_update()
    return (await session.execute(statement)).scalars().all()


async def lock_jobs_of_calendar(session: AsyncSession, name: str) -> Sequence[Job]:
    """The jobs that obey a holiday calendar, locked in the order of their ids."""
    statement = select(Job).where(Job.calendar_name == name).order_by(Job.job_id).with_for_update()
    return (await session.execute(statement)).scalars().all()


JOB_SORTS = {
    "job_id": _jobs.c.job_id,
    "bean_name": _jobs.c.bean_name,
    "next_fire_time": _jobs.c.next_fire_time,
}


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs are wanted; `name` may be a part of the registered name."""

    name: str | None = None
    group: str | None = None
    status: JobStatus | None = None


async def list_jobs(session: AsyncSession, wanted: JobFilter, ask: PageAsk) -> tuple[Sequence[Job], int]:
    """One page of jobs, and how many match."""
    statement = select(Job)
    if wanted.name is not None:
        statement = statement.where(Job.bean_name.contains(wanted.name, autoescape=True))
    if wanted.group is not None:
        statement = statement.where(Job.job_group == wanted.group)
    if wanted.status is not None:
        statement = statement.where(Job.status == wanted.status)
    rows, total = await read_page(session, statement, ask, sorts=JOB_SORTS, last=_jobs.c.job_id)
    return [row[0] for row in rows], total


# Firings.


async def add_firing(session: AsyncSession, firing: Firing) -> bool:
    """Add a firing unless that moment of the job has one already; whether it was added."""
    return await insert_if_absent(session, _firings, firing.as_row(), key=["job_id", "fire_time"])


async def find_firing(session: AsyncSession, job_id: Id, fire_time: datetime) -> Firing | None:
    """One firing."""
    return await session.get(Firing, (job_id, fire_time))


async def lock_firing(session: AsyncSession, job_id: Id, fire_time: datetime) -> Firing | None:
    """One firing, locked, as it stands now. Lock it before its job."""
    statement = (
        select(Firing)
        .where(Firing.job_id == job_id, Firing.fire_time == fire_time)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def list_running(session: AsyncSession, limit: int) -> Sequence[Firing]:
    """Some firings that run at the moment, with node and start; those that have run longest first."""
    statement = (
        select(Firing).where(Firing.lease_until.is_not(None)).order_by(Firing.lease_until).limit(limit)
    )
    found = (await session.execute(statement)).scalars().all()
    return sorted(found, key=lambda firing: (firing.started_at, firing.job_id))


async def lock_firings_of(session: AsyncSession, job_id: Id) -> Sequence[Firing]:
    """The firings of a job that wait or run, locked."""
    statement = (
        select(Firing)
        .where(
            Firing.job_id == job_id,
            or_(Firing.lease_until.is_not(None), Firing.waiting_since.is_not(None)),
        )
        .order_by(Firing.fire_time)
        .with_for_update()
    )
    return (await session.execute(statement)).scalars().all()


async def delete_firings_before(session: AsyncSession, moment: datetime, limit: int) -> int:
    """Forget some firings that ended before `moment`; how many."""
    old = (
        select(_firings.c.job_id, _firings.c.fire_time)
        .where(_firings.c.ended_at < moment)
        .order_by(_firings.c.ended_at)
        .limit(limit)
    )
    rows = (await session.execute(old)).all()
    if not rows:
        return 0
    is_one = [and_(_firings.c.job_id == row.job_id, _firings.c.fire_time == row.fire_time) for row in rows]
    result: Any = await session.execute(delete(_firings).where(or_(*is_one)))
    return int(result.rowcount)


# The log.


LOG_SORTS = {"log_id": JOB_LOG.c.log_id, "times": JOB_LOG.c.times}


@dataclass(frozen=True, slots=True)
class JobLogFilter:
    """Which runs are wanted; `until` itself is left out."""

    job_id: Id | None = None
    bean_name: str | None = None
    status: LogStatus | None = None
    since: datetime | None = None
    until: datetime | None = None


def select_job_logs(wanted: JobLogFilter) -> Select[Any]:
    """The runs that match, in no order."""
    return select_logged(JOB_LOG, wanted, equal=("job_id", "bean_name", "status"))


async def list_job_logs(
    session: AsyncSession, wanted: JobLogFilter, ask: PageAsk
) -> tuple[Sequence[Row[Any]], int]:
    """One page of runs, and how many match."""
    return await read_page(session, select_job_logs(wanted), ask, sorts=LOG_SORTS, last=JOB_LOG.c.log_id)


async def find_job_log(session: AsyncSession, log_id: Id) -> Row[Any] | None:
    """One run."""
    return (await session.execute(select(JOB_LOG).where(JOB_LOG.c.log_id == log_id))).first()


async def delete_logs_before(session: AsyncSession, moment: datetime, limit: int) -> int:
    """Forget some lines written before `moment`; how many."""
    old = select(JobLog.log_id).where(JobLog.created_at < moment).order_by(JobLog.created_at).limit(limit)
    ids = (await session.execute(old)).scalars().all()
    if not ids:
        return 0
    result: Any = await session.execute(delete(JobLog).where(JobLog.log_id.in_(padded(ids))))
    return int(result.rowcount)


# Nodes.


async def check_in(session: AsyncSession, name: str, now: datetime, check_in_s: int) -> None:
    """Say that a node is alive; one that was given up is back."""
    row = {
        "name": name,
        "last_check_in": now,
        "check_in_s": check_in_s,
        "lost_at": None,
        "created_at": now,
        "updated_at": now,
    }
    if not await insert_if_absent(session, _nodes, row, key=["name"]):
        await session.execute(
            update(_nodes)
            .where(_nodes.c.name == name)
            .values(last_check_in=now, check_in_s=check_in_s, lost_at=None, updated_at=now)
        )


async def list_nodes(session: AsyncSession) -> Sequence[JobNode]:
    """Every node, alive or lost, in the order in which they started."""
    return (await session.execute(select(JobNode).order_by(JobNode.created_at, JobNode.name))).scalars().all()


async def mark_lost(session: AsyncSession, node: JobNode, now: datetime) -> bool:
    """Note that a node has fallen silent; whether this caller was the first to."""
    result: Any = await session.execute(
        update(_nodes)
        .where(
            _nodes.c.name == node.name,
            _nodes.c.last_check_in == node.last_check_in,
            _nodes.c.lost_at.is_(None),
        )
        .values(lost_at=now, updated_at=now)
    )
    return int(result.rowcount) == 1


async def delete_node(session: AsyncSession, name: str) -> None:
    """Forget a node that stops."""
    await session.execute(delete(_nodes).where(_nodes.c.name == name))


async def delete_lost_nodes(session: AsyncSession, before: datetime) -> int:
    """Forget nodes that were lost before a moment; how many."""
    result: Any = await session.execute(delete(_nodes).where(_nodes.c.lost_at < before))
    return int(result.rowcount)


# Groups and calendars.


async def lock_group(session: AsyncSession, name: str, now: datetime) -> JobGroup:
    """A group, locked; a new one is not paused. Lock it before its jobs."""
    row = {"name": name, "is_paused": False, "created_at": now, "updated_at": now}
    await insert_if_absent(session, _groups, row, key=["name"])
    statement = select(JobGroup).where(JobGroup.name == name).with_for_update()
    return (await session.execute(statement)).scalar_one()


async def list_groups(session: AsyncSession) -> Sequence[JobGroup]:
    """Every group, by name."""
    return (await session.execute(select(JobGroup).order_by(JobGroup.name))).scalars().all()


async def find_calendar(session: AsyncSession, name: str) -> JobCalendar | None:
    """A holiday calendar."""
    return await session.get(JobCalendar, name)


async def lock_calendar(session: AsyncSession, name: str) -> JobCalendar | None:
    """A holiday calendar, locked. Lock it before the jobs that obey it."""
    statement = select(JobCalendar).where(JobCalendar.name == name).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def find_days_off(session: AsyncSession, name: str | None) -> DaysOff | None:
    """The days off of a holiday calendar; None when there is no name, or no such calendar."""
    found = None if name is None else await find_calendar(session, name)
    return None if found is None else found.days_off


async def list_calendars(session: AsyncSession) -> Sequence[JobCalendar]:
    """Every holiday calendar, by name."""
    return (await session.execute(select(JobCalendar).order_by(JobCalendar.name))).scalars().all()


async def count_jobs_of_calendar(session: AsyncSession, name: str) -> int:
    """How many jobs obey a calendar."""
    statement = select(func.count()).select_from(_jobs).where(_jobs.c.calendar_name == name)
    return int((await session.execute(statement)).scalar_one())
