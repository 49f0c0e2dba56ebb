"""Fixtures of the product room's tests."""

from collections.abc import AsyncIterator

import pytest
from tests.http import Caller, room_app, serving

from wanpu.infra.services import Services
from wanpu.product.api import store


@pytest.fixture
async def http(services: Services) -> AsyncIterator[Caller]:
    """Nobody, before the room's routes."""
    async with serving(room_app(services, [store.router], store.HOT_ROUTES)) as caller:
        yield caller
