"""What the database itself refuses, whatever the code above it does."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError
from tests.wanpu.payment.room import Room, ask_for, notify, rows

from wanpu.infra.tables import table_of
from wanpu.payment.models import (
    ChannelTransaction,
    LedgerEntry,
    MoneyException,
    Payment,
    PaymentAttempt,
    PaymentPart,
)

UNIQUE_KEYS: list[tuple[type[Any], tuple[str, ...]]] = [
    (ChannelTransaction, ("channel", "channel_payment_no")),
    (Payment, ("pay_app_id", "payment_no")),
    (PaymentAttempt, ("attempt_no",)),
    (PaymentAttempt, ("live_payment_id",)),
    (PaymentPart, ("part_no",)),
    (MoneyException, ("case_key",)),
    (LedgerEntry, ("kind", "ref")),
]


async def full_room(room: Room) -> None:
    """One row of every table: a paid payment, one being paid, and a case."""
    for number in (1, 2):
        await room.port.create(ask_for(room.clock, payment_no=f"P{number}"))
    first, _ = await rows(room, PaymentAttempt)
    report = room.channel.pay(first.attempt_no)
    await notify(room, report)
    room.channel.transaction_count = 90
    second = (await rows(room, PaymentAttempt))[1]
    wrong = room.channel.pay(second.attempt_no)
    await notify(room, replace(wrong, app_id="wxffffffffffffffff"))


@pytest.mark.parametrize(
    ("model", "key"), UNIQUE_KEYS, ids=[f"{model.__tablename__}-{key[-1]}" for model, key in UNIQUE_KEYS]
)
async def test_a_second_row_with_the_same_key_is_refused(
    room: Room, model: type[Any], key: tuple[str, ...]
) -> None:
    await full_room(room)
    table = table_of(model)
    async with room.app.db.reading() as session:
        filled = [table.c[name].is_not(None) for name in key]
        row = (await session.execute(select(table).where(*filled).limit(1))).mappings().one()
    other = {name: other_value(name, value) for name, value in row.items() if name not in key}
    same = {name: row[name] for name in key}

    with pytest.raises(DBAPIError) as refused:
        async with room.app.db.transaction() as session:
            await session.execute(insert(table), [{**other, **same}])

    assert "unique" in str(refused.value).lower() or "duplicate" in str(refused.value).lower()


def other_value(name: str, value: Any) -> Any:
    """A value that clashes with no other key of the row."""
    if name == "live_payment_id":
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        return value
    if isinstance(value, int):
        return value + 1_000_000 if name.endswith("id") or name == "seq" else value
    return f"x{value[1:]}" if name.endswith(("_no", "ref", "key")) else value


async def test_no_amount_is_ever_zero_or_less(room: Room) -> None:
    await full_room(room)
    for model in (ChannelTransaction, PaymentPart, LedgerEntry):
        table = table_of(model)
        with pytest.raises(DBAPIError):
            async with room.app.db.transaction() as session:
                await session.execute(table.update().values(amount_fen=0))
    with pytest.raises(DBAPIError):
        async with room.app.db.transaction() as session:
            await session.execute(table_of(Payment).update().values(amount_fen=0))


async def test_an_entry_needs_two_accounts(room: Room) -> None:
    await full_room(room)
    table = table_of(LedgerEntry)

    with pytest.raises(DBAPIError):
        async with room.app.db.transaction() as session:
            await session.execute(table.update().values(debit_account=table.c.credit_account))
