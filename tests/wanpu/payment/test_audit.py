"""The audit names what somebody breaks by hand."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Update, delete, insert, update
from tests.wanpu.payment.room import Room, ask_for, audited, broken, notify, one, rows

from wanpu.infra.models import DueWork
from wanpu.kernel.audit import Finding, Severity
from wanpu.payment import ReturnMoney
from wanpu.payment.models import (
    ChannelTransaction,
    LedgerAccount,
    LedgerEntry,
    MoneyException,
    Payment,
    PaymentAttempt,
    PaymentPart,
)
from wanpu.payment.states import AttemptStatus, ExceptionKind, ExceptionState, PaymentStatus


async def paid_room(room: Room) -> Room:
    """P1 is paid, P2 is being paid, P3 was closed; one case is open."""
    for number in (1, 2, 3):
        await room.port.create(ask_for(room.clock, payment_no=f"P{number}"))
    first, *_ = await rows(room, PaymentAttempt)
    await notify(room, room.channel.pay(first.attempt_no))
    await room.port.close("P3")
    await room.port.refund(
        ReturnMoney("P1", "R1", "SO2", ask_for(room.clock).shares[1].amount_fen, "sold out")
    )
    assert [finding.severity for finding in await audited(room)] == [Severity.LISTED]
    return room


Breaking = Callable[[], Any]
P1, P2, P3 = (Payment.payment_no == f"P{number}" for number in (1, 2, 3))
FIRST = PaymentPart.seq == 1


def set_payment(where: Any, **values: Any) -> Update:
    return update(Payment).where(where).values(**values)


def set_attempt(where: Any, **values: Any) -> Update:
    return update(PaymentAttempt).where(where).values(**values)


def set_transaction(**values: Any) -> Update:
    """Change the transaction of 30 yuan."""
    return update(ChannelTransaction).where(ChannelTransaction.amount_fen == 3000).values(**values)


IS_PAID = PaymentAttempt.status == AttemptStatus.PAID
IS_OPEN = PaymentAttempt.status == AttemptStatus.OPEN
IS_CLOSED = PaymentAttempt.status == AttemptStatus.CLOSED

BREAKINGS: dict[str, tuple[Breaking, set[str]]] = {
    "a transaction with another amount": (
        lambda: set_transaction(amount_fen=2999),
        {"M5", "M7"},
    ),
    "a lost transaction": (
        lambda: delete(ChannelTransaction).where(ChannelTransaction.amount_fen == 3000),
        {"M5", "M7"},
    ),
    "a transaction that nobody owns": (
        lambda: set_transaction(payment_id=None),
        {"M7", "M8"},
    ),
    "a transaction of another account": (
        lambda: set_transaction(account_id=77),
        {"M5", "M7"},
    ),
    "a case that is gone": (
        lambda: (
            update(ChannelTransaction)
            .where(ChannelTransaction.amount_fen == 3000)
            .values(exception_id=77, payment_id=None)
        ),
        {"M5", "M7", "M8"},
    ),
    "a lost entry": (
        lambda: delete(LedgerEntry).where(LedgerEntry.amount_fen == 3000),
        {"M5"},
    ),
    "an entry with another amount": (
        lambda: update(LedgerEntry).where(LedgerEntry.amount_fen == 3000).values(amount_fen=3001),
        {"M5"},
    ),
    "an entry between other accounts": (
        lambda: (
            update(LedgerEntry)
            .where(LedgerEntry.amount_fen == 3000)
            .values(credit_account="merchant_pending:mall:2")
        ),
        {"M5"},
    ),
    "an account that was never opened": (
        lambda: delete(LedgerAccount).where(LedgerAccount.code == "merchant_pending:mall:1"),
        {"M5"},
    ),
    "a lost refund entry": (lambda: delete(LedgerEntry).where(LedgerEntry.kind == "refund_due"), {"M5"}),
    "a payment that is paid without money": (
        lambda: set_payment(P2, status=PaymentStatus.PAID, paid_at=Payment.created_at),
        {"M7"},
    ),
    "a paid payment that was reopened": (
        lambda: set_payment(P1, status=PaymentStatus.PAYING, paid_at=None),
        {"T2", "T8"},
    ),
    "a paid payment with another amount": (lambda: set_payment(P1, amount_fen=3781), {"M1", "M7"}),
    "a closed payment without its time": (lambda: set_payment(P3, closed_at=None), {"T1"}),
    "a second paid attempt": (
        lambda: set_attempt(IS_OPEN, status=AttemptStatus.PAID, paid_at=PaymentAttempt.created_at),
        {"M7", "T1", "T2"},
    ),
    "a paid attempt without its time": (lambda: set_attempt(IS_PAID, paid_at=None), {"T1"}),
    "a closed attempt without its time": (lambda: set_attempt(IS_CLOSED, closed_at=None), {"T1"}),
    "a live attempt that is not the payment's": (lambda: set_attempt(IS_OPEN, live_payment_id=None), {"T1"}),
    "an attempt over another sum": (lambda: set_attempt(IS_OPEN, amount_fen=1), {"M1"}),
    "a part with another amount": (
        lambda: (
            update(PaymentPart).where(FIRST, PaymentPart.channel_payment_no.is_(None)).values(amount_fen=1)
        ),
        {"M1"},
    ),
    "a credited part that forgot its transaction": (
        lambda: (
            update(PaymentPart)
            .where(FIRST, PaymentPart.channel_payment_no.is_not(None))
            .values(channel_payment_no=None)
        ),
        {"M5", "M7"},
    ),
    "more going back than was paid": (
        lambda: (
            update(MoneyException)
            .where(MoneyException.kind == ExceptionKind.REFUND_DUE)
            .values(amount_fen=781)
        ),
        {"M3", "M5"},
    ),
    "work that was forgotten": (lambda: delete(DueWork), {"T8"}),
    "shares that no longer add up": (
        lambda: set_payment(P2, allocation=[{"merchant_ref": "1", "amount_fen": 1}]),
        {"M1"},
    ),
}


@pytest.mark.parametrize("name", BREAKINGS)
async def test_what_is_broken_by_hand_is_named(room: Room, name: str) -> None:
    await paid_room(room)
    break_it, rules = BREAKINGS[name]

    async with room.app.db.transaction() as session:
        await session.execute(break_it())

    found = await broken(room)
    assert {finding.rule for finding in found} == rules, found


async def test_an_open_case_is_listed_and_not_broken(room: Room) -> None:
    await paid_room(room)
    case = await one(room, MoneyException)

    assert await audited(room) == [
        Finding(
            "M8",
            f"money_exception:{case.id}",
            f"refund_due: 780 fen of attempt {case.attempt_no}: sold out",
            Severity.LISTED,
        )
    ]


async def test_a_closed_case_is_no_longer_listed(room: Room) -> None:
    await paid_room(room)

    async with room.app.db.transaction() as session:
        await session.execute(update(MoneyException).values(state=ExceptionState.CLOSED))

    assert await audited(room) == []


async def test_an_entry_without_a_cause_is_found_by_the_balances(room: Room) -> None:
    await paid_room(room)
    now = room.clock.now()
    entry = {
        "debit_account": f"channel_clearing:{room.account_id}",
        "credit_account": "merchant_pending:mall:1",
        "amount_fen": 5,
        "kind": "payment_received",
        "ref": "wechatpay:made-up",
        "occurred_at": now,
        "created_at": now,
    }

    async with room.app.db.transaction() as session:
        await session.execute(insert(LedgerEntry), [entry])

    assert {(finding.rule, finding.subject) for finding in await broken(room)} == {
        ("M5", f"ledger_account:channel_clearing:{room.account_id}"),
        ("M5", "ledger_account:merchant_pending:mall:1"),
    }
