"""Closing a payment: proven unpaid, found paid, or still unproven — never guessed."""

from collections import deque
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.wanpu.payment.room import Room, ask_for, broken, events, notify, one, rows

from wanpu.infra.models import DueWork
from wanpu.kernel.clock import ManualClock
from wanpu.payment import ChannelUnavailable, PaymentClosed, PaymentStatus
from wanpu.payment.channel import ChannelState, CloseCapability, OutcomeUnknown
from wanpu.payment.kinds import CLOSE_PAYMENT
from wanpu.payment.models import Payment, PaymentAttempt
from wanpu.payment.states import AttemptStatus


async def test_an_unpaid_payment_is_closed_at_its_channel_and_told_once(room: Room) -> None:
    await room.port.create(ask_for(room.clock))

    results = [await room.port.close("P1") for _ in range(2)]

    attempt = await one(room, PaymentAttempt)
    assert results == [PaymentStatus.CLOSED] * 2
    assert attempt.status is AttemptStatus.CLOSED
    assert room.channel.orders[attempt.attempt_no].state is ChannelState.CLOSED
    assert await events(room, "payment.closed") == [{"app_code": "mall", "payment_no": "P1"}]
    assert await rows(room, DueWork) == []
    assert await broken(room) == []


async def test_a_payment_that_nobody_began_to_pay_is_closed_without_a_call(room: Room) -> None:
    await room.port.create(ask_for(room.clock, method=None))

    assert await room.port.close("P1") is PaymentStatus.CLOSED

    assert room.channel.calls == []


async def test_money_that_was_faster_than_the_close_pays_the_payment(room: Room) -> None:
    await room.port.create(ask_for(room.clock))
    room.channel.pay((await one(room, PaymentAttempt)).attempt_no)

    status = await room.port.close("P1")

    assert status is PaymentStatus.PAID
    assert len(await events(room, "payment.succeeded")) == 1
    assert await events(room, "payment.closed") == []
    assert await broken(room) == []


async def test_a_close_that_gets_no_answer_stays_unproven_and_goes_on_by_itself(
    room: Room, clock: ManualClock
) -> None:
    await room.port.create(ask_for(room.clock))
    room.channel.faults["close"] = deque([OutcomeUnknown("timed out")])
    assert await room.port.close("P1") is PaymentStatus.PAYING
    with pytest.raises(PaymentClosed):
        await room.port.create(ask_for(room.clock))

    clock.advance(timedelta(seconds=5))
    await room.runner.run_once()

    assert (await one(room, Payment)).status is PaymentStatus.CLOSED
    assert await rows(room, DueWork) == []


async def test_a_lost_answer_to_a_close_that_worked_ends_closed(room: Room, clock: ManualClock) -> None:
    await room.port.create(ask_for(room.clock))
    room.channel.lost["close"] = deque([OutcomeUnknown("timed out")])
    assert await room.port.close("P1") is PaymentStatus.PAYING

    clock.advance(timedelta(seconds=5))
    await room.runner.run_once()

    assert (await one(room, Payment)).status is PaymentStatus.CLOSED


async def test_money_that_arrives_while_the_close_is_unproven_is_credited(room: Room) -> None:
    await room.port.create(ask_for(room.clock))
    room.channel.faults["close"] = deque([OutcomeUnknown("timed out")])
    await room.port.close("P1")

    await notify(room, room.channel.pay((await one(room, PaymentAttempt)).attempt_no))

    assert await room.port.close("P1") is PaymentStatus.PAID
    assert await rows(room, DueWork) == []
    assert await broken(room) == []


async def test_a_creation_that_may_still_arrive_proves_nothing(room: Room, clock: ManualClock) -> None:
    room.channel.faults["create"] = deque([OutcomeUnknown("timed out")])
    with pytest.raises(ChannelUnavailable):
        await room.port.create(ask_for(room.clock))

    early = await room.port.close("P1")
    clock.advance(timedelta(seconds=31))
    late = await room.port.close("P1")

    assert (early, late) == (PaymentStatus.PAYING, PaymentStatus.CLOSED)


async def test_an_unknown_number_becomes_a_closed_payment(room: Room) -> None:
    assert await room.port.close("P-unknown") is PaymentStatus.CLOSED

    payment = await one(room, Payment)
    assert (payment.status, payment.amount_fen) == (PaymentStatus.CLOSED, 0)
    assert await broken(room) == []


async def test_a_payment_closes_by_itself_when_its_time_is_over(room: Room, clock: ManualClock) -> None:
    await room.port.create(ask_for(room.clock))
    clock.advance(timedelta(minutes=30))

    await room.runner.run_once()

    payment = await one(room, Payment)
    assert payment.status is PaymentStatus.CLOSED
    assert payment.closed_at == clock.now()
    assert await rows(room, DueWork) == []


async def test_where_the_channel_cannot_close_its_own_expiry_is_waited_for(
    room: Room, clock: ManualClock
) -> None:
    room.channel.close_capability = CloseCapability.EXPIRY_ONLY
    await room.port.create(ask_for(room.clock))
    clock.advance(timedelta(minutes=1))
    assert await room.port.close("P1") is PaymentStatus.PAYING

    clock.advance(timedelta(minutes=30))
    await room.runner.run_once()

    assert room.channel.count("close") == 0
    assert (await one(room, Payment)).status is PaymentStatus.CLOSED
    assert await rows(room, DueWork, DueWork.kind == CLOSE_PAYMENT) == []


async def test_money_that_became_a_case_does_not_keep_the_payment_open(room: Room) -> None:
    await room.port.create(ask_for(room.clock))
    room.channel.pay((await one(room, PaymentAttempt)).attempt_no)
    room.channel.tamper = lambda report: replace(report, account_no="1900009999")

    status = await room.port.close("P1")

    assert status is PaymentStatus.CLOSED
    assert (await one(room, PaymentAttempt)).status is AttemptStatus.CLOSED
    assert await broken(room) == []
