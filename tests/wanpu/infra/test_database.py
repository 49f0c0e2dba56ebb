"""Rules of `infra/database.py` on every engine: what commits, what conflicts, what may not write."""

import asyncio
import contextlib
from datetime import timedelta

import pytest
from sqlalchemy import bindparam, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from tests.wanpu.infra.segments import SEGMENTS, add_segments, serial_of

from wanpu.infra.database import (
    MAX_RERUNS,
    Database,
    DatabaseAway,
    after_commit,
    is_conflict,
    is_disconnect,
    rerun_on_conflict,
)
from wanpu.infra.models import IdempotencyKey
from wanpu.infra.tables import table_of


async def set_serial(session, name, value):
    await session.execute(update(SEGMENTS).where(SEGMENTS.c.name == name).values(next_serial=value))


async def test_a_block_that_ends_commits_and_one_that_raises_leaves_nothing(db):
    await add_segments(db, "a")

    async def write_and_fail():
        async with db.transaction() as session:
            await set_serial(session, "a", 99)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await write_and_fail()
    assert await serial_of(db, "a") == 1

    async with db.transaction() as session:
        await set_serial(session, "a", 2)
    assert await serial_of(db, "a") == 2


async def test_a_cancelled_transaction_leaves_nothing_and_gives_its_connection_back(db):
    await add_segments(db, "a")
    is_inside = asyncio.Event()

    async def write_and_wait():
        async with db.transaction() as session:
            await set_serial(session, "a", 99)
            is_inside.set()
            await asyncio.Event().wait()

    for _ in range(12):
        is_inside.clear()
        task = asyncio.create_task(write_and_wait())
        await is_inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert await serial_of(db, "a") == 1
    async with db.transaction() as session:
        await set_serial(session, "a", 5)
    assert await serial_of(db, "a") == 5


@pytest.mark.parametrize(
    "statement",
    [
        insert(SEGMENTS).values(
            name="x",
            next_serial=1,
            created_at=bindparam("at", type_=SEGMENTS.c.created_at.type),
            updated_at=bindparam("at", type_=SEGMENTS.c.created_at.type),
        ),
        update(SEGMENTS).values(next_serial=7),
        delete(SEGMENTS),
    ],
    ids=["insert", "update", "delete"],
)
async def test_reading_refuses_every_write(db, statement):
    await add_segments(db, "a")

    values = {"at": db.clock.now()} if statement.is_insert else {}
    with pytest.raises(DBAPIError):
        async with db.reading() as session:
            await session.execute(statement, values)

    assert await serial_of(db, "a") == 1
    assert await serial_of(db, "x") is None


async def test_reading_does_not_wait_for_a_writer_and_sees_nothing_of_it(db):
    await add_segments(db, "a")

    async with db.transaction() as session:
        await set_serial(session, "a", 2)
        async with asyncio.timeout(5):
            assert await serial_of(db, "a") == 1

    assert await serial_of(db, "a") == 2


async def test_each_statement_of_a_reading_sees_what_was_committed_before_it(db):
    await add_segments(db, "a")
    query = select(SEGMENTS.c.next_serial).where(SEGMENTS.c.name == "a")

    async with db.reading() as session:
        before = (await session.execute(query)).scalar_one()
        async with db.transaction() as writer:
            await set_serial(writer, "a", 2)
        after = (await session.execute(query)).scalar_one()

    assert (before, after) == (1, 2)


async def test_a_snapshot_keeps_its_view_while_others_write_and_stops_nobody(db):
    await add_segments(db, "a")

    async with db.snapshot() as session:
        query = select(SEGMENTS.c.next_serial).where(SEGMENTS.c.name == "a")
        before = (await session.execute(query)).scalar_one()
        async with db.transaction() as writer:
            await set_serial(writer, "a", 2)
        after = (await session.execute(query)).scalar_one()

    assert (before, after) == (1, 1)
    assert await serial_of(db, "a") == 2


async def test_a_snapshot_refuses_writes(db):
    await add_segments(db, "a")

    with pytest.raises(DBAPIError):
        async with db.snapshot() as session:
            await set_serial(session, "a", 9)

    assert await serial_of(db, "a") == 1


