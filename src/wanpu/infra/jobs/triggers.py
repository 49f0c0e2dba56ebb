"""Kinds of triggers and schedules: at which instants a job fires. Pure.

A trigger answers `next_after(moment, zone, anchor)`: the first instant after a moment, in UTC, or None.
`anchor` is when the schedule begins; fixed intervals count from it, so that a late firing never shifts
the ones after it.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, Strict, model_validator

from wanpu.infra.jobs.cron import Cron
from wanpu.infra.jobs.cron_parser import LAST_YEAR
from wanpu.infra.jobs.days_off import DaysOff, Weekday
from wanpu.infra.jobs.errors import ZoneUnknown
from wanpu.kernel.clock import TICK

MAX_DAYS_OFF = 4000
"""How many days off in a row are passed over before a schedule counts as ended."""
MAX_INTERVAL_S = 366 * 86_400
_DAY = timedelta(days=1)


class _Trigger(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _readable(expression: str) -> str:
    Cron(expression)
    return expression


def _whole_second(moment: time) -> time:
    if moment.microsecond or moment.tzinfo is not None:
        raise ValueError("must be a time of day in whole seconds")
    return moment


Moment = Annotated[AwareDatetime, Strict(False)]
"""Text with a zone where it comes from JSON; everything else of a trigger is taken as it is."""

TimeOfDay = Annotated[time, Strict(False), AfterValidator(_whole_second)]


class CronTrigger(_Trigger):
    """By a Quartz cron expression.

    Raises:
        CronInvalid: the expression cannot be read.
    """

    kind: Literal["cron"] = "cron"
    expression: Annotated[str, AfterValidator(_readable)]

    def next_after(self, moment: datetime, zone: ZoneInfo, anchor: datetime) -> datetime | None:
        """See `Cron.next_after`."""
        return Cron(self.expression).next_after(moment, zone)


class IntervalTrigger(_Trigger):
    """At the anchor and every `every_s` seconds after it: `repeat_count` times more, or for ever."""

    kind: Literal["interval"] = "interval"
    every_s: Annotated[int, Field(ge=1, le=MAX_INTERVAL_S)]
    repeat_count: Annotated[int, Field(ge=0, le=10**9)] | None = None

    def next_after(self, moment: datetime, zone: ZoneInfo, anchor: datetime) -> datetime | None:
        """Instants that were missed are spent: the last one is where it was planned to be."""
        passed = (moment - anchor) // timedelta(seconds=self.every_s)
        repeat = max(0, passed + 1)
        if self.repeat_count is not None and repeat > self.repeat_count:
            return None
        return anchor + repeat * timedelta(seconds=self.every_s)


class OnceTrigger(_Trigger):
    """Once, at a moment."""

    kind: Literal["once"] = "once"
    at: Moment

    def next_after(self, moment: datetime, zone: ZoneInfo, anchor: datetime) -> datetime | None:
        """The one instant, until it has passed."""
        return self.at.astimezone(UTC) if self.at > moment else None


class CalendarTrigger(_Trigger):
    """Every `every` days, weeks, months or years at a time of day, counted from the anchor's day.

    The 31st of a month without one is its last day. A time of day that a clock set forward leaps over
    comes as much later; one that is shown twice counts the first time.
    """

    kind: Literal["calendar"] = "calendar"
    every: Annotated[int, Field(ge=1, le=1000)]
    unit: Literal["day", "week", "month", "year"]
    at: TimeOfDay

    def next_after(self, moment: datetime, zone: ZoneInfo, anchor: datetime) -> datetime | None:
        """The first of them after a moment, never before the anchor."""
        first = anchor.astimezone(zone).date()
        step = max(0, self._steps_before(first, moment.astimezone(zone).date()) - 1)
        while True:
            day = self._day(first, step)
            if day is None:
                return None
            found = _instant(day, self.at, zone)
            if found > moment and found >= anchor:
                return found
            step += 1

    def _steps_before(self, first: date, day: date) -> int:
        if self.unit in ("day", "week"):
            return int((day - first).days // (self.every * (7 if self.unit == "week" else 1)))
        months = (day.year - first.year) * 12 + day.month - first.month
        return months // (self.every * (12 if self.unit == "year" else 1))

    def _day(self, first: date, step: int) -> date | None:
        """The day of the n-th step; None past the last year."""
        count = self.every * step
        if self.unit in ("day", "week"):
            days = count * (7 if self.unit == "week" else 1)
            return first + days * _DAY if days <= (date(LAST_YEAR, 12, 31) - first).days else None
        months = first.year * 12 + first.month - 1 + count * (12 if self.unit == "year" else 1)
        year, month = months // 12, months % 12 + 1
        if year > LAST_YEAR:
            return None
        return date(year, month, min(first.day, monthrange(year, month)[1]))


class DailyTrigger(_Trigger):
    """Every `every_s` seconds from one time of day up to another, on some days of the week (1 is Sunday).

    Times of day are those of the zone's wall clock: what a clock set forward leaps over is skipped, what
    is shown twice counts the first time.
    """

    kind: Literal["daily"] = "daily"
    every_s: Annotated[int, Field(ge=1, le=86_400)]
    since: TimeOfDay
    until: TimeOfDay
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)] = [1, 2, 3, 4, 5, 6, 7]

    @model_validator(mode="after")
    def _is_forward(self) -> "DailyTrigger":
        if self.until < self.since:
            raise ValueError("`until` must not lie before `since`")
        return self

    def next_after(self, moment: datetime, zone: ZoneInfo, anchor: datetime) -> datetime | None:
        """The first of them after a moment."""
        today = moment.astimezone(zone).date()
        for days in range(-1, 9):
            day = today + days * _DAY
            if day.isoweekday() % 7 + 1 not in self.weekdays:
                continue
            found = self._first_on(day, moment, zone)
            if found is not None:
                return found
        return None

    def _first_on(self, day: date, moment: datetime, zone: ZoneInfo) -> datetime | None:
        step = timedelta(seconds=self.every_s)
        wall, end = datetime.combine(day, self.since), datetime.combine(day, self.until)
        wall += max(0, (moment.astimezone(zone).replace(tzinfo=None) - wall) // step) * step
        while wall <= end:
            found = _instant(day, wall.time(), zone)
            if found > moment and found.astimezone(zone).replace(tzinfo=None) == wall:
                return found
            wall += step
        return None


Trigger = Annotated[
    CronTrigger | IntervalTrigger | OnceTrigger | CalendarTrigger | DailyTrigger,
    Field(discriminator="kind"),
]


@dataclass(frozen=True)
class Schedule:
    """A trigger with its time zone, the window in which it counts, and the days on which it does not."""

    trigger: Trigger
    zone: str
    anchor: datetime
    end_at: datetime | None = None
    days_off: DaysOff | None = None

    def next_after(self, moment: datetime) -> datetime | None:
        """The first instant after `moment`, in UTC; None when no more is to come."""
        moment = max(moment, self.anchor - TICK)
        zone = zone_named(self.zone)
        for _ in range(MAX_DAYS_OFF):
            found = self.trigger.next_after(moment, zone, self.anchor)
            if found is None or (self.end_at is not None and found > self.end_at):
                return None
            if self.days_off is None or not self.days_off.excludes(found):
                return found
            moment = self.days_off.end_of_day(found) - TICK
        return None

    def next_firings(self, moment: datetime, count: int) -> list[datetime]:
        """The next `count` instants after `moment`; fewer when there are no more."""
        found: list[datetime] = []
        while len(found) < count:
            following = self.next_after(found[-1] if found else moment)
            if following is None:
                break
            found.append(following)
        return found


def zone_named(name: str) -> ZoneInfo:
    """A time zone of the IANA database.

    Raises:
        ZoneUnknown: there is none of this name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ZoneUnknown(name, details={"zone": name}) from error


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
