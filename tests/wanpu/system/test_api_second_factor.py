"""The second factor over HTTP: setting it up, signing in with it, its recovery codes, switching it off."""

import asyncio
import base64
import io
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import unquote

import pyotp
import pytest
from PIL import Image
from sqlalchemy import update
from tests.http import Caller
from tests.wanpu.system.doors import Door, door_of, nodes, read_log, read_staff
from tests.wanpu.system.people import PASSWORD, make_staff

from wanpu.infra.settings import Settings
from wanpu.kernel.clock import ManualClock
from wanpu.system.models import Staff
from wanpu.system.services import SystemServices

BEGIN = "/console/v1/auth/totp"
CONFIRM = "/console/v1/auth/totp/confirm"
DISABLE = "/console/v1/auth/totp/disable"
NEEDS_CODE = (401, "auth.totp_required")
WRONG_CODE = (401, "auth.totp_wrong")
STEP = timedelta(seconds=30)


@pytest.fixture
async def door(system: SystemServices) -> AsyncIterator[Door]:
    async with door_of(system) as opened:
        yield opened


def code_at(secret: str, clock: ManualClock, steps: int = 0) -> str:
    """What an authenticator shows, some steps from now."""
    return pyotp.TOTP(secret).at(clock.now() + steps * STEP)


async def switch_on(caller: Caller, clock: ManualClock) -> tuple[str, list[str]]:
    """Set a second factor up; its secret and recovery codes. The code of the present step is used."""
    proposed = await caller.post(BEGIN, {"password": PASSWORD})
    secret: str = proposed.body["secret"]
    confirmed = await caller.post(CONFIRM, {"code": code_at(secret, clock)})
    assert confirmed.status == 200, confirmed.body
    return secret, confirmed.body["recovery_codes"]


