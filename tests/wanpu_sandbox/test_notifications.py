"""Call-backs: encrypted, signed, repeated on the ladder, and troubled on request."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.wanpu_sandbox.bodies import (
    COMBINE,
    DIRECT,
    PARTNER,
    combination,
    direct_order,
    partner_order,
    sub_order,
)
from tests.wanpu_sandbox.client import (
    Control,
    Merchant,
    Received,
    Receiver,
    key_ring,
    provider_account,
)
from tests.wanpu_sandbox.running import RunningSandbox, running_sandbox
from wanpu_wire.wechatpay.answers import KeyRing, SignatureHeaders, verify_answer
from wanpu_wire.wechatpay.errors import (
    BadSignature,
    CannotDecrypt,
    MissingSignature,
    StaleTimestamp,
    UnknownSerial,
)
from wanpu_wire.wechatpay.notification import parse_envelope
from wanpu_wire.wechatpay.times import parse_time

LADDER_S = [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600]


def verify(keys: KeyRing, received: Received) -> str:
    headers = SignatureHeaders.of(received.headers)
    verify_answer(keys, headers, received.body, now=datetime.now(UTC))
    return headers.serial


async def new_code(merchant: Merchant, sub_mchid: str, number: str, url: str) -> str:
    body = partner_order(merchant.account, sub_mchid, number, notify_url=url)
    return str((await merchant.post(f"{PARTNER}/native", body)).json["code_url"])


async def paid(merchant: Merchant, control: Control, sub_mchid: str, number: str, url: str) -> None:
    status, _ = await control.pay(await new_code(merchant, sub_mchid, number, url))
    assert status == 200


async def query(merchant: Merchant, sub_mchid: str, number: str) -> Any:
    target = f"{PARTNER}/out-trade-no/{number}?sp_mchid={merchant.account.mchid}&sub_mchid={sub_mchid}"
    return (await merchant.get(target)).json


async def told_of_another(provider: Merchant, control: Control, receiver: Receiver, subs: list[str]) -> None:
    """Return when a later payment was told: whatever was due before it went out with it or earlier."""
    before = len(receiver.received)
    await paid(provider, control, subs[0], "T00000099", receiver.url)
    latest = (await receiver.wait_for(before + 1))[-1]
    assert latest.resource(provider.account.apiv3_key)["out_trade_no"] == "T00000099"


async def test_a_payment_is_told_at_once_and_once(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str], provider_keys: KeyRing
) -> None:
    await paid(provider, control, subs[0], "T00000001", receiver.url)

    (received,) = await receiver.wait_for(1)
    notification = await control.settled_notification(tries=1)

    assert verify(provider_keys, received) == provider.account.public_key_id
    envelope = parse_envelope(received.body)
    assert envelope.id == notification["id"]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", envelope.id)
    assert envelope.event_type == "TRANSACTION.SUCCESS"
    assert envelope.summary == "支付成功"
    assert (envelope.original_type, envelope.associated_data) == ("transaction", "transaction")
    assert re.fullmatch(r"[0-9A-Za-z]{12}", envelope.nonce)
    assert re.fullmatch(r"[0-9A-F]{40}-0", received.headers["Request-ID"])
    assert received.headers["Content-Type"] == "application/json"
    assert received.resource(provider.account.apiv3_key) == await query(provider, subs[0], "T00000001")
    assert (notification["state"], len(notification["tries"])) == ("delivered", 1)
    await control.advance(2 * 86_400)
    assert len(receiver.received) == 1


async def test_a_combination_is_told_in_one_call_back(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str], provider_keys: KeyRing
) -> None:
    entries = [sub_order(provider.account.mchid, subs[i], f"S000000{i}") for i in range(2)]
    body = combination(provider.account, "C000000001", entries, notify_url=receiver.url)
    code = (await provider.post(f"{COMBINE}/native", body)).json["code_url"]

    await control.pay(code)

    (received,) = await receiver.wait_for(1)
    verify(provider_keys, received)
    shown = (await provider.get(f"{COMBINE}/out-trade-no/C000000001")).json
    assert received.resource(provider.account.apiv3_key) == shown
    assert [one["trade_state"] for one in shown["sub_orders"]] == ["SUCCESS", "SUCCESS"]


async def test_a_direct_merchant_is_told_with_its_own_keys(
    sandbox: RunningSandbox, direct: Merchant, control: Control, receiver: Receiver
) -> None:
    body = direct_order(direct.account, "T00000001", notify_url=receiver.url)
    await control.pay((await direct.post(f"{DIRECT}/native", body)).json["code_url"])

    (received,) = await receiver.wait_for(1)

    assert verify(key_ring(sandbox, direct.account), received) == direct.account.public_key_id
    assert received.resource(direct.account.apiv3_key)["mchid"] == direct.account.mchid


@pytest.mark.parametrize("key", ["platform_certificate", "public_key"])
async def test_the_signing_key_is_a_setting_of_the_merchant(
    sandbox: RunningSandbox,
    provider: Merchant,
    control: Control,
    receiver: Receiver,
    subs: list[str],
    provider_keys: KeyRing,
    key: str,
) -> None:
    await control.call("PUT", f"/_sandbox/merchants/{provider.account.mchid}", {"notification_key": key})

    await paid(provider, control, subs[0], "T00000001", receiver.url)

    (received,) = await receiver.wait_for(1)
    certificate = sandbox.credentials["wechatpay"]["platform_certificates"][0]["serial_no"]
    expected = certificate if key == "platform_certificate" else provider.account.public_key_id
    assert verify(provider_keys, received) == expected


async def test_both_keys_sign_in_turn_while_a_merchant_switches(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str], provider_keys: KeyRing
) -> None:
    path = f"/_sandbox/merchants/{provider.account.mchid}"
    await control.call("PUT", path, {"notification_key": "mixed"})

    for index in range(4):
        await paid(provider, control, subs[0], f"T0000000{index}", receiver.url)

    serials = [verify(provider_keys, received) for received in await receiver.wait_for(4)]
    assert sum(serial.startswith("PUB_KEY_ID_") for serial in serials) == 2


@pytest.mark.parametrize("status", [200, 204])
async def test_only_200_and_204_take_a_call_back_over(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str], status: int
) -> None:
    receiver.statuses = [status]

    await paid(provider, control, subs[0], "T00000001", receiver.url)

    notification = await control.settled_notification(tries=1)
    assert (notification["state"], notification["failed_tries"]) == ("delivered", 0)


@pytest.mark.parametrize("status", [201, 202, 301, 400, 401, 404, 500, 503])
async def test_every_other_status_is_a_failed_try(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str], status: int
) -> None:
    receiver.statuses = [status]

    await paid(provider, control, subs[0], "T00000001", receiver.url)

    notification = await control.settled_notification(tries=1)
    assert (notification["state"], notification["failed_tries"]) == ("pending", 1)
    assert notification["tries"][0]["http_status"] == status


async def test_an_answer_after_five_seconds_counts_as_none(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str]
) -> None:
    receiver.delays_s = [5.4]

    await paid(provider, control, subs[0], "T00000001", receiver.url)

    notification = await control.settled_notification(tries=1)
    assert (notification["state"], notification["tries"][0]["http_status"]) == ("pending", None)
    assert notification["tries"][0]["error"] == "no answer within 5 s"


async def test_the_ladder_has_fifteen_retries_in_24_hours_and_4_minutes(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str], provider_keys: KeyRing
) -> None:
    receiver.statuses = [500] * 16
    await paid(provider, control, subs[0], "T00000001", receiver.url)

    for step, wait_s in enumerate(LADDER_S, start=1):
        notification = await control.settled_notification(tries=step)
        due = parse_time(notification["due_at"]) - parse_time(notification["tries"][-1]["tried_at"])
        assert timedelta(0) <= due - timedelta(seconds=wait_s) < timedelta(seconds=2)
        await control.advance(wait_s)
    last = await control.settled_notification(tries=16)

    assert sum(LADDER_S) == 24 * 3600 + 4 * 60
    assert (last["state"], last["due_at"], last["failed_tries"]) == ("exhausted", None, 16)
    envelopes = [parse_envelope(received.body) for received in receiver.received]
    assert len({one.id for one in envelopes}) == len({one.create_time for one in envelopes}) == 1
    assert len({one.nonce for one in envelopes}) == 16
    assert len({received.headers["Wechatpay-Signature"] for received in receiver.received}) == 16
    for received in receiver.received:
        verify(provider_keys, received)


async def test_a_retry_does_not_come_before_its_time(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str]
) -> None:
    receiver.statuses = [500]
    await paid(provider, control, subs[0], "T00000001", receiver.url)
    await control.settled_notification(tries=1)

    await control.advance(12)
    await told_of_another(provider, control, receiver, subs)
    assert len(receiver.received) == 2
    await control.advance(4)

    first, _, retry = await receiver.wait_for(3)
    assert parse_envelope(retry.body).id == parse_envelope(first.body).id


async def test_pending_call_backs_survive_a_crash(
    tmp_path: Path, http: ClientSession, receiver: Receiver
) -> None:
    receiver.statuses = [500]
    with running_sandbox(tmp_path) as first:
        provider = Merchant(http, first.base_url, provider_account(first))
        control = Control(http, first.base_url)
        sub_mchid = first.credentials["wechatpay"]["sub_mchids"][0]
        await paid(provider, control, sub_mchid, "T00000001", receiver.url)
        await control.settled_notification(tries=1)
        first.kill()

    with running_sandbox(tmp_path) as second:
        control = Control(http, second.base_url)
        await control.advance(15)
        await receiver.wait_for(2)
        notification = await control.settled_notification(tries=2)

    assert notification["state"] == "delivered"
    assert len({parse_envelope(received.body).id for received in receiver.received}) == 1


async def test_a_withheld_call_back_comes_only_on_request(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str]
) -> None:
    await control.set_faults(notifications=[{"kind": "off", "path": "/notify"}])
    await paid(provider, control, subs[0], "T00000001", receiver.url)
    await control.advance(2 * 86_400)
    await told_of_another(provider, control, receiver, subs)
    notification = (await control.notifications())[1]
    assert (notification["state"], len(receiver.received)) == ("withheld", 1)
    assert (await query(provider, subs[0], "T00000001"))["trade_state"] == "SUCCESS"

    status, one = await control.call("POST", f"/_sandbox/notifications/{notification['id']}/send")

    assert (status, one["http_status"], one["is_acknowledged"]) == (200, 200, True)
    assert len(receiver.received) == 2
    assert (await control.notifications())[1]["state"] == "delivered"


async def test_a_delivered_call_back_can_be_sent_again(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str]
) -> None:
    await paid(provider, control, subs[0], "T00000001", receiver.url)
    notification = await control.settled_notification(tries=1)

    for _ in range(3):
        await control.call("POST", f"/_sandbox/notifications/{notification['id']}/send")

    assert len(receiver.received) == 4
    assert len({parse_envelope(received.body).id for received in receiver.received}) == 1


async def test_a_duplicate_fault_sends_copies_at_once(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str], provider_keys: KeyRing
) -> None:
    await control.set_faults(notifications=[{"kind": "duplicate", "copies": 100}])

    await paid(provider, control, subs[0], "T00000001", receiver.url)

    received = await receiver.wait_for(100)
    assert len({parse_envelope(one.body).id for one in received}) == 1
    for one in received:
        verify(provider_keys, one)
    await control.settled_notification(tries=100)
    assert len(receiver.received) == 100


async def test_a_delayed_call_back_waits_in_business_time(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str]
) -> None:
    await control.set_faults(notifications=[{"kind": "delay", "delay_s": 3600}])
    await paid(provider, control, subs[0], "T00000001", receiver.url)
    await told_of_another(provider, control, receiver, subs)
    assert len(receiver.received) == 1

    await control.advance(3600)

    _, delayed = await receiver.wait_for(2)
    assert delayed.resource(provider.account.apiv3_key)["out_trade_no"] == "T00000001"


async def test_a_reordered_call_back_comes_after_the_next_one(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str]
) -> None:
    await control.set_faults(notifications=[{"kind": "reorder"}])

    for number in ("T00000001", "T00000002"):
        await paid(provider, control, subs[0], number, receiver.url)

    received = await receiver.wait_for(2)
    numbers = [one.resource(provider.account.apiv3_key)["out_trade_no"] for one in received]
    assert numbers == ["T00000002", "T00000001"]


@pytest.mark.parametrize(
    ("forge", "error"),
    [
        ("bad_signature", BadSignature),
        ("no_signature", MissingSignature),
        ("unknown_serial", UnknownSerial),
        ("old_timestamp", StaleTimestamp),
        ("other_account", UnknownSerial),
    ],
)
async def test_a_forged_try_proves_nothing_and_the_retry_is_genuine(
    provider: Merchant,
    control: Control,
    receiver: Receiver,
    subs: list[str],
    provider_keys: KeyRing,
    forge: str,
    error: type[Exception],
) -> None:
    receiver.statuses = [401]
    await control.set_faults(notifications=[{"kind": "forge", "forge": forge}])
    await paid(provider, control, subs[0], "T00000001", receiver.url)
    notification = await control.settled_notification(tries=1)
    assert notification["tries"][0]["alteration"] == f"forge:{forge}"

    await control.advance(15)

    forged, genuine = await receiver.wait_for(2)
    with pytest.raises(error):
        verify(provider_keys, forged)
    assert verify(provider_keys, genuine)


async def test_the_keys_of_another_account_are_genuine_and_do_not_open_here(
    sandbox: RunningSandbox,
    provider: Merchant,
    direct: Merchant,
    control: Control,
    receiver: Receiver,
    subs: list[str],
) -> None:
    await control.set_faults(notifications=[{"kind": "forge", "forge": "other_account"}])

    await paid(provider, control, subs[0], "T00000001", receiver.url)

    (received,) = await receiver.wait_for(1)
    assert verify(key_ring(sandbox, direct.account), received) == direct.account.public_key_id
    with pytest.raises(CannotDecrypt):
        received.resource(provider.account.apiv3_key)


async def test_a_probe_is_a_bad_signature_like_any_other(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str], provider_keys: KeyRing
) -> None:
    await control.set_faults(notifications=[{"kind": "signature_probe"}])

    await paid(provider, control, subs[0], "T00000001", receiver.url)

    (received,) = await receiver.wait_for(1)
    assert received.headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")
    with pytest.raises(BadSignature):
        verify(provider_keys, received)


async def test_a_tampered_amount_is_signed_while_the_query_tells_the_truth(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str], provider_keys: KeyRing
) -> None:
    await control.set_faults(notifications=[{"kind": "tamper", "field": "amount.total", "value": 1}])

    await paid(provider, control, subs[0], "T00000001", receiver.url)

    (received,) = await receiver.wait_for(1)
    assert verify(provider_keys, received)
    truth = await query(provider, subs[0], "T00000001")
    lie = received.resource(provider.account.apiv3_key)
    assert lie == {**truth, "amount": {**truth["amount"], "total": 1}}
    assert truth["amount"]["total"] == 100


async def test_a_member_that_does_not_exist_cannot_be_tampered_with(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str]
) -> None:
    await control.set_faults(notifications=[{"kind": "tamper", "field": "amount.nothing", "value": 1}])

    await paid(provider, control, subs[0], "T00000001", receiver.url)

    notification = await control.settled_notification(tries=1)
    assert notification["tries"][0]["error"] == "nothing to tamper with at amount.nothing"
    assert receiver.received == []


async def test_faults_of_call_backs_apply_to_their_path_alone(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str]
) -> None:
    await control.set_faults(notifications=[{"kind": "off", "path": "/elsewhere", "times": None}])

    await paid(provider, control, subs[0], "T00000001", receiver.url)

    assert len(await receiver.wait_for(1)) == 1


@pytest.mark.parametrize("forge", ["bad_signature", "no_signature", "unknown_serial", "old_timestamp"])
async def test_a_forger_may_claim_that_an_unpaid_order_is_paid(
    provider: Merchant,
    control: Control,
    receiver: Receiver,
    subs: list[str],
    provider_keys: KeyRing,
    forge: str,
) -> None:
    receiver.statuses = [401]
    code = await new_code(provider, subs[0], "T00000001", receiver.url)

    status, one = await control.call(
        "POST",
        "/_sandbox/notifications/forge",
        {"content": code, "forge": forge, "changes": {"amount.total": 7}},
    )

    assert (status, one["http_status"], one["is_acknowledged"]) == (200, 401, False)
    (received,) = receiver.received
    resource = received.resource(provider.account.apiv3_key)
    assert (resource["trade_state"], resource["amount"]["total"]) == ("SUCCESS", 7)
    with pytest.raises((BadSignature, MissingSignature, UnknownSerial, StaleTimestamp)):
        verify(provider_keys, received)
    assert (await query(provider, subs[0], "T00000001"))["trade_state"] == "NOTPAY"
    assert await control.notifications() == []


async def test_redirects_are_not_followed(
    provider: Merchant, control: Control, receiver: Receiver, subs: list[str]
) -> None:
    receiver.statuses = [307]

    await paid(provider, control, subs[0], "T00000001", receiver.url)

    notification = await control.settled_notification(tries=1)
    assert notification["tries"][0]["http_status"] == 307
    assert len(receiver.received) == 1


async def test_nobody_listening_is_a_failed_try(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    await paid(provider, control, subs[0], "T00000001", "http://127.0.0.1:9/notify")

    notification = await control.settled_notification(tries=1)

    assert (notification["state"], notification["tries"][0]["http_status"]) == ("pending", None)
    assert notification["tries"][0]["error"] == "ClientConnectorError"
