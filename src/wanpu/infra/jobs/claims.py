"""Claims: how a node gets the right to run a firing, keeps it, and gives it back. Every change is one
short transaction, so that a node may die between any two of them."""

from datetime import datetime, timedelta
from typing import Any

from structlog import get_logger

from wanpu.infra.database import rerun_on_conflict
from wanpu.infra.jobs import metrics, queries
from wanpu.infra.jobs.models import MAX_ATTEMPTS, Firing, Job, JobLog
from wanpu.infra.jobs.queries import DueJob, Expired
from wanpu.infra.jobs.running import Claim, end, log_of
from wanpu.infra.jobs.services import JobServices
from wanpu.infra.jobs.states import FiringCause, FiringStatus, LogStatus
from wanpu.infra.masking import mask_text
from wanpu.kernel.ids import Id

MAX_ERROR_LENGTH = 2000

log = get_logger(__name__)


@rerun_on_conflict
async def claim_due(
    app: JobServices, seen: DueJob, node: str, lease: timedelta, misfire_after: timedelta
) -> tuple[bool, Claim | None]:
    """Take the moment that is due, unless somebody was faster: the job moves on to its next moment, and
    the firing is this node's. Whether the job moved on, and the claim if there is something to run."""
    async with app.db.transaction() as session:
        job = await queries.lock_due_job(session, seen)
        if job is None:
            return False, None
        now = await app.time.now(session)
        days_off = await queries.find_days_off(session, job.calendar_name)
        taken = job.take_due(now, misfire_after, days_off)
        if taken is None:
            return False, None
        if taken.is_misfire:
            metrics.JOB_MISFIRES.labels(job.bean_name, job.misfire.value).inc()
            log.warning("job.misfired", job=job.bean_name, job_id=job.job_id, policy=job.misfire.value)
        if taken.firing is None:
            return True, None
        claim = _begin(job, taken.firing, node, now, now + lease)
        if not await queries.add_firing(session, taken.firing):
            # The moment was fired before: the database's clock was set back, and the job edited since.
            job.leave(taken.firing.fire_time)
            return True, None
        metrics.JOB_LAG.set((now - claim.fire_time).total_seconds())
        return True, claim


@rerun_on_conflict
async def set_aside(app: JobServices, seen: DueJob, error: str) -> bool:
    """Pause a job whose trigger cannot be read, and say so in its log; whether that was still to do."""
    async with app.db.transaction() as session:
        job = await queries.lock_due_job(session, seen)
        if job is None:
            return False
        now = await app.time.now(session)
        firing = job.new_firing(job.due_at or now, FiringCause.SCHEDULE, now)
        session.add(_log_of_lost(firing, now, error))
        return job.pause()


@rerun_on_conflict
async def claim_waiting(
    app: JobServices, job_id: Id, fire_time: datetime, node: str, lease: timedelta
) -> Claim | None:
    """Take a firing that waits: one asked for by hand, or one whose node died. None when it is gone."""
    async with app.db.transaction() as session:
        firing = await queries.lock_firing(session, job_id, fire_time)
        if firing is None or firing.status is not FiringStatus.WAITING:
            return None
        job = await queries.lock_job(session, job_id)
        if job is None or not job.may_run(fire_time):
            return None
        now = await app.time.now(session)
        return _begin(job, firing, node, now, now + lease)


def _begin(job: Job, firing: Firing, node: str, now: datetime, until: datetime) -> Claim:
    firing.start(node, job.enter(firing.fire_time), now, until)
    return Claim(
        job_id=job.job_id,
        fire_time=firing.fire_time,
        fence=firing.fence,
        attempt=firing.attempt,
        bean_name=firing.bean_name,
        params=firing.params,
        cause=firing.cause,
        node=node,
        trigger_data=job.trigger_data,
        data=dict(job.data),
        updates_data=job.updates_data,
        timeout_s=job.timeout_s,
    )


