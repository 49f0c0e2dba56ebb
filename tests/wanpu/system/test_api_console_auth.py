"""Signing in to a console over HTTP: sessions, cookies, imported passwords."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from tests.wanpu.system.doors import (
    LOGIN,
    Door,
    count_captchas,
    door_of,
    import_password,
    nodes,
    read_log,
    read_sessions,
    read_staff,
)
from tests.wanpu.system.people import PASSWORD, make_administrator, make_staff

from wanpu.infra.settings import Settings
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.system.api.identity import COOKIE
from wanpu.system.models import Staff
from wanpu.system.services import SystemServices
from wanpu.system.states import StaffStatus

WRONG = (401, "auth.wrong_credentials")


@pytest.fixture
async def door(system: SystemServices) -> AsyncIterator[Door]:
    async with door_of(system) as opened:
        yield opened


async def test_signing_in_answers_a_token_and_the_same_as_a_cookie_that_scripts_cannot_read(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    li = await make_staff(system, "li")
    uuid, code = await door.captcha()

    answer = await door.answer(uuid, code.lower(), "li", headers={"User-Agent": "Firefox"})

    assert answer.status == 200
    assert answer.body == {
        "token": answer.body["token"],
        "expires_at": "2026-11-22T20:00:00Z",
        "must_change_password": False,
    }
    assert len(answer.body["token"]) == 64
    assert answer.headers["cache-control"] == "no-store"
    parts = [part.strip() for part in answer.headers["set-cookie"].split(";")]
    assert parts[0] == f"{COOKIE}={answer.body['token']}"
    assert sorted(parts[1:]) == ["HttpOnly", "Path=/", "SameSite=strict", "Secure"]
    assert (await door.http.with_token(answer.body["token"]).get("/console/v1/me")).body["username"] == "li"
    staff = await read_staff(system, li)
    assert (staff.last_login_at, staff.last_login_ip) == (clock.now(), "127.0.0.1")
    opened = (await read_sessions(system, li))[0]
    assert (opened.ip, opened.user_agent) == ("127.0.0.1", "Firefox")
    assert opened.ends_at == clock.now() + timedelta(hours=168)
    assert await read_log(system) == [("li", "signed_in", "")]


@pytest.mark.requirement("S2-064")
async def test_the_cookie_of_a_browser_is_enough_until_it_signs_out(
    door: Door, system: SystemServices
) -> None:
    await make_staff(system, "li")
    signed_in = await door.try_in("li")
    cookie = {"Cookie": signed_in.headers["set-cookie"].partition(";")[0]}
    attributes = signed_in.headers["set-cookie"].lower()
    assert all(f"; {word}" in attributes for word in ("httponly", "secure", "samesite=strict"))

    assert (await door.http.get("/console/v1/me", headers=cookie)).status == 200
    refused = await door.http.post("/console/v1/auth/logout", headers=cookie)
    assert refused.refusal == (403, "auth.cross_site_write")
    out = await door.http.post("/console/v1/auth/logout", headers=cookie | {"X-Wanpu-Console": "1"})

    assert out.status == 204
    assert out.headers["set-cookie"].startswith(f'{COOKIE}=""; ')
    assert "Max-Age=0" in out.headers["set-cookie"]
    again = await door.http.get("/console/v1/me", headers=cookie)
    assert again.refusal == (401, "auth.token_invalid")


@pytest.mark.requirement("S0-116")
async def test_a_disabled_account_stays_out_and_its_sessions_die_at_once(
    door: Door, system: SystemServices
) -> None:
    li = await make_staff(system, "li")
    token = await door.let_in(li)
    assert (await token.get("/console/v1/me")).status == 200
    async with system.db.transaction() as session:
        await session.execute(update(Staff).values(status=StaffStatus.DISABLED))

    assert (await token.get("/console/v1/me")).refusal == (401, "auth.token_invalid")
    assert (await door.try_in("li")).refusal == (403, "staff.disabled")
    assert (await door.try_in("li", "wrong")).refusal == WRONG
    assert len(await read_sessions(system, li)) == 2


async def test_an_imported_password_lets_in_and_is_argon2_from_then_on(
    settings: Settings, system: SystemServices, clock: ManualClock
) -> None:
    li = await make_staff(system, "li")
    await import_password(system, li.staff_id)
    async with nodes(settings, clock) as doors:
        assert (await doors[0].try_in("li", "wrong")).refusal == WRONG
        assert (await read_staff(system, li)).salt == "YzcmCZNvbXocrsz9dm8e"
        both = await asyncio.gather(*(door.try_in("li", "admin") for door in doors))
        assert [answer.status for answer in both] == [200, 200]

        staff = await read_staff(system, li)
        assert staff.salt is None
        assert staff.password.startswith("$argon2id$")
        assert (await doors[1].try_in("li", "admin")).status == 200


async def test_a_session_that_was_planted_before_the_sign_in_is_not_the_one_after_it(
    door: Door, system: SystemServices
) -> None:
    await make_staff(system, "li")
    planted = "a" * 64
    cookie = {"Cookie": f"{COOKIE}={planted}"}

    answer = await door.try_in("li", headers=cookie)

    assert answer.status == 200
    assert answer.body["token"] != planted
    assert (await door.http.get("/console/v1/me", headers=cookie)).refusal == (401, "auth.token_invalid")
    first, second = answer.body["token"], (await door.let_in(await make_staff(system, "wang"))).token
    assert first != second


async def test_a_merchants_staff_signs_in_the_same_way(door: Door, system: SystemServices) -> None:
    seller = await make_staff(system, "seller", merchant_id=Id(7))

    me = (await (await door.let_in(seller)).get("/console/v1/me")).body

    assert (me["audience"], me["merchant_id"], me["is_super"]) == ("merchant", "7", False)


async def test_a_first_password_is_told_at_the_sign_in(door: Door, system: SystemServices) -> None:
    await make_staff(system, "fresh", must_change_password=True)

    assert (await door.try_in("fresh")).body["must_change_password"] is True


@pytest.mark.requirement("S0-170")
async def test_a_token_is_dead_on_every_node_after_its_logout(
    settings: Settings, system: SystemServices, clock: ManualClock
) -> None:
    li = await make_staff(system, "li")
    async with nodes(settings, clock) as (here, there):
        token = await here.let_in(li)
        elsewhere = there.http.with_token(token.token)
        assert (await elsewhere.get("/console/v1/me")).status == 200

        assert (await token.post("/console/v1/auth/logout")).status == 204

        for caller in (token, elsewhere):
            assert (await caller.get("/console/v1/me")).refusal == (401, "auth.token_invalid")
        assert (await token.post("/console/v1/auth/logout")).refusal == (401, "auth.token_invalid")
        assert (await here.http.with_token(li.token).get("/console/v1/me")).status == 200
    assert await read_log(system) == [("li", "signed_in", ""), ("li", "signed_out", "")]


async def test_signing_out_everywhere_ends_every_session_and_nobody_elses(
    door: Door, system: SystemServices
) -> None:
    li, wang = await make_staff(system, "li"), await make_staff(system, "wang")
    token = await door.let_in(li)

    assert (await token.post("/console/v1/auth/logout-everywhere")).status == 204

    assert await read_sessions(system, li) == []
    assert len(await read_sessions(system, wang)) == 1


BAD_FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"username": "x" * 51}, "username"),
    ({"username": ""}, "username"),
    ({"username": "li\nroot"}, "username"),
    ({"username": 7}, "username"),
    ({"password": "x" * 129}, "password"),
    ({"password": ""}, "password"),
    ({"password": ["x"]}, "password"),
    ({"uuid": "x" * 37}, "uuid"),
    ({"captcha": "x" * 33}, "captcha"),
    ({"totp": "1" * 33}, "totp"),
    ({"totp": 123456}, "totp"),
    ({"is_super": True}, "is_super"),
]


async def test_a_field_too_long_of_another_kind_or_unknown_is_refused_and_uses_no_captcha(door: Door) -> None:
    uuid, code = await door.captcha()
    body: dict[str, Any] = {"username": "li", "password": PASSWORD, "uuid": uuid, "captcha": code}

    for change, field in BAD_FIELDS:
        refused = await door.http.post(LOGIN, body | change)
        assert (refused.status, refused.bad_fields) == (422, {field}), change

    assert await count_captchas(door.system) == 1
    assert await read_log(door.system) == []


async def test_a_script_as_a_name_is_text_in_the_log(door: Door, system: SystemServices) -> None:
    name = "<script>alert(1)</script>'; DROP TABLE x; --"

    assert (await door.try_in(name)).refusal == WRONG

    assert await read_log(system) == [(name, "refused", "auth.wrong_credentials")]


async def test_the_super_administrator_is_let_in_like_everybody(door: Door, system: SystemServices) -> None:
    me = (await (await door.let_in(await make_administrator(system))).get("/console/v1/me")).body

    assert (me["user_id"], me["is_super"]) == ("1", True)
