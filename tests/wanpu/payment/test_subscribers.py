"""A new money exception raises an alarm."""

from prometheus_client import REGISTRY

from wanpu.infra.database import Database
from wanpu.infra.outbox import StoredEvent
from wanpu.infra.subscriptions import Subscriptions
from wanpu.payment.events import MoneyExceptionOpened
from wanpu.payment.subscribers import register


def counted(kind: str) -> float:
    return REGISTRY.get_sample_value("wanpu_money_exceptions_total", {"kind": kind}) or 0.0


async def test_a_new_case_is_counted_once_however_often_its_event_arrives(db: Database) -> None:
    subscriptions = Subscriptions()
    register(subscriptions)
    event = MoneyExceptionOpened(exception_id=7, kind="paid_twice", amount_fen=300)
    stored = StoredEvent(41, event.name, event.aggregate, event.model_dump(mode="json"))
    before = counted("paid_twice")

    await subscriptions.deliver(db, stored)
    await subscriptions.deliver(db, stored)

    assert counted("paid_twice") == before + 1
