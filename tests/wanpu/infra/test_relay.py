"""Rules of `infra/relay.py`: at least once, in order per aggregate, poison set aside, one relay at a time."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from tests.wanpu.infra.facts import EVENTS, Paid, letters, publish, replay_letter, states_of

from wanpu.infra.dead_letters import DeadLetterNotFound, DeadLetterReplayed
from wanpu.infra.locks import DatabaseLeaseLocks
from wanpu.infra.relay import LEASE_S, LOCK_NAME, InProcessPublisher, PublisherAway, Relay, retry_delay
from wanpu.infra.subscriptions import Subscriptions


class Ledger:
    """Notes what its handler applied, and refuses what it is told to."""

    def __init__(self, db):
        self.applied = []
        self.refuses = set()
        self.subscriptions = Subscriptions()
        self.subscriptions.on(Paid, "order.apply", self.apply)
        self.publisher = InProcessPublisher(db, self.subscriptions)

    async def apply(self, session, event):
        if event.payment in self.refuses:
            raise RuntimeError(f"not {event.payment}")
        self.applied.append((event.payment, event.step))


@pytest.fixture
def ledger(services):
    return Ledger(services.db)


@pytest.fixture
def relay(services, ledger):
    return Relay(services, ledger.publisher)


async def test_events_are_delivered_once_and_marked(services, ledger, relay):
    await publish(services.db, Paid(payment="P1"), Paid(payment="P2"))

    assert await relay.run_once() == 2
    assert await relay.run_once() == 0

    assert sorted(ledger.applied) == [("P1", 1), ("P2", 1)]
    assert await states_of(services.db) == ["delivered", "delivered"]


async def test_events_of_one_aggregate_arrive_in_their_order(services, ledger, relay):
    for step in range(6):
        await publish(services.db, Paid(payment="P1", step=step), Paid(payment="P2", step=step))

    assert await relay.run_once() == 12

    for payment in ("P1", "P2"):
        assert [step for name, step in ledger.applied if name == payment] == list(range(6))


async def test_a_failing_event_holds_back_its_own_aggregate_alone(services, ledger, relay, clock):
    ledger.refuses = {"P1"}
    await publish(services.db, Paid(payment="P1", step=1), Paid(payment="P1", step=2), Paid(payment="P2"))

    assert await relay.run_once() == 1
    assert ledger.applied == [("P2", 1)]
    assert await states_of(services.db) == ["pending", "pending", "delivered"]

    ledger.refuses = set()
    assert await relay.run_once() == 0
    clock.advance(retry_delay(1))
    assert await relay.run_once() == 2
    assert ledger.applied == [("P2", 1), ("P1", 1), ("P1", 2)]


async def test_a_poison_event_becomes_a_dead_letter_after_ten_attempts_and_its_aggregate_goes_on(
    services, ledger, relay, clock
):
    ledger.refuses = {"P1"}
    await publish(services.db, Paid(payment="P1", step=1))
    waits = []
    for _ in range(10):
        assert await relay.run_once() == 0
        async with services.db.reading() as session:
            due_at = (await session.execute(select(EVENTS.c.due_at))).scalar_one()
        waits.append((due_at - clock.now()).total_seconds())
        clock.advance(max(due_at - clock.now(), timedelta(0)))

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 0]
    assert await states_of(services.db) == ["dead"]
    (letter,) = await letters(services.db)
    assert (letter.handler, letter.attempts, letter.error) == ("order.apply", 10, "RuntimeError: not P1")
    assert (letter.name, letter.payload) == ("test.paid", {"payment": "P1", "step": 1})

    ledger.refuses = set()
    await publish(services.db, Paid(payment="P1", step=2))
    assert await relay.run_once() == 1
    assert ledger.applied == [("P1", 2)]


async def make_dead(services, ledger, relay, clock):
    ledger.refuses = {"P1"}
    await publish(services.db, Paid(payment="P1"))
    for _ in range(10):
        await relay.run_once()
        clock.advance(timedelta(minutes=5))
    assert await states_of(services.db) == ["dead"]
    return (await letters(services.db))[0]


async def test_a_replayed_dead_letter_is_delivered_once(services, ledger, relay, clock):
    letter = await make_dead(services, ledger, relay, clock)
    ledger.refuses = set()

    await replay_letter(services.db, letter.id)
    with pytest.raises(DeadLetterReplayed):
        await replay_letter(services.db, letter.id)
    assert await relay.run_once() == 1
    assert await relay.run_once() == 0

    assert ledger.applied == [("P1", 1)]
    assert await states_of(services.db) == ["delivered"]
    assert (await letters(services.db))[0].replayed_at == clock.now()


async def test_a_letter_brings_its_event_back_when_the_outbox_has_forgotten_it(
    services, ledger, relay, clock
):
    letter = await make_dead(services, ledger, relay, clock)
    ledger.refuses = set()
    async with services.db.transaction() as session:
        await session.execute(delete(EVENTS))

    await replay_letter(services.db, letter.id)
    await publish(services.db, Paid(payment="P2"))

    assert await relay.run_once() == 2
    assert ledger.applied == [("P1", 1), ("P2", 1)]
    async with services.db.reading() as session:
        ids = (await session.execute(select(EVENTS.c.id).order_by(EVENTS.c.id))).scalars().all()
    assert (len(ids), ids[0]) == (2, letter.event_id)


async def test_a_replay_that_fails_again_renews_the_same_letter(services, ledger, relay, clock):
    letter = await make_dead(services, ledger, relay, clock)

    await replay_letter(services.db, letter.id)
    for _ in range(10):
        await relay.run_once()
        clock.advance(timedelta(minutes=5))

    (again,) = await letters(services.db)
    assert (again.id, again.replayed_at, again.attempts) == (letter.id, None, 10)
    assert await states_of(services.db) == ["dead"]


async def test_replaying_what_does_not_exist_is_refused(services):
    with pytest.raises(DeadLetterNotFound):
        await replay_letter(services.db, 404)


async def test_a_publisher_that_is_away_costs_no_attempt(services, clock, monkeypatch):
    class Away:
        window = 100
        is_away = True

        async def publish(self, event):
            if self.is_away:
                raise PublisherAway("no route")

    monkeypatch.setattr("wanpu.infra.relay.PAUSE_S", 0)
    away = Away()
    relay = Relay(services, away)
    await publish(services.db, Paid(payment="P1"))
    await asyncio.wait_for(run_passes(relay, 3), 20)
    async with services.db.reading() as session:
        row = (await session.execute(select(EVENTS))).one()
    assert (row.pending, row.attempts, row.due_at) == (1, 0, clock.now())

    away.is_away = False
    assert await relay.run_once() == 1
    assert await states_of(services.db) == ["delivered"]


async def run_passes(relay, count):
    for _ in range(count):
        await relay._run_pass()
        await asyncio.sleep(0.01)


async def test_a_slow_event_does_not_hold_up_those_of_others(services):
    let_go, slow_is_inside, applied = asyncio.Event(), asyncio.Event(), []

    async def apply(event):
        if event.payment == "slow":
            slow_is_inside.set()
            await let_go.wait()
        applied.append(event.payment)

    subscriptions = Subscriptions()
    subscriptions.on_call(Paid, "order.call", apply)
    relay = Relay(services, InProcessPublisher(services.db, subscriptions))
    await publish(services.db, Paid(payment="slow"))
    running = asyncio.create_task(relay.run())
    await slow_is_inside.wait()

    await publish(services.db, Paid(payment="quick"))
    async with asyncio.timeout(20):
        while await states_of(services.db) != ["pending", "delivered"]:
            await asyncio.sleep(0.02)
    assert applied == ["quick"]

    let_go.set()
    async with asyncio.timeout(20):
        while await states_of(services.db) != ["delivered", "delivered"]:
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_second_relay_stands_by_until_the_first_has_gone(services, ledger, relay, clock):
    second = Relay(services, ledger.publisher)
    await publish(services.db, Paid(payment="P1"))
    assert await relay.run_once() == 1

    await publish(services.db, Paid(payment="P2"))
    assert await second.run_once() == 0

    await relay.close()
    assert await second.run_once() == 1
    assert ledger.applied == [("P1", 1), ("P2", 1)]


async def test_a_relay_that_lost_its_lease_while_delivering_records_nothing(services, clock):
    """Its successor delivers again; the inbox keeps the effect single."""
    is_inside, let_go, applied = asyncio.Event(), asyncio.Event(), []

    class Slow:
        window = 8

        async def publish(self, event):
            applied.append(event.id)
            is_inside.set()
            await let_go.wait()

    paused = Relay(services, Slow())
    await publish(services.db, Paid(payment="P1"))
    running = asyncio.create_task(paused.run_once())
    await is_inside.wait()
    clock.advance(timedelta(seconds=LEASE_S))
    lease = await DatabaseLeaseLocks(services.db, clock).acquire(LOCK_NAME, "successor", LEASE_S)

    let_go.set()
    assert await running == 0

    assert lease is not None
    assert await states_of(services.db) == ["pending"]


async def test_the_request_that_caused_an_event_is_named_where_it_is_handled(services):
    from structlog.contextvars import bound_contextvars, get_contextvars

    seen = []

    async def apply(event):
        seen.append(get_contextvars()["request_id"])

    subscriptions = Subscriptions()
    subscriptions.on_call(Paid, "order.call", apply)
    with bound_contextvars(request_id="r-77"):
        await publish(services.db, Paid(payment="P1"))

    await Relay(services, InProcessPublisher(services.db, subscriptions)).run_once()

    assert seen == ["r-77"]


@pytest.mark.requirement("S2-008")
async def test_events_told_while_nobody_listened_all_arrive_afterwards_and_none_twice(services, ledger):
    """The consumer dies in the middle again and again: some events were applied and not yet marked."""
    told = [Paid(payment=f"P{number % 7}", step=number) for number in range(60)]
    for event in told:
        await publish(services.db, event)
    deliver = ledger.subscriptions.deliver

    class DiesAfterApplying:
        """The ninth event is applied, and the process never comes to say so."""

        window = 4

        def __init__(self):
            self.is_dead = asyncio.Event()
            self.left = 9

        async def publish(self, event):
            await deliver(services.db, event)
            self.left -= 1
            if self.left <= 0:
                self.is_dead.set()
                await asyncio.Event().wait()

    for _ in range(5):
        publisher = DiesAfterApplying()
        dying = asyncio.create_task(Relay(services, publisher).run())
        await asyncio.wait_for(publisher.is_dead.wait(), 30)
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
    assert 9 <= len(ledger.applied) < 60
    assert "pending" in await states_of(services.db)

    await Relay(services, ledger.publisher).run_once()

    assert len(ledger.applied) == 60
    assert sorted(ledger.applied, key=lambda one: one[1]) == [(event.payment, event.step) for event in told]
    for payment in {event.payment for event in told}:
        steps = [step for name, step in ledger.applied if name == payment]
        assert steps == sorted(steps)
    assert await states_of(services.db) == ["delivered"] * 60
