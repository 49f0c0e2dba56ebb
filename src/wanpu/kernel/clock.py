"""Time as an argument: aware UTC inside, Asia/Shanghai only for bill days and people."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
TICK = timedelta(microseconds=1)
"""The smallest step between two moments that the databases keep."""


class Clock(Protocol):
    """Where code reads the time from, so that a whole mall can be simulated."""

    def now(self) -> datetime:
        """The current moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock, shifted by `offset` (development and time travel only)."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset


class ManualClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, start: datetime) -> None:
        self._now = require_aware(start)

    def now(self) -> datetime:
        return self._now

    def advance(self, step: timedelta) -> None:
        """Move forward by `step`; a negative step plays a clock that was set back."""
        self._now += step


def require_aware(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises:
        ValueError: the value is naive, so its moment is unknown.
    """
    if moment.tzinfo is None:
        raise ValueError(f"naive time: {moment!r}")
    return moment.astimezone(UTC)


def day_cn(moment: datetime) -> date:
    """The calendar day in Asia/Shanghai, which bills and order numbers use."""
    return require_aware(moment).astimezone(CHINA).date()


def start_of_day_cn(day: date) -> datetime:
    """The moment in UTC at which a calendar day of Asia/Shanghai begins."""
    return datetime.combine(day, time(), CHINA).astimezone(UTC)


def iso_utc(moment: datetime) -> str:
    """ISO 8601 text in UTC with a Z, whole seconds: "2026-11-29T08:00:00Z"."""
    return require_aware(moment).strftime("%Y-%m-%dT%H:%M:%SZ")
