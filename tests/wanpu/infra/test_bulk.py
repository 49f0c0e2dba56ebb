"""Rules of `infra/bulk.py` on every engine: what many rows hold afterwards, and what is refused."""

from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum, StrEnum

import pytest
from sqlalchemy import Boolean, CheckConstraint, Column, Integer, LargeBinary, MetaData, Table, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from wanpu.infra.bulk import BulkWrites, RowsMissing, insert_rows
from wanpu.infra.columns import (
    BigInt,
    GrowingInt,
    IntStatus,
    TextStatus,
    UtcDateTime,
    code_text,
    json_value,
    long_text,
    name_text,
)
from wanpu.infra.database import is_conflict
from wanpu.kernel.ids import MAX_ID


class Level(IntEnum):
    LOW = 10
    HIGH = 20


class Word(StrEnum):
    OPEN = "open"
    DONE = "done"


METADATA = MetaData()
ROWS = Table(
    "group",  # A reserved word, as the name of one of our tables is.
    METADATA,
    Column("id", BigInt, primary_key=True, autoincrement=False),
    Column("code", code_text(8), unique=True),
    Column("key", name_text(8)),
    Column("body", long_text()),
    Column("facts", json_value()),
    Column("is_on", Boolean),
    Column("level", IntStatus(Level)),
    Column("word", TextStatus(Word)),
    Column("moment", UtcDateTime()),
)
DRAWN = Table(
    "drawn",
    METADATA,
    Column("id", GrowingInt, primary_key=True),
    Column("name", code_text(8), nullable=False),
    Column("note", code_text(8)),
)
STOCK = Table(
    "stock",
    METADATA,
    Column("sku_id", BigInt, primary_key=True, autoincrement=False),
    Column("available", Integer, CheckConstraint("available >= 0")),
    Column("held", Integer),
    Column("moment", UtcDateTime()),
)
DEFAULTED = Table(
    "defaulted", METADATA, Column("id", BigInt, primary_key=True), Column("fee", Integer, default=5)
)
RAW = Table("raw", METADATA, Column("id", BigInt, primary_key=True), Column("raw", LargeBinary))

MOMENT = datetime(2026, 11, 29, 8, 0, 0, 123456, tzinfo=UTC)
FULL = {
    "id": MAX_ID,
    "code": "A-1",
    "key": "福袋🧧",
    "body": 'it\'s 100% "so" \\ \n\t' + "长" * 5000,
    "facts": {"名": ["🧧", 1, None, 2.5, True], "deep": {"quote": "'\"\\"}},
    "is_on": True,
    "level": Level.HIGH,
    "word": Word.DONE,
    "moment": MOMENT,
}
EMPTY = {"id": 1, **dict.fromkeys(("code", "key", "body", "facts", "is_on", "level", "word", "moment"))}


@pytest.fixture
async def made(db):
    """A database that has the tables of this file too while a test runs."""
    async with db.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    yield db
    async with db.engine.begin() as connection:
        await connection.run_sync(METADATA.drop_all)


async def rows_of(db, table):
    async with db.reading() as session:
        found = await session.execute(select(table).order_by(*table.primary_key))
        return [dict(row) for row in found.mappings()]


async def insert(db, table, rows):
    async with db.transaction() as session:
        await insert_rows(session, table, rows)


async def test_every_kind_of_value_comes_back_as_it_was_and_none_as_null(made):
    await insert(made, ROWS, [FULL, EMPTY])

    assert await rows_of(made, ROWS) == [EMPTY, FULL]
    async with made.reading() as session:
        nothing = await session.execute(select(ROWS.c.id).where(ROWS.c.facts.is_(None)))
        assert nothing.scalars().all() == [1]


async def test_a_time_of_another_zone_is_kept_as_the_same_moment(made):
    beijing = MOMENT.astimezone(timezone(timedelta(hours=8)))

    await insert(made, ROWS, [EMPTY | {"moment": beijing}])

    assert (await rows_of(made, ROWS))[0]["moment"] == MOMENT


