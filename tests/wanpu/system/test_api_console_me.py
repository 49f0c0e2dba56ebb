"""The account centre over HTTP: profile, password, allowed addresses, own sessions."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.wanpu.system.doors import Door, door_of, nodes, read_log, read_sessions, read_staff
from tests.wanpu.system.people import PASSWORD, make_staff

from wanpu.infra.settings import Settings
from wanpu.kernel.clock import ManualClock
from wanpu.system.models import OperationLog, Staff, StaffToken
from wanpu.system.services import SystemServices

ME = "/console/v1/me"
CHANGE = "/console/v1/auth/password"
NEW = "Other-Horse-8"
DEAD = (401, "auth.token_invalid")


@pytest.fixture
async def door(system: SystemServices) -> AsyncIterator[Door]:
    async with door_of(system) as opened:
        yield opened


async def read_operations(system: SystemServices) -> Sequence[tuple[str, str, Any, Any]]:
    async with system.db.reading() as session:
        statement = select(
            OperationLog.operation, OperationLog.params, OperationLog.before, OperationLog.after
        )
        return [tuple(row) for row in await session.execute(statement.order_by(OperationLog.id))]


@pytest.mark.requirement("S0-171")
async def test_staff_see_their_own_account_with_what_protects_it(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li")
    await door.try_in("li", "wrong")
    clock.advance(timedelta(seconds=30))
    li = await door.let_in(person)

    me = (await li.get(ME)).body

    recent = me["security"].pop("recent_logins")
    assert me == {
        "user_id": str(person.staff_id),
        "username": "li",
        "email": None,
        "mobile": None,
        "merchant_id": None,
        "audience": "platform",
        "is_super": False,
        "must_change_password": False,
        "created_at": "2026-11-22T08:00:00Z",
        "security": {
            "second_factor_since": None,
            "recovery_codes_left": 0,
            "password_changed_at": None,
            "allowed_ips": [],
            "last_login_at": "2026-11-22T08:00:30Z",
            "last_login_ip": "127.0.0.1",
            "open_sessions": 2,
        },
    }
    assert [(line["event"], line["reason"], line["is_success"], line["ip"]) for line in recent] == [
        ("signed_in", "", True, "127.0.0.1"),
        ("refused", "auth.wrong_credentials", False, "127.0.0.1"),
    ]


@pytest.mark.requirement("S0-171")
async def test_staff_change_their_own_profile_and_nothing_else_of_it(
    door: Door, system: SystemServices
) -> None:
    person = await make_staff(system, "li")
    li = door.http.with_token(person.token)

    changed = await li.patch(ME, {"email": "li@mail.cn", "mobile": "13800138000"})
    assert (changed.body["email"], changed.body["mobile"]) == ("li@mail.cn", "13800138000")
    assert (await li.patch(ME, {"mobile": None})).body["mobile"] is None
    for body, field in (
        ({"email": "li"}, "email"),
        ({"email": "x" * 95 + "@mail.cn"}, "email"),
        ({"mobile": "1380013800"}, "mobile"),
        ({"mobile": 13800138000}, "mobile"),
        ({"username": "admin"}, "username"),
        ({"merchant_id": "7"}, "merchant_id"),
        ({"must_change_password": False}, "must_change_password"),
    ):
        refused = await li.patch(ME, body)
        assert (refused.status, refused.bad_fields) == (422, {field}), body

    staff = await read_staff(system, person)
    assert (staff.email, staff.mobile, staff.username) == ("li@mail.cn", None, "li")
    first, second = await read_operations(system)
    assert first[0] == "staff.change_own"
    assert first[2] == {"email": None, "mobile": None}
    assert first[3] == {"email": "li@mail.cn", "mobile": "138****8000"}
    assert second[3] == {"mobile": None}


@pytest.mark.requirement("S0-171")
async def test_changing_the_password_takes_the_old_one_and_ends_every_other_session(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li", must_change_password=True)
    wang = await make_staff(system, "wang")
    other = await door.let_in(person)
    li = await door.let_in(person)

    wrong = await li.post(CHANGE, {"old_password": "wrong", "new_password": NEW})
    assert wrong.refusal == (422, "auth.password_wrong")
    assert (await other.get(ME)).status == 200
    assert (await li.post(CHANGE, {"old_password": PASSWORD, "new_password": NEW})).status == 204

    assert (await li.get(ME)).status == 200
    assert (await other.get(ME)).refusal == DEAD
    assert (await door.http.with_token(person.token).get(ME)).refusal == DEAD
    assert (await door.http.with_token(wang.token).get(ME)).status == 200
    assert (await door.try_in("li")).refusal == (401, "auth.wrong_credentials")
    assert (await door.try_in("li", NEW)).body["must_change_password"] is False
    staff = await read_staff(system, person)
    assert staff.password_changed_at == clock.now()
    assert ("li", "password_changed", "") in await read_log(system)
    [(operation, params, before, after)] = await read_operations(system)
    assert (operation, before, after) == ("staff.change_password", None, None)
    assert params == '{"old_password": "***", "new_password": "***"}'


async def test_a_new_password_must_be_new_and_strong(door: Door, system: SystemServices) -> None:
    person = await make_staff(system, "li.wei-long")
    li = door.http.with_token(person.token)
    before = (await read_staff(system, person)).password

    for new, code in (
        (PASSWORD, "auth.password_unchanged"),
        ("short", "auth.password_too_weak"),
        ("", "auth.password_too_weak"),
        ("x" * 129, "auth.password_too_weak"),
        ("password123", "auth.password_too_weak"),
        ("Li.Wei-Long", "auth.password_too_weak"),
    ):
        refused = await li.post(CHANGE, {"old_password": PASSWORD, "new_password": new})
        assert refused.refusal == (422, code), new

    assert (await read_staff(system, person)).password == before


async def test_of_parallel_changes_that_know_the_old_password_one_takes_place(
    settings: Settings, system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li")
    async with nodes(settings, clock) as doors:
        first = await doors[0].let_in(person)
        callers = [door.http.with_token(first.token) for door in doors]
        answers = await asyncio.gather(
            *(
                callers[n % 2].post(CHANGE, {"old_password": PASSWORD, "new_password": f"{NEW}-{n}"})
                for n in range(4)
            )
        )
        [winner] = [n for n, answer in enumerate(answers) if answer.status == 204]

        assert Counter(answer.status for answer in answers) == {204: 1, 422: 3}
        assert (await doors[1].try_in("li", f"{NEW}-{winner}")).status == 200


async def test_a_stolen_session_cannot_guess_the_password(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li")
    thief = door.http.with_token(person.token)
    for n in range(5):
        guess = await thief.post(CHANGE, {"old_password": f"guess {n}", "new_password": NEW})
        assert guess.refusal == (422, "auth.password_wrong")

    right = await thief.post(CHANGE, {"old_password": PASSWORD, "new_password": NEW})

    assert right.refusal == (422, "auth.password_wrong")
    assert (await read_staff(system, person)).locked_until == clock.now() + timedelta(minutes=15)


async def test_addresses_to_sign_in_from_take_the_password_and_must_hold_the_callers_own(
    door: Door, system: SystemServices
) -> None:
    person = await make_staff(system, "li")
    li = door.http.with_token(person.token)
    path = f"{ME}/allowed-ips"

    async def put(allowed: list[Any], password: str = PASSWORD) -> Any:
        return await li.send("PUT", path, {"password": password, "allowed_ips": allowed})

    assert (await put(["127.0.0.1"], "wrong")).refusal == (422, "auth.password_wrong")
    assert (await put(["203.0.113.7"])).refusal == (409, "staff.own_address_missing")
    for bad in (["localhost"], ["127.0.0.1/8"], [7], ["127.0.0.1' OR 1=1"]):
        assert (await put(bad)).bad_fields == {"allowed_ips.0"}
    assert (await put(["127.0.0.1"] * 51)).bad_fields == {"allowed_ips"}
    assert (await read_staff(system, person)).allowed_ips is None

    answer = await put([" 127.0.0.1 ", "2001:DB8::/32", "127.0.0.1/32"])

    assert answer.status == 200
    assert answer.body["security"]["allowed_ips"] == ["127.0.0.1/32", "2001:db8::/32"]
    assert (await door.try_in("li")).status == 200
    assert (await put([])).body["security"]["allowed_ips"] == []
    assert (await read_staff(system, person)).allowed_ips is None


async def test_own_sessions_are_listed_and_ended_and_nobody_elses(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    person, wang = await make_staff(system, "li"), await make_staff(system, "wang")
    clock.advance(timedelta(seconds=30))
    li = await door.let_in(person)

    found = (await li.get(f"{ME}/sessions")).body
    assert [entry["is_current"] for entry in found["items"]] == [True, False]
    assert found["items"][0] == {
        "token_id": found["items"][0]["token_id"],
        "ip": "127.0.0.1",
        "user_agent": found["items"][0]["user_agent"],
        "created_at": "2026-11-22T08:00:30Z",
        "last_seen_at": "2026-11-22T08:00:30Z",
        "expires_at": "2026-11-22T20:00:30Z",
        "is_current": True,
    }

    [others] = await read_sessions(system, wang)
    foreign = await li.delete(f"{ME}/sessions/{others.token_id}")
    assert foreign.refusal == (404, "session.not_found")
    assert (await door.http.with_token(wang.token).get(ME)).status == 200

    old = found["items"][1]["token_id"]
    assert (await li.delete(f"{ME}/sessions/{old}")).status == 204
    assert (await li.delete(f"{ME}/sessions/{old}")).refusal == (404, "session.not_found")
    assert (await door.http.with_token(person.token).get(ME)).refusal == DEAD
    assert (await li.get(ME)).status == 200


@pytest.mark.requirement("S0-177")
async def test_use_renews_a_session_and_rest_or_age_ends_it(
    system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li")
    async with door_of(system, staff_session_hours=2, staff_session_max_hours=5) as door:
        used = await door.let_in(person)
        rested = await door.let_in(person)
        start = clock.now()

        clock.advance(timedelta(hours=2) - timedelta(seconds=1))
        assert (await used.get(ME)).status == 200
        clock.advance(timedelta(seconds=1))
        assert (await rested.get(ME)).refusal == (401, "auth.token_expired")
        clock.advance(timedelta(minutes=118))
        assert (await used.get(ME)).status == 200
        renewed = (await read_sessions(system, person))[0]
        assert renewed.last_seen_at == clock.now()
        assert renewed.expires_at == renewed.ends_at == start + timedelta(hours=5)
        clock.advance(timedelta(hours=5) - (clock.now() - start))
        assert (await used.get(ME)).refusal == (401, "auth.token_expired")


async def test_a_page_that_asks_by_itself_does_not_keep_its_session_alive(
    system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li")
    async with door_of(system, staff_session_hours=2) as door:
        left_open = await door.let_in(person)
        opened = (await read_sessions(system, person))[0]

        for _ in range(7):
            clock.advance(timedelta(minutes=15))
            assert (await left_open.get(ME, headers={"X-Wanpu-Unattended": "1"})).status == 200

        untouched = (await read_sessions(system, person))[0]
        assert (untouched.last_seen_at, untouched.expires_at) == (opened.last_seen_at, opened.expires_at)
        clock.advance(timedelta(minutes=15))
        polled = await left_open.get(ME, headers={"X-Wanpu-Unattended": "1"})
        assert polled.refusal == (401, "auth.token_expired")


@pytest.mark.requirement("S0-117", "S0-177")
async def test_a_token_is_kept_as_a_hash_and_written_to_once_a_minute_at_most(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li")
    li = await door.let_in(person)
    opened = (await read_sessions(system, person))[0]
    assert opened.token_hash == system.tokens.digest(str(li.token))
    assert opened.token_hash != li.token

    clock.advance(timedelta(seconds=59))
    await li.get(ME)
    assert (await read_sessions(system, person))[0].last_seen_at == opened.last_seen_at
    clock.advance(timedelta(seconds=1))
    await li.get(ME)
    renewed = (await read_sessions(system, person))[0]
    assert renewed.last_seen_at == clock.now()
    assert renewed.expires_at == clock.now() + timedelta(hours=12)

    assert (await li.post("/console/v1/auth/logout")).status == 204
    assert (await li.get(ME)).refusal == DEAD


async def test_a_session_that_ended_while_it_was_renewed_stays_ended(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li")
    clock.advance(timedelta(minutes=2))
    li = door.http.with_token(person.token)

    await asyncio.gather(*(li.get(ME) for _ in range(4)), li.post("/console/v1/auth/logout"))

    assert await read_sessions(system, person) == []
    assert (await li.get(ME)).refusal == DEAD


async def test_ended_sessions_of_an_account_are_forgotten_at_its_next_sign_in(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li")
    async with system.db.transaction() as session:
        await session.execute(update(StaffToken).values(expires_at=clock.now()))
    assert (await door.http.with_token(person.token).get(ME)).refusal == (401, "auth.token_expired")

    await door.let_in(person)

    assert len(await read_sessions(system, person)) == 1


async def test_an_account_that_is_gone_has_no_session(door: Door, system: SystemServices) -> None:
    person = await make_staff(system, "li")
    async with system.db.transaction() as session:
        staff = await session.get_one(Staff, person.staff_id)
        await session.delete(staff)

    assert (await door.http.with_token(person.token).get(ME)).refusal == DEAD