async def test_a_factor_is_proposed_as_a_qr_code_and_counts_once_it_was_confirmed(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li")
    li = door.http.with_token(person.token)

    refused = await li.post(BEGIN, {"password": "wrong"})
    assert refused.refusal == (422, "auth.password_wrong")
    proposed = await li.post(BEGIN, {"password": PASSWORD})

    assert proposed.status == 200
    assert proposed.headers["cache-control"] == "no-store"
    secret = proposed.body["secret"]
    assert len(base64.b32decode(secret)) == 20
    assert unquote(proposed.body["uri"]) == f"otpauth://totp/Wanpu:li?secret={secret}&issuer=Wanpu"
    picture = base64.b64decode(proposed.body["qr"].removeprefix("data:image/png;base64,"))
    with Image.open(io.BytesIO(picture)) as shown:
        assert shown.format == "PNG"
    sealed = (await read_staff(system, person)).totp_sealed
    assert sealed is not None
    assert secret not in sealed
    assert (await door.try_in("li")).status == 200  # a proposed factor asks for nothing

    assert (await li.post(CONFIRM, {"code": "000000"})).refusal == (422, "auth.code_wrong")
    assert (await door.try_in("li")).status == 200
    confirmed = await li.post(CONFIRM, {"code": code_at(secret, clock)})
    assert confirmed.status == 200
    assert len(set(confirmed.body["recovery_codes"])) == 10
    assert (await door.try_in("li")).refusal == NEEDS_CODE
    assert (await li.post(BEGIN, {"password": PASSWORD})).refusal == (409, "auth.second_factor_stands")
    security = (await li.get("/console/v1/me")).body["security"]
    assert (security["second_factor_since"], security["recovery_codes_left"]) == ("2026-11-22T08:00:00Z", 10)


async def test_a_code_works_once_and_one_step_early_or_late(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li")
    secret, _ = await switch_on(door.http.with_token(person.token), clock)

    assert (await door.try_in("li", totp=code_at(secret, clock))).refusal == WRONG_CODE  # used to confirm
    clock.advance(STEP * 10)
    assert (await door.try_in("li", totp=code_at(secret, clock, -1))).status == 200
    assert (await door.try_in("li", totp=code_at(secret, clock, -1))).refusal == WRONG_CODE
    assert (await door.try_in("li", totp=code_at(secret, clock, 1))).status == 200
    assert (await door.try_in("li", totp=code_at(secret, clock))).refusal == WRONG_CODE  # older than the last
    assert (await door.try_in("li", totp=code_at(secret, clock, 2))).refusal == WRONG_CODE
    assert (await door.try_in("li", totp=code_at(secret, clock, -2))).refusal == WRONG_CODE


async def test_of_parallel_logins_with_one_code_one_gets_in(
    settings: Settings, system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li")
    patient = settings.model_copy(update={"staff_lock_after": 100})
    async with nodes(patient, clock) as doors:
        secret, recovery = await switch_on(doors[0].http.with_token(person.token), clock)
        clock.advance(STEP * 2)
        for code in (code_at(secret, clock), recovery[0]):
            answers = await asyncio.gather(*(doors[n % 2].try_in("li", totp=code) for n in range(6)))
            assert Counter(answer.status for answer in answers) == {200: 1, 401: 5}


async def test_wrong_codes_lock_the_account_and_a_right_password_alone_forgives_none(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li")
    secret, _ = await switch_on(door.http.with_token(person.token), clock)
    clock.advance(STEP * 2)

    for _ in range(4):
        assert (await door.try_in("li", totp="000000")).refusal == WRONG_CODE
        assert (await door.try_in("li")).refusal == NEEDS_CODE
    assert (await door.try_in("li", totp="000000")).refusal == WRONG_CODE

    right = await door.try_in("li", totp=code_at(secret, clock))
    assert right.refusal == (401, "auth.wrong_credentials")
    assert (await read_log(system))[-1] == ("li", "refused", "staff.locked")
    clock.advance(timedelta(minutes=15))
    assert (await door.try_in("li", totp=code_at(secret, clock))).status == 200


async def test_a_wrong_password_never_tells_whether_there_is_a_second_factor(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li")
    secret, recovery = await switch_on(door.http.with_token(person.token), clock)
    clock.advance(STEP * 2)

    for code in (None, "000000", code_at(secret, clock), recovery[0]):
        assert (await door.try_in("li", "wrong", totp=code)).refusal == (401, "auth.wrong_credentials")
    assert (await door.try_in("li", totp=recovery[0])).status == 200  # none of them was used up


async def test_a_recovery_code_lets_in_once_however_it_is_typed(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li")
    li = door.http.with_token(person.token)
    _, recovery = await switch_on(li, clock)
    kept = (await read_staff(system, person)).totp_recovery
    assert kept is not None
    assert not {code.replace("-", "") for code in recovery} & set(kept)

    assert (await door.try_in("li", totp=recovery[3].lower().replace("-", " "))).status == 200
    assert (await door.try_in("li", totp=recovery[3])).refusal == WRONG_CODE
    assert (await door.try_in("li", totp=recovery[4])).status == 200
    assert (await li.get("/console/v1/me")).body["security"]["recovery_codes_left"] == 8


async def test_switching_off_takes_both_factors_and_guesses_at_it_count(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    person = await make_staff(system, "li")
    li = door.http.with_token(person.token)
    assert (await li.post(DISABLE, {"password": PASSWORD, "code": "000000"})).refusal == (
        409,
        "auth.second_factor_missing",
    )
    secret, recovery = await switch_on(li, clock)
    clock.advance(STEP * 2)

    wrong_password = await li.post(DISABLE, {"password": "wrong", "code": code_at(secret, clock)})
    assert wrong_password.refusal == (422, "auth.password_wrong")
    for _ in range(2):
        wrong_code = await li.post(DISABLE, {"password": PASSWORD, "code": "000000"})
        assert wrong_code.refusal == (422, "auth.code_wrong")
    assert (await read_staff(system, person)).failed_logins == 3
    for _ in range(2):
        await li.post(DISABLE, {"password": PASSWORD, "code": "000000"})
    locked = await li.post(DISABLE, {"password": PASSWORD, "code": code_at(secret, clock)})
    assert locked.refusal == (422, "auth.password_wrong")

    clock.advance(timedelta(minutes=15))
    assert (await li.post(DISABLE, {"password": PASSWORD, "code": code_at(secret, clock)})).status == 204
    assert (await door.try_in("li")).status == 200
    assert (await door.try_in("li", totp=recovery[0])).status == 200  # no factor, so no code is looked at
    staff = await read_staff(system, person)
    assert (staff.totp_sealed, staff.totp_enabled_at, staff.totp_recovery) == (None, None, None)


async def test_a_secret_that_was_copied_from_another_account_does_not_open(
    door: Door, system: SystemServices, clock: ManualClock
) -> None:
    li, wang = await make_staff(system, "li"), await make_staff(system, "wang")
    secret, _ = await switch_on(door.http.with_token(li.token), clock)
    _, recovery = await switch_on(door.http.with_token(wang.token), clock)
    copied = (await read_staff(system, li)).totp_sealed
    async with system.db.transaction() as session:
        await session.execute(update(Staff).where(Staff.user_id == wang.staff_id).values(totp_sealed=copied))
    clock.advance(STEP * 2)

    assert (await door.try_in("wang", totp=code_at(secret, clock))).refusal == WRONG_CODE
    assert (await door.try_in("wang", totp=recovery[0])).status == 200
