"""Fixtures of the payment room."""

import pytest
from tests.wanpu.payment.room import Room, open_room

from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock


@pytest.fixture
async def room(services: Services, clock: ManualClock) -> Room:
    """A payment room with one scripted channel account and three merchants."""
    return await open_room(services, clock)
