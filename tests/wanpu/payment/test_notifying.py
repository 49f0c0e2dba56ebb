"""Notifications that cannot be settled at once: the raw row is kept, and work goes on with it."""

from datetime import timedelta

import pytest
from sqlalchemy import delete
from tests.wanpu.payment.room import Room, ask_for, audited, broken, notify, one, rows

from wanpu.infra.models import DueWork
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.payment import PaymentStatus
from wanpu.payment.channel import NotificationRefused
from wanpu.payment.kinds import SETTLE_NOTIFICATION
from wanpu.payment.models import Payment, PaymentAttempt, PaymentNotification, PaymentPart
from wanpu.payment.service.books import told
from wanpu.payment.service.notices import Notice, store_and_settle
from wanpu.payment.states import NotificationResult


async def unsettled(room: Room) -> PaymentNotification:
    """A genuine notification came while the parts of its attempt could not be read."""
    await room.port.create(ask_for(room.clock))
    attempt = await one(room, PaymentAttempt)
    parts = await rows(room, PaymentPart)
    async with room.app.db.transaction() as session:
        await session.execute(delete(PaymentPart))

    assert await notify(room, room.channel.pay(attempt.attempt_no)) is NotificationResult.PENDING

    async with room.app.db.transaction() as session:
        for part in parts:
            values = {column.key: getattr(part, column.key) for column in PaymentPart.__table__.columns}
            session.add(PaymentPart(**values))
    return await one(room, PaymentNotification)


async def test_what_settling_cannot_take_is_kept_raw_and_settled_later(room: Room) -> None:
    kept = await unsettled(room)
    assert (kept.result, kept.settled_at) == (NotificationResult.PENDING, None)
    assert (await one(room, Payment)).status is PaymentStatus.PAYING

    await room.runner.run_once()

    settled = await one(room, PaymentNotification)
    assert (settled.result, settled.settled_at) == (NotificationResult.SETTLED, room.clock.now())
    assert (await one(room, Payment)).status is PaymentStatus.PAID
    assert await rows(room, DueWork) == []
    assert await audited(room) == []


async def test_a_kept_notification_whose_key_is_gone_is_answered_by_a_query(room: Room) -> None:
    await unsettled(room)
    room.channel.refuses = "unknown_serial"

    await room.runner.run_once()

    assert (await one(room, Payment)).status is PaymentStatus.PAID
    assert (await one(room, PaymentNotification)).result is NotificationResult.REPEATED
    assert await audited(room) == []


async def test_a_kept_notification_that_nothing_can_prove_is_tried_again(
    room: Room, clock: ManualClock
) -> None:
    await unsettled(room)
    room.channel.refuses = "unknown_serial"
    (attempt_no,) = room.channel.orders
    room.channel.orders.clear()

    await room.runner.run_once()

    (work,) = await rows(room, DueWork, DueWork.kind == SETTLE_NOTIFICATION)
    assert work.failures == 1
    assert work.due_at == clock.now() + timedelta(seconds=5)
    assert (await one(room, PaymentNotification)).result is NotificationResult.PENDING
    assert (await one(room, PaymentAttempt)).attempt_no == attempt_no
    assert await broken(room) == []


async def test_a_refused_notification_is_not_stored(room: Room) -> None:
    await room.port.create(ask_for(room.clock))
    attempt = await one(room, PaymentAttempt)
    report = room.channel.pay(attempt.attempt_no)
    room.channel.refuses = "bad_signature"

    with pytest.raises(NotificationRefused):
        await notify(room, report)

    assert await rows(room, PaymentNotification) == []


async def test_a_batch_that_is_committed_again_stores_and_changes_nothing(room: Room) -> None:
    await room.port.create(ask_for(room.clock))
    report = room.channel.pay((await one(room, PaymentAttempt)).attempt_no)
    account = await room.channels.facts(room.account_id)
    notice = Notice(Id(1), "N-1", {}, "{}", room.clock.now(), await told(room.app.serials, account, report))

    results = [await store_and_settle(room.app.db, [notice]) for _ in range(2)]

    assert results == [[NotificationResult.SETTLED], [NotificationResult.REPEATED]]
    assert (await one(room, PaymentNotification)).result is NotificationResult.SETTLED
    assert await audited(room) == []
