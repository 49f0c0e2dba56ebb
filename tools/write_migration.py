"""Write the next schema step from the models: `python tools/write_migration.py 0002 "add coupons"`."""

import asyncio
import sys
import tempfile
from pathlib import Path

import wanpu.tables  # noqa: F401 - names every table
from wanpu.infra import migrations
from wanpu.infra.database import Database


async def write(revision: str, message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite+aiosqlite:///{Path(folder) / 'empty.sqlite3'}")
        if any(migrations._folder().glob("versions/*.py")):
            await migrations.upgrade(db)
        await migrations.write_step(db, message, revision)
        await db.close()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], sys.argv[2]))
