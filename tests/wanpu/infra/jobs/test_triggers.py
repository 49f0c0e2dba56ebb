"""Triggers, schedules and holiday calendars: pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError

from wanpu.infra.jobs.days_off import DaysOff
from wanpu.infra.jobs.errors import CronInvalid, ZoneUnknown
from wanpu.infra.jobs.triggers import (
    CalendarTrigger,
    CronTrigger,
    DailyTrigger,
    IntervalTrigger,
    OnceTrigger,
    Schedule,
    Trigger,
)

START = datetime(2026, 11, 22, 8, tzinfo=UTC)  # a Sunday, 16:00 in China
CHINA = "Asia/Shanghai"
BERLIN = "Europe/Berlin"


def walls(schedule: Schedule, after: datetime, count: int) -> list[str]:
    zone = ZoneInfo(schedule.zone)
    found = schedule.next_firings(after, count)
    return [at.astimezone(zone).isoformat(sep=" ", timespec="seconds")[:19] for at in found]


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


@pytest.mark.requirement("S0-185")
def test_an_interval_fires_at_its_start_and_as_often_again_as_it_says() -> None:
    schedule = Schedule(IntervalTrigger(every_s=10, repeat_count=3), CHINA, START)

    assert schedule.next_firings(START - seconds(1), 9) == [START + seconds(n) for n in (0, 10, 20, 30)]
    assert schedule.next_after(START + seconds(30)) is None
    assert schedule.next_after(START + seconds(9.5)) == START + seconds(10)


def test_an_interval_counts_from_its_start_whenever_it_is_asked() -> None:
    schedule = Schedule(IntervalTrigger(every_s=7), CHINA, START)

    assert schedule.next_after(START - timedelta(days=9)) == START
    assert schedule.next_after(START + timedelta(days=1)) == START + seconds(12343 * 7)


def test_a_one_shot_fires_once() -> None:
    schedule = Schedule(OnceTrigger(at=START + seconds(5)), CHINA, START)

    assert schedule.next_firings(START, 3) == [START + seconds(5)]
    assert schedule.next_after(START + seconds(5)) is None


@pytest.mark.requirement("S0-184")
def test_nothing_fires_before_the_start_or_after_the_end_of_the_window() -> None:
    start, end = START + timedelta(minutes=10), START + timedelta(minutes=30)
    schedule = Schedule(CronTrigger(expression="0 0/10 * * * ?"), CHINA, start, end)

    assert schedule.next_firings(START - timedelta(days=5), 9) == [start, start + timedelta(minutes=10), end]


@pytest.mark.requirement("S0-187")
def test_calendar_intervals_keep_the_time_of_day_and_the_day_they_began_with() -> None:
    anchor = datetime(2027, 1, 31, tzinfo=UTC)
    at = time(9, 30)

    def every(count: int, unit: str) -> list[str]:
        trigger = CalendarTrigger(every=count, unit=unit, at=at)  # type: ignore[arg-type]
        return walls(Schedule(trigger, "UTC", anchor), anchor, 4)

    assert every(2, "day") == [f"2027-{day} 09:30:00" for day in ("01-31", "02-02", "02-04", "02-06")]
    assert every(3, "week") == [f"2027-{day} 09:30:00" for day in ("01-31", "02-21", "03-14", "04-04")]
    assert every(1, "month") == [f"2027-{day} 09:30:00" for day in ("01-31", "02-28", "03-31", "04-30")]
    assert every(1, "year") == [f"{year}-01-31 09:30:00" for year in (2027, 2028, 2029, 2030)]


def test_a_calendar_interval_begins_with_the_first_of_its_times_after_the_start() -> None:
    schedule = Schedule(CalendarTrigger(every=1, unit="day", at=time(9)), CHINA, START)

    assert walls(schedule, START - timedelta(days=30), 2) == ["2026-11-23 09:00:00", "2026-11-24 09:00:00"]
    assert walls(schedule, START + timedelta(days=400), 1) == ["2027-12-28 09:00:00"]


def test_a_calendar_interval_runs_every_day_of_a_clock_change_once() -> None:
    schedule = Schedule(CalendarTrigger(every=1, unit="day", at=time(2, 30)), BERLIN, START)

    spring = walls(schedule, datetime(2027, 3, 27, 12, tzinfo=UTC), 2)
    autumn = schedule.next_firings(datetime(2026, 10, 24, 12, tzinfo=UTC), 1)

    assert spring == ["2027-03-28 03:30:00", "2027-03-29 02:30:00"]
    assert autumn == [datetime(2026, 11, 23, 1, 30, tzinfo=UTC)]
    back = Schedule(CalendarTrigger(every=1, unit="day", at=time(2, 30)), BERLIN, START - timedelta(days=60))
    assert back.next_firings(datetime(2026, 10, 24, 12, tzinfo=UTC), 2) == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 26, 1, 30, tzinfo=UTC),
    ]


@pytest.mark.requirement("S0-187")
def test_a_daily_window_fires_within_its_hours_on_its_days() -> None:
    trigger = DailyTrigger(every_s=5400, since=time(9), until=time(12), weekdays=[2, 6])
    schedule = Schedule(trigger, CHINA, START)

    assert walls(schedule, START, 5) == [
        "2026-11-23 09:00:00",
        "2026-11-23 10:30:00",
        "2026-11-23 12:00:00",
        "2026-11-27 09:00:00",
        "2026-11-27 10:30:00",
    ]


def test_a_daily_window_over_a_clock_change_has_no_time_twice_and_none_that_does_not_exist() -> None:
    trigger = DailyTrigger(every_s=1800, since=time(1, 30), until=time(3, 30))
    schedule = Schedule(trigger, BERLIN, START - timedelta(days=365))

    forward = walls(schedule, datetime(2026, 3, 29, 0, tzinfo=UTC), 4)
    back = schedule.next_firings(datetime(2026, 10, 24, 23, tzinfo=UTC), 5)

    assert forward == [f"2026-03-29 {at}:00" for at in ("01:30", "03:00", "03:30")] + ["2026-03-30 01:30:00"]
    assert back == [
        datetime(2026, 10, 24, 23, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, tzinfo=UTC),
    ]


@pytest.mark.requirement("S0-189")
def test_days_off_are_passed_over_and_working_weekends_are_not() -> None:
    days_off = DaysOff(
        dates=[date(2026, 11, 24)],
        yearly=["11-26"],
        weekdays=[1, 7],
        workdays=[date(2026, 11, 28)],
    )
    schedule = Schedule(CronTrigger(expression="0 0 9,18 * * ?"), CHINA, START, None, days_off)

    assert walls(schedule, START, 8) == [
        f"2026-{day} {hour}:00:00" for day in ("11-23", "11-25", "11-27", "11-28") for hour in ("09", "18")
    ]


def test_days_off_are_days_of_their_own_zone() -> None:
    days_off = DaysOff(zone=CHINA, dates=[date(2026, 11, 23)])
    schedule = Schedule(CronTrigger(expression="0 0 0/6 * * ?"), "UTC", START, None, days_off)

    assert schedule.next_firings(START, 3) == [
        datetime(2026, 11, 22, 12, tzinfo=UTC),
        datetime(2026, 11, 23, 18, tzinfo=UTC),
        datetime(2026, 11, 24, 0, tzinfo=UTC),
    ]


def test_a_schedule_whose_every_day_is_off_ends() -> None:
    days_off = DaysOff(weekdays=[1, 2, 3, 4, 5, 6, 7])

    assert Schedule(IntervalTrigger(every_s=1), CHINA, START, None, days_off).next_after(START) is None


@pytest.mark.parametrize(
    "spec",
    [
        {"kind": "interval", "every_s": 0},
        {"kind": "interval", "every_s": 5, "repeat_count": -1},
        {"kind": "once", "at": "2026-11-22T08:00:00"},
        {"kind": "calendar", "every": 1, "unit": "fortnight", "at": "09:00"},
        {"kind": "calendar", "every": 1, "unit": "day", "at": "09:00:00.5"},
        {"kind": "daily", "every_s": 60, "since": "18:00", "until": "09:00"},
        {"kind": "daily", "every_s": 60, "since": "09:00", "until": "18:00", "weekdays": [8]},
        {"kind": "cron", "expression": "0 0 0 1 1 ?", "more": 1},
        {"kind": "moon"},
    ],
)
def test_a_trigger_that_makes_no_sense_is_refused(spec: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Trigger).validate_python(spec)


def test_a_cron_trigger_and_a_zone_refuse_with_their_own_codes() -> None:
    with pytest.raises(CronInvalid):
        CronTrigger(expression="0 0 12 * * *")
    with pytest.raises(ZoneUnknown) as refused:
        Schedule(IntervalTrigger(every_s=1), "Mars/Olympus", START).next_after(START)
    assert refused.value.details == {"zone": "Mars/Olympus"}


@pytest.mark.parametrize("yearly", ["2-30", "02-30", "1301", "13-01"])
def test_a_day_that_no_year_has_is_no_day_off(yearly: str) -> None:
    with pytest.raises(ValidationError):
        DaysOff(yearly=[yearly])
