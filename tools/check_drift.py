"""Fail when something generated differs from what the code would generate now, or when the schema
history differs from the models on SQLite."""

import asyncio
import sys
import tempfile
from pathlib import Path

from generate import GENERATED

import wanpu.tables
from wanpu.infra import migrations
from wanpu.infra.database import Database

ROOT = Path(__file__).parents[1]


async def schema_drift() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite+aiosqlite:///{Path(folder) / 'empty.sqlite3'}")
        await migrations.upgrade(db)
        found = await migrations.drift(db, wanpu.tables.Base.metadata)
        await db.close()
    return found


def main() -> int:
    problems = [
        f"the models say more or less than migrations/: {found}" for found in asyncio.run(schema_drift())
    ]
    for name, make in GENERATED.items():
        path = ROOT / name
        if not path.exists() or path.read_text(encoding="utf-8") != make():
            problems.append(f"{name} is stale: run `make generate`")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