async def test_rows_may_name_their_columns_in_any_order(made):
    backwards = dict(reversed(FULL.items()))

    await insert(made, ROWS, [EMPTY, backwards])

    assert await rows_of(made, ROWS) == [EMPTY, FULL]


async def test_the_database_draws_the_key_and_leaves_null_what_no_row_names(made):
    await insert(made, DRAWN, [{"name": "a"}, {"name": "b"}, {"name": "c"}])

    assert [(row["name"], row["note"]) for row in await rows_of(made, DRAWN)] == [
        ("a", None),
        ("b", None),
        ("c", None),
    ]


async def test_a_thousand_rows_go_in_at_once_and_no_rows_are_nothing(made):
    await insert(made, DRAWN, [{"name": str(number)} for number in range(1000)])
    await insert(made, DRAWN, [])

    assert [row["name"] for row in await rows_of(made, DRAWN)] == [str(number) for number in range(1000)]


@pytest.mark.parametrize(
    ("column", "wrong"),
    [("level", 11), ("word", "shut"), ("moment", MOMENT.replace(tzinfo=None))],
    ids=["a number that is no status", "a word that is no status", "a time without a zone"],
)
async def test_a_value_that_its_column_refuses_is_refused_with_its_neighbours(made, column, wrong):
    with pytest.raises(ValueError, match=r"is not a valid|naive"):
        await insert(made, ROWS, [FULL, EMPTY | {column: wrong}])

    assert await rows_of(made, ROWS) == []


async def test_a_text_longer_than_its_column_is_refused_and_not_cut(made):
    if made.is_sqlite:
        pytest.skip("SQLite holds text of any length")

    with pytest.raises(DBAPIError):
        await insert(made, ROWS, [EMPTY, FULL | {"key": "九个字符九个字符九"}])

    assert await rows_of(made, ROWS) == []


async def test_a_key_that_stands_is_a_conflict_that_a_rerun_may_solve(made):
    await insert(made, ROWS, [FULL])

    with pytest.raises(IntegrityError) as refused:
        await insert(made, ROWS, [EMPTY, EMPTY | {"id": 2, "code": "A-1"}])

    assert is_conflict(refused.value)
    assert await rows_of(made, ROWS) == [FULL]


async def test_rows_go_with_their_transaction(made):
    async def insert_and_fail():
        async with made.transaction() as session:
            await insert_rows(session, DRAWN, [{"name": "a"}])
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await insert_and_fail()

    assert await rows_of(made, DRAWN) == []


async def test_rows_of_several_tables_go_in_together_and_an_empty_list_is_left_out(made):
    async with made.transaction() as session:
        writes = BulkWrites()
        writes.insert(ROWS, [FULL])
        writes.insert(STOCK, [])
        writes.insert(DRAWN, [{"name": "a"}, {"name": "b"}])
        writes.insert(ROWS, [EMPTY])
        await writes.send(session)
        await BulkWrites().send(session)

    assert await rows_of(made, ROWS) == [EMPTY, FULL]
    assert [row["name"] for row in await rows_of(made, DRAWN)] == ["a", "b"]
    assert await rows_of(made, STOCK) == []


async def test_a_refused_row_of_one_table_takes_the_rows_of_all_tables_with_it(made):
    await insert(made, ROWS, [FULL])
    writes = BulkWrites()
    writes.insert(DRAWN, [{"name": "a"}])
    writes.insert(ROWS, [FULL])
    writes.insert(STOCK, [stock(1, 5, 0)])

    with pytest.raises(IntegrityError) as refused:
        async with made.transaction() as session:
            await writes.send(session)

    assert is_conflict(refused.value)
    assert await rows_of(made, DRAWN) == []
    assert await rows_of(made, STOCK) == []


