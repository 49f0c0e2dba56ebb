"""How answers leave: 2xx signed by the key that the caller asks for, all else unsigned; broken on request."""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession, ServerDisconnectedError

from tests.wanpu_sandbox.bodies import PARTNER, partner_order
from tests.wanpu_sandbox.client import Answer, Control, Merchant, key_ring, provider_account
from tests.wanpu_sandbox.running import RunningSandbox, running_sandbox
from wanpu_wire.wechatpay.answers import KeyRing, SignatureHeaders, verify_answer
from wanpu_wire.wechatpay.certificates import parse_certificates
from wanpu_wire.wechatpay.errors import BadSignature, MissingSignature, StaleTimestamp, UnknownSerial
from wanpu_wire.wechatpay.signing import load_public_key

CERTIFICATES = "/v3/certificates"


def verify(keys: KeyRing, answer: Answer) -> str:
    """Check the signature and return the serial that made it."""
    headers = SignatureHeaders.of(answer.headers)
    verify_answer(keys, headers, answer.body, now=datetime.now(UTC))
    return headers.serial


async def create(merchant: Merchant, sub_mchid: str, number: str, **options: object) -> Answer:
    body = partner_order(merchant.account, sub_mchid, number)
    return await merchant.post(f"{PARTNER}/native", body, **options)


async def query(merchant: Merchant, sub_mchid: str, number: str) -> Answer:
    target = f"{PARTNER}/out-trade-no/{number}?sp_mchid={merchant.account.mchid}&sub_mchid={sub_mchid}"
    return await merchant.get(target)


async def close(merchant: Merchant, sub_mchid: str, number: str, **options: object) -> Answer:
    body = {"sp_mchid": merchant.account.mchid, "sub_mchid": sub_mchid}
    return await merchant.post(f"{PARTNER}/out-trade-no/{number}/close", body, **options)


async def test_answers_are_signed_by_the_platform_certificate(
    provider: Merchant, subs: list[str], provider_keys: KeyRing
) -> None:
    created = await create(provider, subs[0], "T00000001")
    closed = await close(provider, subs[0], "T00000001")

    serials = [verify(provider_keys, answer) for answer in (created, closed)]

    assert closed.status == 204
    assert "Content-Type" not in closed.headers
    assert all(re.fullmatch(r"[4-7][0-9A-F]{39}", serial) for serial in serials)
    assert created.headers["Wechatpay-Signature-Type"] == "WECHATPAY2-SHA256-RSA2048"


async def test_answers_follow_the_key_that_the_request_names(
    provider: Merchant, subs: list[str], provider_keys: KeyRing
) -> None:
    named = {"headers": {"Wechatpay-Serial": provider.account.public_key_id}}
    created = await create(provider, subs[0], "T00000001", **named)
    closed = await close(provider, subs[0], "T00000001", **named)

    for answer in (created, closed):
        assert verify(provider_keys, answer) == provider.account.public_key_id


async def test_the_public_key_of_another_merchant_is_not_used(
    provider: Merchant, direct: Merchant, subs: list[str], provider_keys: KeyRing
) -> None:
    answer = await create(
        provider, subs[0], "T00000001", headers={"Wechatpay-Serial": direct.account.public_key_id}
    )

    assert not verify(provider_keys, answer).startswith("PUB_KEY_ID_")


async def test_refusals_carry_no_signature(provider: Merchant, subs: list[str]) -> None:
    answers = [
        await query(provider, subs[0], "T00000001"),
        await provider.post(f"{PARTNER}/native", {}),
        await provider.get(CERTIFICATES, mchid="1000000000"),
    ]

    assert [answer.status for answer in answers] == [404, 400, 401]
    assert not any(answer.is_signed for answer in answers)
    assert all(re.fullmatch(r"[0-9A-F]{40}-[0-9]+", answer.headers["Request-ID"]) for answer in answers)


async def test_certificates_are_encrypted_with_the_callers_key(
    sandbox: RunningSandbox, provider: Merchant, direct: Merchant, provider_keys: KeyRing
) -> None:
    shown = sandbox.credentials["wechatpay"]["platform_certificates"]

    for merchant in (provider, direct):
        answer = await merchant.get(CERTIFICATES + "?algorithm_type=RSA")
        delivered = parse_certificates(answer.body, merchant.account.apiv3_key)
        assert [(one.serial_no, one.certificate_pem) for one in delivered] == [
            (one["serial_no"], one["pem"]) for one in shown
        ]
        assert verify(provider_keys, answer) == delivered[0].serial_no
        assert (delivered[0].expire_time - delivered[0].effective_time).days == 5 * 365


