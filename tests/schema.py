"""The schema that tests run on: the one that migrations build, never one of the tests' own."""

from sqlalchemy import Table

import wanpu.tables
from wanpu.infra import migrations
from wanpu.infra.database import Database


def tables() -> list[Table]:
    """Every table of every room."""
    return list(wanpu.tables.Base.metadata.tables.values())


async def prepare_schema(db: Database) -> None:
    """Build every table in an empty database."""
    await migrations.upgrade(db)
