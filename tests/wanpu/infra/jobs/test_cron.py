"""Quartz cron: known answers, refusals, and an oracle that looks at every second."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.wanpu.infra.jobs.cron_oracle import Made, expressions, next_by_looking

from wanpu.infra.jobs.cron import Cron
from wanpu.infra.jobs.errors import CronInvalid

CHINA = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
NOVEMBER = datetime(2026, 11, 22, 8, tzinfo=UTC)


def firings(text: str, after: str, count: int, zone: ZoneInfo = CHINA) -> list[str]:
    """The next firings after a wall time of the zone, as wall times with their distance from UTC."""
    moment = datetime.fromisoformat(after)
    moment = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
    found = Cron(text).next_firings(moment, zone, count)
    return [at.astimezone(zone).isoformat(sep=" ", timespec="seconds") for at in found]


def in_china(*walls: str) -> list[str]:
    return [f"{wall}+08:00" for wall in walls]


KNOWN = [
    ("0 0/30 * * * ?", "2026-11-22 16:00", ["2026-11-22 16:30:00", "2026-11-22 17:00:00"]),
    ("0 15 10 L-2 * ?", "2026-11-01", ["2026-11-28 10:15:00", "2026-12-29 10:15:00", "2027-01-29 10:15:00"]),
    ("0 15 10 ? * 6#3", "2026-11-01", ["2026-11-20 10:15:00", "2026-12-18 10:15:00", "2027-01-15 10:15:00"]),
    ("0 15 10 ? * 6L", "2026-11-01", ["2026-11-27 10:15:00", "2026-12-25 10:15:00"]),
    ("0 15 10 ? * FRIL 2027", "2026-11-01", ["2027-01-29 10:15:00", "2027-02-26 10:15:00"]),
    # 1 August 2026 is a Saturday: the nearest weekday within the month is Monday the 3rd.
    ("0 0 12 1W * ?", "2026-07-15", ["2026-08-03 12:00:00", "2026-09-01 12:00:00"]),
    # 15 November 2026 is a Sunday, 15 August 2026 a Saturday.
    ("0 0 12 15W * ?", "2026-11-01", ["2026-11-16 12:00:00"]),
    ("0 0 12 15W * ?", "2026-08-01", ["2026-08-14 12:00:00"]),
    # 31 May 2026 is a Sunday: back to Friday; the months without a 31st have no such day.
    ("0 0 12 31W * ?", "2026-05-01", ["2026-05-29 12:00:00", "2026-07-31 12:00:00"]),
    ("0 0 12 LW * ?", "2026-05-01", ["2026-05-29 12:00:00", "2026-06-30 12:00:00"]),
    ("0 0 0 L * ?", "2027-02-01", ["2027-02-28 00:00:00", "2027-03-31 00:00:00"]),
    ("0 0 0 L * ?", "2028-02-01", ["2028-02-29 00:00:00"]),
    ("0 0 0 L-30 * ?", "2026-11-02", ["2026-12-01 00:00:00", "2027-01-01 00:00:00", "2027-03-01 00:00:00"]),
    ("0 0 0 29 2 ?", "2026-11-01", ["2028-02-29 00:00:00", "2032-02-29 00:00:00"]),
    ("0 0 0 ? * 2#5", "2026-11-01", ["2026-11-30 00:00:00", "2027-03-29 00:00:00"]),
    ("0 0 0 ? * L", "2026-11-22", ["2026-11-28 00:00:00", "2026-12-05 00:00:00"]),
    (
        "0 0 8 ? * FRI-MON",
        "2026-11-26",
        [
            "2026-11-27 08:00:00",
            "2026-11-28 08:00:00",
            "2026-11-29 08:00:00",
            "2026-11-30 08:00:00",
            "2026-12-04 08:00:00",
        ],
    ),
    (
        "0 0 22-2/2 * * ?",
        "2026-11-22 12:00",
        ["2026-11-22 22:00:00", "2026-11-23 00:00:00", "2026-11-23 02:00:00", "2026-11-23 22:00:00"],
    ),
    (
        "0 0 0 30-2 * ?",
        "2026-11-22",
        ["2026-11-30 00:00:00", "2026-12-01 00:00:00", "2026-12-02 00:00:00", "2026-12-30 00:00:00"],
    ),
    (
        "0 0 0 1 NOV-FEB ?",
        "2026-11-22",
        ["2026-12-01 00:00:00", "2027-01-01 00:00:00", "2027-02-01 00:00:00", "2027-11-01 00:00:00"],
    ),
    ("0 0 10 ? * 1", "2026-11-22", ["2026-11-22 10:00:00", "2026-11-29 10:00:00"]),
    ("0 0 10 ? * 7", "2026-11-22", ["2026-11-28 10:00:00"]),
    ("0 0 10 ? * mon-fri", "2026-11-20 12:00", ["2026-11-23 10:00:00"]),
    ("58/2 59 23 31 12 ? 2026-2027", "2026-11-22", ["2026-12-31 23:59:58", "2027-12-31 23:59:58"]),
    ("0 0 0 1 1 ? 2028/4", "2026-11-22", ["2028-01-01 00:00:00", "2032-01-01 00:00:00"]),
    (
        "0/5 14,18,3-39,52 * ? JAN,MAR,SEP MON-FRI 2027-2030",
        "2026-11-22",
        ["2027-01-01 00:03:00", "2027-01-01 00:03:05"],
    ),
    ("*/20 /30 * * * ?", "2026-11-22 16:00:20", ["2026-11-22 16:00:40", "2026-11-22 16:30:00"]),
    ("  0\t0  12 * * ? ", "2026-11-22", ["2026-11-22 12:00:00"]),
]


@pytest.mark.parametrize(("text", "after", "walls"), KNOWN)
def test_known_expressions_fire_at_the_known_times(text: str, after: str, walls: list[str]) -> None:
    assert firings(text, after, len(walls)) == in_china(*walls)


def test_a_firing_comes_strictly_after_the_moment_and_in_whole_seconds() -> None:
    cron = Cron("0 0 12 * * ?")
    noon = datetime(2026, 11, 22, 4, tzinfo=UTC)

    assert cron.next_after(noon - timedelta(microseconds=1), CHINA) == noon
    assert cron.next_after(noon, CHINA) == noon + timedelta(days=1)
    assert cron.next_after(noon + timedelta(microseconds=1), CHINA) == noon + timedelta(days=1)


@pytest.mark.parametrize(
    "text", ["0 0 0 30 2 ?", "0 0 0 31 4,6,9,11 ?", "0 0 0 L-30 2 ?", "0 0 0 1 1 ? 1999", "0 0 0 30W 2 ?"]
)
def test_an_expression_that_never_fires_says_so(text: str) -> None:
    assert Cron(text).next_after(NOVEMBER, CHINA) is None


def test_the_last_firing_of_the_last_year_is_followed_by_none() -> None:
    assert firings("59 59 23 31 12 ? *", "2098-12-31 23:59:59", 5) == in_china("2099-12-31 23:59:59")


@pytest.mark.requirement("S0-186")
def test_one_expression_in_two_zones_fires_at_each_zones_own_wall_time() -> None:
    cron = Cron("15 30 9 * * ?")

    assert cron.next_after(NOVEMBER, CHINA) == datetime(2026, 11, 23, 1, 30, 15, tzinfo=UTC)
    assert cron.next_after(NOVEMBER, NEW_YORK) == datetime(2026, 11, 22, 14, 30, 15, tzinfo=UTC)
    assert cron.next_after(NOVEMBER, ZoneInfo("Asia/Kathmandu")) == datetime(
        2026, 11, 23, 3, 45, 15, tzinfo=UTC
    )


@pytest.mark.requirement("S0-186")
def test_a_zone_that_moves_for_good_takes_its_firings_along() -> None:
    # Almaty went from +06 to +05 on 1 March 2024, with no summer time on either side.
    assert firings("0 0 9 * * ?", "2024-02-28 12:00", 3, ZoneInfo("Asia/Almaty")) == [
        "2024-02-29 09:00:00+06:00",
        "2024-03-01 09:00:00+05:00",
        "2024-03-02 09:00:00+05:00",
    ]


def test_a_time_that_a_clock_set_forward_leaps_over_is_skipped_that_day() -> None:
    assert firings("0 30 2 * * ?", "2026-03-28 12:00", 2, BERLIN) == [
        "2026-03-30 02:30:00+02:00",
        "2026-03-31 02:30:00+02:00",
    ]
    assert firings("0 0/30 * * * ?", "2026-03-08 01:00", 3, NEW_YORK) == [
        "2026-03-08 01:30:00-05:00",
        "2026-03-08 03:00:00-04:00",
        "2026-03-08 03:30:00-04:00",
    ]


def test_a_time_that_a_clock_set_back_shows_twice_fires_twice() -> None:
    assert firings("0 30 2 * * ?", "2026-10-24 12:00", 3, BERLIN) == [
        "2026-10-25 02:30:00+02:00",
        "2026-10-25 02:30:00+01:00",
        "2026-10-26 02:30:00+01:00",
    ]
    assert firings("0 0/30 * * * ?", "2026-11-01 01:00-04:00", 4, NEW_YORK) == [
        "2026-11-01 01:30:00-04:00",
        "2026-11-01 01:00:00-05:00",
        "2026-11-01 01:30:00-05:00",
        "2026-11-01 02:00:00-05:00",
    ]


def test_a_clock_set_back_over_midnight_shows_the_day_before_once_more() -> None:
    # Havana goes from 01:00 back to 00:00.
    assert firings("0 30 0 * * ?", "2026-10-31 12:00", 3, ZoneInfo("America/Havana")) == [
        "2026-11-01 00:30:00-04:00",
        "2026-11-01 00:30:00-05:00",
        "2026-11-02 00:30:00-05:00",
    ]
    # St John's went back at 00:01 to 23:01 of the day before.
    assert firings("0 0,30 0,23 5-7 11 ?", "2005-10-30 12:00", 1, ZoneInfo("America/St_Johns"))[0].startswith(
        "2005-11-05 00:00:00"
    )
    assert firings("30 0,30 0,23 29-30 10 ?", "2005-10-29 20:00", 5, ZoneInfo("America/St_Johns")) == [
        "2005-10-29 23:00:30-02:30",
        "2005-10-29 23:30:30-02:30",
        "2005-10-30 00:00:30-02:30",
        "2005-10-29 23:30:30-03:30",
        "2005-10-30 00:00:30-03:30",
    ]


def test_a_day_that_a_zone_leaves_out_has_no_firing() -> None:
    # Samoa went over the date line: its calendar has no 30 December 2011.
    assert firings("0 0 12 * * ?", "2011-12-29 10:00", 2, ZoneInfo("Pacific/Apia")) == [
        "2011-12-29 12:00:00-10:00",
        "2011-12-31 12:00:00+14:00",
    ]


REFUSED = [
    ("", "seconds", 1, "too_few"),
    ("0 0 12", "day of month", 7, "too_few"),
    ("0 0 12 * *", "day of week", 11, "too_few"),
    ("0 0 12 * * ? 2026 1", "year", 19, "too_many"),
    ("0 0 12 * * *", "day of week", 12, "day_twice"),
    ("0 0 12 1 * 2", "day of week", 12, "day_twice"),
    ("0 0 12 ? * ?", "day of week", 12, "day_missing"),
    ("60 * * * * ?", "seconds", 1, "out_of_range"),
    ("0 60 * * * ?", "minutes", 3, "out_of_range"),
    ("0 0 24 * * ?", "hours", 5, "out_of_range"),
    ("0 0 0 0 * ?", "day of month", 7, "out_of_range"),
    ("0 0 0 1,32 * ?", "day of month", 9, "out_of_range"),
    ("0 0 0 1 13 ?", "month", 9, "out_of_range"),
    ("0 0 0 ? * 0", "day of week", 11, "out_of_range"),
    ("0 0 0 ? * 8L", "day of week", 11, "out_of_range"),
    ("0 0 0 ? * 6#0", "day of week", 13, "out_of_range"),
    ("0 0 0 ? * MON#6", "day of week", 15, "out_of_range"),
    ("0 0 0 1 1 ? 1969", "year", 13, "out_of_range"),
    ("0 0 0 1 1 ? 2100", "year", 13, "out_of_range"),
    ("0 0 0 L-31 * ?", "day of month", 9, "out_of_range"),
    ("0 0 0 32W * ?", "day of month", 7, "out_of_range"),
    ("0 0 0 1 1 ? 2030-2020", "year", 13, "backwards"),
    ("0 0 0 1 FOO ?", "month", 9, "unknown_name"),
    ("0 0 0 ? * MONDAY", "day of week", 11, "unknown_name"),
    ("0 0 0 ? MON *", "month", 9, "unknown_name"),
    ("0 0/0 * * * ?", "minutes", 5, "bad_step"),
    ("0 0/ * * * ?", "minutes", 5, "bad_step"),
    ("0/60 * * * * ?", "seconds", 3, "bad_step"),
    ("0 0 0/24 * * ?", "hours", 7, "bad_step"),
    ("0 0 0 ? * 2/8", "day of week", 13, "bad_step"),
    ("0 1,,2 * * * ?", "minutes", 5, "empty_item"),
    ("0 5- * * * ?", "minutes", 5, "empty_item"),
    ("0 -5 * * * ?", "minutes", 3, "empty_item"),
    ("0 ? * * * ?", "minutes", 3, "not_here"),
    ("L * * * * ?", "seconds", 1, "not_here"),
    ("0 0 0 ? L 1", "month", 9, "not_here"),
    ("0 0 0 1#2 * ?", "day of month", 8, "not_here"),
    ("0 0 0 ? * L-3", "day of week", 11, "not_here"),
    ("*5 * * * * ?", "seconds", 1, "not_here"),
    ("0 0 0 L,1 * ?", "day of month", 7, "stands_alone"),
    ("0 0 0 1W,15 * ?", "day of month", 8, "stands_alone"),
    ("0 0 0 1-5W * ?", "day of month", 10, "stands_alone"),
    ("0 0 0 ? * 1,6L", "day of week", 14, "stands_alone"),
    ("0 0 0 ? * 1#2,3#1", "day of week", 12, "stands_alone"),
    ("0 0 0 1,? * 1", "day of month", 9, "stands_alone"),
    ("0 0 0 LL * ?", "day of month", 7, "bad_character"),
    ("0 1.5 * * * ?", "minutes", 4, "bad_character"),
    ("0 ５ * * * ?", "minutes", 3, "bad_character"),
    ("0 0 12 * * ?" + " " * 200, "seconds", 201, "too_long"),
]


@pytest.mark.parametrize(("text", "field", "position", "problem"), REFUSED)
def test_nonsense_is_refused_with_its_field_place_and_problem(
    text: str, field: str, position: int, problem: str
) -> None:
    with pytest.raises(CronInvalid) as refused:
        Cron(text)

    assert refused.value.code == "job.cron_invalid"
    assert refused.value.details == {"field": field, "position": position, "problem": problem}
    assert f"{field} (character {position})" in refused.value.message("en")
    assert f"第 {position} 个字符" in refused.value.message("zh")


CHANGES = [
    (BERLIN, datetime(2026, 3, 29, 1, tzinfo=UTC)),
    (BERLIN, datetime(2026, 10, 25, 1, tzinfo=UTC)),
    (NEW_YORK, datetime(2026, 3, 8, 7, tzinfo=UTC)),
    (NEW_YORK, datetime(2026, 11, 1, 6, tzinfo=UTC)),
    (ZoneInfo("Australia/Lord_Howe"), datetime(2026, 4, 4, 15, tzinfo=UTC)),
    (ZoneInfo("America/Havana"), datetime(2026, 11, 1, 5, tzinfo=UTC)),
    (ZoneInfo("America/St_Johns"), datetime(2005, 10, 30, 2, 31, tzinfo=UTC)),
    (ZoneInfo("Pacific/Apia"), datetime(2011, 12, 30, 10, tzinfo=UTC)),
    (CHINA, datetime(2026, 12, 31, 16, tzinfo=UTC)),
]
"""Moments at which the clocks of a zone change, and a new year."""


def check_near_changes(made: Made, place: tuple[ZoneInfo, datetime], before_s: int) -> None:
    zone, change = place
    after = change - timedelta(seconds=before_s)
    looked = next_by_looking(made, after, zone, 6 * 3600)
    found = Cron(made.text).next_after(after, zone)
    if looked is not None:
        assert found == looked
    else:
        assert found is None or found > after + timedelta(hours=6)


def check_by_days(made: Made, start: date, zone: ZoneInfo) -> None:
    """Over three years, day by day; the seconds of the first day that is named are looked at one by one."""
    after = datetime.combine(start, time(11, 59, 59), tzinfo=zone)
    found = Cron(made.text).next_after(after, zone)
    for days in range(1100):
        day = start + timedelta(days=days)
        if made.names_day(day):
            begin = max(after, datetime.combine(day, time(), tzinfo=zone) - timedelta(seconds=1))
            looked = next_by_looking(made, begin, zone, 26 * 3600)
            if looked is not None:
                assert found == looked
                return
    assert found is None or found > after + timedelta(days=1090)


PLACES, SECONDS = st.sampled_from(CHANGES), st.integers(0, 5 * 3600)
STARTS = st.dates(date(2026, 1, 1), date(2032, 12, 31))
ZONES = st.sampled_from([CHINA, BERLIN, NEW_YORK, ZoneInfo("America/Havana")])
UNHURRIED = [HealthCheck.too_slow]


@settings(max_examples=60, deadline=None, suppress_health_check=UNHURRIED)
@given(expressions(dense=True), PLACES, SECONDS)
def test_near_a_change_of_the_clocks_every_second_agrees_with_the_oracle(
    made: Made, place: tuple[ZoneInfo, datetime], before_s: int
) -> None:
    check_near_changes(made, place, before_s)


@settings(max_examples=60, deadline=None, suppress_health_check=UNHURRIED)
@given(expressions(dense=False), STARTS, ZONES)
def test_over_three_years_the_first_firing_agrees_with_the_oracle(
    made: Made, start: date, zone: ZoneInfo
) -> None:
    check_by_days(made, start, zone)


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(max_examples=5000, deadline=None, suppress_health_check=UNHURRIED)
@given(expressions(dense=True), PLACES, SECONDS, expressions(dense=False), STARTS, ZONES)
def test_the_oracle_agrees_at_length(
    near: Made, place: tuple[ZoneInfo, datetime], before_s: int, far: Made, start: date, zone: ZoneInfo
) -> None:
    check_near_changes(near, place, before_s)
    check_by_days(far, start, zone)
