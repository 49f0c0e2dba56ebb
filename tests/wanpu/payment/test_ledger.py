"""The books: balanced by construction, each cause booked once."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from wanpu.infra.database import Database
from wanpu.kernel.money import Fen
from wanpu.payment import entries, ledger
from wanpu.payment.entries import Entry
from wanpu.payment.models import LedgerAccount


def received(db: Database, merchant: int, fen: int, ref: str) -> Entry:
    return entries.payment_received(
        account_id=1,
        app_code="mall",
        merchant_ref=str(merchant),
        ref=f"wechatpay:{ref}",
        amount_fen=Fen(fen),
        paid_at=db.clock.now(),
    )


async def test_entries_open_their_accounts_and_balance(db: Database) -> None:
    async with db.transaction() as session:
        await ledger.post(session, [received(db, 1, 3000, "a"), received(db, 2, 780, "b")])
        await ledger.post(session, [received(db, 1, 20, "c")])

    async with db.reading() as session:
        assert await ledger.balance(session, "channel_clearing:1") == 3800
        assert await ledger.balance(session, "merchant_pending:mall:1") == -3020
        assert await ledger.balance(session, "merchant_pending:mall:9") == 0
        trial = await ledger.trial_balance(session)
    assert trial == {
        "channel_clearing:1": 3800,
        "merchant_pending:mall:1": -3020,
        "merchant_pending:mall:2": -780,
    }
    assert sum(trial.values()) == 0


async def test_one_cause_is_never_booked_twice(db: Database) -> None:
    async with db.transaction() as session:
        await ledger.post(session, [received(db, 1, 3000, "a")])

    with pytest.raises(DBAPIError):
        async with db.transaction() as session:
            await ledger.post(session, [received(db, 1, 3000, "a")])

    async with db.reading() as session:
        assert await ledger.balance(session, "channel_clearing:1") == 3000


async def test_many_bookings_at_once_open_each_account_once(db: Database) -> None:
    async def book(number: int) -> None:
        async with db.transaction() as session:
            await ledger.post(session, [received(db, number % 3, 1, str(number))])

    await asyncio.gather(*(book(number) for number in range(12)))

    async with db.reading() as session:
        assert await ledger.balance(session, "channel_clearing:1") == 12
        codes = list(await session.scalars(select(LedgerAccount.code).order_by(LedgerAccount.code)))
    assert codes == ["channel_clearing:1", *(f"merchant_pending:mall:{number}" for number in range(3))]
