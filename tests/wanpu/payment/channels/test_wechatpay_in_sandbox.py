"""What only WeChat Pay has: keys that change under way, and combined numbers unknown to the plain calls."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.wanpu.payment.channels.contract_subjects import (
    ProviderWorld,
    Receiver,
    wechatpay_partner_by_certificate,
    wechatpay_partner_by_public_key,
)

from wanpu.infra.http_client import AiohttpClient
from wanpu.payment.channel import ChannelRejected, ChannelState, NotificationRefused


async def test_a_rotation_of_the_platform_certificate_is_not_noticed(
    world: ProviderWorld, http: AiohttpClient, receiver: Receiver
):
    subject = wechatpay_partner_by_certificate(world.sandbox.credentials)
    await world.ask("PUT", f"/merchants/{subject.account_no}", subject.provider_setting)
    await world.set_faults(rotate_certificate="announce")
    channel = subject.open(http)
    request = subject.request(10, 20, notify_url=receiver.url)

    before = await channel.query_payment(request)
    await world.set_faults(rotate_certificate="switch")
    code = await channel.create_payment(request)
    await world.set_faults(rotate_certificate="retire")
    await world.pay(code.content)
    after = await channel.query_payment(request)
    headers, body = await receiver.take()
    read = await channel.read_notification(headers, body, now=datetime.now(UTC))

    assert (before.state, after.state) == (ChannelState.ABSENT, ChannelState.PAID)
    assert read.report == after


async def test_a_notification_by_a_certificate_never_seen_is_refused_until_a_call_has_fetched_it(
    world: ProviderWorld, http: AiohttpClient, receiver: Receiver
):
    subject = wechatpay_partner_by_certificate(world.sandbox.credentials)
    await world.ask("PUT", f"/merchants/{subject.account_no}", subject.provider_setting)
    maker, channel = subject.open(http), subject.open(http)
    request = subject.request(100, notify_url=receiver.url)
    await world.pay((await maker.create_payment(request)).content)
    headers, body = await receiver.take()

    with pytest.raises(NotificationRefused) as refusal:
        await channel.read_notification(headers, body, now=datetime.now(UTC))
    report = await channel.query_payment(request)
    read = await channel.read_notification(headers, body, now=datetime.now(UTC))

    assert refusal.value.reason == "unknown_serial"
    assert read.report == report


async def test_while_an_account_moves_to_the_public_key_both_kinds_of_signature_are_believed(
    world: ProviderWorld, http: AiohttpClient, receiver: Receiver
):
    subject = wechatpay_partner_by_public_key(world.sandbox.credentials)
    certificates = world.sandbox.credentials["wechatpay"]["platform_certificates"]
    subject = replace(subject, settings={**subject.settings, "platform_certificates": certificates})
    await world.ask("PUT", f"/merchants/{subject.account_no}", {"notification_key": "mixed"})
    channel = subject.open(http)

    serials = set()
    for _ in range(4):
        request = subject.request(100, notify_url=receiver.url)
        await world.pay((await channel.create_payment(request)).content)
        headers, body = await receiver.take()
        read = await channel.read_notification(headers, body, now=datetime.now(UTC))
        assert read.report.attempt_no == request.attempt_no
        serials.add(headers["Wechatpay-Serial"].startswith("PUB_KEY_ID_"))

    assert serials == {True, False}


async def test_the_plain_calls_do_not_know_a_combined_order_nor_its_sub_orders(
    world: ProviderWorld, http: AiohttpClient, receiver: Receiver
):
    subject = wechatpay_partner_by_public_key(world.sandbox.credentials)
    channel = subject.open(http)
    request = subject.request(10, 20, notify_url=receiver.url)
    code = await channel.create_payment(request)
    first = request.parts[0]

    for number in (request.attempt_no, first.part_no):
        alone = replace(request, attempt_no=number, parts=(first,), amount_fen=first.amount_fen)
        assert (await channel.query_payment(alone)).state is ChannelState.ABSENT
        with pytest.raises(ChannelRejected, match="ORDER_NOT_EXIST"):
            await channel.close_payment(alone)

    assert await world.pay(code.content) == 200
