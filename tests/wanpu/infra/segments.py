"""Rows for tests of transactions: counters by name, the plainest table there is."""

from sqlalchemy import insert, select

from wanpu.infra.database import Database
from wanpu.infra.models import IdSegment
from wanpu.infra.tables import table_of

SEGMENTS = table_of(IdSegment)


async def add_segments(db: Database, *names: str, next_serial: int = 1) -> None:
    """Write one counter per name."""
    now = db.clock.now()
    rows = [{"name": n, "next_serial": next_serial, "created_at": now, "updated_at": now} for n in names]
    async with db.transaction() as session:
        await session.execute(insert(SEGMENTS), rows)


async def serial_of(db: Database, name: str) -> int | None:
    """What a counter stands at; None when there is no such counter."""
    async with db.reading() as session:
        found = await session.execute(select(SEGMENTS.c.next_serial).where(SEGMENTS.c.name == name))
        return found.scalar_one_or_none()
