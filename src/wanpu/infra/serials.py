"""Running numbers that are unique over processes and restarts, drawn in blocks."""

import asyncio
import secrets
from collections import defaultdict

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.models import IdSegment
from wanpu.infra.statements import insert_if_absent
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import MAX_ID, IdOutOfRange

_table = table_of(IdSegment)


class Serials:
    """Hands out serials from blocks that this process alone owns.

    A block is taken in a transaction of its own and a random gap follows it, so numbers grow but
    tell nobody how many were used. A serial that is not used is lost; none is ever given twice.
    On SQLite draw serials before a transaction opens: there is one writer.
    """

    def __init__(self, db: Database, *, block: int = 1000) -> None:
        if block < 1:
            raise ValueError("a block holds at least one serial")
        self._db = db
        self._block = block
        self._left: dict[str, range] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def take(self, name: str, count: int = 1, *, ceiling: int = MAX_ID) -> list[int]:
        """`count` new serials of the counter `name`, growing; none passes `ceiling`.

        Raises:
            IdOutOfRange: the counter has reached the ceiling; nothing was handed out.
        """
        if count < 1:
            raise ValueError("count must be positive")
        async with self._locks[name]:
            taken = self._split_off(name, count)
            missing = count - len(taken)
            if missing:
                size = max(missing, min(self._block, ceiling))
                first = await _take_block(self._db, name, size, gap=secrets.randbelow(self._block // 8 + 1))
                self._left[name] = range(first, first + size)
                taken += self._split_off(name, missing)
        if taken[-1] > ceiling:
            raise IdOutOfRange(f"serials of {name} have reached {ceiling}")
        return taken

    def _split_off(self, name: str, count: int) -> list[int]:
        left = self._left.get(name, range(0))
        self._left[name] = left[count:]
        return list(left[:count])


@rerun_on_conflict
async def _take_block(db: Database, name: str, size: int, *, gap: int) -> int:
    """Move the counter past `size` serials and a gap; the first serial of the block."""
    now = db.clock.now()
    async with db.transaction() as session:
        first = await _lock_next_serial(session, name)
        if first is None:
            new = {"name": name, "next_serial": 1, "created_at": now, "updated_at": now}
            await insert_if_absent(session, _table, new, key=["name"])
            first = await _lock_next_serial(session, name)
            assert first is not None
        after = first + size + gap
        if after > MAX_ID:
            raise IdOutOfRange(f"serials of {name} pass 63 bits")
        await session.execute(
            update(_table).where(_table.c.name == name).values(next_serial=after, updated_at=now)
        )
    return first


async def _lock_next_serial(session: AsyncSession, name: str) -> int | None:
    found = await session.execute(select(_table.c.next_serial).where(_table.c.name == name).with_for_update())
    return found.scalar_one_or_none()
