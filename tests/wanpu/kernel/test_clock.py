"""Rules of `kernel/clock.py`: aware UTC inside, China days for bills and people."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from wanpu.kernel.clock import ManualClock, SystemClock, day_cn, iso_utc, require_aware, start_of_day_cn

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="naive"):
        require_aware(NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="naive"):
        ManualClock(NOON.replace(tzinfo=None))


def test_an_aware_time_becomes_the_same_moment_in_utc():
    beijing = datetime(2026, 11, 22, 20, tzinfo=timezone(timedelta(hours=8)))

    assert require_aware(beijing) == NOON
    assert require_aware(beijing).utcoffset() == timedelta(0)


def test_the_day_in_china_turns_at_sixteen_utc():
    assert day_cn(datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert day_cn(datetime(2026, 11, 22, 16, tzinfo=UTC)) == date(2026, 11, 23)


def test_a_day_in_china_begins_at_sixteen_utc_of_the_day_before():
    assert start_of_day_cn(date(2026, 11, 23)) == datetime(2026, 11, 22, 16, tzinfo=UTC)


def test_times_for_people_are_whole_seconds_with_a_z():
    moment = datetime(2026, 11, 29, 16, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=8)))

    assert iso_utc(moment) == "2026-11-29T08:00:00Z"


def test_a_manual_clock_moves_only_when_told_and_also_back():
    clock = ManualClock(NOON)
    assert clock.now() == clock.now() == NOON

    clock.advance(timedelta(minutes=5))
    assert clock.now() == NOON + timedelta(minutes=5)

    clock.advance(timedelta(hours=-1))
    assert clock.now() == NOON - timedelta(minutes=55)


def test_a_system_clock_is_aware_and_shifted_by_its_offset():
    shifted = SystemClock(timedelta(days=1)).now() - SystemClock().now()

    assert SystemClock().now().utcoffset() == timedelta(0)
    assert abs(shifted - timedelta(days=1)) < timedelta(seconds=5)