async def test_a_merchant_made_for_public_key_mode_has_no_platform_certificate(
    provider: Merchant, control: Control
) -> None:
    path = f"/_sandbox/merchants/{provider.account.mchid}"
    status, shown = await control.call("PUT", path, {"has_platform_certificate": False})
    assert (status, shown["has_platform_certificate"]) == (200, False)

    answer = await provider.get(CERTIFICATES)

    assert (answer.status, answer.code) == (404, "RESOURCE_NOT_EXISTS")


async def test_no_platform_certificate_is_of_the_kind_sm2(provider: Merchant) -> None:
    of_every_kind = await provider.get(CERTIFICATES + "?algorithm_type=ALL")
    of_sm2 = await provider.get(CERTIFICATES + "?algorithm_type=SM2")

    assert len(of_every_kind.json["data"]) == 1
    assert (of_sm2.status, of_sm2.code) == (404, "RESOURCE_NOT_EXISTS")


@pytest.fixture(scope="module")
def rotating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """A sandbox of its own, since certificates outlive a reset."""
    with running_sandbox(tmp_path_factory.mktemp("rotating")) as sandbox:
        yield sandbox


async def test_a_rotation_passes_through_its_three_steps(
    rotating: RunningSandbox, http: ClientSession
) -> None:
    control = Control(http, rotating.base_url)
    provider = Merchant(http, rotating.base_url, provider_account(rotating))
    old = rotating.credentials["wechatpay"]["platform_certificates"][0]["serial_no"]

    await control.set_faults(rotate_certificate="announce")
    answer = await provider.get(CERTIFICATES)
    listed = parse_certificates(answer.body, provider.account.apiv3_key)
    assert (len(listed), listed[0].serial_no) == (2, old)
    assert answer.headers["Wechatpay-Serial"] == old

    await control.set_faults(rotate_certificate="switch")
    answer = await provider.get(CERTIFICATES)
    with pytest.raises(UnknownSerial):
        verify(key_ring(rotating, provider.account), answer)
    learned = KeyRing({one.serial_no: load_public_key(one.certificate_pem) for one in listed})
    assert verify(learned, answer) == listed[1].serial_no

    await control.set_faults(rotate_certificate="retire")
    answer = await provider.get(CERTIFICATES)
    left = parse_certificates(answer.body, provider.account.apiv3_key)
    assert [one.serial_no for one in left] == [listed[1].serial_no]


async def test_a_switch_without_an_announcement_signs_with_a_serial_nobody_saw(
    rotating: RunningSandbox, http: ClientSession
) -> None:
    control = Control(http, rotating.base_url)
    provider = Merchant(http, rotating.base_url, provider_account(rotating))
    before = (await provider.get(CERTIFICATES)).headers["Wechatpay-Serial"]

    await control.set_faults(rotate_certificate="switch")

    answer = await provider.get(CERTIFICATES)
    serials = [one.serial_no for one in parse_certificates(answer.body, provider.account.apiv3_key)]
    assert answer.headers["Wechatpay-Serial"] not in (before, "")
    assert serials == [before, answer.headers["Wechatpay-Serial"]]


async def test_a_dropped_answer_means_the_order_exists_all_the_same(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    await control.set_faults(answers=[{"kind": "drop", "path": f"{PARTNER}/native"}])

    with pytest.raises(ServerDisconnectedError):
        await create(provider, subs[0], "T00000001")

    assert (await query(provider, subs[0], "T00000001")).json["trade_state"] == "NOTPAY"
    assert (await create(provider, subs[0], "T00000001")).status == 200


async def test_a_request_dropped_unprocessed_has_no_effect(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    await control.set_faults(answers=[{"kind": "drop", "method": "POST", "processed": False}])

    with pytest.raises(ServerDisconnectedError):
        await create(provider, subs[0], "T00000001")

    assert (await query(provider, subs[0], "T00000001")).code == "ORDER_NOT_EXIST"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (500, "SYSTEM_ERROR"),
        (502, "SERVICE_UNAVAILABLE"),
        (503, "SERVICE_UNAVAILABLE"),
        (429, "FREQUENCY_LIMITED"),
    ],
)
@pytest.mark.parametrize("processed", [True, False])
async def test_a_server_error_says_nothing_about_the_outcome(
    provider: Merchant, control: Control, subs: list[str], status: int, code: str, processed: bool
) -> None:
    fault = {"kind": "status", "status": status, "processed": processed, "path": f"{PARTNER}/native"}
    await control.set_faults(answers=[fault])

    answer = await create(provider, subs[0], "T00000001")

    assert (answer.status, answer.code, answer.is_signed) == (status, code, False)
    assert ((await query(provider, subs[0], "T00000001")).status == 200) is processed


