"""Fixtures of the CRM room's tests."""

from collections.abc import AsyncIterator

import pytest
from tests.http import Caller, room_app, serving

from wanpu.crm.api import store
from wanpu.infra.services import Services
from wanpu.system import SystemServices, open_system_services


@pytest.fixture
def system(services: Services) -> SystemServices:
    """The operations base, which knows where files lie."""
    return open_system_services(services)


@pytest.fixture
async def http(services: Services, system: SystemServices) -> AsyncIterator[Caller]:
    """Nobody yet, before the room's routes."""
    app = room_app(services, [store.router])
    app.state.system = system
    async with serving(app) as caller:
        yield caller
