"""Money that cannot be credited as asked for: one case per sum, which owns it (资金异常)."""

from typing import Any

from wanpu.kernel.ids import Id
from wanpu.payment import entries
from wanpu.payment.channel import PaidPart
from wanpu.payment.entries import transaction_ref
from wanpu.payment.events import MoneyExceptionOpened
from wanpu.payment.models import MoneyException, PaymentAttempt
from wanpu.payment.service.books import Books, Told, book_transaction, case_key, parts_to_own
from wanpu.payment.states import ExceptionKind, ExceptionState


def open_cases(
    books: Books, news: Told, attempt: PaymentAttempt | None, kind: ExceptionKind, reason: str
) -> None:
    """Give every reported part an owner: one case each, and its money in the exceptions account.

    A transaction that is booked already is not booked again: what contradicts it is a case without money.
    """
    for case_id, part in zip(news.case_ids, parts_to_own(news.report), strict=True):
        booked = books.transactions.get((news.account.channel, part.channel_payment_no))
        if booked is not None and booked.exception_id is not None:
            continue
        key = case_key(news, part, None if booked is None else kind)
        if key in books.case_keys:
            continue
        books.case_keys.add(key)
        case = _case(books, news, attempt, part, kind, reason, case_id=case_id, key=key)
        books.cases[case.id] = case
        books.new_rows.append(case)
        if booked is None and part.channel_payment_no:
            paid_at = news.report.paid_at or books.now
            book_transaction(books, news, part, paid_at, payment_id=None, case=case)
            ref = transaction_ref(news.account.channel, part.channel_payment_no)
            books.entries.append(
                entries.exception_received(
                    account_id=news.account.id, ref=ref, amount_fen=part.amount_fen, paid_at=paid_at
                )
            )
        books.events.append(MoneyExceptionOpened(exception_id=case.id, kind=kind, amount_fen=part.amount_fen))


def _case(
    books: Books,
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
