"""Proofs over the money rows (资金审计): what must hold whatever happened, and the cases that are open.

Each rule is one statement over a consistent snapshot; `audit_ledger` rebuilds the books beside it.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, String, and_, cast, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.models import DueWork
from wanpu.kernel.audit import Finding, Severity
from wanpu.payment.audit_ledger import audit_ledger
from wanpu.payment.kinds import CLOSE_PAYMENT, QUERY_ATTEMPT, SETTLE_NOTIFICATION
from wanpu.payment.models import (
    ChannelTransaction,
    MoneyException,
    Payment,
    PaymentAttempt,
    PaymentNotification,
    PaymentPart,
)
from wanpu.payment.states import (
    LIVE,
    AttemptStatus,
    ExceptionKind,
    ExceptionState,
    NotificationResult,
    PaymentStatus,
)

MAX_FINDINGS = 200
"""How many rows one rule names; more would not be read."""

CHUNK = 1000

Rule = tuple[str, str, str, Select[Any]]
"""Invariant, what its subject is, what is wrong with it, and the statement that finds such subjects."""


async def audit_money(session: AsyncSession) -> list[Finding]:
    """Every broken rule and every open case; run it in a snapshot."""
    findings: list[Finding] = []
    for rule, subject, problem, statement in _rules():
        rows = await session.scalars(statement.limit(MAX_FINDINGS))
        findings += [Finding(rule, f"{subject}:{key}", problem) for key in rows]
    findings += await _allocations(session)
    findings += await audit_ledger(session)
    findings += await _open_cases(session)
    return findings


def _rules() -> Iterable[Rule]:
    yield from _transaction_rules()
    yield from _payment_rules()
    yield from _attempt_rules()
    yield from _timer_rules()


def _transaction_rules() -> Iterable[Rule]:
    txn, part = ChannelTransaction, PaymentPart
    number = txn.channel_payment_no
    yield (
        "M6",
        "transaction",
        "booked more than once",
        select(number).group_by(txn.channel, number).having(func.count() > 1),
    )
    yield (
        "M6",
        "transaction",
        "credited to several parts",
        select(part.channel_payment_no)
        .where(part.channel_payment_no.is_not(None))
        .join(PaymentAttempt, PaymentAttempt.id == part.attempt_id)
        .group_by(PaymentAttempt.account_id, part.channel_payment_no)
        .having(func.count() > 1),
    )
    yield (
        "M6",
        "attempt",
        "its number is used twice",
        select(PaymentAttempt.attempt_no).group_by(PaymentAttempt.attempt_no).having(func.count() > 1),
    )
    yield (
        "M6",
        "part",
        "its number is used twice",
        select(part.part_no).group_by(part.part_no).having(func.count() > 1),
    )
    yield (
        "M8",
        "transaction",
        "not owned by exactly one payment or case",
        select(number).where(txn.payment_id.is_(None) == txn.exception_id.is_(None)),
    )
    yield (
        "M8",
        "transaction",
        "its case is missing or about another amount",
        select(number)
        .outerjoin(MoneyException, MoneyException.id == txn.exception_id)
        .where(
            txn.exception_id.is_not(None),
            or_(MoneyException.id.is_(None), MoneyException.amount_fen != txn.amount_fen),
        ),
    )
    yield (
        "M7",
        "transaction",
        "credited without a part of that number, amount and payment",
        select(number)
        .outerjoin(
            part,
            and_(
                part.part_no == txn.part_no,
                part.payment_id == txn.payment_id,
                part.channel_payment_no == number,
                part.amount_fen == txn.amount_fen,
            ),
        )
        .where(txn.payment_id.is_not(None), part.id.is_(None)),
    )
    yield (
        "M7",
        "transaction",
        "credited through another account or attempt than was asked",
        select(number)
        .outerjoin(
            PaymentAttempt,
            and_(
                PaymentAttempt.attempt_no == txn.attempt_no,
                PaymentAttempt.payment_id == txn.payment_id,
                PaymentAttempt.account_id == txn.account_id,
                PaymentAttempt.status == AttemptStatus.PAID,
            ),
        )
        .where(txn.payment_id.is_not(None), PaymentAttempt.id.is_(None)),
    )


def _payment_rules() -> Iterable[Rule]:
    credited = (
        select(func.coalesce(func.sum(ChannelTransaction.amount_fen), 0))
        .where(ChannelTransaction.payment_id == Payment.id)
        .scalar_subquery()
    )
    paid_attempts = (
        select(func.count())
        .where(PaymentAttempt.payment_id == Payment.id, PaymentAttempt.status == AttemptStatus.PAID)
        .scalar_subquery()
    )
    is_paid = Payment.status == PaymentStatus.PAID
    is_closed = Payment.status == PaymentStatus.CLOSED
    yield (
        "M7",
        "payment",
        "paid, but its transactions do not add up to its amount",
        select(Payment.payment_no).where(is_paid, credited != Payment.amount_fen),
    )
    yield (
        "M7",
        "payment",
        "paid without exactly one paid attempt",
        select(Payment.payment_no).where(is_paid, paid_attempts != 1),
    )
    yield (
        "T2",
        "payment",
        "holds credited money or a paid attempt, but is not paid",
        select(Payment.payment_no).where(~is_paid, or_(credited != 0, paid_attempts != 0)),
    )
    yield (
        "T1",
        "payment",
        "its status and its time stamps disagree",
        select(Payment.payment_no).where(
            or_(is_paid != Payment.paid_at.is_not(None), is_closed != Payment.closed_at.is_not(None))
        ),
    )
    yield (
        "M3",
        "payment",
        "more must go back of a part than was paid",
        select(Payment.payment_no)
        .join(PaymentPart, PaymentPart.payment_id == Payment.id)
        .join(
            MoneyException,
            and_(
                MoneyException.payment_id == Payment.id,
                MoneyException.part_no == PaymentPart.part_no,
                MoneyException.kind == ExceptionKind.REFUND_DUE,
            ),
        )
        .group_by(Payment.payment_no, PaymentPart.id, PaymentPart.amount_fen)
        .having(func.sum(MoneyException.amount_fen) > PaymentPart.amount_fen),
    )


def _attempt_rules() -> Iterable[Rule]:
    attempt, part = PaymentAttempt, PaymentPart
    parts_fen = (
        select(func.coalesce(func.sum(part.amount_fen), 0))
        .where(part.attempt_id == attempt.id)
        .scalar_subquery()
    )
    is_paid = attempt.status == AttemptStatus.PAID
    is_live = attempt.status.in_(LIVE)
    yield (
        "M1",
        "attempt",
        "its parts do not add up to it",
        select(attempt.attempt_no).where(parts_fen != attempt.amount_fen),
    )
    yield (
        "M1",
        "attempt",
        "asks for another amount than its payment",
        select(attempt.attempt_no)
        .outerjoin(Payment, Payment.id == attempt.payment_id)
        .where(or_(Payment.id.is_(None), Payment.amount_fen != attempt.amount_fen)),
    )
    yield (
        "M7",
        "attempt",
        "its status and the transactions of its parts disagree",
        select(attempt.attempt_no)
        .join(part, part.attempt_id == attempt.id)
        .where(is_paid != part.channel_payment_no.is_not(None))
        .distinct(),
    )
    yield (
        "T1",
        "attempt",
        "its status and its time stamps disagree",
        select(attempt.attempt_no).where(
            or_(
                is_paid != attempt.paid_at.is_not(None),
                attempt.status.in_([AttemptStatus.CLOSED, AttemptStatus.FAILED])
                != attempt.closed_at.is_not(None),
            )
        ),
    )
    yield (
        "T1",
        "attempt",
        "live, but not the live attempt of its payment, or the other way round",
        select(attempt.attempt_no).where(
            or_(
                and_(
                    is_live,
                    or_(attempt.live_payment_id.is_(None), attempt.live_payment_id != attempt.payment_id),
                ),
                and_(~is_live, attempt.live_payment_id.is_not(None)),
            )
        ),
    )


def _timer_rules() -> Iterable[Rule]:
    """Whatever is not final has due work that goes on with it."""
    open_attempt = PaymentAttempt.status.in_([*LIVE, AttemptStatus.SUPERSEDED])
    yield (
        "T8",
        "attempt",
        "not final, and nothing will ask about it",
        select(PaymentAttempt.attempt_no).where(
            open_attempt, ~_work(QUERY_ATTEMPT, PaymentAttempt.attempt_no)
        ),
    )
    open_payment = Payment.status.in_([PaymentStatus.CREATED, PaymentStatus.PAYING])
    yield (
        "T8",
        "payment",
        "not final, and nothing will close it",
        select(Payment.payment_no).where(open_payment, ~_work(CLOSE_PAYMENT, cast(Payment.id, String(32)))),
    )
    is_pending = PaymentNotification.result == NotificationResult.PENDING
    yield (
        "T8",
        "notification",
        "not settled, and nothing will settle it",
        select(PaymentNotification.id).where(
            is_pending, ~_work(SETTLE_NOTIFICATION, cast(PaymentNotification.id, String(32)))
        ),
    )


def _work(kind: str, ref: Any) -> Any:
    return exists().where(DueWork.kind == kind, DueWork.ref == ref)


async def _allocations(session: AsyncSession) -> list[Finding]:
    """M1: the shares of a payment add up to it. JSON, so it is added up here, in chunks of rows."""
    findings: list[Finding] = []
    last_id = 0
    columns = (Payment.id, Payment.payment_no, Payment.amount_fen, Payment.allocation)
    while rows := (
        await session.execute(select(*columns).where(Payment.id > last_id).order_by(Payment.id).limit(CHUNK))
    ).all():
        for payment_id, payment_no, amount_fen, allocation in rows:
            if sum(share["amount_fen"] for share in allocation) != amount_fen:
                findings.append(Finding("M1", f"payment:{payment_no}", "its shares do not add up to it"))
            last_id = payment_id
    return findings


async def _open_cases(session: AsyncSession) -> list[Finding]:
    """M8: money that waits for somebody is listed, never hidden."""
    rows = await session.scalars(
        select(MoneyException)
        .where(MoneyException.state == ExceptionState.OPEN)
        .order_by(MoneyException.id)
        .limit(MAX_FINDINGS)
    )
    return [
        Finding(
            "M8",
            f"money_exception:{case.id}",
            f"{case.kind}: {case.amount_fen} fen of attempt {case.attempt_no}: {case.reason}",
            Severity.LISTED,
        )
        for case in rows
    ]
