"""Background work of the operations base, safe to run twice."""

from datetime import datetime

from wanpu.infra.due_work import Handler
from wanpu.kernel.ids import Id
from wanpu.system.service import approvals
from wanpu.system.services import SystemServices


def due_work_handlers(app: SystemServices) -> dict[str, Handler]:
    """What the runner calls for this room's due work, by kind."""

    async def carry_out(ref: str, _attempt: int) -> datetime | None:
        await approvals.carry_out(app, Id(int(ref)))
        return None

    async def expire(ref: str, _attempt: int) -> datetime | None:
        await approvals.expire(app.db, Id(int(ref)))
        return None

    return {approvals.CARRY_OUT_WORK: carry_out, approvals.EXPIRE_WORK: expire}
