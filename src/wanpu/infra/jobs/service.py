"""What people and rooms do with jobs: create, edit, pause, resume, run now."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, Strict
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import rerun_on_conflict
from wanpu.infra.jobs import queries
from wanpu.infra.jobs.days_off import DaysOff
from wanpu.infra.jobs.errors import (
    CalendarNotFound,
    JobKeyReused,
    JobNotFound,
    TriggerNeverFires,
)
from wanpu.infra.jobs.models import DEFAULT_GROUP, DEFAULT_PRIORITY, Firing, Job
from wanpu.infra.jobs.registry import JobDefinition
from wanpu.infra.jobs.services import JobServices, wake_after_commit
from wanpu.infra.jobs.states import FiringCause, FiringStatus, JobStatus, Misfire
from wanpu.infra.jobs.triggers import Moment, Schedule, Trigger, zone_named
from wanpu.infra.jobs.witness import Facts, Witness, nobody
from wanpu.kernel.clock import TICK
from wanpu.kernel.ids import Id

SERIALS = "schedule_job"

Word = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]


class JobSpec(BaseModel):
    """Everything that a person says about a job. A flag that is left out is the registered job's own."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    bean_name: Annotated[str, Field(min_length=1, max_length=200)]
    trigger: Trigger
    params: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] = ""
    group: Word = DEFAULT_GROUP
    remark: Annotated[str, Field(max_length=255, pattern=r"^[^\x00]*$")] = ""
    zone: Word = "Asia/Shanghai"
    start_at: Moment | None = None
    end_at: Moment | None = None
    calendar_name: Word | None = None
    priority: Annotated[int, Field(ge=1, le=10)] = DEFAULT_PRIORITY
    misfire: Annotated[Misfire, Strict(False)] = Misfire.FIRE_ONCE
    is_concurrent: bool | None = None
    requests_recovery: bool | None = None
    updates_data: bool | None = None
    timeout_s: Annotated[int, Field(ge=1, le=7 * 86_400)] | None = None
    trigger_data: Any = None


async def create_job(
    app: JobServices, spec: JobSpec, *, key: str | None = None, witness: Witness = nobody
) -> Job:
    """Add a job. The same `key` and content give the same job again.

    Raises:
        JobNameUnknown, JobParamsInvalid, ZoneUnknown: the spec does not fit what is registered.
        CalendarNotFound: no such holiday calendar.
        TriggerNeverFires: no moment is left.
        JobKeyReused: the key stands for other content.
    """
    definition = _check(app, spec)
    [job_id] = await app.serials.take(SERIALS)
    return await _add_job(app, Id(job_id), spec, definition, key, witness)


@rerun_on_conflict
async def _add_job(
    app: JobServices,
    job_id: Id,
    spec: JobSpec,
    definition: JobDefinition,
    key: str | None,
    witness: Witness,
) -> Job:
    async with app.db.transaction() as session:
        known = None if key is None else await queries.find_job_by_key(session, key)
        now = await app.time.now(session)
        job = Job(
            job_id=job_id,
            job_key=key,
            status=JobStatus.NORMAL,
            data={},
            start_at=spec.start_at or now,
            prev_fire_time=None,
            running_fire_time=None,
            times_triggered=0,
            fence=0,
            revision=0,
            created_at=now,
        )
        days_off = await _describe(session, job, spec, definition, now)
        if known is not None:
            if _content(known) != _content(job):
                raise JobKeyReused(key or "")
            return known
        _plan(job, job.schedule(days_off), now)
        session.add(job)
        await witness(session, None, {"job_id": str(job_id), **facts_of(job)})
        wake_after_commit(session)
    return job


async def edit_job(app: JobServices, job_id: Id, spec: JobSpec, *, witness: Witness = nobody) -> Job:
    """Replace what is said about a job. Its next moment is worked out again only when its times changed;
    a paused job stays paused.

    Raises:
        JobNotFound: no such job.
        JobNameUnknown, JobParamsInvalid, ZoneUnknown, CalendarNotFound, TriggerNeverFires: as in
            `create_job`; nothing changed.
    """
    return await _change_job(app, job_id, spec, _check(app, spec), witness)


