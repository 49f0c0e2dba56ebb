"""Settling (入账): the one way in which money that a channel reports takes effect.

Notifications, active queries and closes that found the order paid all come through `settle_reports`.
Money is credited at most once: `channel_transaction` has the provider's number as its key, and a
payment moves to paid once, under its row lock. What does not fit becomes a `money_exception`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra import due_work, outbox
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.serials import Serials
from wanpu.kernel.ids import Id
from wanpu.payment import entries, ledger, queries
from wanpu.payment.channel import AccountFacts, ChannelState, PaidPart, PaymentReport
from wanpu.payment.entries import Entry, transaction_ref
from wanpu.payment.events import MoneyExceptionOpened, PaidPartFact, PaymentSucceeded
from wanpu.payment.kinds import CLOSE_PAYMENT, QUERY_ATTEMPT
from wanpu.payment.models import (
    ChannelTransaction,
    MoneyException,
    Payment,
    PaymentAttempt,
    PaymentPart,
)
from wanpu.payment.rules import mismatch
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


@dataclass(frozen=True)
class Told:
    """What the channel of one account reports. `case_ids` are fresh ids, one per reported part."""

    account: AccountFacts
    report: PaymentReport
    case_ids: tuple[Id, ...]


async def told(serials: Serials, account: AccountFacts, report: PaymentReport) -> Told:
    """A report with the ids that its cases would need; drawn before a transaction opens."""
    if report.state is not ChannelState.PAID:
        return Told(account, report, ())
    ids = await serials.take("money_exception", max(len(report.parts), 1))
    return Told(account, report, tuple(Id(number) for number in ids))


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
    books = await _load(session, news)
    settled = [_settle_one(books, item) for item in news]
    await _write(session, books)
    return settled


@dataclass
class _Books:
    """The locked rows that a list of reports is about, and what settling adds to them."""

    now: datetime
    payments: dict[Id, Payment]
    attempts: dict[str, PaymentAttempt]
    parts: dict[int, list[PaymentPart]]
    app_codes: dict[int, str]
    transactions: dict[tuple[str, str], ChannelTransaction]
    cases: dict[Id, MoneyException]
    case_keys: set[str]
    entries: list[Entry] = field(default_factory=list)
    events: list[outbox.Event] = field(default_factory=list)
    new_rows: list[ChannelTransaction | MoneyException] = field(default_factory=list)
    finished_work: list[tuple[str, str]] = field(default_factory=list)


async def _load(session: AsyncSession, news: Sequence[Told]) -> _Books:
    by_number = await queries.payment_ids_of(session, {item.report.attempt_no for item in news})
    payment_ids = set(by_number.values())
    payments = {payment.id: payment for payment in await queries.lock_payments(session, payment_ids)}
    attempts = {row.attempt_no: row for row in await queries.lock_attempts(session, payment_ids)}
    parts: dict[int, list[PaymentPart]] = {}
    named = [attempts[number].id for number in by_number if number in attempts]
    for part in await queries.list_parts(session, named):
        parts.setdefault(part.attempt_id, []).append(part)
    transactions = await _find_transactions(session, news)
    case_ids = {row.exception_id for row in transactions.values() if row.exception_id is not None}
    cases = {case.id: case for case in await queries.lock_exceptions(session, case_ids)}
    return _Books(
        now=session.info["clock"].now(),
        payments=payments,
        attempts=attempts,
        parts=parts,
        app_codes=await queries.app_codes(session, {row.pay_app_id for row in payments.values()}),
        transactions=transactions,
        cases=cases,
        case_keys=await queries.known_case_keys(session, set(_possible_case_keys(news, transactions))),
    )


async def _find_transactions(
    session: AsyncSession, news: Sequence[Told]
) -> dict[tuple[str, str], ChannelTransaction]:
    numbers: dict[str, set[str]] = {}
    for item in news:
        for part in item.report.parts:
            numbers.setdefault(item.account.channel, set()).add(part.channel_payment_no)
    return {
        (row.channel, row.channel_payment_no): row
        for channel, wanted in numbers.items()
        for row in await queries.find_transactions(session, channel, wanted)
    }


def _settle_one(books: _Books, news: Told) -> Settled:
    report = news.report
    attempt = books.attempts.get(report.attempt_no)
    if report.state is ChannelState.CLOSED and attempt is not None:
        return _close(books, attempt)
    if report.state is not ChannelState.PAID:
        return Settled.OPEN
    if attempt is None:
        return _open_cases(books, news, None, ExceptionKind.UNKNOWN_NUMBER, "no attempt has this number")
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
        return _open_cases(books, news, attempt, *misfit)
    if attempt.status is AttemptStatus.PAID:
        return Settled.REPEATED
    _credit(books, news, payment, attempt)
    return Settled.CREDITED


def _obstacle(
    books: _Books, news: Told, payment: Payment, attempt: PaymentAttempt
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


def _is_releasable(books: _Books, booked: ChannelTransaction) -> bool:
    """Whether the money lies in an open case that only a wrong report had opened."""
    case = books.cases.get(booked.exception_id) if booked.exception_id is not None else None
    return case is not None and case.state is ExceptionState.OPEN and case.kind in RELEASABLE


def _credit(books: _Books, news: Told, payment: Payment, attempt: PaymentAttempt) -> None:
    report = news.report
    paid_at = report.paid_at or books.now
    app_code = books.app_codes[payment.pay_app_id]
    paid = {part.part_no: part for part in report.parts}
    for part in books.parts[attempt.id]:
        told_part = paid[part.part_no]
        _book_transaction(books, news, told_part, paid_at, payment_id=payment.id, case=None)
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
    books.finished_work += [(QUERY_ATTEMPT, attempt.attempt_no), (CLOSE_PAYMENT, str(payment.id))]


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


def _close(books: _Books, attempt: PaymentAttempt) -> Settled:
    """The channel proves that nobody can pay the attempt any more."""
    if attempt.status in LIVE or attempt.status is AttemptStatus.SUPERSEDED:
        move_attempt(attempt, AttemptStatus.CLOSED)
        attempt.closed_at = books.now
        books.finished_work.append((QUERY_ATTEMPT, attempt.attempt_no))
        return Settled.CLOSED
    return Settled.REPEATED


def _open_cases(
    books: _Books, news: Told, attempt: PaymentAttempt | None, kind: ExceptionKind, reason: str
) -> Settled:
    """Give every reported part an owner: one case each, and its money in the exceptions account.

    A transaction that is booked already is not booked again: what contradicts it is a case without money.
    """
    for case_id, part in zip(news.case_ids, _parts_to_own(news.report), strict=True):
        booked = books.transactions.get((news.account.channel, part.channel_payment_no))
        if booked is not None and booked.exception_id is not None:
            continue
        key = _case_key(news, part, None if booked is None else kind)
        if key in books.case_keys:
            continue
        books.case_keys.add(key)
        case = _case(books, news, attempt, part, kind, reason, case_id=case_id, key=key)
        books.cases[case.id] = case
        books.new_rows.append(case)
        if booked is None and part.channel_payment_no:
            paid_at = news.report.paid_at or books.now
            _book_transaction(books, news, part, paid_at, payment_id=None, case=case)
            ref = transaction_ref(news.account.channel, part.channel_payment_no)
            books.entries.append(
                entries.exception_received(
                    account_id=news.account.id, ref=ref, amount_fen=part.amount_fen, paid_at=paid_at
                )
            )
        books.events.append(MoneyExceptionOpened(exception_id=case.id, kind=kind, amount_fen=part.amount_fen))
    return Settled.EXCEPTION


def _case(
    books: _Books,
    news: Told,
    attempt: PaymentAttempt | None,
    part: PaidPart,
    kind: ExceptionKind,
    reason: str,
    *,
    case_id: Id,
    key: str,
) -> MoneyException:
    asked = {row.part_no: row for row in books.parts.get(attempt.id, [])} if attempt else {}
    expected = asked.get(part.part_no)
    return MoneyException(
        id=case_id,
        kind=kind,
        state=ExceptionState.OPEN,
        case_key=key,
        channel=news.account.channel,
        account_id=Id(news.account.id),
        attempt_no=news.report.attempt_no[:32],
        part_no=part.part_no[:32],
        channel_payment_no=part.channel_payment_no or None,
        payment_id=attempt.payment_id if attempt else None,
        amount_fen=part.amount_fen,
        expected_fen=expected.amount_fen if expected else None,
        reason=reason,
        details=_details(news, part),
    )


def _details(news: Told, part: PaidPart) -> dict[str, Any]:
    report = news.report
    return {
        "account_no": report.account_no,
        "app_id": report.app_id,
        "currency": report.currency,
        "total_fen": report.amount_fen,
        "sub_merchant_no": part.sub_merchant_no,
    }


def _parts_to_own(report: PaymentReport) -> Sequence[PaidPart]:
    """The reported parts; a report that names none is owned as a whole."""
    if report.parts:
        return report.parts
    return (PaidPart(report.attempt_no, None, report.amount_fen, ""),)


def _case_key(news: Told, part: PaidPart, contradiction: ExceptionKind | None) -> str:
    """Which money a case is about: its transaction, or what contradicts a booked one."""
    number = part.channel_payment_no or f"attempt-{part.part_no[:32]}"
    key = transaction_ref(news.account.channel, number)
    return key if contradiction is None else f"{key}:{contradiction}"


def _possible_case_keys(
    news: Sequence[Told], transactions: dict[tuple[str, str], ChannelTransaction]
) -> Iterator[str]:
    """The keys of cases that settling may want to open about transactions that are booked, or have no
    number; a transaction that is not booked has no case yet."""
    for item in news:
        if item.report.state is not ChannelState.PAID:
            continue
        for part in _parts_to_own(item.report):
            if (item.account.channel, part.channel_payment_no) in transactions:
                yield from (_case_key(item, part, kind) for kind in ExceptionKind)
            elif not part.channel_payment_no:
                yield _case_key(item, part, None)


def _book_transaction(
    books: _Books,
    news: Told,
    part: PaidPart,
    paid_at: datetime,
    *,
    payment_id: Id | None,
    case: MoneyException | None,
) -> None:
    """Write down whose money a transaction is; money in a releasable case moves out of it first."""
    key = (news.account.channel, part.channel_payment_no)
    booked = books.transactions.get(key)
    if booked is None:
        booked = ChannelTransaction(
            channel=key[0], channel_payment_no=key[1], created_at=books.now, exception_id=None
        )
        books.transactions[key] = booked
        books.new_rows.append(booked)
    elif booked.exception_id is not None:
        _release(books, booked)
    booked.account_id = Id(news.account.id)
    booked.attempt_no = news.report.attempt_no[:32]
    booked.part_no = part.part_no[:32]
    booked.payment_id = payment_id
    booked.exception_id = case.id if case else None
    booked.amount_fen = part.amount_fen
    booked.paid_at = paid_at


def _release(books: _Books, booked: ChannelTransaction) -> None:
    """Close the case of money that a matching report now credits, and take it out of the exceptions."""
    assert booked.exception_id is not None
    case = books.cases[booked.exception_id]
    case.state = ExceptionState.CLOSED
    case.details = {**case.details, "resolution": "credited"}
    books.entries.append(
        entries.exception_released(
            account_id=booked.account_id,
            ref=transaction_ref(booked.channel, booked.channel_payment_no),
            amount_fen=booked.amount_fen,
            released_at=books.now,
        )
    )


async def _write(session: AsyncSession, books: _Books) -> None:
    session.add_all(books.new_rows)
    await ledger.post(session, books.entries)
    for event in books.events:
        outbox.publish(session, event)
    for kind, ref in books.finished_work:
        await due_work.cancel(session, kind, ref)
