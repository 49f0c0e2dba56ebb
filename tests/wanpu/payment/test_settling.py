"""Money that a channel reports: credited once, or owned by a case."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.wanpu.payment.room import (
    Room,
    ask_for,
    audited,
    balances,
    broken,
    events,
    notify,
    one,
    rows,
    share,
)

from wanpu.kernel.audit import Severity
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.money import Fen
from wanpu.payment import PaymentStatus
from wanpu.payment.channel import ChannelState, OutcomeUnknown, PaidPart, PaymentReport
from wanpu.payment.models import (
    ChannelTransaction,
    LedgerEntry,
    MoneyException,
    Payment,
    PaymentAttempt,
    PaymentNotification,
    PaymentPart,
)
from wanpu.payment.service.books import told
from wanpu.payment.service.settling import Settled, settle
from wanpu.payment.states import AttemptStatus, ExceptionKind, ExceptionState, NotificationResult

FIRST, SECOND, THIRD = (f"42000{number:023d}" for number in (1, 2, 3))


async def paid_report(room: Room, payment_no: str = "P1") -> PaymentReport:
    """A payment of 37.80 yuan to two merchants was started, and its buyer has paid."""
    await room.port.create(ask_for(room.clock, payment_no=payment_no))
    attempt = (await rows(room, PaymentAttempt))[-1]
    return room.channel.pay(attempt.attempt_no)


async def test_a_paid_combination_is_credited_part_by_part(room: Room) -> None:
    report = await paid_report(room)

    result = await notify(room, report)

    view = await room.port.query("P1")
    assert result is NotificationResult.SETTLED
    assert view.status is PaymentStatus.PAID
    assert view.paid_at == room.clock.now()
    assert [(part.reference, part.amount_fen, part.channel_payment_no) for part in view.parts] == [
        ("SO1", 3000, FIRST),
        ("SO2", 780, SECOND),
    ]
    assert await balances(room) == {
        f"channel_clearing:{room.account_id}": 3780,
        "merchant_pending:mall:1": -3000,
        "merchant_pending:mall:2": -780,
    }
    attempt = await one(room, PaymentAttempt)
    assert attempt.status is AttemptStatus.PAID
    assert attempt.live_payment_id is None
    assert attempt.payer_id == "oBuyer"
    assert await audited(room) == []


async def test_a_credited_payment_is_told_once_with_every_part(room: Room) -> None:
    report = await paid_report(room)

    await notify(room, report)
    await notify(room, report)

    (told_event,) = await events(room, "payment.succeeded")
    assert told_event["app_code"] == "mall"
    assert told_event["payment_no"] == "P1"
    assert told_event["amount_fen"] == 3780
    assert told_event["shares_transaction"] is False
    assert [part["channel_payment_no"] for part in told_event["parts"]] == [FIRST, SECOND]
    assert [part["reference"] for part in told_event["parts"]] == ["SO1", "SO2"]


async def test_a_plain_payment_has_one_part_under_the_number_of_its_attempt(room: Room) -> None:
    await room.port.create(ask_for(room.clock, share(1, 990)))
    attempt = await one(room, PaymentAttempt)

    await notify(room, room.channel.pay(attempt.attempt_no))

    part = await one(room, PaymentPart)
    assert part.part_no == attempt.attempt_no
    assert part.channel_payment_no == FIRST
    assert (await one(room, Payment)).status is PaymentStatus.PAID
    assert await audited(room) == []


async def test_repeats_are_kept_and_change_nothing(room: Room) -> None:
    report = await paid_report(room)

    results = [await notify(room, report) for _ in range(3)]

    assert results == [NotificationResult.SETTLED, NotificationResult.REPEATED, NotificationResult.REPEATED]
    assert len(await rows(room, PaymentNotification)) == 3
    assert len(await rows(room, ChannelTransaction)) == 2
    assert len(await rows(room, LedgerEntry)) == 2
    assert await rows(room, MoneyException) == []


async def test_a_hundred_equal_notifications_at_once_credit_once(room: Room) -> None:
    report = await paid_report(room)

    results = await asyncio.gather(*(notify(room, report) for _ in range(100)))

    assert sorted(results) == [NotificationResult.REPEATED] * 99 + [NotificationResult.SETTLED]
    assert len(await events(room, "payment.succeeded")) == 1
    assert len(await rows(room, PaymentNotification)) == 100
    assert await audited(room) == []


async def test_different_payments_settle_in_one_batch_each_with_its_own_result(room: Room) -> None:
    reports = [await paid_report(room, f"P{number}") for number in range(1, 6)]
    wrong = replace(reports[2], app_id="wxffffffffffffffff")
    batch = [*reports[:2], wrong, *reports[3:], reports[0]]

    results = await asyncio.gather(*(notify(room, report) for report in batch))

    assert results == [
        NotificationResult.SETTLED,
        NotificationResult.SETTLED,
        NotificationResult.EXCEPTION,
        NotificationResult.SETTLED,
        NotificationResult.SETTLED,
        NotificationResult.REPEATED,
    ]
    assert await broken(room) == []


def other_amount(report: PaymentReport) -> PaymentReport:
    cheap = replace(report.parts[0], amount_fen=Fen(1))
    return replace(report, amount_fen=Fen(781), parts=(cheap, report.parts[1]))


def other_total(report: PaymentReport) -> PaymentReport:
    return replace(report, amount_fen=Fen(3781))


def moved_between_parts(report: PaymentReport) -> PaymentReport:
    one_more = replace(report.parts[0], amount_fen=Fen(2999))
    one_less = replace(report.parts[1], amount_fen=Fen(781))
    return replace(report, parts=(one_more, one_less))


def other_currency(report: PaymentReport) -> PaymentReport:
    return replace(report, currency="USD")


def other_account(report: PaymentReport) -> PaymentReport:
    return replace(report, account_no="1900009999")


def other_app(report: PaymentReport) -> PaymentReport:
    return replace(report, app_id="wxffffffffffffffff")


def other_receiver(report: PaymentReport) -> PaymentReport:
    return replace(report, parts=(replace(report.parts[0], sub_merchant_no="1900000203"), report.parts[1]))


def missing_part(report: PaymentReport) -> PaymentReport:
    return replace(report, parts=report.parts[:1])


def extra_part(report: PaymentReport) -> PaymentReport:
    return replace(report, parts=(*report.parts, PaidPart("B9", "1900000203", Fen(1), THIRD)))


def exchanged_numbers(report: PaymentReport) -> PaymentReport:
    first, second = report.parts
    return replace(
        report,
        parts=(replace(first, part_no=second.part_no), replace(second, part_no=first.part_no)),
    )


MISFITS = [
    (other_amount, ExceptionKind.AMOUNT_MISMATCH),
    (other_total, ExceptionKind.AMOUNT_MISMATCH),
    (moved_between_parts, ExceptionKind.AMOUNT_MISMATCH),
    (other_currency, ExceptionKind.AMOUNT_MISMATCH),
    (other_account, ExceptionKind.ACCOUNT_MISMATCH),
    (other_app, ExceptionKind.ACCOUNT_MISMATCH),
    (other_receiver, ExceptionKind.PARTS_MISMATCH),
    (missing_part, ExceptionKind.PARTS_MISMATCH),
    (extra_part, ExceptionKind.PARTS_MISMATCH),
    (exchanged_numbers, ExceptionKind.PARTS_MISMATCH),
]


@pytest.mark.parametrize(("tamper", "kind"), MISFITS, ids=[tamper.__name__ for tamper, _ in MISFITS])
async def test_money_that_does_not_fit_is_never_credited_and_becomes_a_case(
    room: Room, tamper: Callable[[PaymentReport], PaymentReport], kind: ExceptionKind
) -> None:
    report = tamper(await paid_report(room))

    result = await notify(room, report)

    assert result is NotificationResult.EXCEPTION
    assert (await one(room, Payment)).status is PaymentStatus.PAYING
    assert (await one(room, PaymentAttempt)).status is AttemptStatus.OPEN
    assert [part.channel_payment_no for part in await rows(room, PaymentPart)] == [None, None]
    assert await events(room, "payment.succeeded") == []
    cases = await rows(room, MoneyException)
    assert {case.kind for case in cases} == {kind}
    assert [case.amount_fen for case in cases] == [part.amount_fen for part in report.parts]
    total = sum(part.amount_fen for part in report.parts)
    assert await balances(room) == {
        f"channel_clearing:{room.account_id}": total,
        f"exceptions:{room.account_id}": -total,
    }
    assert len(await events(room, "money_exception.opened")) == len(report.parts)
    findings = await audited(room)
    assert {finding.severity for finding in findings} == {Severity.LISTED}
    assert len(findings) == len(report.parts)


async def test_a_claim_without_a_transaction_is_one_case_that_moves_no_money(room: Room) -> None:
    report = replace(await paid_report(room), parts=())

    results = [await notify(room, report) for _ in range(2)]

    assert results == [NotificationResult.EXCEPTION] * 2
    case = await one(room, MoneyException)
    assert (case.kind, case.amount_fen, case.channel_payment_no) == (ExceptionKind.PARTS_MISMATCH, 3780, None)
    assert await rows(room, ChannelTransaction) == []
    assert await balances(room) == {}
    assert await broken(room) == []


async def test_the_same_misfit_told_again_opens_no_second_case(room: Room) -> None:
    report = other_amount(await paid_report(room))

    for _ in range(3):
        await notify(room, report)

    assert len(await rows(room, MoneyException)) == 2
    assert len(await rows(room, LedgerEntry)) == 2


async def test_a_true_report_after_a_wrong_one_takes_the_money_out_of_its_case(room: Room) -> None:
    report = await paid_report(room)
    await notify(room, other_amount(report))

    result = await notify(room, report)

    assert result is NotificationResult.SETTLED
    assert (await room.port.query("P1")).status is PaymentStatus.PAID
    assert [case.state for case in await rows(room, MoneyException)] == [ExceptionState.CLOSED] * 2
    assert await balances(room) == {
        f"channel_clearing:{room.account_id}": 3780,
        f"exceptions:{room.account_id}": 0,
        "merchant_pending:mall:1": -3000,
        "merchant_pending:mall:2": -780,
    }
    assert await audited(room) == []


async def test_a_wrong_report_after_the_credit_is_a_case_that_moves_no_money(room: Room) -> None:
    report = await paid_report(room)
    await notify(room, report)

    result = await notify(room, other_amount(report))

    assert result is NotificationResult.EXCEPTION
    assert (await room.port.query("P1")).status is PaymentStatus.PAID
    assert len(await rows(room, MoneyException)) == 2
    assert (await balances(room))[f"channel_clearing:{room.account_id}"] == 3780
    assert await broken(room) == []


async def test_money_for_a_number_nobody_asked_for_becomes_a_case(room: Room) -> None:
    report = replace(await paid_report(room), attempt_no="A0000000000000000000UNKNOWN")

    result = await notify(room, report)

    assert result is NotificationResult.EXCEPTION
    cases = await rows(room, MoneyException)
    assert [(case.kind, case.payment_id, case.amount_fen) for case in cases] == [
        (ExceptionKind.UNKNOWN_NUMBER, None, 3000),
        (ExceptionKind.UNKNOWN_NUMBER, None, 780),
    ]
    assert await broken(room) == []


async def test_money_on_a_closed_payment_becomes_a_case_and_reopens_nothing(room: Room) -> None:
    await room.port.create(ask_for(room.clock))
    attempt = await one(room, PaymentAttempt)
    open_order = replace(room.channel.orders[attempt.attempt_no])
    assert await room.port.close("P1") is PaymentStatus.CLOSED
    room.channel.orders[attempt.attempt_no] = open_order  # The channel's close was not what it said.

    result = await notify(room, room.channel.pay(attempt.attempt_no))

    assert result is NotificationResult.EXCEPTION
    assert (await one(room, Payment)).status is PaymentStatus.CLOSED
    assert (await one(room, PaymentAttempt)).status is AttemptStatus.CLOSED
    assert {case.kind for case in await rows(room, MoneyException)} == {ExceptionKind.PAID_AFTER_CLOSE}
    assert await broken(room) == []


async def test_money_on_a_superseded_attempt_becomes_a_case(room: Room, clock: ManualClock) -> None:
    await room.port.create(ask_for(room.clock, minutes=300))
    old = await one(room, PaymentAttempt)
    assert old.action_expires_at is not None
    clock.advance(old.action_expires_at - clock.now())
    room.channel.faults["close"] = deque([OutcomeUnknown("timed out")])
    await room.port.create(replace(ask_for(room.clock), expires_at=old.expires_at))

    result = await notify(room, room.channel.pay(old.attempt_no))

    assert result is NotificationResult.EXCEPTION
    assert {case.kind for case in await rows(room, MoneyException)} == {ExceptionKind.PAID_ON_SUPERSEDED}
    assert (await one(room, Payment)).status is PaymentStatus.PAYING
    assert await broken(room) == []


async def test_a_second_attempt_that_is_paid_too_becomes_a_case(room: Room, clock: ManualClock) -> None:
    await room.port.create(ask_for(room.clock, minutes=300))
    old = await one(room, PaymentAttempt)
    assert old.action_expires_at is not None
    clock.advance(old.action_expires_at - clock.now())
    room.channel.faults["close"] = deque([OutcomeUnknown("timed out")])
    await room.port.create(replace(ask_for(room.clock), expires_at=old.expires_at))
    _, new = await rows(room, PaymentAttempt)
    await notify(room, room.channel.pay(new.attempt_no))

    result = await notify(room, room.channel.pay(old.attempt_no))

    assert result is NotificationResult.EXCEPTION
    assert {case.kind for case in await rows(room, MoneyException)} == {ExceptionKind.PAID_TWICE}
    assert len(await events(room, "payment.succeeded")) == 1
    assert await broken(room) == []


async def test_one_transaction_is_never_credited_to_two_payments(room: Room) -> None:
    first = await paid_report(room, "P1")
    second = await paid_report(room, "P2")
    stolen = tuple(
        replace(part, channel_payment_no=other.channel_payment_no)
        for part, other in zip(second.parts, first.parts, strict=True)
    )
    await notify(room, first)

    result = await notify(room, replace(second, parts=stolen))

    assert result is NotificationResult.EXCEPTION
    assert [payment.status for payment in await rows(room, Payment)] == [
        PaymentStatus.PAID,
        PaymentStatus.PAYING,
    ]
    assert len(await rows(room, ChannelTransaction)) == 2
    assert {case.kind for case in await rows(room, MoneyException)} == {ExceptionKind.PARTS_MISMATCH}
    assert await broken(room) == []


async def test_two_payments_that_claim_one_transaction_at_the_same_moment_share_no_credit(
    room: Room,
) -> None:
    """The primary key of `channel_transaction` decides, whatever each transaction has read before."""
    account = await room.channels.facts(room.account_id)
    for turn in range(8):
        one_no, other_no = f"A{turn}", f"B{turn}"
        first = await paid_report(room, one_no)
        second = await paid_report(room, other_no)
        stolen = tuple(
            replace(part, channel_payment_no=other.channel_payment_no)
            for part, other in zip(second.parts, first.parts, strict=True)
        )
        claims = [await told(room.app.serials, account, first)]
        claims.append(await told(room.app.serials, account, replace(second, parts=stolen)))

        results = await asyncio.gather(*(settle(room.app.db, claim) for claim in claims))

        assert sorted(results) == [Settled.CREDITED, Settled.EXCEPTION]
    assert len(await events(room, "payment.succeeded")) == 8
    assert await broken(room) == []


async def test_a_closed_order_told_twice_changes_nothing_more(room: Room) -> None:
    await room.port.create(ask_for(room.clock))
    attempt = await one(room, PaymentAttempt)
    order = room.channel.orders[attempt.attempt_no]
    order.state = ChannelState.CLOSED
    account = await room.channels.facts(room.account_id)
    news = await told(room.app.serials, account, room.channel.report_of(order))

    results = [await settle(room.app.db, news) for _ in range(2)]

    assert results == [Settled.CLOSED, Settled.REPEATED]
    assert (await one(room, PaymentAttempt)).closed_at == room.clock.now()
