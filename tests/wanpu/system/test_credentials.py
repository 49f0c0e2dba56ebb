"""Deciding on a password: what counts is the locked row, not when the password was compared."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from tests.wanpu.system.doors import FIXED, changed, read_log, read_sessions, read_staff
from tests.wanpu.system.operations import make_caller
from tests.wanpu.system.people import PASSWORD, make_staff

from wanpu.infra.settings import Settings
from wanpu.infra.sign_in.errors import TooManyAttempts, WrongCredentials
from wanpu.kernel.ids import Id
from wanpu.system.callers import Origin
from wanpu.system.errors import PasswordWrong
from wanpu.system.models import Staff
from wanpu.system.queries.sign_in import StoredPassword
from wanpu.system.service.credentials import (
    LOCKED,
    REPLACED,
    PasswordCheck,
    prove_password,
    settle_password,
)
from wanpu.system.service.signing_in import SignIn, sign_in
from wanpu.system.services import SystemServices

IP = "203.0.113.7"
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SETTINGS = Settings(_env_file=None, staff_lock_after=3, staff_lock_minutes=10)
ORIGIN = Origin("POST /console/v1/auth/login", ip="127.0.0.1")


def make_row(**columns: object) -> Staff:
    return Staff(user_id=Id(7), username="li", password="new hash", failed_logins=0, **columns)


def make_check(
    hashed: str = "new hash", *, is_right: bool = True, upgraded: str | None = None
) -> PasswordCheck:
    return PasswordCheck(StoredPassword(Id(7), hashed, None), is_right, upgraded)


def test_a_locked_account_refuses_the_right_password_and_counts_nothing() -> None:
    row = make_row(locked_until=NOW + timedelta(microseconds=1))

    assert settle_password(row, make_check(), SETTINGS, NOW, client_ip=IP) == LOCKED
    assert settle_password(row, make_check(is_right=False), SETTINGS, NOW, client_ip=IP) == LOCKED
    assert (row.failed_logins, row.locked_until) == (0, NOW + timedelta(microseconds=1))
    assert settle_password(row, make_check(), SETTINGS, NOW + timedelta(microseconds=1), client_ip=IP) is None


def test_what_strangers_do_counts_apart_from_what_happens_at_known_addresses() -> None:
    row = make_row(known_failed_logins=0)
    row.admit("198.51.100.4")
    wrong = make_check(is_right=False)

    for _ in range(3):
        settle_password(row, wrong, SETTINGS, NOW, client_ip=IP)

    assert settle_password(row, make_check(), SETTINGS, NOW, client_ip=IP) == LOCKED
    assert settle_password(row, make_check(), SETTINGS, NOW, client_ip="198.51.100.4") is None
    row.admit("198.51.100.4")
    assert row.locked_until == NOW + timedelta(minutes=10)
    for _ in range(3):
        settle_password(row, wrong, SETTINGS, NOW, client_ip="198.51.100.4")
    assert settle_password(row, make_check(), SETTINGS, NOW, client_ip="198.51.100.4") == LOCKED
    assert row.shut_until(NOW) == NOW + timedelta(minutes=10)


def test_an_account_remembers_its_last_five_addresses_and_none_that_is_unknown() -> None:
    row = make_row(known_failed_logins=0)

    for line in ("a", "b", "c", "d", "e", "b", "f", "unknown"):
        row.admit(line)

    assert row.known_addresses == ["f", "b", "e", "d", "c"]


def test_a_password_that_was_compared_with_an_older_hash_decides_nothing() -> None:
    row = make_row()

    assert settle_password(row, make_check("old hash"), SETTINGS, NOW, client_ip=IP) == REPLACED
    assert (
        settle_password(row, make_check("old hash", is_right=False), SETTINGS, NOW, client_ip=IP) == REPLACED
    )
    assert row.failed_logins == 0


def test_the_last_wrong_password_in_a_row_locks_and_starts_the_count_anew() -> None:
    row = make_row()

    for count in (1, 2):
        refused = settle_password(row, make_check(is_right=False), SETTINGS, NOW, client_ip=IP)
        assert (refused, row.failed_logins, row.locked_until) == (WrongCredentials.code, count, None)
    settle_password(row, make_check(is_right=False), SETTINGS, NOW, client_ip=IP)

    assert (row.failed_logins, row.locked_until) == (0, NOW + timedelta(minutes=10))


def test_an_imported_hash_is_replaced_when_its_password_passes() -> None:
    row = make_row(salt="salt")

    assert settle_password(row, make_check(upgraded="argon2"), SETTINGS, NOW, client_ip=IP) is None
    assert (row.password, row.salt) == ("argon2", None)


class InterruptedHashing:
    """The passwords of a node; something happens elsewhere right after each comparison."""

    def __init__(self, system: SystemServices, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._inner = system.passwords
        self._meanwhile = meanwhile

    async def verify(self, text: str, hashed: str) -> bool:
        is_right = await self._inner.verify(text, hashed)
        await self._meanwhile()
        return is_right


async def test_a_password_that_was_changed_while_it_was_compared_lets_nobody_in(
    system: SystemServices,
) -> None:
    person = await make_staff(system, "li")
    replacement = await system.passwords.hash("Other-Horse-8")

    async def change() -> None:
        async with system.db.transaction() as session:
            await session.execute(update(Staff).values(password=replacement))

    settings = system.settings.model_copy(update={"captcha_fixed": FIXED})
    door = changed(system, settings=settings, passwords=InterruptedHashing(system, change))
    with pytest.raises(WrongCredentials):
        await sign_in(door, SignIn("li", PASSWORD, "", FIXED), ORIGIN)

    assert len(await read_sessions(system, person)) == 1
    assert [reason for _, _, reason in await read_log(system)] == [REPLACED, WrongCredentials.code]


async def test_a_hash_that_was_made_anew_while_it_was_compared_is_compared_again(
    system: SystemServices,
) -> None:
    await make_staff(system, "li")
    fresh = await system.passwords.hash(PASSWORD)

    async def renew() -> None:
        async with system.db.transaction() as session:
            await session.execute(update(Staff).values(password=fresh))

    settings = system.settings.model_copy(update={"captcha_fixed": FIXED})
    door = changed(system, settings=settings, passwords=InterruptedHashing(system, renew))

    assert (await sign_in(door, SignIn("li", PASSWORD, "", FIXED), ORIGIN)).must_change_password is False


async def test_asking_for_the_password_again_is_throttled_with_the_sign_in(system: SystemServices) -> None:
    person = await make_staff(system, "li")
    slow = changed(system, settings=system.settings.model_copy(update={"login_rate_per_minute": 2}))
    caller = make_caller(person.staff_id, "li")

    assert await prove_password(slow, caller, PASSWORD) == (await read_staff(system, person)).password
    with pytest.raises(PasswordWrong):
        await prove_password(slow, caller, "wrong")
    with pytest.raises(TooManyAttempts):
        await prove_password(slow, caller, PASSWORD)
