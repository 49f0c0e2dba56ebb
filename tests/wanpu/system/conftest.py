"""Fixtures of the operations base's tests."""

import pytest

from wanpu.infra.services import Services
from wanpu.system.services import SystemServices, open_system_services


@pytest.fixture
def system(services: Services) -> SystemServices:
    """The operations base over the test's database and clock."""
    return open_system_services(services)
