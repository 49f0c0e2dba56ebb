"""The contract of every channel, kept against the running sandbox over real HTTP."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.wanpu.payment.channels.contract_subjects import ProviderWorld, Receiver, Subject

from wanpu.infra.http_client import AiohttpClient
from wanpu.payment.channel import (
    Channel,
    ChannelRejected,
    ChannelState,
    NotificationRefused,
    OrderAlreadyPaid,
    OutcomeUnknown,
    PaymentReport,
    PaymentRequest,
)

several = pytest.mark.parametrize("amounts", [(100,), (10, 20), (1, 2, 3)], ids=["one", "two", "three"])


def now() -> datetime:
    return datetime.now(UTC)


async def paid(channel: Channel, world: ProviderWorld, request: PaymentRequest) -> None:
    """Create and pay."""
    code = await channel.create_payment(request)
    assert await world.pay(code.content) == 200


async def state_of(channel: Channel, request: PaymentRequest) -> ChannelState:
    return (await channel.query_payment(request)).state


@several
async def test_an_attempt_is_absent_then_open_then_paid_part_by_part(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver, amounts: tuple[int, ...]
):
    request = subject.request(*amounts, notify_url=receiver.url)

    states = [await state_of(channel, request)]
    code = await channel.create_payment(request)
    states.append(await state_of(channel, request))
    await world.pay(code.content)
    report = await channel.query_payment(request)

    assert states == [ChannelState.ABSENT, ChannelState.OPEN]
    assert code.expires_at == request.expires_at
    assert (report.state, report.attempt_no) == (ChannelState.PAID, request.attempt_no)
    assert (report.account_no, report.app_id) == (subject.account_no, subject.app_id)
    assert (report.amount_fen, report.currency) == (sum(amounts), "CNY")
    numbers = [part.part_no for part in request.parts] if len(amounts) > 1 else [request.attempt_no]
    assert [(part.part_no, part.amount_fen, part.sub_merchant_no) for part in report.parts] == [
        (number, part.amount_fen, part.sub_merchant_no)
        for number, part in zip(numbers, request.parts, strict=True)
    ]
    assert len({part.channel_payment_no for part in report.parts}) == len(amounts)
    assert report.paid_at is not None
    assert abs(report.paid_at - now()) < timedelta(minutes=1)
    assert report.payer_id


@several
async def test_the_notification_says_what_the_query_says(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver, amounts: tuple[int, ...]
):
    request = subject.request(*amounts, notify_url=receiver.url)
    await paid(channel, world, request)

    headers, body = await receiver.take()
    read = await channel.read_notification(headers, body, now=now())

    assert read.report == await channel.query_payment(request)
    assert read.notification_id


@several
async def test_a_repeated_create_gives_a_code_that_pays_the_same_order_once(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver, amounts: tuple[int, ...]
):
    request = subject.request(*amounts, notify_url=receiver.url)
    await channel.create_payment(request)

    code = await channel.create_payment(request)

    assert await world.pay(code.content) == 200
    assert await world.pay(code.content) == 409
    _, trades = await world.ask("GET", f"/trades?out_trade_no={request.attempt_no}")
    assert [trade["state"] for trade in trades["items"]] == ["SUCCESS"] * len(amounts)


@several
async def test_a_closed_attempt_cannot_be_paid_and_closing_again_changes_nothing(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver, amounts: tuple[int, ...]
):
    request = subject.request(*amounts, notify_url=receiver.url)
    code = await channel.create_payment(request)

    await channel.close_payment(request)
    await channel.close_payment(request)

    assert await world.pay(code.content) == 409
    assert await state_of(channel, request) is ChannelState.CLOSED
    with pytest.raises(ChannelRejected) as rejection:
        await channel.create_payment(request)
    assert not isinstance(rejection.value, OrderAlreadyPaid)


@several
async def test_money_is_faster_than_a_close_and_than_a_second_create(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver, amounts: tuple[int, ...]
):
    request = subject.request(*amounts, notify_url=receiver.url)
    await paid(channel, world, request)

    with pytest.raises(OrderAlreadyPaid):
        await channel.close_payment(request)
    with pytest.raises(OrderAlreadyPaid):
        await channel.create_payment(request)

    assert await state_of(channel, request) is ChannelState.PAID


async def test_a_race_of_close_and_pay_has_one_winner(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver
):
    request = subject.request(10, 20, notify_url=receiver.url)
    code = await channel.create_payment(request)

    closed, status = await asyncio.gather(
        channel.close_payment(request), world.pay(code.content), return_exceptions=True
    )

    if status == 200:
        assert isinstance(closed, OrderAlreadyPaid)
        assert await state_of(channel, request) is ChannelState.PAID
    else:
        assert (closed, status) == (None, 409)
        assert await state_of(channel, request) is ChannelState.CLOSED


@pytest.mark.parametrize("outcome", ["refused", "insufficient"])
async def test_a_buyer_who_does_not_pay_leaves_the_attempt_open(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver, outcome: str
):
    request = subject.request(100, notify_url=receiver.url)
    code = await channel.create_payment(request)

    await world.pay(code.content, outcome)

    assert await state_of(channel, request) is ChannelState.OPEN
    assert await world.pay(code.content) == 200


async def test_an_attempt_ends_at_the_channel_when_it_expires(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver
):
    request = subject.request(10, 20, notify_url=receiver.url, life=timedelta(minutes=5))
    code = await channel.create_payment(request)

    await world.advance(timedelta(minutes=5, seconds=1))

    assert await state_of(channel, request) is ChannelState.CLOSED
    assert await world.pay(code.content) == 409


@several
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop"},
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 429},
        {"kind": "broken_json"},
        {"kind": "unsigned"},
        {"kind": "stale_timestamp"},
        {"kind": "unknown_serial"},
        {"kind": "wrong_signature", "times": 2},
    ],
    ids=lambda fault: fault["kind"],
)
async def test_after_a_lost_answer_the_order_exists_and_the_same_request_gives_its_code(
    channel: Channel,
    world: ProviderWorld,
    subject: Subject,
    receiver: Receiver,
    amounts: tuple[int, ...],
    fault: dict[str, Any],
):
    request = subject.request(*amounts, notify_url=receiver.url)
    other = subject.request(1, notify_url=receiver.url)
    await channel.query_payment(other)  # Certificates, where they are used, are there before the trouble.
    await world.set_faults(answers=[{**fault, "method": "POST"}])

    with pytest.raises(OutcomeUnknown):
        await channel.create_payment(request)

    assert await state_of(channel, request) is ChannelState.OPEN
    code = await channel.create_payment(request)
    assert await world.pay(code.content) == 200


async def test_a_request_that_never_arrived_leaves_nothing(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver
):
    request = subject.request(100, notify_url=receiver.url)
    await channel.query_payment(request)
    await world.break_answers("drop", processed=False, method="POST")

    with pytest.raises(OutcomeUnknown):
        await channel.create_payment(request)

    assert await state_of(channel, request) is ChannelState.ABSENT


async def test_a_lost_answer_to_a_close_is_found_closed(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver
):
    request = subject.request(10, 20, notify_url=receiver.url)
    await channel.create_payment(request)
    await world.break_answers("drop", method="POST")

    with pytest.raises(OutcomeUnknown):
        await channel.close_payment(request)

    assert await state_of(channel, request) is ChannelState.CLOSED


async def test_signature_probes_on_answers_are_not_noticed(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver
):
    request = subject.request(10, 20, notify_url=receiver.url)
    await channel.query_payment(request)

    await world.break_answers("signature_probe")
    code = await channel.create_payment(request)
    await world.break_answers("signature_probe")
    state = await state_of(channel, request)
    await world.break_answers("signature_probe")
    await channel.close_payment(request)

    assert state is ChannelState.OPEN
    assert await world.pay(code.content) == 409


@several
async def test_the_same_number_with_other_money_is_never_taken_for_a_failure(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver, amounts: tuple[int, ...]
):
    request = subject.request(*amounts, notify_url=receiver.url)
    code = await channel.create_payment(request)
    dearer = replace(
        request,
        amount_fen=request.amount_fen + 1,
        parts=(replace(request.parts[0], amount_fen=request.parts[0].amount_fen + 1), *request.parts[1:]),
    )

    with pytest.raises(OutcomeUnknown):
        await channel.create_payment(dearer)
    with pytest.raises(OutcomeUnknown):
        await channel.query_payment(dearer)

    assert await world.pay(code.content) == 200
    assert (await channel.query_payment(dearer)).amount_fen == sum(amounts)


async def test_a_merchant_that_is_not_ours_is_rejected_and_no_order_exists(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver
):
    stranger = subject.stranger or "1"
    request = subject.request(10, 20, notify_url=receiver.url)
    request = replace(request, parts=(request.parts[0], replace(request.parts[1], sub_merchant_no=stranger)))

    with pytest.raises(ChannelRejected):
        await channel.create_payment(request)

    _, trades = await world.ask("GET", f"/trades?out_trade_no={request.attempt_no}")
    assert trades["items"] == []


async def test_the_sharing_flag_of_each_part_arrives(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver
):
    request = subject.request(10, 20, notify_url=receiver.url)
    alone = subject.request(10, notify_url=receiver.url)
    alone = replace(alone, parts=(replace(alone.parts[0], profit_sharing=True),))

    await channel.create_payment(request)
    await channel.create_payment(alone)

    flags = []
    for number in (request.attempt_no, alone.attempt_no):
        _, trades = await world.ask("GET", f"/trades?out_trade_no={number}")
        flags.append([trade["profit_sharing"] for trade in trades["items"]])
    assert flags == [[False, True], [True]]


FORGERIES = {
    "bad_signature": "bad_signature",
    "no_signature": "missing_signature",
    "unknown_serial": "unknown_serial",
    "old_timestamp": "stale_timestamp",
    "other_account": "unknown_serial",
}


@pytest.mark.parametrize(("forge", "reason"), FORGERIES.items())
async def test_a_forged_notification_is_refused_with_its_reason(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver, forge: str, reason: str
):
    request = subject.request(10, 20, notify_url=receiver.url)
    code = await channel.create_payment(request)
    await world.ask("POST", "/notifications/forge", {"content": code.content, "forge": forge})

    headers, body = await receiver.take()
    with pytest.raises(NotificationRefused) as refusal:
        await channel.read_notification(headers, body, now=now())

    assert refusal.value.reason == reason
    assert await state_of(channel, request) is ChannelState.OPEN


async def test_a_probe_among_notifications_is_refused_and_the_true_one_follows(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver
):
    request = subject.request(100, notify_url=receiver.url)
    await world.set_faults(notifications=[{"kind": "signature_probe"}])
    receiver.status = 500
    await paid(channel, world, request)

    headers, body = await receiver.take()
    with pytest.raises(NotificationRefused):
        await channel.read_notification(headers, body, now=now())
    _, listed = await world.ask("GET", "/notifications")
    await world.ask("POST", f"/notifications/{listed['items'][0]['id']}/send")
    headers, body = await receiver.take()

    read = await channel.read_notification(headers, body, now=now())
    assert read.report.attempt_no == request.attempt_no


async def test_a_notification_is_stale_five_minutes_later(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver
):
    request = subject.request(100, notify_url=receiver.url)
    await paid(channel, world, request)

    headers, body = await receiver.take()
    with pytest.raises(NotificationRefused) as refusal:
        await channel.read_notification(headers, body, now=now() + timedelta(seconds=301))

    assert refusal.value.reason == "stale_timestamp"


async def test_a_genuine_notification_with_another_amount_is_told_as_it_is(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver
):
    request = subject.request(100, notify_url=receiver.url)
    fault = {"kind": "tamper", "field": "amount.total", "value": 1}
    await world.set_faults(notifications=[fault])
    await paid(channel, world, request)

    headers, body = await receiver.take()
    read = await channel.read_notification(headers, body, now=now())

    assert read.report.amount_fen == 1
    assert (await channel.query_payment(request)).amount_fen == 100


async def test_many_attempts_at_once_keep_apart(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver
):
    requests = [subject.request(index + 1, index + 2, notify_url=receiver.url) for index in range(12)]

    codes = await asyncio.gather(*(channel.create_payment(request) for request in requests))
    await asyncio.gather(*(world.pay(code.content) for code in codes[::2]))
    reports: list[PaymentReport] = await asyncio.gather(
        *(channel.query_payment(request) for request in requests)
    )

    expected = [ChannelState.PAID if index % 2 == 0 else ChannelState.OPEN for index in range(12)]
    assert [report.state for report in reports] == expected
    assert [report.amount_fen for report in reports] == [2 * index + 3 for index in range(12)]
    numbers = [part.channel_payment_no for report in reports for part in report.parts]
    assert len(set(numbers)) == len(numbers) == 12


async def test_a_channel_opened_again_reads_what_the_first_one_made(
    channel: Channel, world: ProviderWorld, subject: Subject, receiver: Receiver, http: AiohttpClient
):
    request = subject.request(10, 20, notify_url=receiver.url)
    await paid(channel, world, request)

    assert await state_of(subject.open(http), request) is ChannelState.PAID