@pytest.mark.parametrize(
    "rows",
    [[{"name": "a"}, {"name": "b", "note": "x"}], [{"name": "a", "note": "x"}, {"name": "b", "nota": "x"}]],
    ids=["more", "others"],
)
async def test_rows_that_differ_in_their_columns_are_refused(made, rows):
    with pytest.raises(ValueError, match="differ in their columns"):
        await insert(made, DRAWN, rows)

    assert await rows_of(made, DRAWN) == []


async def test_a_column_with_a_default_must_be_named(made):
    with pytest.raises(ValueError, match="fee"):
        await insert(made, DEFAULTED, [{"id": 1}])

    assert await rows_of(made, DEFAULTED) == []


async def test_a_type_that_json_cannot_carry_is_refused_on_every_engine(made):
    with pytest.raises(TypeError, match="raw"):
        await insert(made, RAW, [{"id": 1, "raw": b"\x00"}])

    assert await rows_of(made, RAW) == []


def stock(sku_id, available, held):
    return {"sku_id": sku_id, "available": available, "held": held, "moment": MOMENT}


async def add(db, rows, moment):
    async with db.transaction() as session:
        writes = BulkWrites()
        writes.add_to_rows(STOCK, rows, key="sku_id", values={"moment": moment})
        await writes.send(session)


async def test_each_row_gets_its_own_amounts_and_the_values_of_all(made):
    later = MOMENT + timedelta(seconds=1)
    await insert(made, STOCK, [stock(1, 5, 0), stock(2, 5, 1), stock(MAX_ID, 7, 7)])

    await add(
        made,
        [
            {"sku_id": 1, "available": -2, "held": 2},
            {"held": 3, "available": 0, "sku_id": MAX_ID},
        ],
        later,
    )

    assert await rows_of(made, STOCK) == [
        stock(1, 3, 2) | {"moment": later},
        stock(2, 5, 1),
        stock(MAX_ID, 7, 10) | {"moment": later},
    ]


async def test_a_missing_row_is_told_of_and_nothing_is_added_and_one_that_stays_the_same_is_not_missing(made):
    await insert(made, STOCK, [stock(1, 5, 0)])

    with pytest.raises(RowsMissing, match="1 of 2 rows"):
        await add(made, [{"sku_id": 1, "held": 2}, {"sku_id": 2, "held": 2}], MOMENT)
    await add(made, [{"sku_id": 1, "held": 0}], MOMENT)
    await add(made, [], MOMENT)

    assert await rows_of(made, STOCK) == [stock(1, 5, 0)]


async def test_additions_and_new_rows_of_other_tables_are_written_together_or_not_at_all(made):
    await insert(made, STOCK, [stock(1, 5, 0), stock(2, 5, 0)])

    async def write(*added):
        async with made.transaction() as session:
            writes = BulkWrites()
            writes.insert(DRAWN, [{"name": "a"}, {"name": "b"}])
            writes.add_to_rows(STOCK, added, key="sku_id", values={"moment": MOMENT})
            writes.insert(ROWS, [FULL])
            await writes.send(session)

    with pytest.raises(RowsMissing):
        await write({"sku_id": 1, "held": 1}, {"sku_id": 3, "held": 1})
    assert [await rows_of(made, table) for table in (DRAWN, ROWS)] == [[], []]

    await write({"sku_id": 1, "held": 1}, {"sku_id": 2, "held": 2})
    assert await rows_of(made, STOCK) == [stock(1, 5, 1), stock(2, 5, 2)]
    assert [row["name"] for row in await rows_of(made, DRAWN)] == ["a", "b"]
    assert await rows_of(made, ROWS) == [FULL]


async def test_an_amount_that_a_constraint_refuses_changes_no_row(made):
    await insert(made, STOCK, [stock(1, 5, 0), stock(2, 5, 0)])

    with pytest.raises(DBAPIError) as refused:
        await add(
            made,
            [{"sku_id": 1, "available": -1, "held": 1}, {"sku_id": 2, "available": -6, "held": 6}],
            MOMENT,
        )

    assert not is_conflict(refused.value)
    assert await rows_of(made, STOCK) == [stock(1, 5, 0), stock(2, 5, 0)]
