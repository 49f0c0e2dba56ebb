"""What people do with groups of jobs: let a whole one rest, and go on."""

from wanpu.infra.database import rerun_on_conflict
from wanpu.infra.jobs import queries
from wanpu.infra.jobs.services import JobServices, wake_after_commit
from wanpu.infra.jobs.witness import Witness, nobody


@rerun_on_conflict
async def pause_group(app: JobServices, group: str, *, witness: Witness = nobody) -> None:
    """Let every job of a group rest, and those that will join it; a repeat changes nothing."""
    await _set_group(app, group, witness, is_paused=True)


@rerun_on_conflict
async def resume_group(app: JobServices, group: str, *, witness: Witness = nobody) -> None:
    """Let the jobs of a group fire again, but for those paused one by one; a repeat changes nothing."""
    await _set_group(app, group, witness, is_paused=False)


async def _set_group(app: JobServices, name: str, witness: Witness, *, is_paused: bool) -> None:
    async with app.db.transaction() as session:
        group = await queries.lock_group(session, name, await app.time.now(session))
        if group.is_paused is not is_paused:
            await witness(session, {"is_paused": group.is_paused}, {"is_paused": is_paused})
        group.is_paused = is_paused
        for job in await queries.lock_jobs_of_group(session, name):
            job.is_group_paused = is_paused
            job.settle_due()
        wake_after_commit(session)
