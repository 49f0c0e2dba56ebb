"""The schema that tests run on: the one that migrations build, never one of the tests' own."""

import asyncio
import importlib
import pkgutil
from pathlib import Path

from sqlalchemy import Table

import wanpu
from wanpu.infra.database import Database
from wanpu.infra.tables import Base

MIGRATIONS = Path(__file__).parent.parent / "migrations" / "env.py"


def tables() -> list[Table]:
    """Every table of every room."""
    for package in pkgutil.iter_modules(wanpu.__path__):
        if package.ispkg and (Path(wanpu.__path__[0]) / package.name / "models.py").exists():
            importlib.import_module(f"wanpu.{package.name}.models")
    return list(Base.metadata.tables.values())


async def prepare_schema(db: Database) -> None:
    """Build every table in an empty database."""
    assert tables()
    if MIGRATIONS.exists():
        from wanpu.infra.migrations import upgrade

        await asyncio.to_thread(upgrade, db.url.render_as_string(hide_password=False))
        return
    async with db.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
