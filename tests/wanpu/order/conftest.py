"""The order room over a scripted payment port, and the road on which events reach it."""

from dataclasses import dataclass, fields

import pytest
from tests.wanpu.order.scripted_payments import ScriptedPayments

from wanpu.infra import outbox
from wanpu.infra.due_work_runner import Runner
from wanpu.infra.relay import InProcessPublisher, Relay
from wanpu.infra.services import Services
from wanpu.infra.subscriptions import Subscriptions
from wanpu.order import OrderNumbers, OrderServices, due_work_handlers, register


@pytest.fixture
def payments() -> ScriptedPayments:
    """A payment room that answers as the test says."""
    return ScriptedPayments()


@pytest.fixture
def orders(services: Services, payments: ScriptedPayments) -> OrderServices:
    """The order room's services; the test runs once per engine."""
    shared = {field.name: getattr(services, field.name) for field in fields(Services)}
    numbers = OrderNumbers(services.serials, services.vault, services.tokens)
    return OrderServices(**shared, payments=payments, numbers=numbers)


@dataclass(frozen=True)
class Background:
    """What a process does beside its requests, one step at a time."""

    services: Services
    relay: Relay
    runner: Runner

    async def tell(self, *events: outbox.Event) -> None:
        """Publish events of another room and deliver everything that is pending."""
        async with self.services.db.transaction() as session:
            for event in events:
                outbox.publish(session, event)
        await self.relay.run_once()

    async def deliver(self) -> int:
        """Deliver every pending event that is due; how many."""
        return await self.relay.run_once()

    async def do_due_work(self) -> int:
        """Do what is due now; how many pieces."""
        return await self.runner.run_once()


@pytest.fixture
async def background(services: Services, orders: OrderServices) -> Background:
    """Events and due work of the order room, started by the test alone."""
    subscriptions = Subscriptions()
    register(subscriptions, orders)
    relay = Relay(services, InProcessPublisher(services.db, subscriptions))
    return Background(services, relay, Runner(services, due_work_handlers(orders)))
