"""Starting to pay: one payment per number, one live attempt, and never a guess about the channel."""

import asyncio
from collections import deque
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.wanpu.payment.room import NATIVE, Room, ask_for, broken, notify, one, rows, share

from wanpu.kernel.clock import ManualClock
from wanpu.kernel.money import Fen
from wanpu.payment import (
    ChannelRefused,
    ChannelUnavailable,
    MerchantNotReady,
    MethodNotOffered,
    PaymentAlreadyPaid,
    PaymentClosed,
    PaymentInvalid,
    PaymentNumberReused,
    PaymentStatus,
    PaymentTooLate,
    TooManyMerchants,
)
from wanpu.payment.channel import ChannelRejected, ChannelState, OutcomeUnknown
from wanpu.payment.models import Payment, PaymentAttempt, PaymentPart
from wanpu.payment.states import AttemptStatus


async def test_a_payment_without_a_method_waits_for_its_buyer_to_choose_one(room: Room) -> None:
    view = await room.port.create(ask_for(room.clock, method=None))

    assert view.status is PaymentStatus.CREATED
    assert view.action is None
    assert view.cashier_url.startswith("/cashier/")
    assert await rows(room, PaymentAttempt) == []
    assert room.channel.calls == []


async def test_an_attempt_asks_for_every_merchants_share_with_its_sharing_flag(room: Room) -> None:
    shares = (share(1, 3000), share(2, 780, profit_sharing=False), share(3, 0))

    view = await room.port.create(ask_for(room.clock, *shares))

    attempt = await one(room, PaymentAttempt)
    request = room.channel.orders[attempt.attempt_no].request
    assert view.action == {
        "type": "qr_code",
        "content": f"weixin://wxpay/bizpayurl?pr={attempt.attempt_no}1",
    }
    assert [(part.sub_merchant_no, part.amount_fen, part.profit_sharing) for part in request.parts] == [
        ("1900000201", 3000, True),
        ("1900000202", 780, False),
    ]
    assert request.amount_fen == 3780
    assert request.expires_at == view.expires_at
    assert request.notify_url == f"http://127.0.0.1:8000/notify/wechatpay/{room.account_id}"
    numbers = [attempt.attempt_no, *(part.part_no for part in request.parts)]
    assert len(set(numbers)) == 3
    assert all(number.isascii() and number.isalnum() and len(number) <= 32 for number in numbers)


async def test_no_transaction_is_open_while_the_channel_is_asked(room: Room) -> None:
    async def write_meanwhile() -> None:
        async with asyncio.timeout(5), room.app.db.transaction() as session:
            payment = await session.get(Payment, (await one(room, Payment)).id, with_for_update=True)
            assert payment is not None
            payment.subject = "written while the channel was busy"

    room.channel.before["create"] = write_meanwhile

    await room.port.create(ask_for(room.clock))

    assert (await one(room, Payment)).subject == "written while the channel was busy"


async def test_the_same_request_gives_the_live_attempt_without_asking_again(room: Room) -> None:
    first = await room.port.create(ask_for(room.clock))

    again = await room.port.create(ask_for(room.clock))

    assert again == first
    assert room.channel.count("create") == 1
    assert len(await rows(room, Payment)) == 1


@pytest.mark.parametrize(
    "shares",
    [
        (share(1, 3000), share(2, 781)),
        (share(1, 2999), share(2, 781)),
        (share(1, 3000), share(3, 780)),
        (share(1, 3000), share(2, 780, profit_sharing=False)),
    ],
    ids=["other total", "other split", "other merchant", "other sharing"],
)
async def test_the_same_number_with_other_money_is_refused(room: Room, shares: tuple) -> None:  # type: ignore[type-arg]
    await room.port.create(ask_for(room.clock))

    with pytest.raises(PaymentNumberReused):
        await room.port.create(ask_for(room.clock, *shares))

    assert (await one(room, Payment)).amount_fen == 3780
    assert len(await rows(room, PaymentAttempt)) == 1


async def test_fifty_callers_at_once_end_with_one_attempt_that_was_asked_for_once(room: Room) -> None:
    async def slowly() -> None:
        await asyncio.sleep(0.05)

    room.channel.before["create"] = slowly

    views = await asyncio.gather(*(room.port.create(ask_for(room.clock)) for _ in range(50)))

    assert len({view.action["content"] for view in views if view.action}) == 1
    assert len(await rows(room, PaymentAttempt)) == 1
    assert room.channel.count("create") == 1


