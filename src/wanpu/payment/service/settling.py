"""Settling (入账): the one way in which money that a channel reports takes effect.

Notifications, active queries and closes that found the order paid all come through `settle_reports`.
Money is credited at most once: `channel_transaction` has the provider's number as its key, and a
payment moves to paid once, under its row lock. What does not fit becomes a `money_exception`.
"""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.payment import entries
from wanpu.payment.channel import ChannelState
from wanpu.payment.entries import transaction_ref
from wanpu.payment.events import PaidPartFact, PaymentSucceeded
from wanpu.payment.kinds import CLOSE_PAYMENT, QUERY_ATTEMPT
from wanpu.payment.models import ChannelTransaction, Payment, PaymentAttempt, PaymentPart
from wanpu.payment.rules import mismatch
from wanpu.payment.service.books import Books, Told, book_transaction, load, write
from wanpu.payment.service.cases import open_cases
from wanpu.payment.states import (
    ATTEMPT_MOVES,
    LIVE,
    PAYMENT_MOVES,
    RELEASABLE,
    AttemptStatus,
    ExceptionKind,
    ExceptionState,
    PaymentStatus,
)


class Settled(StrEnum):
    """What one report changed."""

    CREDITED = "credited"
    REPEATED = "repeated"  # it was known: nothing changed
    EXCEPTION = "exception"  # money that no payment can use; its case stands
    CLOSED = "closed"
    OPEN = "open"  # nothing is final yet


@rerun_on_conflict
async def settle(db: Database, news: Told) -> Settled:
    """Settle one report in a transaction of its own; a repeat changes nothing."""
    async with db.transaction() as session:
        (settled,) = await settle_reports(session, [news])
    return settled


async def settle_reports(session: AsyncSession, news: Sequence[Told]) -> list[Settled]:
    """Settle reports in their order, as if one by one; what each changed.

    Payments are locked first, in the order of their ids, then their attempts.
    """
    books = await load(session, news)
    settled = [_settle_one(books, item) for item in news]
    await write(session, books)
    return settled


def _settle_one(books: Books, news: Told) -> Settled:
    report = news.report
    attempt = books.attempts.get(report.attempt_no)
    if report.state is ChannelState.CLOSED and attempt is not None:
        return _close(books, attempt)
    if report.state is not ChannelState.PAID:
        return Settled.OPEN
    if attempt is None:
        open_cases(books, news, None, ExceptionKind.UNKNOWN_NUMBER, "no attempt has this number")
        return Settled.EXCEPTION
    payment = books.payments[attempt.payment_id]
    misfit = mismatch(
        report,
        attempt,
        books.parts[attempt.id],
        account_id=news.account.id,
        account_no=news.account.account_no,
        app_id=news.account.app_id,
        currency=payment.currency,
    )
    if misfit is None:
        misfit = _obstacle(books, news, payment, attempt)
    if misfit is not None:
        open_cases(books, news, attempt, *misfit)
        return Settled.EXCEPTION
    if attempt.status is AttemptStatus.PAID:
        return Settled.REPEATED
    _credit(books, news, payment, attempt)
    return Settled.CREDITED


def _obstacle(
    books: Books, news: Told, payment: Payment, attempt: PaymentAttempt
) -> tuple[ExceptionKind, str] | None:
    """Why fitting money cannot be credited; None when it can, or was."""
    numbers = [part.channel_payment_no for part in news.report.parts]
    if attempt.status is AttemptStatus.PAID:
        credited = {part.channel_payment_no for part in books.parts[attempt.id]}
        if credited == set(numbers):
            return None
        return ExceptionKind.PAID_TWICE, "the attempt was paid by other transactions"
    if payment.status is PaymentStatus.PAID:
        return ExceptionKind.PAID_TWICE, "another attempt has paid"
    if attempt.status is AttemptStatus.SUPERSEDED:
        return ExceptionKind.PAID_ON_SUPERSEDED, "the attempt had been given up"
    if attempt.status not in LIVE or payment.status is PaymentStatus.CLOSED:
        return ExceptionKind.PAID_AFTER_CLOSE, "the attempt was closed before"
    for number in numbers:
        booked = books.transactions.get((news.account.channel, number))
        if booked is not None and not _is_releasable(books, booked):
            return ExceptionKind.PARTS_MISMATCH, "the transaction is booked elsewhere"
    return None


def _is_releasable(books: Books, booked: ChannelTransaction) -> bool:
    """Whether the money lies in an open case that only a wrong report had opened."""
    case = books.cases.get(booked.exception_id) if booked.exception_id is not None else None
    return case is not None and case.state is ExceptionState.OPEN and case.kind in RELEASABLE


def _credit(books: Books, news: Told, payment: Payment, attempt: PaymentAttempt) -> None:
    report = news.report
    paid_at = report.paid_at or books.now
    app_code = books.app_codes[payment.pay_app_id]
    paid = {part.part_no: part for part in report.parts}
    for part in books.parts[attempt.id]:
        told_part = paid[part.part_no]
        book_transaction(books, news, told_part, paid_at, payment_id=payment.id, case=None)
        part.channel_payment_no = told_part.channel_payment_no
        ref = transaction_ref(news.account.channel, told_part.channel_payment_no)
        books.entries.append(
            entries.payment_received(
                account_id=news.account.id,
                app_code=app_code,
                merchant_ref=part.merchant_ref,
                ref=ref,
                amount_fen=part.amount_fen,
                paid_at=paid_at,
            )
        )
    move_attempt(attempt, AttemptStatus.PAID)
    attempt.paid_at, attempt.payer_id = paid_at, report.payer_id
    if PAYMENT_MOVES.move(payment.status, PaymentStatus.PAID):
        payment.status, payment.paid_at = PaymentStatus.PAID, paid_at
    books.events.append(_succeeded(app_code, payment, attempt, books.parts[attempt.id]))
    books.finished_work[QUERY_ATTEMPT].add(attempt.attempt_no)
    books.finished_work[CLOSE_PAYMENT].add(str(payment.id))


def move_attempt(attempt: PaymentAttempt, target: AttemptStatus) -> bool:
    """Move an attempt; one that is no longer live frees its payment for another. False: it was there."""
    if not ATTEMPT_MOVES.move(attempt.status, target):
        return False
    attempt.status = target
    if target not in LIVE:
        attempt.live_payment_id = None
    return True


def _succeeded(
    app_code: str, payment: Payment, attempt: PaymentAttempt, parts: Sequence[PaymentPart]
) -> PaymentSucceeded:
    facts = [
        PaidPartFact(
            part_no=part.part_no,
            merchant_ref=part.merchant_ref,
            reference=part.reference,
            amount_fen=part.amount_fen,
            channel_payment_no=part.channel_payment_no or "",
        )
        for part in parts
    ]
    assert payment.paid_at is not None
    return PaymentSucceeded(
        app_code=app_code,
        payment_no=payment.payment_no,
        attempt_no=attempt.attempt_no,
        method=attempt.method,
        amount_fen=payment.amount_fen,
        paid_at=payment.paid_at,
        shares_transaction=len({fact.channel_payment_no for fact in facts}) < len(facts),
        parts=facts,
    )


def _close(books: Books, attempt: PaymentAttempt) -> Settled:
    """The channel proves that nobody can pay the attempt any more."""
    if attempt.status in LIVE or attempt.status is AttemptStatus.SUPERSEDED:
        move_attempt(attempt, AttemptStatus.CLOSED)
        attempt.closed_at = books.now
        books.finished_work[QUERY_ATTEMPT].add(attempt.attempt_no)
        return Settled.CLOSED
    return Settled.REPEATED
