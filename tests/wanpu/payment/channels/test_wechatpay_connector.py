"""What counts as an answer, what as a refusal, and that everything else leaves the outcome unknown."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.wanpu.payment.channels.scripted_wechatpay import (
    NOW,
    PUBLIC_KEY_ID,
    ScriptedWechatPay,
    changed,
    channel_of,
    combined,
    genuine,
    notification,
    paid_plain,
    plain,
    probe,
    refused,
    silence,
    told_combined,
    unpaid_plain,
    unsigned,
)

from wanpu.kernel.clock import ManualClock
from wanpu.payment.channel import (
    ChannelRejected,
    ChannelState,
    CloseCapability,
    NotificationRefused,
    OrderAlreadyPaid,
    OutcomeUnknown,
)
from wanpu.payment.channels.wechatpay import WechatPayChannel

CODE = {"code_url": "weixin://wxpay/bizpayurl?pr=JyC91EIz1"}


@pytest.fixture
def provider() -> ScriptedWechatPay:
    return ScriptedWechatPay(ManualClock(NOW))


@pytest.fixture
def channel(provider: ScriptedWechatPay) -> WechatPayChannel:
    return channel_of(provider)


Calling = Callable[[WechatPayChannel], Awaitable[Any]]

CALLS: dict[str, tuple[Calling, Any, int]] = {
    "create": (lambda channel: channel.create_payment(plain()), CODE, 200),
    "combined create": (lambda channel: channel.create_payment(combined()), CODE, 200),
    "query": (lambda channel: channel.query_payment(plain()), unpaid_plain(), 200),
    "combined query": (
        lambda channel: channel.query_payment(combined()),
        told_combined("NOTPAY", "NOTPAY"),
        200,
    ),
    "close": (lambda channel: channel.close_payment(plain()), b"", 204),
    "combined close": (lambda channel: channel.close_payment(combined()), b"", 204),
}
every_call = pytest.mark.parametrize(("calling", "body", "status"), CALLS.values(), ids=CALLS.keys())


async def test_a_create_answers_the_code_to_show(channel: WechatPayChannel, provider: ScriptedWechatPay):
    provider.will(genuine(CODE))

    code = await channel.create_payment(plain())

    assert code.content == "weixin://wxpay/bizpayurl?pr=JyC91EIz1"
    assert code.expires_at == NOW + timedelta(minutes=30)
    (asked,) = provider.asked
    assert asked.target == "/v3/pay/partner/transactions/native"
    assert asked.headers["Wechatpay-Serial"] == PUBLIC_KEY_ID
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.headers["Accept"] == "application/json"
    assert asked.headers["User-Agent"]


async def test_a_query_reports_and_a_number_that_nobody_knows_is_absent(
    channel: WechatPayChannel, provider: ScriptedWechatPay
):
    provider.will(genuine(paid_plain()), genuine(unpaid_plain()), refused(404, "ORDER_NOT_EXIST"))

    states = [(await channel.query_payment(plain())).state for _ in range(3)]

    assert states == [ChannelState.PAID, ChannelState.OPEN, ChannelState.ABSENT]
    assert all("Content-Type" not in asked.headers for asked in provider.asked)


async def test_a_close_is_proven_by_a_signed_204(channel: WechatPayChannel, provider: ScriptedWechatPay):
    provider.will(genuine(b"", 204))

    await channel.close_payment(plain())

    assert provider.asked[0].target.endswith("/A1ATTEMPT/close")
    assert channel.close_capability is CloseCapability.YES


@every_call
@pytest.mark.parametrize(
    "trouble",
    [
        silence,
        refused(429, "FREQUENCY_LIMITED"),
        refused(429, "PARAM_ERROR"),
        refused(500, "SYSTEM_ERROR"),
        refused(503, "ORDERPAID"),
        refused(400, "A_CODE_OF_TOMORROW"),
        refused(202, "USERPAYING"),
        unsigned(404),
        unsigned(302, b"<html></html>"),
        unsigned(502, b"<html>Bad Gateway</html>"),
    ],
)
async def test_no_answer_or_none_that_promises_anything_is_unknown(
    channel: WechatPayChannel,
    provider: ScriptedWechatPay,
    trouble: Any,
    calling: Calling,
    body: Any,
    status: int,
):
    provider.will(trouble)

    with pytest.raises(OutcomeUnknown):
        await calling(channel)

    assert len(provider.asked) == 1


@pytest.mark.requirement("S0-094")
@every_call
async def test_a_2xx_answer_that_is_not_proven_is_unknown(
    channel: WechatPayChannel, provider: ScriptedWechatPay, calling: Calling, body: Any, status: int
):
    true = genuine(body, status)
    unproven = [
        unsigned(status, body),
        changed(true, wechatpay_signature=None),
        changed(true, wechatpay_serial=None),
        changed(true, wechatpay_serial="PUB_KEY_ID_0"),
        changed(true, wechatpay_timestamp="1"),
        changed(true, wechatpay_timestamp="soon"),
        genuine(body, status, skew_s=300),
        genuine(body, status, skew_s=-300),
    ]
    for answer in unproven:
        provider.will(answer)

        with pytest.raises(OutcomeUnknown):
            await calling(channel)

    assert len(provider.asked) == len(unproven)


@every_call
async def test_a_signed_answer_with_another_status_is_unknown(
    channel: WechatPayChannel, provider: ScriptedWechatPay, calling: Calling, body: Any, status: int
):
    for other in {200, 201, 202, 204} - {status}:
        provider.will(genuine(body, other))

        with pytest.raises(OutcomeUnknown):
            await calling(channel)


@pytest.mark.parametrize("name", ["create", "combined create", "query", "combined query"])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"code_url":"weixin://a","code_url":"weixin://b"}']
)
async def test_a_genuine_answer_that_cannot_be_read_is_unknown(
    channel: WechatPayChannel, provider: ScriptedWechatPay, name: str, body: bytes
):
    provider.will(genuine(body))

    with pytest.raises(OutcomeUnknown):
        await CALLS[name][0](channel)


@every_call
async def test_a_signature_probe_costs_one_more_request_with_a_fresh_nonce(
    channel: WechatPayChannel, provider: ScriptedWechatPay, calling: Calling, body: Any, status: int
):
    provider.will(probe(body, status), genuine(body, status))

    await calling(channel)

    first, second = provider.asked
    assert (first.target, first.body) == (second.target, second.body)
    assert first.headers["Authorization"] != second.headers["Authorization"]


@every_call
async def test_two_wrong_signatures_are_unknown_and_there_is_no_third_try(
    channel: WechatPayChannel, provider: ScriptedWechatPay, calling: Calling, body: Any, status: int
):
    provider.will(probe(body, status), changed(genuine(body, status), wechatpay_nonce="other"))

    with pytest.raises(OutcomeUnknown):
        await calling(channel)

    assert len(provider.asked) == 2


async def test_a_final_refusal_carries_the_providers_code(
    channel: WechatPayChannel, provider: ScriptedWechatPay
):
    provider.will(refused(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配"))

    with pytest.raises(ChannelRejected) as rejection:
        await channel.create_payment(plain())

    assert (rejection.value.code, rejection.value.message) == ("APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配")


@pytest.mark.parametrize("name", ["create", "combined create", "close", "combined close"])
async def test_money_that_was_faster_is_told_apart_from_every_other_refusal(
    channel: WechatPayChannel, provider: ScriptedWechatPay, name: str
):
    provider.will(refused(400, "ORDERPAID", "该订单已支付"))

    with pytest.raises(OrderAlreadyPaid):
        await CALLS[name][0](channel)


@pytest.mark.parametrize("code", ["OUT_TRADE_NO_USED", "INVALID_REQUEST"])
async def test_a_number_used_with_other_parameters_may_be_payable(
    channel: WechatPayChannel, provider: ScriptedWechatPay, code: str
):
    provider.will(refused(403, code))

    with pytest.raises(OutcomeUnknown, match=code):
        await channel.create_payment(plain())


async def test_the_request_id_of_an_unknown_outcome_is_told(
    channel: WechatPayChannel, provider: ScriptedWechatPay
):
    provider.will(refused(500, "SYSTEM_ERROR"))

    with pytest.raises(OutcomeUnknown, match=r"SYSTEM_ERROR \(HTTP 500, Request-ID 08F78BB5-268435461\)"):
        await channel.close_payment(plain())


async def test_a_notification_is_read_when_it_is_proven(
    channel: WechatPayChannel, provider: ScriptedWechatPay
):
    headers, body = notification(told_combined("SUCCESS", "SUCCESS"))

    read = await channel.read_notification(headers, body, now=NOW)

    assert read.notification_id == "f6d3e392-7a32-5e7a-97d7-12a343048b1c"
    assert (read.report.attempt_no, read.report.amount_fen) == ("A1ATTEMPT", 30)
    assert read.plaintext.startswith(b'{"combine_appid":')
    lower = {name.lower(): value for name, value in headers.items()}
    assert await channel.read_notification(lower, body, now=NOW) == read


GOOD_HEADERS, GOOD_BODY = notification(paid_plain())
FORGED: dict[str, tuple[str, dict[str, str], bytes]] = {
    "no headers": ("missing_signature", {}, GOOD_BODY),
    "no signature": ("missing_signature", {**GOOD_HEADERS, "Wechatpay-Signature": ""}, GOOD_BODY),
    "unknown serial": ("unknown_serial", {**GOOD_HEADERS, "Wechatpay-Serial": "7" * 40}, GOOD_BODY),
    "serial in another case": (
        "unknown_serial",
        {**GOOD_HEADERS, "Wechatpay-Serial": PUBLIC_KEY_ID.lower()},
        GOOD_BODY,
    ),
    "old time stamp": ("stale_timestamp", *notification(paid_plain(), at=NOW - timedelta(seconds=300))),
    "future time stamp": ("stale_timestamp", *notification(paid_plain(), at=NOW + timedelta(seconds=300))),
    "changed time stamp": (
        "bad_signature",
        {**GOOD_HEADERS, "Wechatpay-Timestamp": str(int(NOW.timestamp()) + 1)},
        GOOD_BODY,
    ),
    "changed nonce": ("bad_signature", {**GOOD_HEADERS, "Wechatpay-Nonce": "m"}, GOOD_BODY),
    "changed body": ("bad_signature", GOOD_HEADERS, GOOD_BODY + b" "),
    "empty body": ("bad_signature", GOOD_HEADERS, b""),
    "another algorithm": (
        "bad_signature",
        {**GOOD_HEADERS, "Wechatpay-Signature-Type": "HMAC-SHA256"},
        GOOD_BODY,
    ),
    "probe": (
        "bad_signature",
        {**GOOD_HEADERS, "Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + "A" * 325},
        GOOD_BODY,
    ),
    "another account's key": ("cannot_decrypt", *notification(paid_plain(), apiv3_key="K" * 32)),
    "refund": ("not_a_payment", *notification({}, event_type="REFUND.SUCCESS", original_type="refund")),
    "sharing under the payment event": ("not_a_payment", *notification({}, original_type="profitsharing")),
    "unpaid": ("malformed", *notification(unpaid_plain())),
    "no JSON inside": ("malformed", *notification(b"<xml></xml>")),
    "ambiguous JSON inside": ("malformed", *notification(b'{"sp_mchid":"1","sp_mchid":"2"}')),
}


@pytest.mark.parametrize(("reason", "headers", "body"), FORGED.values(), ids=FORGED.keys())
async def test_a_notification_that_proves_nothing_is_refused_and_makes_us_call_nobody(
    channel: WechatPayChannel, provider: ScriptedWechatPay, reason: str, headers: dict[str, str], body: bytes
):
    with pytest.raises(NotificationRefused) as refusal:
        await channel.read_notification(headers, body, now=NOW)

    assert refusal.value.reason == reason
    assert provider.asked == []


async def test_the_channel_names_its_account(channel: WechatPayChannel):
    assert (channel.account_no, channel.app_id) == ("1900000109", "wxd678efh567hg6787")
