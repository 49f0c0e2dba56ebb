"""The order room over a scripted payment port."""

from dataclasses import fields

import pytest
from tests.wanpu.order.scripted_payments import ScriptedPayments

from wanpu.infra.services import Services
from wanpu.order import OrderNumbers, OrderServices


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
