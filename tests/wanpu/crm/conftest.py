"""Fixtures of the CRM room's tests."""

from collections.abc import AsyncIterator

import pytest
from tests.http import Caller, room_app, serving

from wanpu.crm.api import store
from wanpu.infra.services import Services


@pytest.fixture
async def http(services: Services) -> AsyncIterator[Caller]:
    """Nobody yet, before the room's routes."""
    async with serving(room_app(services, [store.router])) as caller:
        yield caller
