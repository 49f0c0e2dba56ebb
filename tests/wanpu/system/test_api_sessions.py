"""Who is signed in and who came in, as operators see it over HTTP."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests.wanpu.system.doors import Door, door_of, read_log, read_sessions
from tests.wanpu.system.people import make_administrator, make_staff

from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.system.models import LoginLog, OperationLog
from wanpu.system.services import SystemServices

SESSIONS = "/platform/v1/sessions"
LOGS = "/platform/v1/login-logs"
INJECTIONS = ("' OR 1=1 --", "li'; DROP TABLE login_log; --", "%", "_i", "<script>alert(1)</script>", "li\\")
SORT_INJECTIONS = ("username; DROP TABLE x", "CASE WHEN 1=1 THEN ip END", "sys_user.password", "1", "")


@pytest.fixture
async def door(system: SystemServices) -> AsyncIterator[Door]:
    async with door_of(system) as opened:
        yield opened


async def test_operators_see_the_sessions_of_accounts_that_they_created_and_the_first_one_sees_all(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    administrator = await make_administrator(system)
    boss = await make_staff(system, "boss", ["sys:session:list"])
    await make_staff(system, "mine", created_by=boss.staff_id)
    await make_staff(system, "seller", merchant_id=Id(7), created_by=boss.staff_id)
    await make_staff(system, "other", created_by=administrator.staff_id)
    clock.advance(timedelta(seconds=30))
    await door.try_in("mine")

    seen = (await door.http.with_token(boss.token).get(f"{SESSIONS}?sort=username&order=asc")).body
    every = (await door.http.with_token(administrator.token).get(f"{SESSIONS}?size=2&page=2")).body
    newest = (await door.http.with_token(administrator.token).get(f"{SESSIONS}?size=1")).body["items"][0]

    assert [entry["username"] for entry in seen["items"]] == ["mine", "mine", "seller"]
    assert (every["total"], len(every["items"])) == (6, 2)
    assert newest == {
        "token_id": newest["token_id"],
        "user_id": newest["user_id"],
        "username": "mine",
        "merchant_id": None,
        "ip": "127.0.0.1",
        "user_agent": newest["user_agent"],
        "created_at": "2026-11-22T08:00:30Z",
        "last_seen_at": "2026-11-22T08:00:30Z",
        "expires_at": "2026-11-22T20:00:30Z",
    }


async def test_sessions_are_searched_and_those_that_are_over_are_left_out(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    await make_staff(system, "li", ["sys:session:list"])
    first = await make_administrator(system)
    clock.advance(timedelta(hours=23, minutes=59))
    administrator = await door.let_in(first)
    await door.try_in("li")

    assert (await administrator.get(f"{SESSIONS}?username=li")).body["total"] == 2
    assert (await administrator.get(f"{SESSIONS}?ip=127.0.0.1")).body["total"] == 2
    clock.advance(timedelta(minutes=1))
    assert (await administrator.get(f"{SESSIONS}?username=li")).body["total"] == 1


async def test_a_session_that_is_kicked_is_dead_at_once_and_both_logs_tell_of_it(
    door: Door, system: SystemServices
) -> None:
    administrator = await make_administrator(system)
    boss = await make_staff(system, "boss", ["sys:session:kick"])
    li = await make_staff(system, "li", created_by=boss.staff_id)
    [session_of_li] = await read_sessions(system, li)
    [session_of_admin] = await read_sessions(system, administrator)
    kicker = door.http.with_token(boss.token)

    above = await kicker.delete(f"{SESSIONS}/{session_of_admin.token_id}")
    assert above.refusal == (404, "session.not_found")
    assert (await kicker.delete(f"{SESSIONS}/{session_of_li.token_id}")).status == 204
    again = await kicker.delete(f"{SESSIONS}/{session_of_li.token_id}")
    assert again.refusal == (404, "session.not_found")

    li_now = await door.http.with_token(li.token).get("/console/v1/me")
    assert li_now.refusal == (401, "auth.token_invalid")
    assert (await door.http.with_token(administrator.token).get("/console/v1/me")).status == 200
    assert await read_log(system) == [("li", "kicked", "by boss")]
    async with system.db.reading() as session:
        logged = (await session.execute(select(OperationLog))).scalars().all()
    assert [(row.username, row.operation, row.subject) for row in logged] == [
        ("boss", "session.kick", f"session:{session_of_li.token_id}")
    ]


async def test_the_login_log_is_paged_sorted_and_searched(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    reader = await make_staff(system, "reader", ["sys:loginlog:list"])
    li = await make_staff(system, "li")
    for username, password in (("li", "wrong"), ("nobody", "wrong")):
        await door.try_in(username, password)
        clock.advance(timedelta(hours=1))
    await door.let_in(li)
    log = door.http.with_token(reader.token)

    newest = (await log.get(f"{LOGS}?size=1")).body
    assert newest == {
        "total": 3,
        "items": [
            {
                "log_id": newest["items"][0]["log_id"],
                "user_id": str(li.staff_id),
                "username": "li",
                "merchant_id": None,
                "event": "signed_in",
                "reason": "",
                "is_success": True,
                "ip": "127.0.0.1",
                "user_agent": newest["items"][0]["user_agent"],
                "created_at": "2026-11-22T10:00:00Z",
            }
        ],
    }
    by_name = (await log.get(f"{LOGS}?sort=username&order=asc")).body["items"]
    assert [entry["username"] for entry in by_name] == ["li", "li", "nobody"]
    last_page = (await log.get(f"{LOGS}?size=2&page=2")).body["items"]
    assert [entry["created_at"] for entry in last_page] == ["2026-11-22T08:00:00Z"]
    for query, total in (
        ({"username": "li"}, 2),
        ({"username": "l"}, 0),
        ({"event": "refused"}, 2),
        ({"event": "refused", "username": "li"}, 1),
        ({"ip": "127.0.0.1"}, 3),
        ({"ip": "127.0.0.2"}, 0),
        ({"since": "2026-11-22T09:00:00Z"}, 2),
        ({"until": "2026-11-22T09:00:00Z"}, 1),
        ({"since": "2026-11-22T17:00:00+08:00", "until": "2026-11-22T10:00:00Z"}, 1),
    ):
        assert (await log.get(LOGS, query=query)).body["total"] == total, query


async def test_sql_in_a_search_or_sort_finds_nothing_and_breaks_nothing(
    door: Door, system: SystemServices
) -> None:
    permissions = ["sys:loginlog:list", "sys:session:list"]
    boss = await make_staff(system, "boss", permissions)
    await make_staff(system, "li", created_by=boss.staff_id)
    await door.try_in("li")
    caller = door.http.with_token(boss.token)

    for path in (SESSIONS, LOGS):
        for name in ("username", "ip"):
            for text in INJECTIONS:
                assert (await caller.get(path, query={name: text})).body == {"items": [], "total": 0}
            assert (await caller.get(path, query={name: "x" * 65})).bad_fields == {name}
        for text in SORT_INJECTIONS:
            assert (await caller.get(path, query={"sort": text})).bad_fields == {"sort"}
            assert (await caller.get(path, query={"order": text})).bad_fields == {"order"}
        for name in ("page", "size"):
            for text in ("0", "-1", "1 OR 1=1", "1e3", str(2**63)):
                assert (await caller.get(path, query={name: text})).bad_fields == {name}
    for name in ("event", "since", "until"):
        for text in (*INJECTIONS, "2026-11-22"):
            assert (await caller.get(LOGS, query={name: text})).bad_fields == {name}
    async with system.db.reading() as session:
        assert len((await session.execute(select(LoginLog.id))).all()) == 1


async def test_each_of_these_takes_its_own_permission_of_the_platform(
    door: Door, system: SystemServices
) -> None:
    everything = ["sys:session:list", "sys:session:kick", "sys:loginlog:list"]
    seller = await make_staff(system, "seller", everything, merchant_id=Id(7))
    for method, path, permission in (
        ("GET", SESSIONS, "sys:session:list"),
        ("DELETE", f"{SESSIONS}/1", "sys:session:kick"),
        ("GET", LOGS, "sys:loginlog:list"),
    ):
        lacking = [name for name in everything if name != permission]
        person = await make_staff(system, f"without-{permission}", lacking)
        refused = await door.http.with_token(person.token).send(method, path)
        assert refused.refusal == (403, "auth.forbidden")
        assert refused.body["details"] == {"permission": permission}
        assert (await door.http.with_token(seller.token).send(method, path)).status == 403
