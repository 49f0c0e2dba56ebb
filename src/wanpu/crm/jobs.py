"""Background work of the CRM room, safe to run twice."""

from wanpu.crm.service.sessions import forget_expired_sessions
from wanpu.infra.jobs.registry import JobRegistry, every
from wanpu.infra.jobs.running import Run
from wanpu.infra.services import Services

BATCH = 200


def register_jobs(registry: JobRegistry, app: Services) -> None:
    """Register what this room does by itself."""

    @registry.job(
        "forget_expired_sessions",
        title_zh="清理会员的过期登录",
        title_en="Remove members' expired sessions",
        schedule=every("0 40 3 * * ?"),
    )
    async def forget_sessions(_run: Run[str]) -> None:
        while await forget_expired_sessions(app, BATCH):
            pass
