"""Look-ups by key that come together share one statement."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import Database
from wanpu.infra.lane import Lane

Key = TypeVar("Key")
Found = TypeVar("Found")
Finder = Callable[[AsyncSession, Sequence[Key]], Awaitable[Mapping[Key, Found]]]


class GatheredReads:
    """One lane per kind of look-up: an idle one asks at once, and while it waits for the database the next
    look-ups gather. For reads that decide nothing, as `Database.reading` is."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lanes: dict[Finder[Any, Any], Lane[Any, Any]] = {}

    async def find(self, finder: Finder[Key, Found], key: Key) -> Found | None:
        """What `finder` knows of one key; None when it left the key out.

        Raises:
            LaneFull: too many look-ups of this kind wait already.
            DatabaseAway: no connection could be had.
        """
        lane = self._lanes.get(finder)
        if lane is None:
            lane = self._lanes[finder] = self._open_lane(finder)
        found: Found | None = await lane.submit(key)
        return found

    def _open_lane(self, finder: Finder[Key, Found]) -> Lane[Key, Found | None]:
        async def find_all(keys: list[Key]) -> list[Found | Exception | None]:
            async with self._db.reading() as session:
                found = await finder(session, keys)
            return [found.get(key) for key in keys]

        return Lane(find_all, name=getattr(finder, "__name__", "reads"))
