"""Fixtures of the scheduler's tests."""

import pytest
from tests.wanpu.infra.jobs.scheduling import Bench

from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock


@pytest.fixture
def bench(services: Services, clock: ManualClock) -> Bench:
    """One registered job that notes its runs, over the test's clock, on every engine."""
    return Bench(services, clock)
