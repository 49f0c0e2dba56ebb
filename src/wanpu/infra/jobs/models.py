"""Tables of the scheduler: jobs with their triggers, firings, the log, nodes, groups, holiday calendars."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Boolean, CheckConstraint, Index, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.infra.columns import (
    BigInt,
    GrowingInt,
    IntStatus,
    TextStatus,
    UtcDateTime,
    code_text,
    json_value,
    name_text,
)
from wanpu.infra.jobs.days_off import DaysOff
from wanpu.infra.jobs.states import (
    FIRING_MOVES,
    JOB_MOVES,
    FiringCause,
    FiringStatus,
    JobStatus,
    LogStatus,
    Misfire,
    TriggerKind,
)
from wanpu.infra.jobs.triggers import CronTrigger, Schedule, Trigger
from wanpu.infra.tables import Base, PrimaryId, Stamped
from wanpu.kernel.clock import TICK
from wanpu.kernel.ids import Id

DEFAULT_GROUP = "default"
DEFAULT_PRIORITY = 5
MAX_ATTEMPTS = 5
"""How often a firing whose nodes keep dying is begun, before it is abandoned."""

_trigger: TypeAdapter[Trigger] = TypeAdapter(Trigger)


@dataclass(frozen=True)
class Taken:
    """What became of a job that was due: a firing to run, or none, and how many times it is late."""

    firing: "Firing | None"
    is_misfire: bool


class Job(Stamped, Base):
    """定时任务: a registered job (`bean_name`), its parameters and its trigger.

    `next_fire_time` is what people see. `due_at` is what nodes look for: the same moment while the job
    may fire, and NULL while it or its group is paused or a run of it stands in its way.
    """

    __tablename__ = "schedule_job"

    job_id: Mapped[PrimaryId]
    job_key: Mapped[str | None] = mapped_column(code_text(64), unique=True)  # the creator's own name for it
    bean_name: Mapped[str] = mapped_column(code_text(200))
    job_group: Mapped[str] = mapped_column(code_text(64))
    params: Mapped[str] = mapped_column(name_text(2000))
    cron_expression: Mapped[str | None] = mapped_column(code_text(200))  # only when the trigger is one
    status: Mapped[JobStatus] = mapped_column(IntStatus(JobStatus))
    remark: Mapped[str] = mapped_column(name_text(255))
    trigger_kind: Mapped[TriggerKind] = mapped_column(TextStatus(TriggerKind))
    trigger_spec: Mapped[dict[str, Any]]
    trigger_data: Mapped[Any] = mapped_column(json_value())  # whatever the creator wants runs to know
    zone: Mapped[str] = mapped_column(code_text(64))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime | None]
    calendar_name: Mapped[str | None] = mapped_column(code_text(64))
    priority: Mapped[int] = mapped_column(SmallInteger)  # the higher goes first at one moment
    misfire: Mapped[Misfire] = mapped_column(TextStatus(Misfire))
    is_concurrent: Mapped[bool] = mapped_column(Boolean)
    requests_recovery: Mapped[bool] = mapped_column(Boolean)
    updates_data: Mapped[bool] = mapped_column(Boolean)
    data: Mapped[dict[str, Any]]  # what the last run left for the next one
    timeout_s: Mapped[int | None] = mapped_column(Integer)
    next_fire_time: Mapped[datetime | None]
    prev_fire_time: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    is_group_paused: Mapped[bool] = mapped_column(Boolean)
    running_fire_time: Mapped[datetime | None]  # of the run that bars others; never set on concurrent jobs
    times_triggered: Mapped[int] = mapped_column(BigInt)
    fence: Mapped[int] = mapped_column(BigInt)  # grows with every run that begins
    revision: Mapped[int] = mapped_column(BigInt)  # grows with every change

    __table_args__ = (
        CheckConstraint("due_at IS NULL OR due_at = next_fire_time", name="due_when_it_fires"),
        CheckConstraint("priority BETWEEN 1 AND 10", name="priority_in_range"),
        Index(None, "due_at"),
        Index(None, "job_group"),
        Index(None, "bean_name"),
        Index(None, "calendar_name"),
    )

    @property
    def trigger(self) -> Trigger:
        """How its times are told."""
        return _trigger.validate_python({"kind": self.trigger_kind.value, **self.trigger_spec})

    def schedule(self, days_off: DaysOff | None) -> Schedule:
        """When it fires; `days_off` is the calendar that it names."""
        return Schedule(self.trigger, self.zone, self.start_at, self.end_at, days_off)

    def set_trigger(self, trigger: Trigger) -> None:
        """Keep a trigger; `plan` says from when on it counts."""
        self.trigger_kind = TriggerKind(trigger.kind)
        self.trigger_spec = trigger.model_dump(mode="json", exclude={"kind"})
        self.cron_expression = trigger.expression if isinstance(trigger, CronTrigger) else None

    def plan(self, schedule: Schedule, after: datetime) -> None:
        """Fire next at the schedule's first moment after `after`."""
        self.next_fire_time = schedule.next_after(after)
        self.settle_due()

    def plan_anew(self, schedule: Schedule, now: datetime) -> None:
        """Work the next moment out by another schedule; one that is due and unclaimed still counts."""
        pending = now if self.next_fire_time is None else self.next_fire_time - TICK
        self.plan(schedule, min(now, pending))

    def pause(self) -> bool:
        """Fire no more until resumed; a run that goes on goes on. Whether anything changed."""
        changed = JOB_MOVES.move(self.status, JobStatus.PAUSED)
        if changed:
            self.status = JobStatus.PAUSED
            self.settle_due()
        return changed

    def resume(self) -> bool:
        """Fire again; times that passed meanwhile are missed ones. Whether anything changed."""
        changed = JOB_MOVES.move(self.status, JobStatus.NORMAL)
        if changed:
            self.status = JobStatus.NORMAL
            self.settle_due()
        return changed

    def take_due(self, now: datetime, misfire_after: timedelta, days_off: DaysOff | None) -> Taken | None:
        """Claim the moment that is due, and look ahead to the next; None when nothing is due at `now`.

        A moment that is late by more than `misfire_after` was missed: the job's policy says whether it
        runs, and whether the moments missed after it do.
        """
        if self.due_at is None or self.due_at > now:
            return None
        fire_time = self.due_at
        is_misfire = now - fire_time > misfire_after
        leaves_missed = is_misfire and self.misfire is not Misfire.CATCH_UP
        self.next_fire_time = self.schedule(days_off).next_after(now if leaves_missed else fire_time)
        if is_misfire and self.misfire is Misfire.SKIP:
            self.settle_due()
            return Taken(None, is_misfire)
        self.prev_fire_time = fire_time
        self.times_triggered += 1
        self.settle_due()
        return Taken(self.new_firing(fire_time, FiringCause.SCHEDULE, now), is_misfire)

    def new_firing(self, fire_time: datetime, cause: FiringCause, now: datetime) -> "Firing":
        """A firing that waits for a node."""
        return Firing(
            job_id=self.job_id,
            fire_time=fire_time,
            bean_name=self.bean_name,
            params=self.params,
            cause=cause,
            status=FiringStatus.WAITING,
            attempt=0,
            fence=0,
            node=None,
            waiting_since=now,
            lease_until=None,
            started_at=None,
            ended_at=None,
            created_at=now,
            updated_at=now,
        )

    def may_run(self, fire_time: datetime) -> bool:
        """Whether no other run stands in the way of this firing."""
        return self.is_concurrent or self.running_fire_time in (None, fire_time)

    def enter(self, fire_time: datetime) -> int:
        """A run begins: it bars others unless runs may overlap. The run's fencing number."""
        self.running_fire_time = None if self.is_concurrent else fire_time
        self.fence += 1
        self.settle_due()
        return self.fence

    def leave(self, fire_time: datetime) -> None:
        """A run has ended for good."""
        if self.running_fire_time == fire_time:
            self.running_fire_time = None
            self.settle_due()

    def settle_due(self) -> None:
        """Work out again whether nodes may see the next moment."""
        is_free = (
            self.status is JobStatus.NORMAL
            and not self.is_group_paused
            and (self.is_concurrent or self.running_fire_time is None)
        )
        self.due_at = self.next_fire_time if is_free else None
        self.revision += 1


