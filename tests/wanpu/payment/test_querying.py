"""The active query: a lost notification is found, and every attempt's end is proven."""

from collections import deque
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.wanpu.payment.room import Room, ask_for, broken, one, rows

from wanpu.infra.models import DueWork
from wanpu.kernel.clock import ManualClock
from wanpu.payment import ChannelUnavailable, PaymentStatus
from wanpu.payment.channel import ChannelState, OutcomeUnknown
from wanpu.payment.kinds import CLOSE_PAYMENT, QUERY_ATTEMPT
from wanpu.payment.models import MoneyException, Payment, PaymentAttempt
from wanpu.payment.service.querying import next_query
from wanpu.payment.states import AttemptStatus, ExceptionKind


async def test_a_lost_notification_is_found_three_seconds_after_the_start(
    room: Room, clock: ManualClock
) -> None:
    await room.port.create(ask_for(room.clock))
    room.channel.pay((await one(room, PaymentAttempt)).attempt_no)
    await room.runner.run_once()
    assert (await one(room, Payment)).status is PaymentStatus.PAYING

    clock.advance(timedelta(seconds=3))
    await room.runner.run_once()

    assert (await one(room, Payment)).status is PaymentStatus.PAID
    assert await rows(room, DueWork) == []
    assert await broken(room) == []


async def test_an_unpaid_order_is_asked_about_slower_and_slower_until_just_after_its_expiry(
    room: Room, clock: ManualClock
) -> None:
    await room.port.create(ask_for(room.clock, minutes=5))
    started = clock.now()
    asked_after = []
    while True:
        work = await rows(room, DueWork, DueWork.kind == QUERY_ATTEMPT)
        if not work:
            break
        clock.advance(work[0].due_at - clock.now())
        asked_after.append(int((clock.now() - started).total_seconds()))
        before = room.channel.count("query")
        await room.runner.run_once()
        assert room.channel.count("query") == before + 1 or clock.now() >= started + timedelta(minutes=5)

    assert asked_after[:7] == [3, 8, 18, 33, 63, 123, 183]
    assert (await one(room, PaymentAttempt)).status is AttemptStatus.CLOSED


async def test_a_watcher_makes_the_query_come_at_once_but_not_more_often_than_every_three_seconds(
    room: Room, clock: ManualClock
) -> None:
    await room.port.create(ask_for(room.clock))
    clock.advance(timedelta(seconds=3))
    await room.runner.run_once()
    clock.advance(timedelta(seconds=2))
    await room.port.query("P1")
    assert await room.runner.run_once() == 0

    clock.advance(timedelta(seconds=1))
    await room.port.query("P1")

    assert await room.runner.run_once() == 1
    assert room.channel.count("query") == 2


async def test_a_channel_that_does_not_answer_leaves_everything_open(room: Room, clock: ManualClock) -> None:
    await room.port.create(ask_for(room.clock))
    room.channel.faults["query"] = deque([OutcomeUnknown("timed out")])
    clock.advance(timedelta(seconds=3))

    await room.runner.run_once()

    assert (await one(room, PaymentAttempt)).status is AttemptStatus.OPEN
    (work,) = await rows(room, DueWork, DueWork.kind == QUERY_ATTEMPT)
    assert work.due_at == clock.now() + timedelta(seconds=5)


async def test_an_attempt_that_the_channel_never_heard_of_ends_with_its_expiry(
    room: Room, clock: ManualClock
) -> None:
    room.channel.faults["create"] = deque([OutcomeUnknown("connection refused")])
    with pytest.raises(ChannelUnavailable):
        await room.port.create(ask_for(room.clock, minutes=5))
    clock.advance(timedelta(seconds=3))
    await room.runner.run_once()
    assert (await one(room, PaymentAttempt)).status is AttemptStatus.CREATED

    clock.advance(timedelta(minutes=6))
    await room.runner.run_once()

    assert (await one(room, PaymentAttempt)).status is AttemptStatus.CLOSED
    assert (await one(room, Payment)).status is PaymentStatus.CLOSED
    assert await rows(room, DueWork) == []
    assert await broken(room) == []


async def test_a_superseded_attempt_is_closed_at_its_channel_as_soon_as_that_answers(
    room: Room, clock: ManualClock
) -> None:
    ask = ask_for(room.clock, minutes=300)
    await room.port.create(ask)
    clock.advance(timedelta(hours=2))
    room.channel.faults["close"] = deque([OutcomeUnknown("timed out")])
    await room.port.create(ask)
    old, _ = await rows(room, PaymentAttempt)
    assert old.status is AttemptStatus.SUPERSEDED

    await room.runner.run_once()

    old, new = await rows(room, PaymentAttempt)
    assert (old.status, new.status) == (AttemptStatus.CLOSED, AttemptStatus.OPEN)
    assert room.channel.orders[old.attempt_no].state is ChannelState.CLOSED
    assert await broken(room) == []


async def test_an_attempt_whose_money_became_a_case_takes_no_more_and_frees_the_payment(
    room: Room, clock: ManualClock
) -> None:
    await room.port.create(ask_for(room.clock))
    attempt = await one(room, PaymentAttempt)
    room.channel.pay(attempt.attempt_no)
    room.channel.tamper = lambda report: replace(report, account_no="1900009999")
    clock.advance(timedelta(seconds=3))

    await room.runner.run_once()

    ended = await one(room, PaymentAttempt)
    assert (ended.status, ended.live_payment_id) == (AttemptStatus.CLOSED, None)
    assert {case.kind for case in await rows(room, MoneyException)} == {ExceptionKind.ACCOUNT_MISMATCH}
    assert (await one(room, Payment)).status is PaymentStatus.PAYING
    assert await broken(room) == []


async def test_the_last_query_falls_just_after_the_expiry(room: Room, clock: ManualClock) -> None:
    await room.port.create(ask_for(room.clock, minutes=5))
    attempt = await one(room, PaymentAttempt)

    before_end = next_query(attempt, 9, attempt.expires_at - timedelta(seconds=20))
    after_end = next_query(attempt, 9, attempt.expires_at + timedelta(seconds=5))

    assert before_end == attempt.expires_at + timedelta(seconds=5)
    assert after_end == attempt.expires_at + timedelta(seconds=65)
    assert len(await rows(room, DueWork, DueWork.kind == CLOSE_PAYMENT)) == 1
