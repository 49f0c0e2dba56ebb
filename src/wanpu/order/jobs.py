"""Background work of the order room, safe to run twice."""

from datetime import datetime

from wanpu.infra.due_work import Handler
from wanpu.kernel.ids import Id
from wanpu.order.service.closing import close_overdue
from wanpu.order.service.placing import CLOSE_WORK
from wanpu.order.services import OrderServices


def due_work_handlers(app: OrderServices) -> dict[str, Handler]:
    """What the runner calls for this room's due work, by kind."""

    async def close_order(ref: str, attempt: int) -> datetime | None:
        return await close_overdue(app, Id(int(ref)), attempt)

    return {CLOSE_WORK: close_order}
