"""How often people signed in and were refused, by day: counted by the mall, through an index."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert
from tests.http import Caller
from tests.plans import analyze, plan_of
from tests.wanpu.system.people import make_staff

from wanpu.infra.database import Database
from wanpu.infra.tables import table_of
from wanpu.kernel.clock import ManualClock
from wanpu.system.models import LoginLog
from wanpu.system.service.login_log import summarize_logins
from wanpu.system.services import SystemServices
from wanpu.system.states import LoginEvent

URL = "/platform/v1/login-logs/summary"
MANY = 20_000


async def write_log(db: Database, *entries: tuple[timedelta, LoginEvent, str]) -> None:
    """Rows of the log, each so long before the present."""
    rows = [
        {
            "username": "li",
            "event": event,
            "reason": reason,
            "is_success": int(event is not LoginEvent.REFUSED),
            "ip": "",
            "user_agent": "",
            "created_at": db.clock.now() - ago,
        }
        for ago, event, reason in entries
    ]
    async with db.transaction() as session:
        await session.execute(insert(table_of(LoginLog)), rows)


async def test_the_days_are_those_of_beijing_and_none_is_left_out(
    console: Caller, system: SystemServices, clock: ManualClock
) -> None:
    reader = console.with_token((await make_staff(system, "reader", ["sys:loginlog:list"])).token)
    assert clock.now().isoformat() == "2026-11-22T08:00:00+00:00"
    wrong, captcha = "auth.wrong_credentials", "auth.captcha_wrong"
    await write_log(
        system.db,
        (timedelta(0), LoginEvent.SIGNED_IN, ""),
        (timedelta(hours=1), LoginEvent.SIGNED_OUT, ""),
        (timedelta(hours=16), LoginEvent.REFUSED, captcha),  # midnight in Beijing
        (timedelta(hours=16, seconds=1), LoginEvent.SIGNED_IN, ""),
        (timedelta(hours=17), LoginEvent.REFUSED, wrong),
        (timedelta(hours=18), LoginEvent.REFUSED, wrong),
        (timedelta(hours=19), LoginEvent.REFUSED, captcha),
        (timedelta(hours=64, seconds=1), LoginEvent.REFUSED, wrong),  # the day before the oldest
    )

    days = (await reader.get(URL, query={"days": "3"})).body["days"]

    assert [(day["day_cn"], day["since"], day["until"]) for day in days] == [
        ("2026-11-20", "2026-11-19T16:00:00Z", "2026-11-20T16:00:00Z"),
        ("2026-11-21", "2026-11-20T16:00:00Z", "2026-11-21T16:00:00Z"),
        ("2026-11-22", "2026-11-21T16:00:00Z", "2026-11-22T16:00:00Z"),
    ]
    assert [(day["successes"], day["failures"]) for day in days] == [(0, 0), (1, 3), (1, 1)]
    assert [day["failures_by_reason"] for day in days] == [
        [],
        [{"reason": wrong, "count": 2}, {"reason": captcha, "count": 1}],
        [{"reason": captcha, "count": 1}],
    ]
    assert len((await reader.get(URL)).body["days"]) == 7


async def test_only_readers_of_the_log_may_ask_and_for_a_month_at_most(
    console: Caller, system: SystemServices
) -> None:
    reader = console.with_token((await make_staff(system, "reader", ["sys:loginlog:list"])).token)
    other = console.with_token((await make_staff(system, "other", ["sys:session:list"])).token)

    assert (await other.get(URL)).refusal == (403, "auth.forbidden")
    for days in ("0", "32", "-1", "x", "1.5"):
        assert (await reader.get(URL, query={"days": days})).refusal == (422, "request.invalid"), days
    assert len((await reader.get(URL, query={"days": "31"})).body["days"]) == 31


async def test_a_week_is_counted_through_an_index_however_long_the_log_is(
    system: SystemServices, clock: ManualClock
) -> None:
    ago: list[Any] = [
        (timedelta(minutes=20 * number), LoginEvent.REFUSED, "auth.wrong_credentials")
        for number in range(MANY)
    ]
    await write_log(system.db, *ago)
    await analyze(system.db, "login_log")

    plan = await plan_of(system.db, lambda: summarize_logins(system, 7))

    assert "uses an index" in plan, plan


async def test_days_that_are_over_are_counted_once_and_today_each_time(
    system: SystemServices, clock: ManualClock
) -> None:
    async def successes() -> list[int]:
        return [day.successes for day in await summarize_logins(system, 3)]

    entry = (LoginEvent.SIGNED_IN, "")
    await write_log(system.db, (timedelta(0), *entry), (timedelta(days=1), *entry))
    assert await successes() == [0, 1, 1]

    await write_log(system.db, (timedelta(0), *entry), (timedelta(days=1), *entry))
    assert await successes() == [0, 1, 2]

    clock.advance(timedelta(hours=8, minutes=59))  # Beijing: 00:59 of the next day
    assert await successes() == [2, 2, 0]
    await write_log(system.db, (timedelta(hours=1), *entry))
    assert await successes() == [2, 3, 0]

    clock.advance(timedelta(minutes=1))
    assert await successes() == [2, 3, 0]
    await write_log(system.db, (timedelta(hours=1, minutes=1), *entry))
    assert await successes() == [2, 3, 0]