async def test_an_unknown_outcome_keeps_the_attempt_and_the_repeat_sends_the_same_number(room: Room) -> None:
    room.channel.lost["create"] = deque([OutcomeUnknown("read timed out")])
    with pytest.raises(ChannelUnavailable):
        await room.port.create(ask_for(room.clock))
    assert (await one(room, PaymentAttempt)).status is AttemptStatus.CREATED

    view = await room.port.create(ask_for(room.clock))

    attempt = await one(room, PaymentAttempt)
    assert attempt.status is AttemptStatus.OPEN
    assert view.action is not None
    assert room.channel.calls == [("create", attempt.attempt_no)] * 2


async def test_a_killed_callers_attempt_is_asked_for_again_under_the_same_number(
    room: Room, clock: ManualClock
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    room.channel.before["create"] = die
    with pytest.raises(KeyboardInterrupt):
        await room.port.create(ask_for(room.clock))
    room.channel.before.clear()
    clock.advance(timedelta(seconds=31))

    await room.port.create(ask_for(room.clock, minutes=29))

    attempt = await one(room, PaymentAttempt)
    assert attempt.status is AttemptStatus.OPEN
    assert room.channel.calls == [("create", attempt.attempt_no)] * 2


async def test_an_outcome_unknown_for_a_minute_is_closed_before_another_number_is_used(
    room: Room, clock: ManualClock
) -> None:
    room.channel.lost["create"] = deque([OutcomeUnknown("read timed out")])
    ask = ask_for(room.clock)
    with pytest.raises(ChannelUnavailable):
        await room.port.create(ask)
    clock.advance(timedelta(seconds=61))

    await room.port.create(ask)

    old, new = await rows(room, PaymentAttempt)
    assert (old.status, new.status) == (AttemptStatus.CLOSED, AttemptStatus.OPEN)
    assert room.channel.orders[old.attempt_no].state is ChannelState.CLOSED


async def test_no_second_number_stands_beside_an_unknown_one_that_cannot_be_closed(
    room: Room, clock: ManualClock
) -> None:
    room.channel.lost["create"] = deque([OutcomeUnknown("read timed out")])
    room.channel.faults["close"] = deque([OutcomeUnknown("read timed out")])
    ask = ask_for(room.clock)
    with pytest.raises(ChannelUnavailable):
        await room.port.create(ask)
    clock.advance(timedelta(seconds=61))

    with pytest.raises(ChannelUnavailable):
        await room.port.create(ask)

    assert (await one(room, PaymentAttempt)).status is AttemptStatus.CREATED


async def test_a_refusal_is_final_for_its_number_and_names_the_providers_code(room: Room) -> None:
    room.channel.faults["create"] = deque([ChannelRejected("NO_AUTH", "not allowed")])

    with pytest.raises(ChannelRefused) as refused:
        await room.port.create(ask_for(room.clock))

    failed = await one(room, PaymentAttempt)
    assert refused.value.details == {"provider_code": "NO_AUTH"}
    assert (failed.status, failed.failure_code) == (AttemptStatus.FAILED, "NO_AUTH")
    assert await broken(room) == []
    view = await room.port.create(ask_for(room.clock))
    assert view.action is not None
    assert len(await rows(room, PaymentAttempt)) == 2


async def test_a_refused_repeat_is_not_taken_for_proof_that_nothing_exists(room: Room) -> None:
    room.channel.lost["create"] = deque([OutcomeUnknown("read timed out")])
    room.channel.faults["create"] = deque()
    with pytest.raises(ChannelUnavailable):
        await room.port.create(ask_for(room.clock))
    room.channel.faults["create"].append(ChannelRejected("PARAM_ERROR", "changed"))

    with pytest.raises(ChannelRefused):
        await room.port.create(ask_for(room.clock))

    assert (await one(room, PaymentAttempt)).status is AttemptStatus.SUPERSEDED
    assert await broken(room) == []


async def test_a_dead_code_is_replaced_by_an_attempt_with_numbers_of_its_own(
    room: Room, clock: ManualClock
) -> None:
    ask = ask_for(room.clock, minutes=300)
    await room.port.create(ask)
    clock.advance(timedelta(hours=2))

    view = await room.port.create(ask)

    old, new = await rows(room, PaymentAttempt)
    assert (old.status, new.status) == (AttemptStatus.CLOSED, AttemptStatus.OPEN)
    assert room.channel.orders[old.attempt_no].state is ChannelState.CLOSED
    assert view.action == {"type": "qr_code", "content": f"weixin://wxpay/bizpayurl?pr={new.attempt_no}1"}
    parts = await rows(room, PaymentPart)
    assert len({part.part_no for part in parts}) == 4
    assert await broken(room) == []


async def test_a_dead_code_whose_order_was_paid_meanwhile_pays_the_payment(
    room: Room, clock: ManualClock
) -> None:
    ask = ask_for(room.clock, minutes=300)
    await room.port.create(ask)
    room.channel.pay((await one(room, PaymentAttempt)).attempt_no)
    clock.advance(timedelta(hours=2))

    with pytest.raises(PaymentAlreadyPaid):
        await room.port.create(ask)

    assert (await one(room, PaymentAttempt)).status is AttemptStatus.PAID
    assert (await one(room, Payment)).status is PaymentStatus.PAID


async def test_a_paid_payment_asks_for_no_more_money(room: Room) -> None:
    await room.port.create(ask_for(room.clock))
    await notify(room, room.channel.pay((await one(room, PaymentAttempt)).attempt_no))

    with pytest.raises(PaymentAlreadyPaid):
        await room.port.create(ask_for(room.clock))

    assert room.channel.count("create") == 1


async def test_a_create_that_finds_the_order_paid_settles_it(room: Room) -> None:
    room.channel.lost["create"] = deque([OutcomeUnknown("read timed out")])
    with pytest.raises(ChannelUnavailable):
        await room.port.create(ask_for(room.clock))
    room.channel.pay((await one(room, PaymentAttempt)).attempt_no)

    with pytest.raises(PaymentAlreadyPaid):
        await room.port.create(ask_for(room.clock))

    assert (await one(room, Payment)).status is PaymentStatus.PAID


async def test_a_closed_payment_is_never_opened_by_a_late_create(room: Room) -> None:
    assert await room.port.close("P1") is PaymentStatus.CLOSED

    with pytest.raises(PaymentClosed):
        await room.port.create(ask_for(room.clock))

    assert room.channel.calls == []
    assert await broken(room) == []


async def test_no_attempt_starts_in_the_last_sixty_seconds(room: Room, clock: ManualClock) -> None:
    ask = ask_for(room.clock, method=None)
    await room.port.create(ask)
    clock.advance(timedelta(minutes=29))

    with pytest.raises(PaymentTooLate):
        await room.port.create(replace(ask, method=NATIVE))

    assert room.channel.calls == []
    assert await rows(room, PaymentAttempt) == []


async def test_a_merchant_without_a_verified_number_cannot_be_paid(room: Room) -> None:
    with pytest.raises(MerchantNotReady) as refused:
        await room.port.create(ask_for(room.clock, share(1, 100), share(99, 100)))

    assert refused.value.details == {"merchant_refs": ["99"]}
    assert room.channel.calls == []


async def test_more_merchants_than_the_method_combines_are_refused(room: Room) -> None:
    shares = tuple(share(number, 100) for number in range(1, 52))

    with pytest.raises(TooManyMerchants) as refused:
        await room.port.create(ask_for(room.clock, *shares))

    assert refused.value.details == {"max": 50, "merchants": 51}
    assert room.channel.calls == []


async def test_an_unknown_method_is_not_offered(room: Room) -> None:
    with pytest.raises(MethodNotOffered):
        await room.port.create(ask_for(room.clock, method="alipay.page"))

    assert await rows(room, Payment) == []


async def test_each_share_goes_out_with_its_own_description_or_the_payments_subject(room: Room) -> None:
    shares = (replace(share(1, 3000), description="白瓷杯"), share(2, 780))

    await room.port.create(ask_for(room.clock, *shares))

    attempt = await one(room, PaymentAttempt)
    request = room.channel.orders[attempt.attempt_no].request
    assert [part.description for part in request.parts] == ["白瓷杯", attempt.description]


async def test_a_request_that_contradicts_itself_writes_nothing(room: Room) -> None:
    with pytest.raises(PaymentInvalid) as refused:
        await room.port.create(replace(ask_for(room.clock), amount_fen=Fen(3779)))

    assert refused.value.details == {"problem": "shares do not add up to amount_fen"}
    assert await rows(room, Payment) == []
