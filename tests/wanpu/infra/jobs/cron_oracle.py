"""A naive reading of cron, written apart from ours: it makes expressions together with a matcher for wall
clocks, and finds the next firing by looking at every second in turn."""

from calendar import monthcalendar, monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

Numbers = set[int]
DayMatcher = Callable[[date], bool]
MONTH_NAMES = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
DAY_NAMES = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


@dataclass(frozen=True)
class Made:
    """An expression, and whether it names a day and a second of it."""

    text: str
    names_day: DayMatcher
    seconds: Numbers
    minutes: Numbers
    hours: Numbers

    def matches(self, wall: datetime) -> bool:
        return (
            wall.second in self.seconds
            and wall.minute in self.minutes
            and wall.hour in self.hours
            and self.names_day(wall.date())
        )


def next_by_looking(made: Made, after: datetime, zone: ZoneInfo, seconds: int) -> datetime | None:
    """The first matching second within so many seconds after a moment."""
    moment = after.astimezone(UTC).replace(microsecond=0)
    left = seconds
    while left > 0:
        moment += timedelta(seconds=1)
        left -= 1
        if moment.minute == moment.second == 0 and left > 3600:
            ends = (moment.astimezone(zone).date(), (moment + timedelta(hours=1)).astimezone(zone).date())
            if not any(made.names_day(day) for day in ends):
                moment += timedelta(seconds=3599)
                left -= 3599
                continue
        if made.matches(moment.astimezone(zone).replace(tzinfo=None)):
            return moment
    return None


@st.composite
def numbers(draw: st.DrawFn, low: int, high: int, names: list[str] | None = None) -> tuple[str, Numbers]:
    """One field: its text and the numbers that it names."""
    items = draw(st.lists(one_item(low, high, names), min_size=1, max_size=3))
    return ",".join(text for text, _ in items), set().union(*(found for _, found in items))


@st.composite
def one_item(draw: st.DrawFn, low: int, high: int, names: list[str] | None) -> tuple[str, Numbers]:
    def written(number: int) -> str:
        if names and draw(st.booleans()):
            name = names[number - low]
            return name if draw(st.booleans()) else name.lower()
        return str(number)

    kind = draw(st.sampled_from(["all", "every", "one", "from", "range", "range_step"]))
    first, last = draw(st.integers(low, high)), draw(st.integers(low, high))
    step = draw(st.integers(1, high))
    if kind == "all":
        return "*", set(range(low, high + 1))
    if kind == "every":
        return f"{draw(st.sampled_from(['*', '']))}/{step}", {
            n for n in range(low, high + 1) if (n - low) % step == 0
        }
    if kind == "one":
        return written(first), {first}
    if kind == "from":
        return f"{written(first)}/{step}", {n for n in range(first, high + 1) if (n - first) % step == 0}
    by = step if kind == "range_step" else 1
    walked, number, count = set(), first, 0
    while True:
        if count % by == 0:
            walked.add(number)
        if number == last:
            break
        number = low if number == high else number + 1
        count += 1
    text = f"{written(first)}-{written(last)}"
    return (f"{text}/{step}" if kind == "range_step" else text), walked


def quartz_weekday(day: date) -> int:
    return (day.weekday() + 1) % 7 + 1


def nearest_weekday(year: int, month: int, wanted: int) -> int:
    """Looks outwards from the day, the past first, and never leaves the month."""
    last = monthrange(year, month)[1]
    for distance in (0, -1, 1, -2, 2):
        candidate = wanted + distance
        if 1 <= candidate <= last and date(year, month, candidate).weekday() < 5:
            return _as_quartz_moves(year, month, wanted, candidate)
    raise AssertionError("every month has weekdays")


def _as_quartz_moves(year: int, month: int, wanted: int, nearest: int) -> int:
    """A Sunday goes to the Monday after it, not to the Friday two days before, while the month lasts."""
    is_sunday = date(year, month, wanted).weekday() == 6
    last = monthrange(year, month)[1]
    return wanted + 1 if is_sunday and wanted < last else nearest


@st.composite
def day_fields(draw: st.DrawFn) -> tuple[str, str, DayMatcher]:
    """Day of month, day of week, and the days that the pair names."""
    kind = draw(st.sampled_from(["month", "week", "L", "L-n", "LW", "L-nW", "nW", "nL", "n#m", "weekL"]))
    weekday, nth = draw(st.integers(1, 7)), draw(st.integers(1, 5))
    back, number = draw(st.integers(0, 30)), draw(st.integers(1, 31))
    if kind == "month":
        text, days = draw(numbers(1, 31))
        return text, "?", lambda day: day.day in days
    if kind == "week":
        text, weekdays = draw(numbers(1, 7, DAY_NAMES))
        return "?", text, lambda day: quartz_weekday(day) in weekdays
    if kind == "weekL":
        return "?", "L", lambda day: day.weekday() == 5
    if kind == "nL":
        name = draw(st.sampled_from([str(weekday), DAY_NAMES[weekday - 1]]))
        return (
            "?",
            f"{name}L",
            lambda day: quartz_weekday(day) == weekday and (day + timedelta(days=7)).month != day.month,
        )
    if kind == "n#m":
        name = draw(st.sampled_from([str(weekday), DAY_NAMES[weekday - 1]]))
        return "?", f"{name}#{nth}", lambda day: _is_nth(day, weekday, nth)

    def moved(day: date, wanted: int, *, to_weekday: bool) -> bool:
        if not 1 <= wanted <= monthrange(day.year, day.month)[1]:
            return False
        return day.day == (nearest_weekday(day.year, day.month, wanted) if to_weekday else wanted)

    def last(day: date) -> int:
        return monthrange(day.year, day.month)[1]

    if kind == "L":
        return "L", "?", lambda day: moved(day, last(day), to_weekday=False)
    if kind == "LW":
        return "LW", "?", lambda day: moved(day, last(day), to_weekday=True)
    if kind == "L-n":
        return f"L-{back}", "?", lambda day: moved(day, last(day) - back, to_weekday=False)
    if kind == "L-nW":
        return f"L-{back}W", "?", lambda day: moved(day, last(day) - back, to_weekday=True)
    return f"{number}W", "?", lambda day: moved(day, number, to_weekday=True)


def _is_nth(day: date, weekday: int, nth: int) -> bool:
    """Counted on a page of a wall calendar whose weeks begin with Monday."""
    column = (weekday + 5) % 7
    found = [week[column] for week in monthcalendar(day.year, day.month) if week[column]]
    return nth <= len(found) and day.day == found[nth - 1]


@st.composite
def expressions(draw: st.DrawFn, *, dense: bool) -> Made:
    """A whole expression. Dense ones fire within hours, so that every second can be looked at."""
    second, seconds = draw(numbers(0, 59))
    minute, minutes = draw(numbers(0, 59))
    hour, hours = ("*", set(range(24))) if dense and draw(st.booleans()) else draw(numbers(0, 23))
    of_month, of_week, names_day = ("*", "?", lambda _day: True) if dense else draw(day_fields())
    month, months = ("*", set(range(1, 13))) if dense else draw(numbers(1, 12, MONTH_NAMES))
    year = draw(st.sampled_from(["", "*", "2026-2030", "2027/2"]))
    years = {"2026-2030": set(range(2026, 2031)), "2027/2": set(range(2027, 2100, 2))}.get(year)
    text = f"{second} {minute} {hour} {of_month} {month} {of_week} {year}".strip()
    return Made(
        text,
        lambda day: day.month in months and (years is None or day.year in years) and names_day(day),
        seconds,
        minutes,
        hours,
    )
