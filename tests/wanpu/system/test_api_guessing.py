"""Guessing at the consoles' door: equal answers at equal cost, locks, throttles."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update
from tests.wanpu.system.doors import (
    Door,
    changed,
    door_of,
    import_password,
    nodes,
    read_log,
    read_sessions,
    read_staff,
)
from tests.wanpu.system.people import PASSWORD, make_staff

from wanpu.infra.settings import Settings
from wanpu.kernel.clock import ManualClock
from wanpu.system.models import Staff
from wanpu.system.service.staff import reset_staff
from wanpu.system.services import SystemServices

WRONG = (401, "auth.wrong_credentials")


@pytest.fixture
async def door(system: SystemServices) -> AsyncIterator[Door]:
    async with door_of(system) as opened:
        yield opened


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
    staff = await read_staff(system, li)
    assert staff.shut_until(clock.now()) == clock.now() + timedelta(minutes=15)

    clock.advance(timedelta(minutes=15))
    assert (await door.try_in("li")).status == 200
    staff = await read_staff(system, li)
    assert (staff.known_failed_logins, staff.known_locked_until) == (0, None)


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


def at(address: str) -> dict[str, str]:
    """What a trusted proxy says of a caller at an address."""
    return {"X-Forwarded-For": address}


@pytest.mark.requirement("S0-169")
async def test_strangers_cannot_lock_out_or_slow_down_an_owner_at_a_known_address(
    system: SystemServices, clock: ManualClock
) -> None:
    li = await make_staff(system, "li")
    home, stranger = at("203.0.113.7"), at("198.51.100.4")
    async with door_of(system, trusted_proxies=["127.0.0.1"], login_rate_per_minute=6) as door:
        assert (await door.try_in("li", headers=home)).status == 200
        for _ in range(6):
            assert (await door.try_in("li", "wrong", headers=stranger)).refusal == WRONG
        assert (await door.try_in("li", headers=stranger)).refusal == (429, "auth.too_many_attempts")

        assert (await door.try_in("li", headers=home)).status == 200

        clock.advance(timedelta(minutes=1))
        assert (await door.try_in("li", headers=stranger)).refusal == WRONG  # locked for everybody else
    staff = await read_staff(system, li)
    assert (staff.locked_until is not None, staff.known_locked_until) == (True, None)


@pytest.mark.requirement("S0-169")
async def test_guesses_at_a_known_address_are_locked_as_well_and_a_new_password_makes_it_a_strangers(
    system: SystemServices, clock: ManualClock
) -> None:
    await make_staff(system, "li")
    home, office = at("203.0.113.7"), at("2001:db8::7")
    async with door_of(system, trusted_proxies=["127.0.0.1"]) as door:
        assert (await door.try_in("li", headers=home)).status == 200
        for _ in range(5):
            assert (await door.try_in("li", "wrong", headers=home)).refusal == WRONG

        assert (await door.try_in("li", headers=home)).refusal == WRONG
        assert (await door.try_in("li", headers=office)).status == 200

        assert await reset_staff(system, "li", "Other-Horse-8")
        for _ in range(5):
            assert (await door.try_in("li", "wrong", headers=at("192.0.2.1"))).refusal == WRONG
        assert (await door.try_in("li", "Other-Horse-8", headers=office)).refusal == WRONG


async def test_only_a_trusted_proxy_says_where_a_caller_is(system: SystemServices) -> None:
    li = await make_staff(system, "li")
    async with system.db.transaction() as session:
        await session.execute(update(Staff).values(allowed_ips=["203.0.113.7/32"]))
    forged = {"X-Forwarded-For": "203.0.113.7"}
    behind = {"X-Forwarded-For": "203.0.113.7, 198.51.100.4"}  # the proxy adds the address that it saw

    async with door_of(system) as door:
        assert (await door.try_in("li", headers=forged)).refusal == WRONG
    async with door_of(system, trusted_proxies=["10.0.0.0/8"]) as door:
        assert (await door.try_in("li", headers=forged)).refusal == WRONG
    async with door_of(system, trusted_proxies=["127.0.0.1"]) as door:
        assert (await door.try_in("li", headers=behind)).refusal == WRONG
        assert (await door.try_in("li", headers=forged)).status == 200
        assert (await door.try_in("li", headers={"X-Forwarded-For": "x" * 300})).refusal == WRONG

    assert (await read_staff(system, li)).last_login_ip == "203.0.113.7"
