"""Quartz cron expressions: when one fires next, in a named time zone. Pure.

An instant fires when a wall clock of the zone shows, at that instant, a time that the expression names,
as Quartz documents it: a time that a clock set forward leaps over is skipped that day, and a time that a
clock set back shows twice fires twice. Wanpu's own zone, Asia/Shanghai, does neither.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wanpu.infra.jobs.cron_days import numbers
from wanpu.infra.jobs.cron_parser import Fields, read_fields

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_DAY_S = 86_400


@dataclass(frozen=True)
class _Stretch:
    """A part of one calendar day, in seconds of its wall clock, with one distance from UTC."""

    start_s: int
    end_s: int
    offset: timedelta


class Cron:
    """A cron expression that has been read. Equal when the text is equal."""

    def __init__(self, text: str) -> None:
        """Read an expression.

        Raises:
            CronInvalid: with the field, the position and the problem.
        """
        self.text = text
        self.fields: Fields = read_fields(text)
        self._seconds = numbers(self.fields.seconds)
        self._minutes = numbers(self.fields.minutes)
        self._hours = numbers(self.fields.hours)
        self._months = numbers(self.fields.months)
        self._years = numbers(self.fields.years)

    def next_after(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The first instant after `moment`, in UTC; None when there is none up to the end of 2099."""
        earliest = moment.astimezone(UTC).replace(microsecond=0) + _SECOND
        for day in self._days_from(earliest.astimezone(zone).date() - _DAY):
            found = self._first_on(day, earliest, zone)
            if found is None:
                continue
            # A clock that is set back across midnight shows the day before once more.
            tomorrow = day + _DAY
            rival = self._first_on(tomorrow, earliest, zone) if self._names(tomorrow) else None
            return found if rival is None else min(found, rival)
        return None

    def next_firings(self, moment: datetime, zone: ZoneInfo, count: int) -> list[datetime]:
        """The next `count` instants after `moment`; fewer when there are no more."""
        found: list[datetime] = []
        following = self.next_after(moment, zone)
        while following is not None and len(found) < count:
            found.append(following)
            following = self.next_after(following, zone)
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cron) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Cron({self.text!r})"

    def _days_from(self, first: date) -> Iterator[date]:
        """The calendar days that the expression names, ascending."""
        for year in self._years:
            if year < first.year:
                continue
            for month in self._months:
                if (year, month) < (first.year, first.month):
                    continue
                for number in self.fields.days.days(year, month):
                    day = date(year, month, number)
                    if day >= first:
                        yield day

    def _names(self, day: date) -> bool:
        return (
            day.year in self._years
            and day.month in self._months
            and day.day in self.fields.days.days(day.year, day.month)
        )

    def _first_on(self, day: date, earliest: datetime, zone: ZoneInfo) -> datetime | None:
        """The first instant from `earliest` on at which the zone's calendar shows `day`."""
        midnight = datetime.combine(day, time(), tzinfo=UTC)
        for stretch in _stretches(day, zone):
            since_midnight = int((earliest + stretch.offset - midnight).total_seconds())
            found = self._time_from(max(stretch.start_s, since_midnight), stretch.end_s)
            if found is not None:
                return midnight + timedelta(seconds=found) - stretch.offset
        return None

    def _time_from(self, start_s: int, end_s: int) -> int | None:
        """The first time of day in [start, end), in seconds since the wall clock's midnight."""
        for hour in self._hours:
            if (hour + 1) * 3600 <= start_s:
                continue
            for minute in self._minutes:
                minute_s = hour * 3600 + minute * 60
                if minute_s + 60 <= start_s:
                    continue
                for second in self._seconds:
                    if minute_s + second >= start_s:
                        return minute_s + second if minute_s + second < end_s else None
        return None


def _stretches(day: date, zone: ZoneInfo) -> list[_Stretch]:
    """One day in the order in which it passes: whole, or cut where the zone changes its clocks."""
    midnight = datetime.combine(day, time())
    before = _offset_of(midnight, zone, fold=0)
    after = _offset_of(midnight + _DAY, zone, fold=1)
    if before == after:
        return [_Stretch(0, _DAY_S, before)]
    change = _change_between(
        midnight - max(before, after) - _DAY, midnight + 2 * _DAY - min(before, after), before, zone
    )
    cut_s = int((change + before - midnight).total_seconds())
    resume_s = int((change + after - midnight).total_seconds())
    stretches = [
        _Stretch(0, min(cut_s, _DAY_S), before),
        _Stretch(max(resume_s, 0), _DAY_S, after),
    ]
    return [stretch for stretch in stretches if stretch.start_s < stretch.end_s]


def _change_between(low: datetime, high: datetime, before: timedelta, zone: ZoneInfo) -> datetime:
    """The second at which the zone leaves the distance `before`; naive UTC in and out."""
    while high - low > _SECOND:
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.replace(tzinfo=UTC).astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def _offset_of(wall: datetime, zone: ZoneInfo, *, fold: int) -> timedelta:
    offset = wall.replace(tzinfo=zone, fold=fold).utcoffset()
    assert offset is not None
    return offset
