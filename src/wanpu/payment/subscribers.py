"""What the payment room does when it tells something itself: a new money exception raises an alarm."""

from structlog import get_logger

from wanpu.infra import metrics
from wanpu.infra.subscriptions import Subscriptions
from wanpu.payment.events import MoneyExceptionOpened

log = get_logger(__name__)


def register(subscriptions: Subscriptions) -> None:
    """Name every reaction of this room."""
    subscriptions.on_call(MoneyExceptionOpened, "payment.alarm", alarm)


async def alarm(event: MoneyExceptionOpened) -> None:
    """Count the case and log it as an error, so that whoever watches either is woken."""
    metrics.MONEY_EXCEPTIONS.labels(event.kind).inc()
    log.error(
        "money_exception.opened",
        exception_id=event.exception_id,
        kind=event.kind,
        amount_fen=event.amount_fen,
    )
