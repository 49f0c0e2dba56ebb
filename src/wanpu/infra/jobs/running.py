"""A run of a job, as the job sees it, and what it may prove and record in its own transactions."""

from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database_time import TimeSource
from wanpu.infra.jobs import queries
from wanpu.infra.jobs.errors import FiringLost
from wanpu.infra.jobs.models import Firing, JobLog
from wanpu.infra.jobs.states import FiringCause, FiringStatus, LogStatus
from wanpu.kernel.ids import Id

P = TypeVar("P")


@dataclass(frozen=True)
class Claim:
    """The right of one node to run one firing, proved by `fence` until its lease ends."""

    job_id: Id
    fire_time: datetime
    fence: int
    attempt: int
    bean_name: str
    params: str
    cause: FiringCause
    node: str
    trigger_data: Any
    data: dict[str, Any]
    updates_data: bool
    timeout_s: int | None
    began: float = field(default_factory=monotonic)

    @property
    def key(self) -> tuple[Id, datetime, int]:
        """What tells this run from every other one."""
        return self.job_id, self.fire_time, self.fence

    @property
    def took_ms(self) -> int:
        """How long it has been running."""
        return round((monotonic() - self.began) * 1000)


@dataclass
class Run(Generic[P]):
    """One run: its parameters, why it runs, and its hold on the firing.

    `fire_time` is the planned moment and never changes when the run is repeated, so that it can name
    what the run writes. `data` is what the run before left; changes are kept when the run succeeds, if
    the job says `updates_data`.
    """

    claim: Claim
    params: P
    time: TimeSource
    data: dict[str, Any]

    @property
    def fire_time(self) -> datetime:
        """The moment that this run stands for."""
        return self.claim.fire_time

    @property
    def fence(self) -> int:
        """A number that grows with every run of the job, for writes that compare it."""
        return self.claim.fence

    @property
    def attempt(self) -> int:
        """1, or more when a run of this firing was cut short before."""
        return self.claim.attempt

    @property
    def trigger_data(self) -> Any:
        """What the creator of the job wanted its runs to know."""
        return self.claim.trigger_data

    async def ensure_held(self, session: AsyncSession) -> None:
        """Prove in the session's transaction that this run still holds its firing, and keep it so until
        the transaction ends.

        Raises:
            FiringLost: the lease ended, and the firing may be another's: write nothing.
        """
        await _lock_held(session, self.claim, self.time)

    async def settle(self, session: AsyncSession) -> None:
        """Record the success in the job's own transaction, so that its effects and the end of the firing
        are one: nothing runs it again.

        Raises:
            FiringLost: the lease ended; write nothing.
        """
        firing, now = await _lock_held(session, self.claim, self.time)
        await end(session, self.claim, firing, FiringStatus.SUCCEEDED, now, data=self.data)


async def end(
    session: AsyncSession,
    claim: Claim,
    firing: Firing,
    status: FiringStatus,
    now: datetime,
    *,
    error: str | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """End a run for good in the session's transaction: firing, log, and the way for the next one."""
    firing.finish(status, now)
    session.add(log_of(claim, status, now, error=error))
    job = await queries.lock_job(session, claim.job_id)
    if job is None:
        return
    if data is not None and job.updates_data:
        job.data = dict(data)
    job.leave(claim.fire_time)


def log_of(claim: Claim, status: FiringStatus, now: datetime, *, error: str | None) -> JobLog:
    """The line that a run leaves in the log."""
    return JobLog(
        job_id=claim.job_id,
        bean_name=claim.bean_name,
        params=claim.params,
        status=LogStatus.SUCCESS if status is FiringStatus.SUCCEEDED else LogStatus.FAILED,
        error=error,
        times=claim.took_ms,
        fire_time=claim.fire_time,
        attempt=claim.attempt,
        cause=claim.cause,
        node=claim.node,
        created_at=now,
    )


async def _lock_held(session: AsyncSession, claim: Claim, time: TimeSource) -> tuple[Firing, datetime]:
    firing = await queries.lock_firing(session, claim.job_id, claim.fire_time)
    now = await time.now(session)
    if firing is None or not firing.is_held(claim.fence, now):
        raise FiringLost(f"{claim.bean_name} of {claim.fire_time.isoformat()}, run {claim.fence}")
    return firing, now
