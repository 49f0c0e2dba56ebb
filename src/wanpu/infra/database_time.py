"""What time it is by the database: the one clock that every node of a mall shares."""

from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.kernel.clock import Clock

_NOW = {
    "postgresql": text("SELECT clock_timestamp()"),
    "mariadb": text("SELECT UTC_TIMESTAMP(6)"),
    "mysql": text("SELECT UTC_TIMESTAMP(6)"),
}


class TimeSource(Protocol):
    """Where several processes read the same time from."""

    pace: float
    """How many of its seconds pass in a real one: 1, but for simulations."""

    async def now(self, session: AsyncSession) -> datetime:
        """The current moment, aware, in UTC."""
        ...


class DatabaseTime:
    """The database server's clock, so that the clocks of nodes may be wrong. SQLite has no server: there
    the clock of its one machine counts."""

    pace = 1.0

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def now(self, session: AsyncSession) -> datetime:
        ask = _NOW.get(session.get_bind().dialect.name)
        if ask is None:
            return self._clock.now()
        moment: datetime = (await session.execute(ask)).scalar_one()
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class SimulatedTime:
    """A clock that is told what time it is, for tests and for simulated malls: it is obeyed."""

    pace = 1.0

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def now(self, session: AsyncSession) -> datetime:
        return self._clock.now()