@rerun_on_conflict
async def complete(
    app: JobServices,
    claim: Claim,
    status: FiringStatus,
    *,
    error: str | None = None,
    data: dict[str, Any] | None = None,
) -> bool:
    """Record how a run ended; whether it was this run's to record. One that has settled itself, or whose
    lease has ended, changes nothing."""
    async with app.db.transaction() as session:
        firing = await queries.lock_firing(session, claim.job_id, claim.fire_time)
        now = await app.time.now(session)
        if firing is not None and firing.fence == claim.fence and firing.status is status:
            return True
        if firing is None or not firing.is_held(claim.fence, now):
            return False
        await end(session, claim, firing, status, now, error=error and short_error(error), data=data)
        return True


@rerun_on_conflict
async def hand_back(app: JobServices, claim: Claim) -> None:
    """A node stops in the middle of a run: another may run it at once if the job bears that; else it has
    failed."""
    async with app.db.transaction() as session:
        firing = await queries.lock_firing(session, claim.job_id, claim.fire_time)
        now = await app.time.now(session)
        if firing is None or not firing.is_held(claim.fence, now):
            return
        reason = f"node {claim.node} was stopped"
        job = await queries.lock_job(session, claim.job_id)
        if job is None or not job.requests_recovery:
            await end(session, claim, firing, FiringStatus.FAILED, now, error=reason)
            return
        firing.wait_again(now)
        firing.attempt -= 1  # A stop is nobody's fault.
        session.add(log_of(claim, FiringStatus.FAILED, now, error=f"{reason}; it runs again elsewhere"))


@rerun_on_conflict
async def renew(app: JobServices, claim: Claim, lease: timedelta) -> bool:
    """Hold a firing for a lease from now; whether it was still held. A lease that has ended stays ended."""
    async with app.db.transaction() as session:
        firing = await queries.lock_firing(session, claim.job_id, claim.fire_time)
        now = await app.time.now(session)
        if firing is None or not firing.is_held(claim.fence, now):
            return False
        firing.lease_until = now + lease
        return True


@rerun_on_conflict
async def recover(app: JobServices, expired: Expired) -> FiringStatus | None:
    """Take a firing away from a run whose lease has ended: it waits for another node, or is abandoned
    when its job does not bear a second run or has killed too many nodes. Its new status; None when
    somebody else was faster."""
    async with app.db.transaction() as session:
        firing = await queries.lock_firing(session, expired.job_id, expired.fire_time)
        now = await app.time.now(session)
        is_ours = (
            firing is not None
            and firing.status is FiringStatus.RUNNING
            and firing.fence == expired.fence
            and firing.lease_until is not None
            and firing.lease_until <= now
        )
        if firing is None or not is_ours:
            return None
        job = await queries.lock_job(session, expired.job_id)
        may_run_again = job is not None and job.requests_recovery and firing.attempt < MAX_ATTEMPTS
        silent = f"node {firing.node} fell silent"
        session.add(
            _log_of_lost(firing, now, f"{silent}; it runs again elsewhere" if may_run_again else silent)
        )
        if may_run_again:
            firing.wait_again(now)
        else:
            firing.finish(FiringStatus.ABANDONED, now)
            if job is not None:
                job.leave(firing.fire_time)
        return firing.status


def _log_of_lost(firing: Firing, now: datetime, error: str) -> JobLog:
    began = firing.started_at or now
    return JobLog(
        job_id=firing.job_id,
        bean_name=firing.bean_name,
        params=firing.params,
        status=LogStatus.FAILED,
        error=error,
        times=round((now - began).total_seconds() * 1000),
        fire_time=firing.fire_time,
        attempt=firing.attempt,
        cause=firing.cause,
        node=firing.node,
        created_at=now,
    )


def short_error(text: str) -> str:
    """An error's text as the log keeps it: nothing secret or personal, at most 2000 characters."""
    return mask_text(text)[:MAX_ERROR_LENGTH]