@rerun_on_conflict
async def _change_job(
    app: JobServices, job_id: Id, spec: JobSpec, definition: JobDefinition, witness: Witness
) -> Job:
    async with app.db.transaction() as session:
        await queries.lock_group(session, spec.group, await app.time.now(session))
        if spec.calendar_name is not None:
            await queries.lock_calendar(session, spec.calendar_name)
        job = await _lock_job(session, job_id)
        now = await app.time.now(session)
        was = facts_of(job)
        before = (job.trigger, job.zone, job.start_at, job.end_at, job.calendar_name)
        keeps_start = spec.start_at is None and spec.trigger == job.trigger
        job.start_at = job.start_at if keeps_start else spec.start_at or now
        days_off = await _describe(session, job, spec, definition, now)
        if before == (job.trigger, job.zone, job.start_at, job.end_at, job.calendar_name):
            job.settle_due()
        else:
            _plan(job, job.schedule(days_off), now)
        await witness(session, was, facts_of(job))
        wake_after_commit(session)
    return job


@rerun_on_conflict
async def delete_job(app: JobServices, job_id: Id, *, witness: Witness = nobody) -> None:
    """Forget a job and what waits of it. A run that goes on ends and is logged; the log stays.

    Raises:
        JobNotFound: no such job.
    """
    async with app.db.transaction() as session:
        firings = await queries.lock_firings_of(session, job_id)
        job = await _lock_job(session, job_id)
        for firing in firings:
            if firing.status is FiringStatus.WAITING:
                await session.delete(firing)
        await witness(session, facts_of(job), None)
        await session.delete(job)


@rerun_on_conflict
async def pause_job(app: JobServices, job_id: Id, *, witness: Witness = nobody) -> Job:
    """Fire a job no more until it is resumed; a repeat changes nothing.

    Raises:
        JobNotFound: no such job.
    """
    async with app.db.transaction() as session:
        job = await _lock_job(session, job_id)
        was = facts_of(job)
        if job.pause():
            await witness(session, was, facts_of(job))
    return job


@rerun_on_conflict
async def resume_job(app: JobServices, job_id: Id, *, witness: Witness = nobody) -> Job:
    """Fire a job again; moments that passed meanwhile are missed ones. A repeat changes nothing.

    Raises:
        JobNotFound: no such job.
    """
    async with app.db.transaction() as session:
        job = await _lock_job(session, job_id)
        was = facts_of(job)
        if job.resume():
            await witness(session, was, facts_of(job))
        wake_after_commit(session)
    return job


@rerun_on_conflict
async def run_job_now(app: JobServices, job_id: Id, *, witness: Witness = nobody) -> Firing:
    """Run a job once, paused or not, beside its schedule; some node starts it at once, or when a run that
    must not overlap has ended.

    Raises:
        JobNotFound: no such job.
        JobNameUnknown: nothing of its name is registered any more.
    """
    async with app.db.transaction() as session:
        job = await _lock_job(session, job_id)
        app.registry.get(job.bean_name)
        now = await app.time.now(session)
        firing = job.new_firing(now, FiringCause.BY_HAND, now)
        while not await queries.add_firing(session, firing):
            firing.fire_time += TICK
        await witness(session, None, {"fire_time": firing.fire_time.isoformat(), "params": firing.params})
        wake_after_commit(session)
    return firing


async def preview(app: JobServices, spec: JobSpec, count: int) -> list[datetime]:
    """The next `count` moments that a job would have, in UTC; nothing is written.

    Raises:
        ZoneUnknown, CalendarNotFound: as in `create_job`.
    """
    async with app.db.reading() as session:
        now = await app.time.now(session)
        days_off = await queries.find_days_off(session, spec.calendar_name)
    if spec.calendar_name is not None and days_off is None:
        raise CalendarNotFound(spec.calendar_name)
    anchor = spec.start_at or now
    schedule = Schedule(spec.trigger, spec.zone, anchor, spec.end_at, days_off)
    return schedule.next_firings(_before_first(anchor, now), count)


