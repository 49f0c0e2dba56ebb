"""Due work of the payment room: each piece may run twice."""

from datetime import datetime

from wanpu.infra.due_work import Handler
from wanpu.kernel.ids import Id
from wanpu.payment.kinds import CLOSE_PAYMENT, QUERY_ATTEMPT, SETTLE_NOTIFICATION
from wanpu.payment.service.closing import close_due_payment
from wanpu.payment.service.notifying import settle_notification
from wanpu.payment.service.querying import query_attempt
from wanpu.payment.services import PaymentServices


def due_work_handlers(app: PaymentServices) -> dict[str, Handler]:
    """What to do for each kind of due work."""

    async def query(ref: str, turn: int) -> datetime | None:
        return await query_attempt(app, ref, turn)

    async def close(ref: str, turn: int) -> datetime | None:
        return await close_due_payment(app, Id(int(ref)), turn)

    async def settle_stored(ref: str, _turn: int) -> datetime | None:
        await settle_notification(app, int(ref))
        return None

    return {QUERY_ATTEMPT: query, CLOSE_PAYMENT: close, SETTLE_NOTIFICATION: settle_stored}
