"""Which days of a month the two day fields of a cron expression name."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

SATURDAY, SUNDAY = 7, 1
"""Quartz counts weekdays from 1, which is Sunday."""


@dataclass(frozen=True)
class Span:
    """Numbers from `first` on in steps of `step`; `last` below `first` goes round the end of the field."""

    first: int
    last: int
    step: int
    low: int
    high: int

    @property
    def is_whole(self) -> bool:
        """Whether every value of the field is named."""
        return self.step == 1 and self.first == self.low and self.last == self.high

    @property
    def is_single(self) -> bool:
        """Whether one value is named."""
        return self.first == self.last

    def values(self) -> list[int]:
        """The numbers, in the order in which they are reached."""
        size = self.high - self.low + 1
        end = self.last if self.last >= self.first else self.last + size
        return [(n - self.low) % size + self.low for n in range(self.first, end + 1, self.step)]


Spans = tuple[Span, ...]


def numbers(spans: Spans) -> tuple[int, ...]:
    """Every number that any of the spans names, once, in ascending order."""
    return tuple(sorted({number for span in spans for number in span.values()}))


@dataclass(frozen=True)
class MonthDays:
    """`15`, `1-5`, `1/2`, `*`: numbers of days."""

    spans: Spans

    def days(self, year: int, month: int) -> Sequence[int]:
        """The days of this month, ascending; a day that the month lacks is left out."""
        last = last_day(year, month)
        return [day for day in numbers(self.spans) if day <= last]


@dataclass(frozen=True)
class LastDay:
    """`L`, `L-3`, `LW`, `L-3W`: counted back from the end; perhaps moved to the nearest weekday."""

    back: int
    is_weekday: bool

    def days(self, year: int, month: int) -> Sequence[int]:
        """One day, or none in a month that is shorter than `back`."""
        day = last_day(year, month) - self.back
        if day < 1:
            return []
        return [nearest_weekday(year, month, day) if self.is_weekday else day]


@dataclass(frozen=True)
class WeekdayNear:
    """`15W`: the weekday (Monday to Friday) nearest to a day, within its month."""

    day: int

    def days(self, year: int, month: int) -> Sequence[int]:
        """One day, or none in a month without that day."""
        return [nearest_weekday(year, month, self.day)] if self.day <= last_day(year, month) else []


@dataclass(frozen=True)
class WeekDays:
    """`MON-FRI`, `1,7`, `*`: days of the week."""

    spans: Spans

    def days(self, year: int, month: int) -> Sequence[int]:
        """The days of this month, ascending."""
        wanted = numbers(self.spans)
        return [d for d in range(1, last_day(year, month) + 1) if weekday(year, month, d) in wanted]


@dataclass(frozen=True)
class LastWeekDay:
    """`6L`: the last Friday of a month."""

    weekday: int

    def days(self, year: int, month: int) -> Sequence[int]:
        """One day."""
        return [_all_of(self.weekday, year, month)[-1]]


@dataclass(frozen=True)
class NthWeekDay:
    """`6#3`: the third Friday of a month."""

    weekday: int
    nth: int

    def days(self, year: int, month: int) -> Sequence[int]:
        """One day, or none in a month without an n-th one."""
        found = _all_of(self.weekday, year, month)
        return found[self.nth - 1 : self.nth]


Days = MonthDays | LastDay | WeekdayNear | WeekDays | LastWeekDay | NthWeekDay


def last_day(year: int, month: int) -> int:
    """How many days the month has."""
    return calendar.monthrange(year, month)[1]


def weekday(year: int, month: int, day: int) -> int:
    """1 is Sunday, 7 is Saturday."""
    return date(year, month, day).isoweekday() % 7 + 1


def nearest_weekday(year: int, month: int, day: int) -> int:
    """The same day, or the Friday before a Saturday, or the Monday after a Sunday; at the ends of a
    month the other side, since the month is never left."""
    match weekday(year, month, day):
        case 7:
            return day - 1 if day > 1 else day + 2
        case 1:
            return day + 1 if day < last_day(year, month) else day - 2
        case _:
            return day


def _all_of(wanted: int, year: int, month: int) -> list[int]:
    return [day for day in range(1, last_day(year, month) + 1) if weekday(year, month, day) == wanted]