async def test_a_reading_connection_is_still_read_only_after_a_snapshot_used_it(db):
    await add_segments(db, "a")
    for _ in range(3):
        async with db.snapshot() as session:
            await session.execute(select(func.count()).select_from(SEGMENTS))

    with pytest.raises(DBAPIError):
        async with db.reading() as session:
            await set_serial(session, "a", 9)
    assert await serial_of(db, "a") == 1


async def test_hooks_run_after_the_commit_in_their_order_and_never_after_a_rollback(db):
    await add_segments(db, "a")
    seen = []

    async with db.transaction() as session:
        await set_serial(session, "a", 2)
        after_commit(session, lambda: seen.append("first"))
        after_commit(session, lambda: seen.append("second"))
        assert seen == []
    assert seen == ["first", "second"]

    async def fail():
        async with db.transaction() as session:
            after_commit(session, lambda: seen.append("never"))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await fail()
    assert seen == ["first", "second"]


async def test_a_unique_violation_is_a_conflict_and_a_broken_check_is_not(db):
    await add_segments(db, "a")

    with pytest.raises(DBAPIError) as doubled:
        await add_segments(db, "a")
    with pytest.raises(DBAPIError) as negative:
        await add_segments(db, "b", next_serial=-1)

    assert is_conflict(doubled.value)
    assert not is_disconnect(doubled.value)
    assert not is_conflict(negative.value)
    assert await serial_of(db, "b") is None


async def test_a_syntax_mistake_is_neither_a_conflict_nor_a_lost_connection(db):
    with pytest.raises(DBAPIError) as wrong:
        async with db.transaction() as session:
            await session.execute(text("SELEC 1"))

    assert not is_conflict(wrong.value)
    assert not is_disconnect(wrong.value)


async def test_two_transactions_that_lock_each_other_both_end_after_a_rerun(db):
    """A real deadlock on the servers; on SQLite the second waits for the one writer."""
    await add_segments(db, "a", "b")
    both_hold_one = asyncio.Barrier(2)
    conflicts = []

    @rerun_on_conflict
    async def add_to(first: str, second: str, tries: list[int]) -> None:
        tries.append(1)
        async with db.transaction() as session:
            for position, name in enumerate((first, second)):
                try:
                    await session.execute(
                        update(SEGMENTS)
                        .where(SEGMENTS.c.name == name)
                        .values(next_serial=SEGMENTS.c.next_serial + 1)
                    )
                except DBAPIError as error:
                    conflicts.append(is_conflict(error))
                    raise
                if position == 0 and len(tries) == 1 and not db.is_sqlite:
                    await both_hold_one.wait()

    async with asyncio.timeout(30):
        await asyncio.gather(add_to("a", "b", []), add_to("b", "a", []))

    assert (await serial_of(db, "a"), await serial_of(db, "b")) == (3, 3)
    assert conflicts == ([] if db.is_sqlite else [True])


WAIT_BRIEFLY = {
    "sqlite": "PRAGMA busy_timeout = 200",
    "postgresql": "SET lock_timeout = '200ms'",
    "mariadb": "SET innodb_lock_wait_timeout = 1",
}


async def test_a_lock_that_is_not_freed_in_time_is_a_conflict(db, db_url, clock):
    waiter = Database(db_url, pool_size=1, clock=clock)
    await add_segments(db, "a")
    async with waiter.transaction() as session:
        await session.execute(text(WAIT_BRIEFLY[waiter.dialect]))

    async with db.transaction() as session:
        await set_serial(session, "a", 2)
        with pytest.raises(DBAPIError) as late:
            async with waiter.transaction() as second:
                await set_serial(second, "a", 3)

    assert is_conflict(late.value)
    assert await serial_of(db, "a") == 2
    await waiter.close()