class Firing(Stamped, Base):
    """触发记录: a job fires at a moment. The key is the claim: no moment of a job fires twice.

    While it runs, the node holds it until `lease_until`; `fence` tells one run of it from another.
    """

    __tablename__ = "job_firing"

    job_id: Mapped[PrimaryId]
    fire_time: Mapped[datetime] = mapped_column(UtcDateTime(), primary_key=True)
    bean_name: Mapped[str] = mapped_column(code_text(200))
    params: Mapped[str] = mapped_column(name_text(2000))
    cause: Mapped[FiringCause] = mapped_column(TextStatus(FiringCause))
    status: Mapped[FiringStatus] = mapped_column(TextStatus(FiringStatus))
    attempt: Mapped[int] = mapped_column(SmallInteger)
    fence: Mapped[int] = mapped_column(BigInt)
    node: Mapped[str | None] = mapped_column(code_text(96))
    waiting_since: Mapped[datetime | None]  # only while it waits
    lease_until: Mapped[datetime | None]  # only while it runs
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "waiting_since"),
        Index(None, "lease_until"),
        Index(None, "ended_at"),
    )

    def start(self, node: str, fence: int, now: datetime, lease_until: datetime) -> None:
        """Hold it for a node until the end of a lease."""
        FIRING_MOVES.move(self.status, FiringStatus.RUNNING)
        self.status = FiringStatus.RUNNING
        self.attempt += 1
        self.fence = fence
        self.node = node
        self.started_at = now
        self.lease_until = lease_until
        self.waiting_since = None

    def is_held(self, fence: int, now: datetime) -> bool:
        """Whether the run with this fencing number still has the right to write."""
        return (
            self.status is FiringStatus.RUNNING
            and self.fence == fence
            and self.lease_until is not None
            and self.lease_until > now
        )

    def finish(self, status: FiringStatus, now: datetime) -> None:
        """End it for good."""
        FIRING_MOVES.move(self.status, status)
        self.status = status
        self.lease_until = None
        self.ended_at = now

    def wait_again(self, now: datetime) -> None:
        """Let another node run it."""
        FIRING_MOVES.move(self.status, FiringStatus.WAITING)
        self.status = FiringStatus.WAITING
        self.lease_until = None
        self.waiting_since = now

    def as_row(self) -> Mapping[str, Any]:
        """Its columns, for a Core insert."""
        return {column.name: getattr(self, column.name) for column in self.__table__.columns}


