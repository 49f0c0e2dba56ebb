"""Signing in to a console over HTTP: captcha, equal answers, locks, sessions, cookies."""

import asyncio
import base64
import io
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select, update
from tests.wanpu.system.doors import (
    LOGIN,
    Door,
    changed,
    door_of,
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
from wanpu.system.models import Captcha, Staff
from wanpu.system.services import SystemServices
from wanpu.system.states import StaffStatus

WRONG = (401, "auth.wrong_credentials")
NO_CAPTCHA = (422, "auth.captcha_wrong")


@pytest.fixture
async def door(system: SystemServices) -> AsyncIterator[Door]:
    async with door_of(system) as opened:
        yield opened


async def count_captchas(system: SystemServices) -> int:
    async with system.db.reading() as session:
        return (await session.execute(select(func.count()).select_from(Captcha))).scalar_one()


@pytest.mark.requirement("S0-168")
async def test_a_captcha_is_a_picture_with_a_name_that_nothing_keeps(door: Door) -> None:
    answer = await door.http.get("/console/v1/auth/captcha")

    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.body) == {"uuid", "image"}
    head, _, data = answer.body["image"].partition(",")
    assert head == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as picture:
        assert (picture.format, picture.size) == ("PNG", (160, 60))


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


@pytest.mark.requirement("S0-118", "S0-168")
async def test_a_captcha_that_is_wrong_used_or_old_lets_nobody_in(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    li = await make_staff(system, "li")
    wrong_uuid, right_code = await door.captcha()
    used_uuid, used_code = await door.captcha()
    old_uuid, old_code = await door.captcha()

    assert (await door.answer(wrong_uuid, "xxxxx", "li")).refusal == NO_CAPTCHA
    assert (await door.answer(wrong_uuid, right_code, "li")).refusal == NO_CAPTCHA  # the wrong answer used it
    assert (await door.answer(used_uuid, used_code, "li")).status == 200
    assert (await door.answer(used_uuid, used_code, "li")).refusal == NO_CAPTCHA
    assert (await door.answer("", used_code, "li")).refusal == NO_CAPTCHA
    clock.advance(timedelta(minutes=5))
    assert (await door.answer(old_uuid, old_code, "li")).refusal == NO_CAPTCHA

    assert len(await read_sessions(system, li)) == 2  # the fixture's and the one
    assert Counter(event for _, event, _ in await read_log(system)) == {"refused": 5, "signed_in": 1}


async def test_a_captcha_lasts_until_just_before_five_minutes_and_old_ones_are_forgotten(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    await make_staff(system, "li")
    uuid, code = await door.captcha()
    await door.captcha()

    clock.advance(timedelta(minutes=5) - timedelta(microseconds=1))
    assert (await door.answer(uuid, code, "li")).status == 200
    clock.advance(timedelta(microseconds=1))
    await door.captcha()

    assert await count_captchas(system) == 1


@pytest.mark.requirement("S0-118")
async def test_of_parallel_logins_with_one_captcha_one_gets_in(
    settings: Settings, system: SystemServices, clock: ManualClock
) -> None:
    await make_staff(system, "li")
    async with nodes(settings, clock) as doors:
        for _ in range(3):
            uuid, code = await doors[0].captcha()
            answers = await asyncio.gather(*(doors[n % 2].answer(uuid, code, "li") for n in range(6)))
            assert Counter(answer.status for answer in answers) == {200: 1, 422: 5}


async def test_an_address_may_ask_for_and_guess_so_many_captchas_a_minute(
    system: SystemServices, clock: ManualClock
) -> None:
    await make_staff(system, "li")
    async with door_of(system, captcha_rate_per_minute=4) as door:
        uuid, code = await door.captcha()
        for _ in range(3):
            assert (await door.answer("unknown", "xxxxx", "li")).refusal == NO_CAPTCHA

        assert (await door.http.get("/console/v1/auth/captcha")).refusal == (429, "auth.too_many_attempts")
        refused = await door.answer(uuid, code, "li")
        assert refused.refusal == (429, "auth.too_many_attempts")
        assert refused.body["details"] == {"retry_after_s": 60}

        clock.advance(timedelta(minutes=1))
        assert (await door.answer(uuid, code, "li")).status == 200
    assert len(await read_log(system)) == 4  # floods are not written down line by line


async def test_the_fixed_captcha_passes_in_development_only(system: SystemServices) -> None:
    await make_staff(system, "li")
    async with door_of(system, captcha_fixed="1234") as door:
        assert (await door.answer("", "1234", "li")).status == 200
        assert (await door.answer("", "1235", "li")).refusal == NO_CAPTCHA
    async with door_of(system, captcha_fixed="1234", env="production") as door:
        assert (await door.answer("", "1234", "li")).refusal == NO_CAPTCHA


@pytest.mark.requirement("S0-169")
async def test_unknown_names_wrong_passwords_locked_accounts_and_foreign_addresses_answer_alike(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    await make_staff(system, "li")
    locked = await make_staff(system, "locked")
    far = await make_staff(system, "far")
    async with system.db.transaction() as session:
        later = clock.now() + timedelta(minutes=1)
        await session.execute(
            update(Staff).where(Staff.user_id == locked.staff_id).values(locked_until=later)
        )
        await session.execute(
            update(Staff).where(Staff.user_id == far.staff_id).values(allowed_ips=["203.0.113.0/24"])
        )

    answers = [
        await door.try_in("nobody"),
        await door.try_in("li", "wrong horse 42"),
        await door.try_in("locked"),
        await door.try_in("far"),
        await door.try_in("LI"),
        await door.try_in("li' OR '1'='1"),
    ]

    bodies = [{**answer.body, "request_id": ""} for answer in answers]
    assert bodies == [bodies[0]] * 6
    assert [answer.status for answer in answers] == [401] * 6
    assert bodies[0]["code"] == "auth.wrong_credentials"
    assert bodies[0]["details"] == {"locks_after": 5, "lock_minutes": 15}
    assert [{name.lower() for name in answer.headers} for answer in answers] == [
        {name.lower() for name in answers[0].headers}
    ] * 6
    assert [reason for _, _, reason in await read_log(system)] == [
        "auth.wrong_credentials",
        "auth.wrong_credentials",
        "staff.locked",
        "staff.address_not_allowed",
        "auth.wrong_credentials",
        "auth.wrong_credentials",
    ]


class CountedHashing:
    """The passwords of a node; counts the Argon2 computations."""

    def __init__(self, system: SystemServices) -> None:
        self._inner = system.passwords
        self.count = 0

    async def hash(self, text: str) -> str:
        self.count += 1
        return await self._inner.hash(text)

    async def verify(self, text: str, hashed: str) -> bool:
        self.count += 1
        return await self._inner.verify(text, hashed)

    async def verify_dummy(self, text: str) -> bool:
        self.count += 1
        return await self._inner.verify_dummy(text)


async def test_every_answer_costs_one_argon2_computation(system: SystemServices) -> None:
    await make_staff(system, "li")
    imported = await make_staff(system, "imported")
    await import_password(system, imported.staff_id)
    counted = CountedHashing(system)
    async with door_of(changed(system, passwords=counted)) as door:
        costs = []
        for username, password in (
            ("nobody", PASSWORD),
            ("li", "wrong"),
            ("li", PASSWORD),
            ("imported", "wrong"),
            ("imported", "admin"),
        ):
            counted.count = 0
            await door.try_in(username, password)
            costs.append(counted.count)

    assert costs == [1, 1, 1, 1, 1]


@pytest.mark.requirement("S0-169")
async def test_wrong_passwords_in_a_row_lock_the_account_for_a_time(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    li = await make_staff(system, "li")
    await make_staff(system, "wang")
    for _ in range(4):
        assert (await door.try_in("li", "wrong")).refusal == WRONG
    assert (await door.try_in("li")).status == 200  # a right one starts the row anew
    for _ in range(5):
        assert (await door.try_in("li", "wrong")).refusal == WRONG

    assert (await door.try_in("li")).refusal == WRONG
    assert (await door.try_in("wang")).status == 200
    assert (await read_staff(system, li)).locked_until == clock.now() + timedelta(minutes=15)

    clock.advance(timedelta(minutes=15))
    assert (await door.try_in("li")).status == 200
    staff = await read_staff(system, li)
    assert (staff.failed_logins, staff.locked_until) == (0, None)


@pytest.mark.requirement("S0-169")
async def test_parallel_guesses_on_several_nodes_learn_no_more_than_guesses_in_a_row(
    settings: Settings, system: SystemServices, clock: ManualClock
) -> None:
    li = await make_staff(system, "li")
    async with nodes(settings, clock) as doors:
        guesses = await asyncio.gather(*(doors[n % 2].try_in("li", f"guess number {n}") for n in range(12)))
        right = await doors[1].try_in("li")

    assert [answer.refusal for answer in guesses] == [WRONG] * 12
    assert right.refusal == WRONG
    staff = await read_staff(system, li)
    assert (staff.failed_logins, staff.locked_until) == (0, clock.now() + timedelta(minutes=15))
    reasons = Counter(reason for _, _, reason in await read_log(system))
    assert reasons == {"auth.wrong_credentials": 5, "staff.locked": 8}


async def test_parallel_logins_with_the_right_password_all_get_in(
    settings: Settings, system: SystemServices, clock: ManualClock
) -> None:
    li = await make_staff(system, "li")
    async with nodes(settings, clock) as doors:
        answers = await asyncio.gather(*(doors[n % 2].try_in("li") for n in range(8)))

    assert [answer.status for answer in answers] == [200] * 8
    assert len({answer.body["token"] for answer in answers}) == 8
    assert len(await read_sessions(system, li)) == 9


@pytest.mark.requirement("S0-169")
async def test_parallel_tries_cannot_pass_the_throttle(
    settings: Settings, system: SystemServices, clock: ManualClock
) -> None:
    await make_staff(system, "li")
    slow = settings.model_copy(update={"login_rate_per_minute": 3, "staff_lock_after": 100})
    async with nodes(slow, clock) as doors:
        captchas = [await doors[0].captcha() for _ in range(10)]
        answers = await asyncio.gather(*(doors[n % 2].answer(*captchas[n], "li", "wrong") for n in range(10)))

    assert Counter(answer.status for answer in answers) == {401: 3, 429: 7}


async def test_a_foreign_address_can_neither_come_in_nor_lock_the_account(
    door: Door, system: SystemServices
) -> None:
    li = await make_staff(system, "li")
    async with system.db.transaction() as session:
        await session.execute(update(Staff).values(allowed_ips=["203.0.113.7/32"]))
    for _ in range(6):
        assert (await door.try_in("li", "wrong")).refusal == WRONG

    assert (await door.try_in("li")).refusal == WRONG
    staff = await read_staff(system, li)
    assert (staff.failed_logins, staff.locked_until) == (0, None)

    async with system.db.transaction() as session:
        await session.execute(update(Staff).values(allowed_ips=["203.0.113.7/32", "127.0.0.0/8"]))
    assert (await door.try_in("li")).status == 200


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


async def import_password(system: SystemServices, staff_id: Id) -> None:
    """The password `admin` as renren's tables hold it."""
    async with system.db.transaction() as session:
        await session.execute(
            update(Staff)
            .where(Staff.user_id == staff_id)
            .values(
                password="9ec9750e709431dad22365cabc5c625482e574c74adaebba7dd02f1129e4ce1d",
                salt="YzcmCZNvbXocrsz9dm8e",
            )
        )


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
