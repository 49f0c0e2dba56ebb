"""Holiday calendars (节假日日历): days on which a job that obeys one does not fire. Pure."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MAX_DATES = 2000
_LEAP_YEAR = 2024


def _checked_yearly(text: str) -> str:
    """ "MM-DD" of a day that exists at least in leap years."""
    if not re.fullmatch(r"\d\d-\d\d", text, re.ASCII):
        raise ValueError("must be MM-DD")
    date.fromisoformat(f"{_LEAP_YEAR}-{text}")
    return text


Yearly = Annotated[str, AfterValidator(_checked_yearly)]
Weekday = Annotated[int, Field(ge=1, le=7)]


class DaysOff(BaseModel):
    """Which days are off, by the calendar of `zone`: single dates (法定节假日), days of every year
    ("10-01"), days of the week (1 is Sunday). `workdays` are on whatever the rest says (调休)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: str = "Asia/Shanghai"
    dates: Annotated[list[date], Field(max_length=MAX_DATES)] = []
    yearly: Annotated[list[Yearly], Field(max_length=366)] = []
    weekdays: Annotated[list[Weekday], Field(max_length=7)] = []
    workdays: Annotated[list[date], Field(max_length=MAX_DATES)] = []

    def excludes(self, moment: datetime) -> bool:
        """Whether the moment lies on a day off."""
        day = moment.astimezone(ZoneInfo(self.zone)).date()
        if day in self.workdays:
            return False
        return (
            day in self.dates
            or day.strftime("%m-%d") in self.yearly
            or day.isoweekday() % 7 + 1 in self.weekdays
        )

    def end_of_day(self, moment: datetime) -> datetime:
        """The first instant after the moment's day, in UTC."""
        zone = ZoneInfo(self.zone)
        day = moment.astimezone(zone).date()
        end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
        return max(end, moment + timedelta(microseconds=1))
