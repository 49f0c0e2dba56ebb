"""The locked rows that a list of reports is about, and what settling adds to them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession
from structlog import get_logger

from wanpu.infra import due_work, outbox
from wanpu.infra.database import after_commit
from wanpu.infra.serials import Serials
from wanpu.kernel.ids import Id
from wanpu.payment import entries, ledger, queries
from wanpu.payment.channel import AccountFacts, ChannelState, PaidPart, PaymentReport
from wanpu.payment.entries import Entry, transaction_ref
from wanpu.payment.models import (
    ChannelTransaction,
    MoneyException,
    Payment,
    PaymentAttempt,
    PaymentPart,
)
from wanpu.payment.states import ExceptionKind, ExceptionState

log = get_logger(__name__)


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


@dataclass
class Books:
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
    finished_work: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


async def load(session: AsyncSession, news: Sequence[Told]) -> Books:
    """Lock what the reports are about: payments, attempts, transactions, cases, each in its order."""
    by_number = await queries.payment_ids_of(session, {item.report.attempt_no for item in news})
    payment_ids = set(by_number.values())
    payments = {payment.id: payment for payment in await queries.lock_payments(session, payment_ids)}
    attempts = {row.attempt_no: row for row in await queries.lock_attempts(session, payment_ids)}
    parts: dict[int, list[PaymentPart]] = {}
    named = [attempts[number].id for number in by_number if number in attempts]
    for part in await queries.list_parts(session, named):
        parts.setdefault(part.attempt_id, []).append(part)
    transactions = await _lock_transactions(session, news)
    case_ids = {row.exception_id for row in transactions.values() if row.exception_id is not None}
    cases = {case.id: case for case in await queries.lock_exceptions(session, case_ids)}
    return Books(
        now=session.info["clock"].now(),
        payments=payments,
        attempts=attempts,
        parts=parts,
        app_codes=await queries.app_codes(session, {row.pay_app_id for row in payments.values()}),
        transactions=transactions,
        cases=cases,
        case_keys=await queries.known_case_keys(session, set(possible_case_keys(news, transactions))),
    )


async def _lock_transactions(
    session: AsyncSession, news: Sequence[Told]
) -> dict[tuple[str, str], ChannelTransaction]:
    numbers: dict[str, set[str]] = {}
    for item in news:
        for part in item.report.parts:
            numbers.setdefault(item.account.channel, set()).add(part.channel_payment_no)
    return {
        (row.channel, row.channel_payment_no): row
        for channel, wanted in numbers.items()
        for row in await queries.lock_transactions(session, channel, wanted)
    }


async def write(session: AsyncSession, books: Books) -> None:
    """Add to the session what settling has decided."""
    session.add_all(books.new_rows)
    await ledger.post(session, books.entries)
    for event in books.events:
        outbox.publish(session, event)
        after_commit(session, partial(log.info, event.name, **event.model_dump(mode="json")))
    for kind, refs in sorted(books.finished_work.items()):
        await due_work.cancel(session, kind, *refs)


def book_transaction(
    books: Books,
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


def _release(books: Books, booked: ChannelTransaction) -> None:
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


def possible_case_keys(
    news: Sequence[Told], transactions: dict[tuple[str, str], ChannelTransaction]
) -> Iterator[str]:
    """The keys of cases that settling may want to open about transactions that are booked, or have no
    number; a transaction that is not booked has no case yet."""
    for item in news:
        if item.report.state is not ChannelState.PAID:
            continue
        for part in parts_to_own(item.report):
            if (item.account.channel, part.channel_payment_no) in transactions:
                yield from (case_key(item, part, kind) for kind in ExceptionKind)
            elif not part.channel_payment_no:
                yield case_key(item, part, None)


def parts_to_own(report: PaymentReport) -> Sequence[PaidPart]:
    """The reported parts; a report that names none is owned as a whole."""
    if report.parts:
        return report.parts
    return (PaidPart(report.attempt_no, None, report.amount_fen, ""),)


def case_key(news: Told, part: PaidPart, contradiction: ExceptionKind | None) -> str:
    """Which money a case is about: its transaction, or what contradicts a booked one."""
    number = part.channel_payment_no or f"attempt-{part.part_no[:32]}"
    key = transaction_ref(news.account.channel, number)
    return key if contradiction is None else f"{key}:{contradiction}"