async def test_a_serialization_failure_is_a_conflict_and_a_rerun_settles_it(db):
    """Each adds to what it read; on servers under REPEATABLE READ, where the second must not win."""
    await add_segments(db, "a")
    both_have_read = asyncio.Barrier(2)
    conflicts = []

    @rerun_on_conflict
    async def add_one(tries: list[int]) -> None:
        tries.append(1)
        async with db.transaction() as session:
            if not db.is_sqlite:
                await session.rollback()
                await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            if db.dialect == "mariadb":
                await session.execute(text("SET innodb_snapshot_isolation = ON"))
            query = select(SEGMENTS.c.next_serial).where(SEGMENTS.c.name == "a")
            seen = (await session.execute(query)).scalar_one()
            if len(tries) == 1 and not db.is_sqlite:
                await both_have_read.wait()
            try:
                await set_serial(session, "a", seen + 1)
            except DBAPIError as error:
                conflicts.append(is_conflict(error))
                raise

    async with asyncio.timeout(30):
        await asyncio.gather(add_one([]), add_one([]))

    assert await serial_of(db, "a") == 3
    assert conflicts == ([] if db.is_sqlite else [True])


async def test_reruns_are_bounded_and_the_last_conflict_reaches_the_caller(db):
    await add_segments(db, "a")
    tries = []

    @rerun_on_conflict
    async def add_again() -> None:
        tries.append(1)
        await add_segments(db, "a")

    with pytest.raises(DBAPIError) as last:
        await add_again()

    assert is_conflict(last.value)
    assert len(tries) == MAX_RERUNS


async def test_what_is_no_conflict_is_never_run_again(db):
    tries = []

    @rerun_on_conflict
    async def fail() -> None:
        tries.append(1)
        raise ValueError("a mistake")

    with pytest.raises(ValueError, match="a mistake"):
        await fail()

    assert tries == [1]


async def test_a_pool_without_a_free_connection_says_that_the_database_is_away(db, db_url, clock):
    small = Database(db_url, pool_size=1, clock=clock, pool_timeout_s=0.2)
    async with contextlib.AsyncExitStack() as held:
        await held.enter_async_context(small.transaction())
        with pytest.raises(DatabaseAway):
            async with small.transaction():
                pass
    await small.close()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://postgres@127.0.0.1:1/none",
        "mariadb+asyncmy://root@127.0.0.1:1/none",
    ],
)
async def test_a_database_that_cannot_be_reached_is_away_for_writers_and_readers(url, clock):
    db = Database(url, pool_size=1, clock=clock)

    with pytest.raises(DatabaseAway):
        async with db.transaction():
            pass
    with pytest.raises(DatabaseAway):
        async with db.reading():
            pass
    await db.close()


async def test_moments_come_back_aware_and_exact_to_the_microsecond(db):
    moment = db.clock.now() + timedelta(microseconds=123_457)
    async with db.transaction() as session:
        row = {"name": "a", "next_serial": 1, "created_at": moment, "updated_at": moment}
        await session.execute(insert(SEGMENTS), [row])

    async with db.reading() as session:
        query = select(SEGMENTS.c.created_at).where(SEGMENTS.c.created_at == moment)
        assert (await session.execute(query)).scalar_one() == moment


async def test_names_that_differ_in_case_accent_or_trailing_space_are_different(db):
    await add_segments(db, "a", "A", "a ", "\u00e4")

    assert await serial_of(db, "a") == 1
    assert await serial_of(db, "a  ") is None
    async with db.reading() as session:
        query = select(func.count()).select_from(SEGMENTS).where(SEGMENTS.c.name.in_(["a", "A", "a "]))
        assert (await session.execute(query)).scalar_one() == 3


async def test_an_update_counts_the_rows_that_its_condition_matches(db):
    await add_segments(db, "a", "b")

    async with db.transaction() as session:
        same = await session.execute(update(SEGMENTS).where(SEGMENTS.c.name == "a").values(next_serial=1))
        none = await session.execute(update(SEGMENTS).where(SEGMENTS.c.name == "z").values(next_serial=1))

    assert (same.rowcount, none.rowcount) == (1, 0)


async def test_long_text_and_four_byte_characters_are_kept_whole(db):
    body = "万铺🛒" * 100_000
    now = db.clock.now()
    async with db.transaction() as session:
        row = {"scope": "s", "key": "k", "fingerprint": "f", "status": 201, "body": body, "created_at": now}
        await session.execute(insert(table_of(IdempotencyKey)), [row])

    async with db.reading() as session:
        assert (await session.execute(select(IdempotencyKey.body))).scalar_one() == body
