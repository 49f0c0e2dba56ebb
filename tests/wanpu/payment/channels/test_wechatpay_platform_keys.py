"""Platform certificates stay current, overlap while they change, and are never fetched in a hurry."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.wanpu.payment.channels.scripted_wechatpay import (
    BY_CERTIFICATE,
    BY_PUBLIC_KEY,
    KEYS,
    LISTING,
    NEXT_CERTIFICATE_PEM,
    NEXT_SERIAL,
    NOW,
    PLATFORM_SERIAL,
    ScriptedWechatPay,
    certificates,
    channel_of,
    genuine,
    notification,
    paid_plain,
    plain,
    platform_certificate,
    probe,
    refused,
    silence,
    unpaid_plain,
)

from wanpu.kernel.clock import ManualClock
from wanpu.payment.channel import ChannelState, NotificationRefused, OutcomeUnknown
from wanpu.payment.channels.wechatpay.platform_keys import (
    NOT_WITHIN_OF_FAILURE,
    NOT_WITHIN_OF_SUCCESS,
    POLL_EVERY,
)
from wanpu_wire.wechatpay.certificates import PlatformCertificate

FIRST = platform_certificate()
SECOND = PlatformCertificate(
    NEXT_SERIAL, NOW - timedelta(hours=1), NOW + timedelta(days=1825), NEXT_CERTIFICATE_PEM
)
BOTH_KINDS = {
    **BY_PUBLIC_KEY,
    "platform_certificates": [{"serial_no": PLATFORM_SERIAL, "pem": KEYS["platform_cert_pem"]}],
}


@pytest.fixture
def provider() -> ScriptedWechatPay:
    return ScriptedWechatPay(ManualClock(NOW))


def targets(provider: ScriptedWechatPay) -> list[str]:
    return ["download" if asked.target == LISTING else "query" for asked in provider.asked]


def queried(serial: str = PLATFORM_SERIAL) -> Any:
    return genuine(unpaid_plain(), serial=serial)


async def test_certificates_are_downloaded_before_the_first_call_and_verify_its_answer(
    provider: ScriptedWechatPay,
):
    channel = channel_of(provider, BY_CERTIFICATE)
    provider.will(certificates(FIRST), queried(), queried())

    reports = [await channel.query_payment(plain()) for _ in range(2)]

    assert [report.state for report in reports] == [ChannelState.OPEN, ChannelState.OPEN]
    assert targets(provider) == ["download", "query", "query"]
    assert "Wechatpay-Serial" not in provider.asked[1].headers


async def test_certificates_are_looked_at_again_every_six_hours(provider: ScriptedWechatPay):
    channel = channel_of(provider, BY_CERTIFICATE)
    provider.will(certificates(FIRST), queried(), queried(), certificates(FIRST), queried())
    await channel.query_payment(plain())
    provider.clock.advance(POLL_EVERY - timedelta(seconds=1))
    await channel.query_payment(plain())
    provider.clock.advance(timedelta(seconds=1))

    await channel.query_payment(plain())

    assert targets(provider) == ["download", "query", "query", "download", "query"]


async def test_without_any_key_nothing_is_sent(provider: ScriptedWechatPay):
    channel = channel_of(provider, BY_CERTIFICATE)
    provider.will(refused(404, "RESOURCE_NOT_EXISTS"))

    for _ in range(2):
        with pytest.raises(OutcomeUnknown, match="nothing was sent"):
            await channel.create_payment(plain())

    assert targets(provider) == ["download"]


@pytest.mark.parametrize(
    "answer",
    [
        silence,
        refused(500, "SYSTEM_ERROR"),
        genuine(b"{}", serial=PLATFORM_SERIAL),
        genuine({"data": []}, serial=PLATFORM_SERIAL),
        certificates(FIRST, serial=NEXT_SERIAL),
        certificates(FIRST, status=202),
        certificates(FIRST, status=404),
        probe({"data": []}),
    ],
)
async def test_a_download_that_proves_nothing_is_tried_again_only_after_a_pause(
    provider: ScriptedWechatPay, answer: Any
):
    channel = channel_of(provider, BY_CERTIFICATE)
    provider.will(answer)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            await channel.query_payment(plain())
    provider.will(certificates(FIRST), queried())
    provider.clock.advance(NOT_WITHIN_OF_FAILURE)

    await channel.query_payment(plain())

    assert targets(provider) == ["download", "download", "query"]


async def test_an_answer_by_a_new_certificate_is_believed_after_a_download(provider: ScriptedWechatPay):
    channel = channel_of(provider, BY_CERTIFICATE)
    provider.will(certificates(FIRST), queried())
    await channel.query_payment(plain())
    provider.clock.advance(NOT_WITHIN_OF_SUCCESS)
    provider.will(queried(NEXT_SERIAL), certificates(FIRST, SECOND), queried(), queried(NEXT_SERIAL))

    for _ in range(3):
        assert (await channel.query_payment(plain())).state is ChannelState.OPEN

    assert targets(provider)[2:] == ["query", "download", "query", "query"]


async def test_unknown_serials_do_not_make_us_download_again_and_again(provider: ScriptedWechatPay):
    channel = channel_of(provider, BY_CERTIFICATE)
    provider.will(certificates(FIRST), *[queried(NEXT_SERIAL)] * 3)

    for _ in range(3):
        with pytest.raises(OutcomeUnknown):
            await channel.query_payment(plain())

    assert targets(provider) == ["download", "query", "query", "query"]


async def test_many_first_calls_wait_for_one_download(provider: ScriptedWechatPay):
    channel = channel_of(provider, BY_CERTIFICATE)
    provider.will(certificates(FIRST), *[queried()] * 10)

    reports = await asyncio.gather(*(channel.query_payment(plain()) for _ in range(10)))

    assert [report.state for report in reports] == [ChannelState.OPEN] * 10
    assert targets(provider) == ["download", *["query"] * 10]


async def test_many_answers_by_a_new_certificate_share_one_download(provider: ScriptedWechatPay):
    channel = channel_of(provider, BY_CERTIFICATE)
    provider.will(certificates(FIRST), queried())
    await channel.query_payment(plain())
    provider.clock.advance(NOT_WITHIN_OF_SUCCESS)
    provider.listings.append(certificates(FIRST, SECOND))
    provider.will(*[queried(NEXT_SERIAL)] * 10)

    reports = await asyncio.gather(*(channel.query_payment(plain()) for _ in range(10)))

    assert [report.state for report in reports] == [ChannelState.OPEN] * 10
    assert targets(provider).count("download") == 2


async def test_a_certificate_leaves_after_two_downloads_that_do_not_list_it(provider: ScriptedWechatPay):
    channel = channel_of(provider, BY_CERTIFICATE)
    provider.will(certificates(FIRST), queried())
    await channel.query_payment(plain())
    provider.clock.advance(POLL_EVERY)
    provider.will(certificates(FIRST, SECOND), queried())
    await channel.query_payment(plain())
    provider.clock.advance(POLL_EVERY)
    provider.will(certificates(SECOND, serial=NEXT_SERIAL), queried())
    await channel.query_payment(plain())
    provider.clock.advance(POLL_EVERY)
    provider.will(certificates(SECOND, serial=NEXT_SERIAL), queried())

    with pytest.raises(OutcomeUnknown):
        await channel.query_payment(plain())


async def test_a_certificate_of_the_settings_stays_though_no_download_lists_it(provider: ScriptedWechatPay):
    configured = [{"serial_no": PLATFORM_SERIAL, "pem": KEYS["platform_cert_pem"]}]
    channel = channel_of(provider, {**BY_CERTIFICATE, "platform_certificates": configured})
    for _ in range(3):
        provider.will(certificates(SECOND, serial=NEXT_SERIAL), queried())
        assert (await channel.query_payment(plain())).state is ChannelState.OPEN
        provider.clock.advance(POLL_EVERY)


async def test_a_genuine_download_that_lists_nothing_takes_nothing_away(provider: ScriptedWechatPay):
    channel = channel_of(provider, BY_CERTIFICATE)
    provider.will(certificates(FIRST), queried())
    await channel.query_payment(plain())
    provider.clock.advance(POLL_EVERY)

    for _ in range(3):
        provider.will(certificates(), queried())
        assert (await channel.query_payment(plain())).state is ChannelState.OPEN
        provider.clock.advance(NOT_WITHIN_OF_FAILURE)


async def test_while_a_new_download_is_slow_calls_go_on_with_what_is_trusted(provider: ScriptedWechatPay):
    channel = channel_of(provider, BY_CERTIFICATE)
    provider.will(certificates(FIRST), queried())
    await channel.query_payment(plain())
    provider.clock.advance(POLL_EVERY)
    provider.listing_may_arrive.clear()
    provider.listings.append(certificates(FIRST))
    provider.will(queried(), queried())

    waiting = asyncio.create_task(channel.query_payment(plain()))
    await asyncio.sleep(0)
    report = await asyncio.wait_for(channel.query_payment(plain()), timeout=5)
    assert not waiting.done()
    provider.listing_may_arrive.set()

    assert report.state is ChannelState.OPEN
    assert (await waiting).state is ChannelState.OPEN


async def test_a_certificate_of_tomorrow_proves_nothing_today(provider: ScriptedWechatPay):
    channel = channel_of(provider, BY_CERTIFICATE)
    tomorrow = platform_certificate(effective=NOW + timedelta(minutes=1))
    provider.will(certificates(tomorrow, SECOND, serial=NEXT_SERIAL), queried(), queried())

    with pytest.raises(OutcomeUnknown):
        await channel.query_payment(plain())
    provider.clock.advance(timedelta(minutes=1))

    assert (await channel.query_payment(plain())).state is ChannelState.OPEN


async def test_a_certificate_counts_within_its_validity_only(provider: ScriptedWechatPay):
    channel = channel_of(provider, BY_CERTIFICATE)
    short = platform_certificate(expire=NOW + timedelta(minutes=1))
    provider.will(certificates(short), queried(), queried())
    await channel.query_payment(plain())
    provider.clock.advance(timedelta(minutes=1))

    with pytest.raises(OutcomeUnknown):
        await channel.query_payment(plain())
    headers, body = notification(paid_plain(), serial=PLATFORM_SERIAL, at=provider.clock.now())
    with pytest.raises(NotificationRefused) as refusal:
        await channel.read_notification(headers, body, now=provider.clock.now())
    assert refusal.value.reason == "unknown_serial"


async def test_a_notification_by_an_unknown_certificate_starts_no_download(provider: ScriptedWechatPay):
    channel = channel_of(provider, BY_CERTIFICATE)
    headers, body = notification(paid_plain(), serial=PLATFORM_SERIAL)

    with pytest.raises(NotificationRefused) as refusal:
        await channel.read_notification(headers, body, now=NOW)

    assert refusal.value.reason == "unknown_serial"
    assert provider.asked == []
    provider.will(certificates(FIRST), queried())
    await channel.query_payment(plain())
    assert (await channel.read_notification(headers, body, now=NOW)).report.amount_fen == 100


async def test_a_public_key_and_certificates_are_trusted_together_while_an_account_moves(
    provider: ScriptedWechatPay,
):
    channel = channel_of(provider, BOTH_KINDS)
    provider.will(refused(404, "RESOURCE_NOT_EXISTS"), queried(), genuine(unpaid_plain()))

    for _ in range(2):
        assert (await channel.query_payment(plain())).state is ChannelState.OPEN
    for serial in (PLATFORM_SERIAL, KEYS["wechatpay_public_key_id"]):
        headers, body = notification(paid_plain(), serial=serial)
        assert (await channel.read_notification(headers, body, now=NOW)).report.amount_fen == 100

    assert targets(provider) == ["download", "query", "query"]


async def test_an_account_with_a_public_key_alone_never_downloads(provider: ScriptedWechatPay):
    channel = channel_of(provider, BY_PUBLIC_KEY)
    provider.will(queried(), genuine(unpaid_plain()))

    with pytest.raises(OutcomeUnknown):
        await channel.query_payment(plain())
    await channel.query_payment(plain())

    assert targets(provider) == ["query", "query"]
