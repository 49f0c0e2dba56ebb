"""Captchas at the consoles' door: shown once, answered once, forgotten."""

import asyncio
import base64
import io
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from PIL import Image
from tests.wanpu.system.doors import (
    Door,
    count_captchas,
    door_of,
    nodes,
    read_log,
    read_sessions,
)
from tests.wanpu.system.people import make_staff

from wanpu.infra.settings import Settings
from wanpu.kernel.clock import ManualClock
from wanpu.system.services import SystemServices

NO_CAPTCHA = (422, "auth.captcha_wrong")


@pytest.fixture
async def door(system: SystemServices) -> AsyncIterator[Door]:
    async with door_of(system) as opened:
        yield opened


@pytest.mark.requirement("S0-168")
async def test_a_captcha_is_a_picture_under_a_name_of_its_own(door: Door) -> None:
    answer = await door.http.get("/console/v1/auth/captcha")

    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.body) == {"uuid", "image"}
    head, _, data = answer.body["image"].partition(",")
    assert head == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as picture:
        assert (picture.format, picture.size) == ("PNG", (160, 60))


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
