"""Rules of `infra/database.py` that only a server can break: lost connections."""

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from tests.wanpu.infra.segments import SEGMENTS, add_segments, serial_of

from wanpu.infra import rested_connections
from wanpu.infra.database import Database, is_conflict, is_disconnect

WHO_AM_I = {"postgresql": "SELECT pg_backend_pid()", "mariadb": "SELECT connection_id()"}
KILL = {"postgresql": "SELECT pg_terminate_backend({})", "mariadb": "KILL {}"}


@pytest.fixture
async def db(server_url, clock):
    database = Database(server_url, pool_size=2, clock=clock)
    yield database
    await database.close()


async def kill_connection_of(db, session):
    number = (await session.execute(text(WHO_AM_I[db.dialect]))).scalar_one()
    async with db.transaction() as other:
        await other.execute(text(KILL[db.dialect].format(number)))


@pytest.mark.parametrize("moment", ["statement", "commit"])
async def test_a_connection_lost_before_its_commit_leaves_nothing_and_is_told_apart(db, moment):
    await add_segments(db, "a")

    async def write_on_a_dying_connection():
        async with db.transaction() as session:
            await session.execute(update(SEGMENTS).values(next_serial=9))
            await kill_connection_of(db, session)
            if moment == "statement":
                await session.execute(select(SEGMENTS.c.name))

    with pytest.raises(DBAPIError) as lost:
        await write_on_a_dying_connection()

    assert is_disconnect(lost.value)
    assert not is_conflict(lost.value)
    assert await serial_of(db, "a") == 1


async def test_the_pool_replaces_connections_that_died_while_they_rested(db, monkeypatch):
    monkeypatch.setattr(rested_connections, "TRUSTED_S", 0)
    await add_segments(db, "a")
    async with db.transaction() as session:
        number = (await session.execute(text(WHO_AM_I[db.dialect]))).scalar_one()
        async with db.transaction() as other:
            rested = (await other.execute(text(WHO_AM_I[db.dialect]))).scalar_one()
    killer = Database(db.url.render_as_string(hide_password=False), pool_size=1)
    async with killer.transaction() as session:
        for one in (number, rested):
            await session.execute(text(KILL[db.dialect].format(one)))
    await killer.close()

    async with db.transaction() as session:
        await session.execute(update(SEGMENTS).values(next_serial=2))

    assert await serial_of(db, "a") == 2


async def test_a_connection_that_was_just_at_work_is_not_asked_whether_it_lives(db, monkeypatch):
    pings = []
    dialect = db.engine.sync_engine.dialect
    monkeypatch.setattr(dialect, "do_ping", lambda connection: pings.append(connection) or True)
    monkeypatch.setattr(rested_connections, "TRUSTED_S", 3600)
    await add_segments(db, "a")
    assert await serial_of(db, "a") == 1
    assert pings == []

    monkeypatch.setattr(rested_connections, "TRUSTED_S", 0)
    await add_segments(db, "b")
    assert len(pings) == 1


async def test_a_number_that_no_column_holds_is_a_mistake_and_no_lost_connection(db):
    await add_segments(db, "a")

    async def write_too_much():
        async with db.transaction() as session:
            await session.execute(update(SEGMENTS).values(next_serial=2**70))

    with pytest.raises(DBAPIError) as wrong:
        await write_too_much()

    assert not is_disconnect(wrong.value)
    assert not is_conflict(wrong.value)
    assert await serial_of(db, "a") == 1
