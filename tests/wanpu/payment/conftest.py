"""Fixtures of the payment room."""

from collections.abc import AsyncIterator

import pytest
from tests.http import Caller, room_app, serving
from tests.wanpu.payment.room import Room, open_room

from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock
from wanpu.payment.api import cashier, notify


@pytest.fixture
async def room(services: Services, clock: ManualClock) -> Room:
    """A payment room with one scripted channel account and three merchants."""
    return await open_room(services, clock)


@pytest.fixture
async def http(room: Room) -> AsyncIterator[Caller]:
    """The payment room's routes over HTTP."""
    app = room_app(room.app, [cashier.router], notify.HOT_ROUTES)
    app.state.payments = room.app
    app.mount("/cashier/assets", cashier.assets)
    async with serving(app) as caller:
        yield caller
