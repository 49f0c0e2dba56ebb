"""Fixtures of the operations base's tests."""

from collections.abc import AsyncIterator

import pytest
from tests.http import Caller, room_app, serving

from wanpu.infra.services import Services
from wanpu.system import lay_base_rows
from wanpu.system.api import ROUTERS
from wanpu.system.services import SystemServices, open_system_services


class KnownMerchants:
    """A directory of two merchants."""

    async def is_known(self, merchant_id: int) -> bool:
        return merchant_id in (7, 8)


@pytest.fixture
def system(services: Services) -> SystemServices:
    """The operations base over the test's database and clock; merchants 7 and 8 exist."""
    return open_system_services(services, merchants=KnownMerchants())


@pytest.fixture
async def console(system: SystemServices) -> AsyncIterator[Caller]:
    """Every route of the operations base, with the menus of an installation."""
    await lay_base_rows(system)
    app = room_app(system, ROUTERS)
    app.state.system = system
    async with serving(app) as caller:
        yield caller
