"""The infrastructure's own jobs: they remove what is old, and one shows how a job is written."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession
from structlog import get_logger

from wanpu.infra import purging
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.jobs import queries
from wanpu.infra.jobs.registry import JobRegistry, every
from wanpu.infra.jobs.running import Run
from wanpu.infra.services import Services

BATCH = 200
LOST_NODES_KEPT = timedelta(days=1)

log = get_logger(__name__)

DeleteSome = Callable[[AsyncSession], Awaitable[int]]


def register_jobs(registry: JobRegistry, app: Services) -> None:
    """Register what the infrastructure does by itself."""
    settings = app.settings

    @registry.job(
        "testTask",
        title_zh="示例任务：在日志中写下参数",
        title_en="Sample: writes its parameter to the log",
        schedule=every("0 0/30 * * * ?", "renren"),
    )
    async def test_task(run: Run[str]) -> None:
        log.info("job.test_task", params=run.params)

    @registry.job(
        "purge_events",
        title_zh="清理已投递的领域事件",
        title_en="Remove delivered events",
        schedule=every("0 10 3 * * ?"),
    )
    async def purge_events(_run: Run[str]) -> None:
        delivered = app.clock.now() - timedelta(days=settings.delivered_event_days)
        taken = delivered - timedelta(days=settings.delivered_event_days)
        await delete_all(app.db, lambda session: purging.delete_delivered_events(session, delivered, BATCH))
        handler = await _handler_after(app.db, "")
        while handler is not None:
            await delete_all(app.db, partial(_delete_taken, handler=handler, before=taken))
            handler = await _handler_after(app.db, handler)

    @registry.job(
        "purge_idempotency_keys",
        title_zh="清理过期的幂等键",
        title_en="Remove old idempotency keys",
        schedule=every("0 20 3 * * ?"),
    )
    async def purge_idempotency_keys(_run: Run[str]) -> None:
        before = app.clock.now() - timedelta(days=settings.idempotency_key_days)
        await delete_all(app.db, lambda session: purging.delete_idempotency_keys(session, before, BATCH))

    @registry.job(
        "purge_job_history",
        title_zh="清理任务日志与触发记录",
        title_en="Remove old job logs, firings and lost nodes",
        schedule=every("0 30 3 * * ?"),
    )
    async def purge_job_history(_run: Run[str]) -> None:
        now = app.clock.now()
        before = now - timedelta(days=settings.job_log_days)
        await delete_all(app.db, lambda session: queries.delete_logs_before(session, before, BATCH))
        await delete_all(app.db, lambda session: queries.delete_firings_before(session, before, BATCH))
        lost = now - LOST_NODES_KEPT
        await delete_all(app.db, lambda session: queries.delete_lost_nodes(session, lost))


async def delete_all(db: Database, delete_some: DeleteSome) -> int:
    """Repeat a batched removal, each batch in a transaction of its own, until nothing is left; how many
    rows went."""
    total = 0
    while count := await _delete_batch(db, delete_some):
        total += count
    return total


@rerun_on_conflict
async def _delete_batch(db: Database, delete_some: DeleteSome) -> int:
    async with db.transaction() as session:
        return await delete_some(session)


async def _delete_taken(session: AsyncSession, *, handler: str, before: datetime) -> int:
    return await purging.delete_taken_events(session, handler, before, BATCH)


async def _handler_after(db: Database, handler: str) -> str | None:
    async with db.reading() as session:
        return await purging.find_handler_after(session, handler)
