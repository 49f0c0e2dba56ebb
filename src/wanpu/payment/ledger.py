"""The books (总账): double entry, append-only, balanced by construction.

One row moves one amount from one account to another, so no set of rows can be out of balance. No
account keeps a running balance, so booking never waits for another booking.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.statements import insert_if_absent
from wanpu.infra.tables import table_of
from wanpu.kernel.money import Fen
from wanpu.payment.entries import Account, Entry
from wanpu.payment.models import LedgerAccount, LedgerEntry


async def post(session: AsyncSession, entries: Iterable[Entry]) -> None:
    """Book entries with the session's transaction; their accounts are opened when absent.

    Entries of one call with the same accounts and the opposite direction are not netted. Booking the
    same (kind, ref) again violates a unique key: callers decide under a lock what is new.
    """
    wanted = list(entries)
    if not wanted:
        return
    now = session.info["clock"].now()
    await _open_accounts(session, wanted)
    session.add_all(
        LedgerEntry(
            debit_account=entry.debit.code,
            credit_account=entry.credit.code,
            amount_fen=entry.amount_fen,
            kind=entry.kind,
            ref=entry.ref,
            occurred_at=entry.occurred_at,
            created_at=now,
        )
        for entry in wanted
    )


async def balance(session: AsyncSession, code: str) -> Fen:
    """Debits less credits of one account, in fen; an account that was never used has 0."""
    total = await session.scalar(
        select(func.coalesce(func.sum(_signed(code)), 0)).where(
            or_(LedgerEntry.debit_account == code, LedgerEntry.credit_account == code)
        )
    )
    return Fen(int(total or 0))


async def trial_balance(session: AsyncSession) -> Mapping[str, Fen]:
    """试算平衡: debits less credits of every account that has entries; the values add up to 0."""
    balances: defaultdict[str, int] = defaultdict(int)
    for column, sign in ((LedgerEntry.debit_account, 1), (LedgerEntry.credit_account, -1)):
        rows = await session.execute(select(column, func.sum(LedgerEntry.amount_fen)).group_by(column))
        for code, total in rows:
            balances[code] += sign * int(total)
    return {code: Fen(total) for code, total in sorted(balances.items())}


def _signed(code: str) -> ColumnElement[int]:
    return case((LedgerEntry.debit_account == code, LedgerEntry.amount_fen), else_=-LedgerEntry.amount_fen)


async def _open_accounts(session: AsyncSession, entries: list[Entry]) -> None:
    """Insert the accounts that are missing, in the order of their codes; most calls only look."""
    accounts = {account.code: account for entry in entries for account in (entry.debit, entry.credit)}
    known = set(
        await session.scalars(select(LedgerAccount.code).where(LedgerAccount.code.in_(list(accounts))))
    )
    now = session.info["clock"].now()
    for code in sorted(set(accounts) - known):
        account: Account = accounts[code]
        row = {"code": code, "kind": account.kind, "owner": account.owner, "created_at": now}
        await insert_if_absent(session, table_of(LedgerAccount), row, key=["code"])
