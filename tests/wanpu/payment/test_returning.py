"""Money that must go back: a case per refund number, and never more than was paid."""

import asyncio
from dataclasses import replace

import pytest
from tests.wanpu.payment.room import Room, ask_for, audited, balances, notify, one, rows

from wanpu.kernel.audit import Severity
from wanpu.kernel.money import Fen
from wanpu.payment import PaymentNotFound, ReturnMoney
from wanpu.payment.errors import RefundNumberReused, RefundTooLarge
from wanpu.payment.models import MoneyException, PaymentAttempt
from wanpu.payment.states import ExceptionKind

ALL_OF_TWO = ReturnMoney("P1", "R1", "SO2", Fen(780), "sold out after payment")


async def pay(room: Room) -> None:
    await room.port.create(ask_for(room.clock))
    await notify(room, room.channel.pay((await one(room, PaymentAttempt)).attempt_no))


async def test_a_refund_moves_the_claim_from_the_merchant_to_the_buyer_once(room: Room) -> None:
    await pay(room)

    await asyncio.gather(*(room.port.refund(ALL_OF_TWO) for _ in range(5)))

    case = await one(room, MoneyException)
    assert (case.kind, case.amount_fen, case.reason) == (
        ExceptionKind.REFUND_DUE,
        780,
        "sold out after payment",
    )
    assert await balances(room) == {
        f"channel_clearing:{room.account_id}": 3780,
        "merchant_pending:mall:1": -3000,
        "merchant_pending:mall:2": 0,
        "refunds_payable:mall": -780,
    }
    assert [finding.severity for finding in await audited(room)] == [Severity.LISTED]


async def test_the_same_number_with_other_money_is_refused(room: Room) -> None:
    await pay(room)
    await room.port.refund(ALL_OF_TWO)

    with pytest.raises(RefundNumberReused):
        await room.port.refund(replace(ALL_OF_TWO, amount_fen=Fen(1)))

    assert (await one(room, MoneyException)).amount_fen == 780


async def test_refunds_of_one_part_never_exceed_it_even_at_once(room: Room) -> None:
    await pay(room)
    halves = [replace(ALL_OF_TWO, refund_no=f"R{n}", amount_fen=Fen(400)) for n in range(4)]

    results = await asyncio.gather(*(room.port.refund(half) for half in halves), return_exceptions=True)

    assert sorted(type(result).__name__ for result in results) == ["NoneType"] + ["RefundTooLarge"] * 3
    assert len(await rows(room, MoneyException)) == 1


async def test_nothing_goes_back_of_a_part_that_was_never_paid(room: Room) -> None:
    await room.port.create(ask_for(room.clock))

    with pytest.raises(PaymentNotFound):
        await room.port.refund(ALL_OF_TWO)
    with pytest.raises(PaymentNotFound):
        await room.port.refund(replace(ALL_OF_TWO, payment_no="P404"))

    assert await rows(room, MoneyException) == []


async def test_more_than_was_paid_is_refused(room: Room) -> None:
    await pay(room)

    with pytest.raises(RefundTooLarge) as refused:
        await room.port.refund(replace(ALL_OF_TWO, amount_fen=Fen(781)))

    assert refused.value.details == {"paid_fen": 780, "returned_fen": 0}