async def plant_jobs(app: JobServices) -> int:
    """Give every registered job with a default schedule its row, where it has none yet; how many were
    missing. Rows that people have changed stay as they are."""
    wanted = {name: job for name, job in app.registry.all.items() if job.schedule is not None}
    async with app.db.reading() as session:
        known = await queries.list_known_keys(session, wanted)
    missing = [job for name, job in wanted.items() if name not in known]
    for job in missing:
        assert job.schedule is not None
        spec = JobSpec(
            bean_name=job.name,
            trigger=job.schedule.trigger,
            params=job.schedule.params,
            zone=job.schedule.zone,
            misfire=job.schedule.misfire,
            remark=job.title_zh,
        )
        await create_job(app, spec, key=job.name)
    return len(missing)


def facts_of(job: Job) -> Facts:
    """What people decide about a job, as plain JSON values."""
    return {
        "bean_name": job.bean_name,
        "params": job.params,
        "group": job.job_group,
        "trigger": {"kind": job.trigger_kind.value, **job.trigger_spec},
        "status": job.status.value,
        "remark": job.remark,
        "zone": job.zone,
        "end_at": None if job.end_at is None else job.end_at.isoformat(),
        "calendar_name": job.calendar_name,
        "priority": job.priority,
        "misfire": job.misfire.value,
        "is_concurrent": job.is_concurrent,
        "requests_recovery": job.requests_recovery,
        "updates_data": job.updates_data,
        "timeout_s": job.timeout_s,
        "trigger_data": job.trigger_data,
    }


def _check(app: JobServices, spec: JobSpec) -> JobDefinition:
    definition = app.registry.get(spec.bean_name)
    definition.read_params(spec.params)
    zone_named(spec.zone)
    return definition


async def _describe(
    session: AsyncSession, job: Job, spec: JobSpec, definition: JobDefinition, now: datetime
) -> DaysOff | None:
    """Write the spec into a job, with the group and the calendar locked; the days off it obeys."""
    group = await queries.lock_group(session, spec.group, now)
    calendar = None
    if spec.calendar_name is not None:
        calendar = await queries.lock_calendar(session, spec.calendar_name)
        if calendar is None:
            raise CalendarNotFound(spec.calendar_name)
    job.bean_name = spec.bean_name
    job.set_trigger(spec.trigger)
    job.params = spec.params
    job.job_group = spec.group
    job.is_group_paused = group.is_paused
    job.remark = spec.remark
    job.zone = spec.zone
    job.end_at = spec.end_at
    job.calendar_name = spec.calendar_name
    job.priority = spec.priority
    job.misfire = spec.misfire
    job.is_concurrent = _chosen(spec.is_concurrent, definition.is_concurrent)
    job.requests_recovery = _chosen(spec.requests_recovery, definition.requests_recovery)
    job.updates_data = _chosen(spec.updates_data, definition.updates_data)
    job.timeout_s = spec.timeout_s if spec.timeout_s is not None else definition.timeout_s
    job.trigger_data = spec.trigger_data
    return None if calendar is None else calendar.days_off


def _chosen(said: bool | None, otherwise: bool) -> bool:
    return otherwise if said is None else said


def _plan(job: Job, schedule: Schedule, now: datetime) -> None:
    job.plan(schedule, _before_first(job.start_at, now))
    if job.next_fire_time is None:
        raise TriggerNeverFires(job.bean_name)


def _before_first(start_at: datetime, now: datetime) -> datetime:
    """The moment after which the first firing may be: its very start counts when it is not past."""
    return start_at - TICK if start_at >= now else now


def _content(job: Job) -> tuple[Any, ...]:
    """What two creates with one key must agree in; not when they were called."""
    return (
        job.bean_name,
        job.params,
        job.trigger_kind,
        job.trigger_spec,
        job.zone,
        job.end_at,
        job.job_group,
        job.calendar_name,
        job.priority,
        job.misfire,
        job.is_concurrent,
        job.requests_recovery,
        job.updates_data,
        job.timeout_s,
        job.trigger_data,
    )


async def _lock_job(session: AsyncSession, job_id: Id) -> Job:
    job = await queries.lock_job(session, job_id)
    if job is None:
        raise JobNotFound(str(job_id))
    return job
