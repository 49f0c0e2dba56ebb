"""Sealing by several nodes, in the order that a server allows and SQLite's single writer does not."""

import pytest
from tests.wanpu.system.operations import write_operations

from wanpu.infra.database import Database
from wanpu.infra.services import Services
from wanpu.system import queries
from wanpu.system.audit import audit_operation_log
from wanpu.system.service.log_seals import seal_operations
from wanpu.system.services import SystemServices, open_system_services


@pytest.fixture
def db_url(server_url: str) -> str:
    return server_url


@pytest.fixture
def system(services: Services) -> SystemServices:
    return open_system_services(services)


@pytest.mark.parametrize("moment", ["find_last_seal", "list_unsealed"])
async def test_a_node_that_seals_between_two_reads_of_another_takes_the_rows_for_itself(
    system: SystemServices, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write_operations(system, 3)
    other = Database(system.db.url.render_as_string(hide_password=False), pool_size=2, clock=system.clock)
    read, sealed_by_other = getattr(queries.logs, moment), []

    async def read_and_be_overtaken(*arguments: object) -> object:
        seen = await read(*arguments)
        if not sealed_by_other:
            sealed_by_other.append(0)
            sealed_by_other.append(await seal_operations(other, system.vault))
        return seen

    monkeypatch.setattr(queries.logs, moment, read_and_be_overtaken)
    try:
        sealed = await seal_operations(system.db, system.vault)
    finally:
        await other.close()

    assert (sealed, sealed_by_other) == (0, [0, 3])
    async with system.db.snapshot() as session:
        assert await audit_operation_log(system.vault)(session) == []
