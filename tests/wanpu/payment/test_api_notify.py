"""`POST /notify/{channel}/{account_id}`: what a channel hears, and what a forger does not."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.http import Caller
from tests.wanpu.payment.room import Room, ask_for, one, rows

from wanpu.payment import PaymentStatus
from wanpu.payment.models import Payment, PaymentAttempt, PaymentNotification

FAIL = {"code": "FAIL", "message": "失败"}
SUCCESS = {"code": "SUCCESS", "message": "成功"}


async def genuine(room: Room) -> tuple[dict[str, str], bytes]:
    """A notification that says the buyer of P1 has paid; nothing has arrived yet."""
    await room.port.create(ask_for(room.clock))
    attempt = await one(room, PaymentAttempt)
    return room.channel.notification(room.channel.pay(attempt.attempt_no))


async def nothing_changed(room: Room) -> bool:
    payment = await one(room, Payment)
    return payment.status is PaymentStatus.PAYING and await rows(room, PaymentNotification) == []


async def test_a_genuine_notification_is_acknowledged_once_it_is_committed(room: Room, http: Caller) -> None:
    headers, body = await genuine(room)

    answers = [
        await http.post(f"/notify/wechatpay/{room.account_id}", raw=body, headers=headers) for _ in range(2)
    ]

    assert [(answer.status, answer.body) for answer in answers] == [(200, SUCCESS)] * 2
    assert (await one(room, Payment)).status is PaymentStatus.PAID
    kept = await rows(room, PaymentNotification)
    assert [row.result for row in kept] == ["settled", "repeated"]
    assert kept[0].body.encode() == body
    assert kept[0].headers["wechatpay-signature"] == headers["wechatpay-signature"]


def unsigned(headers: Mapping[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    return {name: value for name, value in headers.items() if "signature" not in name}, body


def altered(headers: Mapping[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    return dict(headers), body.replace(b'"amount_fen": 3000', b'"amount_fen": 3001')


def wrongly_signed(headers: Mapping[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    return {**headers, "wechatpay-signature": "0" * 64}, body


@pytest.mark.parametrize("forge", [unsigned, altered, wrongly_signed], ids=lambda forge: forge.__name__)
async def test_a_forger_learns_nothing_and_changes_nothing(room: Room, http: Caller, forge: Any) -> None:
    headers, body = forge(*await genuine(room))
    calls_before = list(room.channel.calls)

    answer = await http.post(f"/notify/wechatpay/{room.account_id}", raw=body, headers=headers)

    assert (answer.status, answer.body) == (401, FAIL)
    assert await nothing_changed(room)
    assert room.channel.calls == calls_before


@pytest.mark.parametrize(
    "path",
    [
        "wechatpay/999999",
        "alipay/{account}",
        "wechatpay/0",
        "wechatpay/-1",
        "wechatpay/x",
        "wechatpay/9" + "9" * 30,
    ],
)
async def test_an_address_without_an_account_is_not_found(room: Room, http: Caller, path: str) -> None:
    headers, body = await genuine(room)

    address = f"/notify/{path.format(account=room.account_id)}"
    answer = await http.post(address, raw=body, headers=headers)

    assert (answer.status, answer.body) == (404, FAIL)
    assert await nothing_changed(room)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[]", b"null", b"x" * 1000, b'{"a":1,"a":2}'],
    ids=["empty", "half", "not utf-8", "list", "null", "text", "twice"],
)
async def test_a_body_that_proves_nothing_is_refused_like_a_forgery(
    room: Room, http: Caller, body: bytes
) -> None:
    await genuine(room)

    answer = await http.post(f"/notify/wechatpay/{room.account_id}", raw=body)

    assert (answer.status, answer.body) == (401, FAIL)
    assert await nothing_changed(room)


async def test_a_body_over_64_kib_is_refused_unread(room: Room, http: Caller) -> None:
    await genuine(room)

    answer = await http.post(f"/notify/wechatpay/{room.account_id}", raw=b"x" * (64 * 1024 + 1))

    assert (answer.status, answer.body) == (413, FAIL)
    assert await nothing_changed(room)


async def test_only_post_is_taken(room: Room, http: Caller) -> None:
    answer = await http.get(f"/notify/wechatpay/{room.account_id}")

    assert answer.status in (404, 405)


async def test_refusals_are_counted_by_their_reason(room: Room, http: Caller) -> None:
    from prometheus_client import REGISTRY

    labels = {"channel": "wechatpay", "result": "refused_missing_signature"}
    before = REGISTRY.get_sample_value("wanpu_notifications_total", labels) or 0

    await http.post(f"/notify/wechatpay/{room.account_id}", raw=json.dumps({}).encode())

    assert REGISTRY.get_sample_value("wanpu_notifications_total", labels) == before + 1
