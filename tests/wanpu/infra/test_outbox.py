"""Rules of `infra/outbox.py`: an event is a row of the change it tells of."""

import pytest
from sqlalchemy import insert, select
from structlog.contextvars import bound_contextvars
from tests.wanpu.infra.facts import EVENTS, Paid, publish, states_of

from wanpu.infra import outbox
from wanpu.infra.signals import OUTBOX


async def rows(db):
    async with db.reading() as session:
        return list(await session.execute(select(EVENTS).order_by(EVENTS.c.id)))


async def test_an_event_becomes_a_pending_row_with_its_aggregate_payload_and_request(db, clock):
    with bound_contextvars(request_id="r-1"):
        await publish(db, Paid(payment="P1", step=3))

    (row,) = await rows(db)
    assert (row.name, row.aggregate, row.payload) == ("test.paid", "payment:P1", {"payment": "P1", "step": 3})
    assert (row.request_id, row.pending, row.attempts) == ("r-1", 1, 0)
    assert row.due_at == row.created_at == clock.now()


async def test_an_event_of_a_rolled_back_transaction_is_never_told(db):
    async def fail():
        async with db.transaction() as session:
            outbox.publish(session, Paid(payment="P1"))
            await session.flush()
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await fail()

    assert await rows(db) == []
    assert await db.signals.wait(OUTBOX, 0.01) is False


async def test_the_relay_is_woken_after_the_commit_and_not_before(db):
    async with db.transaction() as session:
        outbox.publish(session, Paid(payment="P1"))
        await session.flush()
        assert await db.signals.wait(OUTBOX, 0.01) is False

    assert await db.signals.wait(OUTBOX, 0.01) is True


async def test_events_of_one_transaction_keep_the_order_they_were_published_in(db):
    await publish(db, *(Paid(payment="P1", step=step) for step in range(20)))
    await publish(db, *(Paid(payment="P1", step=step) for step in range(20, 25)))

    assert [row.payload["step"] for row in await rows(db)] == list(range(25))


async def test_a_core_insert_of_many_rows_keeps_their_order_too(db):
    now = db.clock.now()
    async with db.transaction() as session:
        values = [outbox.row_for(Paid(payment="P1", step=step), now) for step in range(20)]
        await session.execute(insert(EVENTS), values)
        outbox.wake_after_commit(session)

    assert [row.payload["step"] for row in await rows(db)] == list(range(20))
    assert await states_of(db) == ["pending"] * 20
    assert await db.signals.wait(OUTBOX, 0.01) is True


async def test_an_id_is_never_given_twice_even_when_the_newest_rows_are_gone(db):
    await publish(db, Paid(payment="P1"), Paid(payment="P2"))
    newest = (await rows(db))[-1].id
    async with db.transaction() as session:
        await session.execute(EVENTS.delete())

    await publish(db, Paid(payment="P3"))

    assert (await rows(db))[0].id > newest
