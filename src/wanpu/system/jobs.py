"""Background work of the operations base, safe to run twice."""

from datetime import datetime

from structlog import get_logger

from wanpu.infra.due_work import Handler
from wanpu.infra.jobs.registry import JobRegistry, every
from wanpu.infra.jobs.running import Run
from wanpu.kernel.ids import Id
from wanpu.system.service import approvals, exports, files
from wanpu.system.service.export_runs import write_turn
from wanpu.system.service.health import forget_old_slow_statements
from wanpu.system.service.log_seals import seal_operations
from wanpu.system.services import SystemServices

log = get_logger(__name__)


def register_jobs(registry: JobRegistry, app: SystemServices) -> None:
    """Give the scheduler this room's jobs."""

    @registry.job(
        "purge_unfinished_uploads",
        title_zh="清理未完成的上传",
        title_en="Purge unfinished uploads",
        schedule=every("0 17 * * * ?"),
    )
    async def purge(_run: Run[str]) -> None:
        await purge_unfinished_uploads(app)

    @registry.job(
        "seal_operation_log",
        title_zh="封存系统日志",
        title_en="Seal the operation log",
        schedule=every("0 * * * * ?"),
    )
    async def seal(_run: Run[str]) -> None:
        await seal_operations(app.db, app.vault)

    @registry.job(
        "forget_slow_statements",
        title_zh="清理不再慢的 SQL",
        title_en="Forget statements that are slow no more",
        schedule=every("0 50 3 * * ?"),
    )
    async def forget_statements(_run: Run[str]) -> None:
        await forget_old_slow_statements(app.db)

    @registry.job(
        "purge_exports",
        title_zh="清理过期的导出",
        title_en="Purge old exports",
        schedule=every("0 27 * * * ?"),
    )
    async def purge_old_exports(_run: Run[str]) -> None:
        await exports.purge_exports(app)


async def purge_unfinished_uploads(app: SystemServices) -> int:
    """Clear away uploads that were given up and removals that stopped half-way; how many there were."""
    purged = await files.purge_unfinished(app)
    if purged:
        log.info("file.purged", files=purged)
    return purged


def due_work_handlers(app: SystemServices) -> dict[str, Handler]:
    """What the runner calls for this room's due work, by kind."""

    async def carry_out(ref: str, _attempt: int) -> datetime | None:
        await approvals.carry_out(app, Id(int(ref)))
        return None

    async def expire(ref: str, _attempt: int) -> datetime | None:
        await approvals.expire(app.db, Id(int(ref)))
        return None

    async def write(ref: str, _attempt: int) -> datetime | None:
        return await write_turn(app, Id(int(ref)))

    return {
        approvals.CARRY_OUT_WORK: carry_out,
        approvals.EXPIRE_WORK: expire,
        exports.EXPORT_WORK: write,
    }
