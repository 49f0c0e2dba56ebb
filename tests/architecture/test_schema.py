"""The schema that migrations build: equal to the models on every engine, with times and safe numbers."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import (
    DateTime,
    Float,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    UniqueConstraint,
    func,
    insert,
    select,
)
from sqlalchemy.exc import StatementError
from tests.architecture.source import ROOT
from tests.schema import tables

from wanpu.infra import migrations
from wanpu.infra.columns import UtcDateTime
from wanpu.infra.database import Database
from wanpu.infra.models import IdSegment
from wanpu.tables import Base

WRITTEN = {"created_at", "updated_at", "received_at"}


@pytest.mark.requirement("S2-004")
async def test_migrations_build_from_nothing_exactly_what_the_models_say(db: Database) -> None:
    assert await migrations.drift(db, Base.metadata) == []
    assert await migrations.current(db) == migrations.head()
    mended_forward = "a mistake is mended by a step forward"
    assert mended_forward in " ".join((ROOT / "docs" / "schema.md").read_text(encoding="utf-8").split())


async def test_migrating_again_changes_nothing(db: Database) -> None:
    await migrations.upgrade(db)

    assert await migrations.drift(db, Base.metadata) == []
    assert await migrations.current(db) == migrations.head()


@pytest.mark.requirement("S2-007")
def test_every_table_says_when_a_row_was_written_and_every_time_is_utc() -> None:
    assert [table.name for table in tables() if not WRITTEN & set(table.columns.keys())] == []
    naive = [
        str(column)
        for table in tables()
        for column in table.columns
        if isinstance(column.type, DateTime) and not isinstance(column.type, UtcDateTime)
    ]
    assert naive == []


@pytest.mark.requirement("S2-007")
async def test_every_connection_thinks_in_utc_and_moments_of_other_zones_are_kept_as_utc(
    db: Database,
) -> None:
    china = datetime(2026, 11, 23, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    row = {"name": "a", "next_serial": 1, "created_at": china, "updated_at": china}

    async with db.transaction() as session:
        await session.execute(insert(IdSegment).values(**row))
        now_of_writers = (await session.execute(select(func.current_timestamp()))).scalar_one()
    async with db.reading() as session:
        now_of_readers = (await session.execute(select(func.current_timestamp()))).scalar_one()
        kept = (await session.execute(select(IdSegment.created_at))).scalar_one()

    assert (kept, kept.utcoffset()) == (datetime(2026, 11, 22, 17, 30, 0, 123456, tzinfo=UTC), timedelta())
    for now in (now_of_writers, now_of_readers):
        assert abs(now.replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=30)
    with pytest.raises(StatementError, match="naive"):
        async with db.transaction() as session:
            await session.execute(
                insert(IdSegment).values(**row | {"updated_at": china.replace(tzinfo=None)})
            )


def test_no_column_holds_a_fraction() -> None:
    fractions = [
        str(column)
        for table in tables()
        for column in table.columns
        if isinstance(column.type, Float | Numeric)
    ]

    assert fractions == []


@pytest.mark.requirement("S2-005")
def test_numbers_that_name_money_are_unique_by_constraint() -> None:
    unique = {
        (table.name, tuple(sorted(column.name for column in key.columns)))
        for table in tables()
        for key in (*table.constraints, *(index for index in table.indexes if index.unique))
        if isinstance(key, UniqueConstraint | PrimaryKeyConstraint | Index)
    }

    assert unique >= {
        ("order", ("order_no",)),
        ("order", ("payment_no",)),
        ("payment", ("pay_app_id", "payment_no")),
        ("payment_attempt", ("attempt_no",)),
        ("payment_part", ("part_no",)),
        ("channel_transaction", ("channel", "channel_payment_no")),
        ("seller_order", ("wx_transaction_id",)),
    }
