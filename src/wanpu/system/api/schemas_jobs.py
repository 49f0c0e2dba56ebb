"""What the routes of scheduled jobs take and answer."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row

from wanpu.infra.http.fields import Body, IdText, Out, PageOut, UtcTime
from wanpu.infra.jobs.cron import Cron
from wanpu.infra.jobs.cron_words import describe
from wanpu.infra.jobs.days_off import DaysOff
from wanpu.infra.jobs.models import Firing, Job, JobCalendar, JobGroup, JobNode
from wanpu.infra.jobs.registry import JobDefinition
from wanpu.infra.jobs.service import JobSpec
from wanpu.infra.jobs.triggers import CronTrigger, Trigger


class WordsOut(Out):
    """A trigger in words."""

    zh: str
    en: str

    @classmethod
    def of(cls, trigger: Trigger) -> "WordsOut | None":
        """Words for a cron expression; other kinds speak for themselves."""
        if not isinstance(trigger, CronTrigger):
            return None
        cron = Cron(trigger.expression)
        return cls(zh=describe(cron, "zh"), en=describe(cron, "en"))


class JobOut(Out):
    """定时任务. `status` 0 fires, 1 is paused; `is_running` tells of a run that bars others."""

    job_id: IdText
    bean_name: str
    group: str
    params: str
    status: int
    remark: str
    trigger: dict[str, Any]
    cron_expression: str | None
    words: WordsOut | None
    trigger_data: Any
    zone: str
    start_at: UtcTime
    end_at: UtcTime | None
    calendar_name: str | None
    priority: int
    misfire: str
    is_concurrent: bool
    requests_recovery: bool
    updates_data: bool
    timeout_s: int | None
    is_group_paused: bool
    is_running: bool
    next_fire_time: UtcTime | None
    prev_fire_time: UtcTime | None
    times_triggered: int
    created_at: UtcTime
    updated_at: UtcTime

    @classmethod
    def of(cls, job: Job) -> "JobOut":
        """A job as screens show it."""
        return cls(
            job_id=job.job_id,
            bean_name=job.bean_name,
            group=job.job_group,
            params=job.params,
            status=job.status.value,
            remark=job.remark,
            trigger={"kind": job.trigger_kind.value, **job.trigger_spec},
            cron_expression=job.cron_expression,
            words=WordsOut.of(job.trigger),
            trigger_data=job.trigger_data,
            zone=job.zone,
            start_at=job.start_at,
            end_at=job.end_at,
            calendar_name=job.calendar_name,
            priority=job.priority,
            misfire=job.misfire.value,
            is_concurrent=job.is_concurrent,
            requests_recovery=job.requests_recovery,
            updates_data=job.updates_data,
            timeout_s=job.timeout_s,
            is_group_paused=job.is_group_paused,
            is_running=job.running_fire_time is not None,
            next_fire_time=job.next_fire_time,
            prev_fire_time=job.prev_fire_time,
            times_triggered=job.times_triggered,
            created_at=job.created_at,
            updated_at=job.updated_at,
        )


class JobList(PageOut[JobOut]):
    """One page of jobs."""


class RegisteredJobOut(Out):
    """A job that the code knows; `params_schema` is the JSON schema of its parameters, if they have one."""

    name: str
    title_zh: str
    title_en: str
    params_schema: dict[str, Any] | None
    is_concurrent: bool
    requests_recovery: bool

    @classmethod
    def of(cls, job: JobDefinition) -> "RegisteredJobOut":
        """What a form needs to know before it names the job."""
        return cls(
            name=job.name,
            title_zh=job.title_zh,
            title_en=job.title_en,
            params_schema=None if job.params is None else job.params.model_json_schema(),
            is_concurrent=job.is_concurrent,
            requests_recovery=job.requests_recovery,
        )


class RegisteredJobList(Out):
    """Every registered job."""

    items: list[RegisteredJobOut]


class JobPreviewBody(Body):
    """A job that may never be saved, and how many of its moments are wanted."""

    job: JobSpec
    count: Annotated[int, Field(ge=1, le=50)] = 10


class JobPreviewOut(Out):
    """A trigger in words, and its next moments."""

    words: WordsOut | None
    next_fire_times: list[UtcTime]

    @classmethod
    def of(cls, spec: JobSpec, moments: list[datetime]) -> "JobPreviewOut":
        """What a form shows beside the trigger."""
        return cls(words=WordsOut.of(spec.trigger), next_fire_times=moments)


class FiringOut(Out):
    """One run that goes on, or that was asked for."""

    job_id: IdText
    bean_name: str
    fire_time: UtcTime
    cause: str
    status: str
    attempt: int
    node: str | None
    started_at: UtcTime | None
    lease_until: UtcTime | None

    @classmethod
    def of(cls, firing: Firing) -> "FiringOut":
        """A run as screens show it."""
        return cls(
            job_id=firing.job_id,
            bean_name=firing.bean_name,
            fire_time=firing.fire_time,
            cause=firing.cause.value,
            status=firing.status.value,
            attempt=firing.attempt,
            node=firing.node,
            started_at=firing.started_at,
            lease_until=firing.lease_until,
        )


class FiringList(Out):
    """The runs that go on, the longest first."""

    items: list[FiringOut]


class NodeOut(Out):
    """A process that fires jobs; lost when the others no longer hear of it."""

    name: str
    last_check_in: UtcTime
    check_in_s: int
    lost_at: UtcTime | None

    @classmethod
    def of(cls, node: JobNode) -> "NodeOut":
        """A node as screens show it."""
        return cls(
            name=node.name,
            last_check_in=node.last_check_in,
            check_in_s=node.check_in_s,
            lost_at=node.lost_at,
        )


class NodeList(Out):
    """Every node."""

    items: list[NodeOut]


class GroupOut(Out):
    """A group of jobs and whether it rests."""

    name: str
    is_paused: bool

    @classmethod
    def of(cls, group: JobGroup) -> "GroupOut":
        """A group as screens show it."""
        return cls(name=group.name, is_paused=group.is_paused)


class GroupList(Out):
    """Every group."""

    items: list[GroupOut]


class CalendarBody(Body):
    """A holiday calendar."""

    days: DaysOff
    remark: Annotated[str, Field(max_length=255, pattern=r"^[^\x00]*$")] = ""


class CalendarOut(Out):
    """A holiday calendar as it stands."""

    name: str
    days: DaysOff
    remark: str
    updated_at: UtcTime

    @classmethod
    def of(cls, calendar: JobCalendar) -> "CalendarOut":
        """A calendar as screens show it."""
        return cls(
            name=calendar.name,
            days=calendar.days_off,
            remark=calendar.remark,
            updated_at=calendar.updated_at,
        )


class CalendarList(Out):
    """Every holiday calendar."""

    items: list[CalendarOut]


class JobLogOut(Out):
    """任务日志: one run. `status` 0 succeeded, 1 failed; `times` are milliseconds."""

    log_id: IdText
    job_id: IdText
    bean_name: str
    params: str
    status: int
    error: str | None
    times: int
    fire_time: UtcTime
    attempt: int
    cause: str
    node: str | None
    created_at: UtcTime

    @classmethod
    def of(cls, row: Row[Any]) -> "JobLogOut":
        """A run as screens show it."""
        return cls(
            log_id=row.log_id,
            job_id=row.job_id,
            bean_name=row.bean_name,
            params=row.params,
            status=row.status.value,
            error=row.error,
            times=row.times,
            fire_time=row.fire_time,
            attempt=row.attempt,
            cause=row.cause.value,
            node=row.node,
            created_at=row.created_at,
        )


class JobLogList(PageOut[JobLogOut]):
    """One page of runs."""
