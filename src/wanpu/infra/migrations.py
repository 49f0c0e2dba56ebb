"""The schema history (Alembic): one linear list of steps, brought to its head before anything starts."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

import wanpu
from wanpu.infra.database import Database

_PACKAGE = Path(wanpu.__file__).parent


def _folder() -> Path:
    """Beside the package in a checkout, inside it in an installed wheel."""
    inside = _PACKAGE / "migrations"
    return inside if inside.exists() else _PACKAGE.parents[1] / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_folder()))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest step that this code knows."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


async def upgrade(db: Database) -> None:
    """Bring the database to the head; safe to repeat."""
    async with db.engine.connect() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), "head"))
        await connection.commit()


async def current(db: Database) -> str | None:
    """The step that the database stands at, None when it is empty."""
    async with db.engine.connect() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def drift(db: Database, metadata: MetaData) -> list[str]:
    """What the models say and the migrated database lacks, or the other way round; empty when equal."""

    def compare(sync: Connection) -> list[str]:
        context = MigrationContext.configure(sync, opts={"compare_type": True})
        return [repr(difference) for difference in compare_metadata(context, metadata)]

    async with db.engine.connect() as connection:
        return await connection.run_sync(compare)


async def write_step(db: Database, message: str, revision: str) -> None:
    """Write a new step with whatever the models say and this database lacks (developers only)."""

    def write(sync: Connection) -> None:
        command.revision(_config(sync), message=message, autogenerate=True, rev_id=revision)

    async with db.engine.connect() as connection:
        await connection.run_sync(write)