class JobLog(Stamped, Base):
    """任务日志: one run and what became of it."""

    __tablename__ = "schedule_job_log"

    log_id: Mapped[Id] = mapped_column(GrowingInt, primary_key=True)
    job_id: Mapped[Id]
    bean_name: Mapped[str] = mapped_column(code_text(200))
    params: Mapped[str] = mapped_column(name_text(2000))
    status: Mapped[LogStatus] = mapped_column(IntStatus(LogStatus))
    error: Mapped[str | None] = mapped_column(name_text(2000))  # masked
    times: Mapped[int] = mapped_column(BigInt)  # how long it took, in milliseconds
    fire_time: Mapped[datetime]
    attempt: Mapped[int] = mapped_column(SmallInteger)
    cause: Mapped[FiringCause] = mapped_column(TextStatus(FiringCause))
    node: Mapped[str | None] = mapped_column(code_text(96))

    __table_args__ = (Index(None, "job_id", "log_id"), Index(None, "created_at"))


class JobNode(Stamped, Base):
    """调度节点: a process that fires jobs, and when it last said so."""

    __tablename__ = "job_node"

    name: Mapped[str] = mapped_column(code_text(96), primary_key=True)  # of one start of one process
    last_check_in: Mapped[datetime]
    check_in_s: Mapped[int] = mapped_column(Integer)
    lost_at: Mapped[datetime | None]  # when another node noticed that it had fallen silent


class JobGroup(Stamped, Base):
    """任务组 that has been paused once. While it is, its jobs rest, and so do those that join it."""

    __tablename__ = "job_group"

    name: Mapped[str] = mapped_column(code_text(64), primary_key=True)
    is_paused: Mapped[bool] = mapped_column(Boolean)


class JobCalendar(Stamped, Base):
    """节假日日历 that jobs may obey."""

    __tablename__ = "job_calendar"

    name: Mapped[str] = mapped_column(code_text(64), primary_key=True)
    remark: Mapped[str] = mapped_column(name_text(255))
    days: Mapped[dict[str, Any]]

    @property
    def days_off(self) -> DaysOff:
        """The days as rules."""
        return DaysOff.model_validate(self.days)
