"""Rules of `infra/statements.py` on every engine."""

import asyncio

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from tests.wanpu.infra.segments import SEGMENTS, add_segments, serial_of

from wanpu.infra.models import DeadLetter, IdempotencyKey
from wanpu.infra.statements import Among, insert_if_absent, padded, upsert
from wanpu.infra.tables import table_of

KEYS = table_of(IdempotencyKey)
LETTERS = table_of(DeadLetter)


def segment(db, name, next_serial):
    now = db.clock.now()
    return {"name": name, "next_serial": next_serial, "created_at": now, "updated_at": now}


def letter(db, letter_id, event_id):
    now = db.clock.now()
    return {
        "id": letter_id,
        "event_id": event_id,
        "handler": "h",
        "name": "n",
        "payload": {},
        "error": "",
        "attempts": 1,
        "created_at": now,
        "updated_at": now,
    }


async def test_a_row_is_inserted_once_and_a_present_one_is_left_alone(db):
    async with db.transaction() as session:
        first = await insert_if_absent(session, SEGMENTS, segment(db, "a", 1), key=["name"])
        again = await insert_if_absent(session, SEGMENTS, segment(db, "a", 1), key=["name"])
        other = await insert_if_absent(session, SEGMENTS, segment(db, "a", 5), key=["name"])

    assert (first, again, other) == (True, False, False)
    assert await serial_of(db, "a") == 1


async def test_a_present_row_does_not_end_the_transaction(db):
    await add_segments(db, "a")

    async with db.transaction() as session:
        assert not await insert_if_absent(session, SEGMENTS, segment(db, "a", 1), key=["name"])
        assert await insert_if_absent(session, SEGMENTS, segment(db, "b", 2), key=["name"])

    assert await serial_of(db, "b") == 2


async def test_of_many_that_insert_one_key_at_once_exactly_one_does(db):
    async def insert() -> bool:
        async with db.transaction() as session:
            is_first = await insert_if_absent(session, SEGMENTS, segment(db, "a", 1), key=["name"])
            await asyncio.sleep(0)
            return is_first

    answers = await asyncio.gather(*(insert() for _ in range(8)))

    assert sorted(answers) == [False] * 7 + [True]


async def test_a_row_that_breaks_another_unique_key_raises(db):
    async with db.transaction() as session:
        assert await insert_if_absent(session, LETTERS, letter(db, 1, 100), key=["event_id", "handler"])

    with pytest.raises(IntegrityError):
        async with db.transaction() as session:
            await insert_if_absent(session, LETTERS, letter(db, 1, 200), key=["event_id", "handler"])

    async with db.reading() as session:
        assert (await session.execute(select(func.count()).select_from(LETTERS))).scalar_one() == 1


async def test_a_value_that_the_column_refuses_raises_and_is_no_present_row(db):
    with pytest.raises(DBAPIError):
        async with db.transaction() as session:
            await insert_if_absent(session, SEGMENTS, segment(db, "a", -1), key=["name"])

    assert await serial_of(db, "a") is None


async def test_an_upsert_inserts_or_applies_its_changes_to_the_standing_row(db):
    for _ in range(3):
        async with db.transaction() as session:
            changes = {"next_serial": SEGMENTS.c.next_serial + 10}
            await upsert(session, SEGMENTS, segment(db, "a", 1), key=["name"], changes=changes)

    assert await serial_of(db, "a") == 21


async def test_upserts_of_one_row_at_once_lose_none(db):
    async def add() -> None:
        async with db.transaction() as session:
            changes = {"next_serial": SEGMENTS.c.next_serial + 1}
            await upsert(session, SEGMENTS, segment(db, "a", 1), key=["name"], changes=changes)

    await add()
    await asyncio.gather(*(add() for _ in range(8)))

    assert await serial_of(db, "a") == 9


async def test_a_key_of_two_columns_is_one_key(db):
    def key(scope, name):
        return {
            "scope": scope,
            "key": name,
            "fingerprint": "f",
            "status": 201,
            "body": "{}",
            "created_at": db.clock.now(),
        }

    async with db.transaction() as session:
        answers = [
            await insert_if_absent(session, KEYS, key(scope, name), key=["scope", "key"])
            for scope, name in (("a", "1"), ("a", "2"), ("b", "1"), ("a", "1"))
        ]

    assert answers == [True, True, True, False]


async def test_one_constant_statement_finds_rows_by_lists_of_any_length(db):
    await add_segments(db, "a", "b", "c")
    await add_segments(db, "d", next_serial=2)
    statement = (
        select(SEGMENTS.c.name)
        .where(Among(SEGMENTS.c.name, "names"), Among(SEGMENTS.c.next_serial, "serials"))
        .order_by(SEGMENTS.c.name)
    )

    async def find(names, serials):
        async with db.reading() as session:
            found = await session.execute(statement, {"names": padded(names), "serials": padded(serials)})
            return list(found.scalars())

    assert await find(["a"], [1]) == ["a"]
    assert await find(["d", "b", "a", "none"], [1, 2]) == ["a", "b", "d"]
    assert await find(["a", "b", "c", "d", *map(str, range(100))], [2, 2**62]) == ["d"]
    assert await find(["none"], [1]) == []


async def test_a_text_longer_than_the_column_matches_nothing(db):
    await add_segments(db, "a" * 32)
    statement = select(SEGMENTS.c.name).where(Among(SEGMENTS.c.name, "names"))

    async with db.reading() as session:
        found = await session.execute(statement, {"names": ["a" * 33, "a" * 31]})

    assert list(found.scalars()) == []


def test_in_lists_grow_by_powers_of_two_so_that_few_statements_are_seen():
    assert padded([3, 1, 2, 2]) == [1, 2, 3, 3]
    assert padded([5]) == [5]
    assert padded([]) == []
    assert padded(range(5)) == [0, 1, 2, 3, 4, 4, 4, 4]
    assert {len(padded(range(count))) for count in range(1, 100)} == {1, 2, 4, 8, 16, 32, 64, 128}
