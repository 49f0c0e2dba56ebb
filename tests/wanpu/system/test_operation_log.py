"""The operation log: written with the write it tells of, and sealed against later hands."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, insert, select, update
from tests.wanpu.system.operations import make_caller, write_operations

from wanpu.infra.database import Database
from wanpu.infra.services import Services
from wanpu.infra.tables import table_of
from wanpu.infra.vault import Vault
from wanpu.kernel.audit import Finding
from wanpu.kernel.clock import ManualClock
from wanpu.system.audit import audit_operation_log
from wanpu.system.models import LogSeal, OperationLog
from wanpu.system.seals import BEFORE_THE_FIRST
from wanpu.system.service.log_seals import seal_operations
from wanpu.system.service.operation_log import record
from wanpu.system.services import SystemServices


async def findings_of(services: Services, vault: Vault | None = None) -> list[Finding]:
    async with services.db.snapshot() as session:
        return list(await audit_operation_log(vault or services.vault)(session))


async def test_a_row_tells_who_did_what_from_where_and_hides_secrets(
    system: SystemServices, clock: ManualClock
) -> None:
    caller = make_caller(
        7, "wang", merchant_id=3, method="PATCH /platform/v1/staff/9", ip="203.0.113.7", request_id="r-1"
    )

    async with system.db.transaction() as session:
        await record(
            session,
            caller,
            "staff.change",
            "staff:9",
            before={"mobile": "13800138000", "status": 1},
            after={"password": "Correct-Horse-7", "status": 0, "name": "表情😀"},
        )

    async with system.db.reading() as session:
        row = (await session.execute(select(table_of(OperationLog)))).one()
    assert (row.user_id, row.username, row.merchant_id) == (7, "wang", 3)
    assert (row.operation, row.subject, row.method) == (
        "staff.change",
        "staff:9",
        "PATCH /platform/v1/staff/9",
    )
    assert (row.ip, row.request_id, row.created_at) == ("203.0.113.7", "r-1", clock.now())
    assert row.before == {"mobile": "138****8000", "status": 1}
    assert row.after == {"password": "***", "status": 0, "name": "表情😀"}
    assert 0 <= row.time < 10_000
    assert row.seal_no is None


async def test_a_write_that_is_undone_leaves_no_row(system: SystemServices) -> None:
    async def write_and_fail() -> None:
        async with system.db.transaction() as session:
            await record(session, make_caller(), "thing.create", "thing:1")
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        await write_and_fail()

    async with system.db.reading() as session:
        count = (await session.execute(select(func.count()).select_from(OperationLog))).scalar_one()
    assert count == 0


async def test_seals_chain_and_a_sealed_log_left_alone_has_no_findings(system: SystemServices) -> None:
    await write_operations(system, 3)
    assert await seal_operations(system.db, system.vault) == 3
    assert await seal_operations(system.db, system.vault) == 0
    await write_operations(system, 2)
    assert await seal_operations(system.db, system.vault) == 2

    async with system.db.reading() as session:
        first, second = (await session.execute(select(LogSeal).order_by(LogSeal.seal_no))).scalars()
    assert (first.seal_no, first.entries, first.previous) == (1, 3, BEFORE_THE_FIRST)
    assert (second.seal_no, second.entries, second.previous) == (2, 2, first.hash)
    assert await findings_of(system) == []


async def test_two_nodes_that_seal_at_once_seal_each_row_once(system: SystemServices) -> None:
    await write_operations(system, 20)
    other = Database(system.db.url.render_as_string(hide_password=False), pool_size=2, clock=system.clock)
    try:
        sealed = await asyncio.gather(
            *(seal_operations(db, system.vault) for db in (system.db, other, system.db, other))
        )
    finally:
        await other.close()

    assert sum(sealed) == 20
    assert await findings_of(system) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("username", "somebody else"),
        ("after", {"name": "another"}),
        ("ip", "198.51.100.9"),
        ("created_at", datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
async def test_a_changed_row_is_found(system: SystemServices, column: str, value: object) -> None:
    await write_operations(system, 3)
    await seal_operations(system.db, system.vault)
    log = table_of(OperationLog)

    async with system.db.transaction() as session:
        await session.execute(update(log).where(log.c.subject == "thing:2").values({column: value}))

    [finding] = await findings_of(system)
    assert (finding.rule, finding.subject) == ("L1", "seal 1 of the operation log")
    assert "are not those that were sealed" in finding.problem


async def test_a_removed_row_a_slipped_in_row_and_a_removed_seal_are_found(system: SystemServices) -> None:
    for _ in range(3):
        await write_operations(system, 2)
        await seal_operations(system.db, system.vault)
    log, seal = table_of(OperationLog), table_of(LogSeal)

    async with system.db.transaction() as session:
        await session.execute(delete(log).where(log.c.seal_no == 1, log.c.subject == "thing:1"))
    assert [finding.problem for finding in await findings_of(system)] == ["covers 2 rows, 1 are there"]

    async with system.db.transaction() as session:
        columns = [column for column in log.columns if column.name != "id"]
        copied = (await session.execute(select(*columns).where(log.c.seal_no == 1))).one()
        await session.execute(insert(log).values(**dict(copied._mapping)))
    assert ["are not those that were sealed" in f.problem for f in await findings_of(system)] == [True]

    async with system.db.transaction() as session:
        await session.execute(delete(log).where(log.c.seal_no == 1))
        await session.execute(delete(seal).where(seal.c.seal_no == 1))
    assert "seal 1 before it is missing" in [finding.problem for finding in await findings_of(system)]


async def test_removing_the_newest_seal_leaves_rows_that_name_it(system: SystemServices) -> None:
    await write_operations(system, 2)
    await seal_operations(system.db, system.vault)

    async with system.db.transaction() as session:
        await session.execute(delete(LogSeal))

    assert await findings_of(system) == [Finding("L1", "operation log", "2 rows name a seal that is missing")]


async def test_a_chain_made_without_the_key_is_found_and_a_retired_key_still_proves(
    system: SystemServices, clock: ManualClock
) -> None:
    await write_operations(system, 1)
    old = Vault("old-4V9xw0cJbY7mZr2TfLhN8uPdGaE5")
    await seal_operations(system.db, old)

    assert len(await findings_of(system)) == 1
    rotated = Vault("new-8uPdGaE54V9xw0cJbY7mZr2TfLhN", retired_keys=["old-4V9xw0cJbY7mZr2TfLhN8uPdGaE5"])
    assert await findings_of(system, rotated) == []

    clock.advance(timedelta(minutes=1))
    await write_operations(system, 1)
    await seal_operations(system.db, rotated)
    assert await findings_of(system, rotated) == []
