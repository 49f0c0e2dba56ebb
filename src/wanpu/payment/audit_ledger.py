"""M5: the books, rebuilt from the business rows by code that shares nothing with `ledger.post`."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.kernel.audit import Finding
from wanpu.payment.models import (
    ChannelTransaction,
    LedgerAccount,
    LedgerEntry,
    MoneyException,
    PayApp,
    Payment,
    PaymentPart,
)
from wanpu.payment.states import ExceptionKind

MAX_FINDINGS = 200


async def audit_ledger(session: AsyncSession) -> list[Finding]:
    """Entries that break a rule, entries that are missing, and balances that the rows do not give."""
    return [
        *await _entries(session),
        *await _missing_entries(session),
        *await _balances(session),
    ]


async def _entries(session: AsyncSession) -> list[Finding]:
    findings = [
        Finding("M5", f"ledger_entry:{entry_id}", "not a positive amount between two accounts")
        for entry_id in await session.scalars(
            select(LedgerEntry.id)
            .where(or_(LedgerEntry.amount_fen <= 0, LedgerEntry.debit_account == LedgerEntry.credit_account))
            .limit(MAX_FINDINGS)
        )
    ]
    findings += [
        Finding("M5", f"ledger_entry:{kind}:{ref}", "booked more than once")
        for kind, ref in await session.execute(
            select(LedgerEntry.kind, LedgerEntry.ref)
            .group_by(LedgerEntry.kind, LedgerEntry.ref)
            .having(func.count() > 1)
            .limit(MAX_FINDINGS)
        )
    ]
    used = union_all(
        select(LedgerEntry.debit_account.label("code")), select(LedgerEntry.credit_account)
    ).subquery()
    findings += [
        Finding("M5", f"ledger_account:{code}", "has entries and was never opened")
        for code in await session.scalars(
            select(used.c.code)
            .distinct()
            .outerjoin(LedgerAccount, LedgerAccount.code == used.c.code)
            .where(LedgerAccount.code.is_(None))
            .limit(MAX_FINDINGS)
        )
    ]
    return findings


async def _missing_entries(session: AsyncSession) -> list[Finding]:
    """Transactions and refunds whose own entry is absent or about another amount."""
    txn = ChannelTransaction
    ref = txn.channel + literal(":") + txn.channel_payment_no
    findings: list[Finding] = []
    for kind, owner in (("payment_received", txn.payment_id), ("exception_received", txn.exception_id)):
        statement = (
            select(txn.channel_payment_no)
            .outerjoin(
                LedgerEntry,
                (LedgerEntry.kind == kind)
                & (LedgerEntry.ref == ref)
                & (LedgerEntry.amount_fen == txn.amount_fen),
            )
            .where(owner.is_not(None), LedgerEntry.id.is_(None))
            .limit(MAX_FINDINGS)
        )
        findings += [
            Finding("M5", f"transaction:{number}", f"no {kind} entry of its amount")
            for number in await session.scalars(statement)
        ]
    return findings


async def _balances(session: AsyncSession) -> list[Finding]:
    booked = await _booked(session)
    expected = await _expected(session)
    return [
        Finding(
            "M5",
            f"ledger_account:{code}",
            f"holds {booked.get(code, 0)} fen, the rows give {expected.get(code, 0)}",
        )
        for code in sorted({*booked, *expected})
        if booked.get(code, 0) != expected.get(code, 0)
    ]


async def _booked(session: AsyncSession) -> Mapping[str, int]:
    """Debits less credits of every account, from the entries."""
    balances: defaultdict[str, int] = defaultdict(int)
    for code, total in await session.execute(
        select(LedgerEntry.debit_account, func.sum(LedgerEntry.amount_fen)).group_by(
            LedgerEntry.debit_account
        )
    ):
        balances[code] += int(total)
    for code, total in await session.execute(
        select(LedgerEntry.credit_account, func.sum(LedgerEntry.amount_fen)).group_by(
            LedgerEntry.credit_account
        )
    ):
        balances[code] -= int(total)
    return balances


async def _expected(session: AsyncSession) -> Mapping[str, int]:
    """Debits less credits of every account, from transactions, parts and cases alone."""
    txn = ChannelTransaction
    balances: defaultdict[str, int] = defaultdict(int)
    for account_id, is_case, total in await session.execute(
        select(txn.account_id, txn.exception_id.is_not(None), func.sum(txn.amount_fen)).group_by(
            txn.account_id, txn.exception_id.is_not(None)
        )
    ):
        balances[f"channel_clearing:{account_id}"] += int(total)
        if is_case:
            balances[f"exceptions:{account_id}"] -= int(total)
    owner = PayApp.code + literal(":") + PaymentPart.merchant_ref
    for code, total in await session.execute(
        select(owner, func.sum(PaymentPart.amount_fen))
        .join(Payment, Payment.id == PaymentPart.payment_id)
        .join(PayApp, PayApp.id == Payment.pay_app_id)
        .where(PaymentPart.channel_payment_no.is_not(None))
        .group_by(owner)
    ):
        balances[f"merchant_pending:{code}"] -= int(total)
    for app_code, merchant_ref, total in await session.execute(
        select(PayApp.code, PaymentPart.merchant_ref, func.sum(MoneyException.amount_fen))
        .join(Payment, Payment.id == MoneyException.payment_id)
        .join(PayApp, PayApp.id == Payment.pay_app_id)
        .join(PaymentPart, PaymentPart.part_no == MoneyException.part_no)
        .where(MoneyException.kind == ExceptionKind.REFUND_DUE)
        .group_by(PayApp.code, PaymentPart.merchant_ref)
    ):
        balances[f"merchant_pending:{app_code}:{merchant_ref}"] += int(total)
        balances[f"refunds_payable:{app_code}"] -= int(total)
    return balances