async def test_a_delay_comes_after_the_work(provider: Merchant, control: Control, subs: list[str]) -> None:
    await control.set_faults(answers=[{"kind": "delay", "delay_s": 2.0, "method": "POST"}])
    started = time.monotonic()
    slow = asyncio.create_task(create(provider, subs[0], "T00000001"))
    async with asyncio.timeout(15):
        while not await control.trades():
            pass

    meanwhile = await query(provider, subs[0], "T00000001")

    assert (meanwhile.json["trade_state"], slow.done()) == ("NOTPAY", False)
    assert (await slow).status == 200
    assert time.monotonic() - started >= 2.0


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("wrong_signature", BadSignature),
        ("signature_probe", BadSignature),
        ("unsigned", MissingSignature),
        ("stale_timestamp", StaleTimestamp),
        ("unknown_serial", UnknownSerial),
    ],
)
async def test_an_answer_without_proof_is_recognised_and_the_next_one_is_sound(
    provider: Merchant,
    control: Control,
    subs: list[str],
    provider_keys: KeyRing,
    kind: str,
    error: type[Exception],
) -> None:
    await control.set_faults(answers=[{"kind": kind}])

    broken = await create(provider, subs[0], "T00000001")
    sound = await create(provider, subs[0], "T00000001")

    assert broken.status == 200
    with pytest.raises(error):
        verify(provider_keys, broken)
    assert verify(provider_keys, sound)


async def test_a_probe_begins_with_the_documented_words(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    await control.set_faults(answers=[{"kind": "signature_probe"}])

    answer = await create(provider, subs[0], "T00000001")

    assert answer.headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")


async def test_broken_json_carries_a_valid_signature(
    provider: Merchant, control: Control, subs: list[str], provider_keys: KeyRing
) -> None:
    await control.set_faults(answers=[{"kind": "broken_json"}])

    answer = await create(provider, subs[0], "T00000001")

    assert verify(provider_keys, answer)
    with pytest.raises(json.JSONDecodeError):
        _ = answer.json


async def test_a_fault_hits_its_path_and_method_as_often_as_it_says(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    fault = {"kind": "status", "path": "/v3/pay/partner", "method": "GET", "times": 2}
    await control.set_faults(answers=[fault])

    assert (await provider.get(CERTIFICATES)).status == 200
    assert (await create(provider, subs[0], "T00000001")).status == 200
    statuses = [(await query(provider, subs[0], "T00000001")).status for _ in range(3)]

    assert statuses == [500, 500, 200]
    _, left = await control.call("GET", "/_sandbox/faults")
    assert left["answers"][0]["times"] == 0


async def test_a_fault_without_a_count_lasts_until_it_is_replaced(
    provider: Merchant, control: Control
) -> None:
    await control.set_faults(answers=[{"kind": "status", "times": None}])
    assert [(await provider.get(CERTIFICATES)).status for _ in range(3)] == [500] * 3

    await control.set_faults()

    assert (await provider.get(CERTIFICATES)).status == 200


@pytest.mark.parametrize("skew_s", [600, -600])
async def test_a_wrong_clock_shows_in_the_signature_time(
    provider: Merchant, control: Control, provider_keys: KeyRing, skew_s: int
) -> None:
    await control.set_faults(clock_skew_s=skew_s)

    answer = await provider.get(CERTIFICATES)

    assert abs(int(answer.headers["Wechatpay-Timestamp"]) - time.time() - skew_s) < 5
    with pytest.raises(StaleTimestamp):
        verify(provider_keys, answer)


async def test_time_travel_never_moves_the_signature_time(
    provider: Merchant, control: Control, provider_keys: KeyRing
) -> None:
    await control.advance(86_400)

    assert verify(provider_keys, await provider.get(CERTIFICATES))


async def test_trades_and_time_travel_survive_a_crash(tmp_path: Path, http: ClientSession) -> None:
    with running_sandbox(tmp_path) as first:
        provider = Merchant(http, first.base_url, provider_account(first))
        control = Control(http, first.base_url)
        sub_mchid = first.credentials["wechatpay"]["sub_mchids"][0]
        code = (await create(provider, sub_mchid, "T00000001")).json["code_url"]
        await control.advance(3600)
        await control.pay(code)
        first.kill()

    with running_sandbox(tmp_path) as second:
        provider = Merchant(http, second.base_url, provider_account(second))
        control = Control(http, second.base_url)
        assert second.credentials["wechatpay"] == first.credentials["wechatpay"]
        assert (await query(provider, sub_mchid, "T00000001")).json["trade_state"] == "SUCCESS"
        _, clock = await control.call("GET", "/_sandbox/clock")
        assert clock["offset_s"] == 3600
