"""Rules of `infra/subscriptions.py`: one path, once per handler."""

import asyncio

import pytest
from sqlalchemy import func, select
from tests.wanpu.infra.facts import Paid
from tests.wanpu.infra.segments import add_segments, serial_of

from wanpu.infra.models import IdSegment, InboxEvent
from wanpu.infra.outbox import StoredEvent
from wanpu.infra.subscriptions import DeliveryFailed, Subscriptions

STORED = StoredEvent(7, "test.paid", "payment:P1", {"payment": "P1", "step": 1})


async def add_one(session, event):
    row = await session.get(IdSegment, "applied", with_for_update=True)
    row.next_serial += 1


async def count_inbox(db):
    async with db.reading() as session:
        return (await session.execute(select(func.count()).select_from(InboxEvent))).scalar_one()


async def test_a_handler_in_a_transaction_takes_effect_once_however_often_the_event_comes(db):
    await add_segments(db, "applied")
    subscriptions = Subscriptions()
    subscriptions.on(Paid, "order.apply", add_one)

    for _ in range(3):
        await subscriptions.deliver(db, STORED)
    await asyncio.gather(*(subscriptions.deliver(db, STORED) for _ in range(5)))

    assert await serial_of(db, "applied") == 2
    assert await count_inbox(db) == 1


async def test_deliveries_at_the_same_moment_take_effect_once(db):
    await add_segments(db, "applied")
    subscriptions = Subscriptions()
    subscriptions.on(Paid, "order.apply", add_one)

    await asyncio.gather(*(subscriptions.deliver(db, STORED) for _ in range(8)))

    assert await serial_of(db, "applied") == 2


async def test_a_handler_that_fails_leaves_neither_effect_nor_mark(db):
    await add_segments(db, "applied")

    async def fail_after_writing(session, event):
        await add_one(session, event)
        await session.flush()
        raise RuntimeError("no")

    subscriptions = Subscriptions()
    subscriptions.on(Paid, "order.apply", fail_after_writing)

    with pytest.raises(DeliveryFailed) as failed:
        await subscriptions.deliver(db, STORED)

    assert [(name, str(error)) for name, error in failed.value.failures] == [("order.apply", "no")]
    assert await serial_of(db, "applied") == 1
    assert await count_inbox(db) == 0


async def test_a_failing_handler_does_not_keep_the_event_from_the_others_nor_give_it_to_them_twice(db):
    seen = []
    answers = [RuntimeError("no"), None]

    async def first(session, event):
        seen.append("first")

    async def flaky(session, event):
        seen.append("flaky")
        if (answer := answers.pop(0)) is not None:
            raise answer

    async def last(event):
        seen.append("last")

    subscriptions = Subscriptions()
    subscriptions.on(Paid, "a.first", first)
    subscriptions.on(Paid, "b.flaky", flaky)
    subscriptions.on_call(Paid, "c.last", last)

    with pytest.raises(DeliveryFailed):
        await subscriptions.deliver(db, STORED)
    await subscriptions.deliver(db, STORED)

    assert seen == ["first", "flaky", "last", "flaky"]


async def test_a_calling_handler_runs_again_until_it_has_succeeded_and_then_no_more(db):
    calls = []

    async def call(event):
        calls.append(event)
        if len(calls) == 1:
            raise RuntimeError("no answer")

    subscriptions = Subscriptions()
    subscriptions.on_call(Paid, "order.call", call)

    with pytest.raises(DeliveryFailed):
        await subscriptions.deliver(db, STORED)
    for _ in range(3):
        await subscriptions.deliver(db, STORED)

    assert calls == [Paid(payment="P1", step=1)] * 2


async def test_two_events_of_one_kind_are_two(db):
    await add_segments(db, "applied")
    subscriptions = Subscriptions()
    subscriptions.on(Paid, "order.apply", add_one)

    await subscriptions.deliver(db, STORED)
    await subscriptions.deliver(db, StoredEvent(8, "test.paid", "payment:P1", {"payment": "P1", "step": 1}))

    assert await serial_of(db, "applied") == 3


async def test_an_event_that_nobody_asked_for_is_delivered_to_nobody(db):
    await Subscriptions().deliver(db, STORED)

    assert await count_inbox(db) == 0


@pytest.mark.parametrize("payload", [{}, {"payment": 1}, {"payment": "P1", "step": "two"}, [], None])
async def test_a_payload_that_the_handler_cannot_read_is_a_failure_and_no_loss(db, payload):
    subscriptions = Subscriptions()
    subscriptions.on(Paid, "order.apply", add_one)

    with pytest.raises(DeliveryFailed) as failed:
        await subscriptions.deliver(db, StoredEvent(7, "test.paid", "payment:P1", payload))

    assert [name for name, _ in failed.value.failures] == ["order.apply"]
    assert await count_inbox(db) == 0


async def test_a_field_that_a_later_release_added_is_no_obstacle(db):
    await add_segments(db, "applied")
    subscriptions = Subscriptions()
    subscriptions.on(Paid, "order.apply", add_one)

    await subscriptions.deliver(
        db, StoredEvent(7, "test.paid", "payment:P1", {"payment": "P1", "step": 1, "note": "new"})
    )

    assert await serial_of(db, "applied") == 2


def test_a_handler_name_stands_for_one_handler_only():
    subscriptions = Subscriptions()
    subscriptions.on(Paid, "order.apply", add_one)

    with pytest.raises(ValueError, match="used twice"):
        subscriptions.on(Paid, "order.apply", add_one)
