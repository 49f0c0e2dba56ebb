"""Slow statements are counted by their text, over all processes, without their values."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from wanpu.infra.database import Database
from wanpu.infra.models import SlowStatement
from wanpu.infra.pages import PageAsk
from wanpu.infra.services import Services
from wanpu.infra.slow_statements import (
    REMEMBERED,
    SlowStatements,
    forget_slow_statements,
    list_slow_statements,
)
from wanpu.kernel.clock import ManualClock


async def kept(db: Database) -> list[SlowStatement]:
    async with db.reading() as session:
        statement = select(SlowStatement).order_by(SlowStatement.statement)
        return list((await session.execute(statement)).scalars())


async def test_statements_that_take_long_enough_are_counted_without_their_values(
    services: Services, clock: ManualClock
) -> None:
    counting = SlowStatements(clock, least_ms=0)
    for engine in services.db.engines:
        counting.watch(engine.sync_engine)

    async with services.db.reading() as session:
        for secret in ("13800138000", "13900139000"):
            await session.execute(text("SELECT  :secret\n AS secret"), {"secret": secret})
    await counting.keep(services.db)

    [row] = [row for row in await kept(services.db) if "AS secret" in row.statement]
    assert row.statement.startswith("SELECT ")
    assert "  " not in row.statement
    assert "\n" not in row.statement
    assert "138" not in row.statement
    assert (row.runs, row.last_at) == (2, clock.now())
    assert row.longest_ms <= row.total_ms


async def test_a_fast_statement_is_not_counted(services: Services) -> None:
    counting = SlowStatements(services.clock, least_ms=3_600_000)
    for engine in services.db.engines:
        counting.watch(engine.sync_engine)

    async with services.db.reading() as session:
        await session.execute(text("SELECT 1"))

    assert await counting.keep(services.db) == 0


async def test_processes_add_to_the_same_row(services: Services, clock: ManualClock) -> None:
    first, second = SlowStatements(clock, least_ms=1), SlowStatements(clock, least_ms=1)
    first.count("SELECT a", 0.3)
    first.count("SELECT  a", 0.1)
    second.count("SELECT a", 0.7)
    second.count("SELECT b", 0.2)

    assert await first.keep(services.db) == 1
    clock.advance(timedelta(minutes=1))
    assert await second.keep(services.db) == 2
    assert await second.keep(services.db) == 0

    found = [(row.statement, row.runs, row.total_ms, row.longest_ms) for row in await kept(services.db)]
    assert found == [("SELECT a", 3, 1100, 700), ("SELECT b", 1, 200, 200)]


async def test_a_process_remembers_a_bounded_number_of_statements(services: Services) -> None:
    counting = SlowStatements(services.clock, least_ms=1)
    for number in range(REMEMBERED + 7):
        counting.count(f"SELECT {number}", 0.2)

    assert await counting.keep(services.db) == REMEMBERED


async def test_they_are_listed_by_what_a_reader_asks_for_and_forgotten_when_they_are_slow_no_more(
    services: Services, clock: ManualClock
) -> None:
    counting = SlowStatements(clock, least_ms=1)
    counting.count("SELECT old", 9.0)
    await counting.keep(services.db)
    clock.advance(timedelta(days=1))
    counting.count("SELECT new", 0.5)
    await counting.keep(services.db)

    async with services.db.reading() as session:
        longest, total = await list_slow_statements(session, PageAsk(sort="longest_ms"))
        newest, _ = await list_slow_statements(session, replace(PageAsk(sort="last_at"), size=1))
    assert ([row.statement for row in longest], total) == (["SELECT old", "SELECT new"], 2)
    assert [row.statement for row in newest] == ["SELECT new"]

    async with services.db.transaction() as session:
        assert await forget_slow_statements(session, clock.now()) == 1
    assert [row.statement for row in await kept(services.db)] == ["SELECT new"]


@pytest.mark.parametrize("length", [100_000])
async def test_a_very_long_statement_is_cut(services: Services, length: int) -> None:
    counting = SlowStatements(services.clock, least_ms=1)
    counting.count("SELECT " + "x" * length, 0.2)
    await counting.keep(services.db)

    [row] = await kept(services.db)
    assert len(row.statement) == 4000
