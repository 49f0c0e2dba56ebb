"""Rules of `infra/broker.py` over a real RabbitMQ: same path, same guarantees as inside one process."""

import asyncio
import dataclasses
from pathlib import Path

import aio_pika
import pytest
from pydantic import SecretStr
from tests.conftest import TEST_MASTER_KEY
from tests.processes import kill_now, note, notes, start, stop_all, wait_until
from tests.wanpu.infra.facts import Paid, letters, publish, replay_letter, states_of
from tests.wanpu.infra.segments import add_segments, serial_of
from tests.wanpu.infra.test_subscriptions import add_one

from wanpu.infra.broker import (
    PARTITIONS,
    BrokerConsumer,
    BrokerPublisher,
    broker_answers,
    partition_of,
    read_message,
)
from wanpu.infra.outbox import StoredEvent
from wanpu.infra.relay import PublisherAway, Relay
from wanpu.infra.services import close_services, open_services
from wanpu.infra.settings import Settings
from wanpu.infra.subscriptions import Subscriptions

WAIT_S = 40


@pytest.fixture
def settings(settings, rabbitmq_url, request):
    prefix = f"t{abs(hash(request.node.nodeid)) % 10**9}"
    return settings.model_copy(update={"rabbitmq_url": rabbitmq_url, "rabbitmq_prefix": prefix})


@pytest.fixture
async def broker(settings, rabbitmq_url):
    """A channel for looking at queues; the test's queues are removed afterwards."""
    connection = await aio_pika.connect(rabbitmq_url)
    channel = await connection.channel()
    yield channel
    channel = await connection.channel()
    for partition in range(PARTITIONS):
        await channel.queue_delete(f"{settings.rabbitmq_prefix}.events.{partition}")
    await channel.exchange_delete(f"{settings.rabbitmq_prefix}.events")
    await connection.close()


@pytest.fixture
async def publisher(settings, broker):
    publisher = BrokerPublisher(settings)
    yield publisher
    await publisher.close()


class Consuming:
    """Runs a consumer for the length of a block."""

    def __init__(self, services, subscriptions, **options):
        self._consumer = BrokerConsumer(services, subscriptions, **options)

    async def __aenter__(self):
        self._task = asyncio.create_task(self._consumer.run())
        async with asyncio.timeout(WAIT_S):
            while not self._consumer.is_consuming:
                await asyncio.sleep(0.02)

    async def __aexit__(self, *_):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def until(condition):
    async with asyncio.timeout(WAIT_S):
        while not await condition():
            await asyncio.sleep(0.02)


async def count_waiting(broker, settings) -> int:
    total = 0
    for partition in range(PARTITIONS):
        name = f"{settings.rabbitmq_prefix}.events.{partition}"
        total += (await broker.declare_queue(name, passive=True)).declaration_result.message_count
    return total


async def test_events_reach_their_handlers_through_the_broker_and_take_effect_once(
    services, publisher, broker
):
    await add_segments(services.db, "applied")
    subscriptions = Subscriptions()
    subscriptions.on(Paid, "order.apply", add_one)
    await publish(services.db, *(Paid(payment=f"P{number}") for number in range(20)))

    assert await Relay(services, publisher).run_once() == 20
    assert await states_of(services.db) == ["delivered"] * 20
    async with Consuming(services, subscriptions):

        async def all_applied():
            return await serial_of(services.db, "applied") == 21

        await until(all_applied)


async def test_a_message_that_comes_twice_takes_effect_once(services, publisher, broker):
    await add_segments(services.db, "applied")
    seen = []

    async def note_event(event):
        seen.append(event.payment)

    subscriptions = Subscriptions()
    subscriptions.on(Paid, "order.apply", add_one)
    subscriptions.on_call(Paid, "order.call", note_event)
    event = StoredEvent(5, "test.paid", "payment:P1", {"payment": "P1", "step": 1})
    for _ in range(5):
        await publisher.publish(event)
    await publisher.publish(dataclasses.replace(event, id=6, payload={"payment": "last", "step": 1}))

    async with Consuming(services, subscriptions):

        async def is_over():
            return "last" in seen

        await until(is_over)

    assert seen == ["P1", "last"]
    assert await serial_of(services.db, "applied") == 3


async def test_events_of_one_aggregate_are_handled_in_their_order_also_when_one_fails_first(
    services, publisher, broker
):
    seen, failures = [], [RuntimeError("once"), RuntimeError("twice")]

    async def handler(event):
        if event.step == 2 and event.payment == "P1" and failures:
            raise failures.pop()
        seen.append((event.payment, event.step))

    subscriptions = Subscriptions()
    subscriptions.on_call(Paid, "order.call", handler)
    for step in range(6):
        await publish(services.db, Paid(payment="P1", step=step), Paid(payment="P2", step=step))
    await Relay(services, publisher).run_once()

    async with Consuming(services, subscriptions, first_retry_s=0.01):

        async def is_over():
            return len(seen) == 12

        await until(is_over)

    for payment in ("P1", "P2"):
        assert [step for name, step in seen if name == payment] == list(range(6))


async def test_a_poison_message_becomes_a_dead_letter_and_its_aggregate_goes_on(
    services, settings, publisher, broker
):
    seen, is_poison = [], [True]

    async def handler(event):
        if event.step == 1 and is_poison[0]:
            raise RuntimeError("poison")
        seen.append(event.step)

    subscriptions = Subscriptions()
    subscriptions.on_call(Paid, "order.call", handler)
    await publish(services.db, Paid(payment="P1", step=1), Paid(payment="P1", step=2))
    relay = Relay(services, publisher)
    await relay.run_once()

    async with Consuming(services, subscriptions, first_retry_s=0.001):

        async def went_on():
            return seen == [2]

        await until(went_on)
        (letter,) = await letters(services.db)
        assert (letter.handler, letter.attempts, letter.error) == ("order.call", 10, "RuntimeError: poison")

        is_poison[0] = False
        await replay_letter(services.db, letter.id)
        assert await relay.run_once() == 1

        async def was_replayed():
            return seen == [2, 1]

        await until(was_replayed)

    assert await count_waiting(broker, settings) == 0


async def test_a_message_that_is_none_of_ours_is_thrown_away_and_stops_nothing(
    services, settings, publisher, broker
):
    seen = []

    async def handler(event):
        seen.append(event.payment)

    subscriptions = Subscriptions()
    subscriptions.on_call(Paid, "order.call", handler)
    await publisher.publish(StoredEvent(1, "test.paid", "payment:P1", {"payment": "P1", "step": 1}))
    exchange = await broker.get_exchange(f"{settings.rabbitmq_prefix}.events")
    key = str(partition_of("payment:P1"))
    for body in (b"", b"{}", b"[]", b"null", b'{"id": "x"}', b"\xff"):
        await exchange.publish(aio_pika.Message(body), routing_key=key)
    await publisher.publish(StoredEvent(2, "test.paid", "payment:P1", {"payment": "P2", "step": 1}))

    async with Consuming(services, subscriptions):

        async def is_over():
            return seen == ["P1", "P2"]

        await until(is_over)

    assert await count_waiting(broker, settings) == 0


async def test_a_broker_that_is_away_is_told_and_the_event_stays_in_the_outbox(services, settings):
    away = BrokerPublisher(settings.model_copy(update={"rabbitmq_url": "amqp://guest:guest@127.0.0.1:1/"}))

    with pytest.raises(PublisherAway):
        await away.publish(StoredEvent(1, "test.paid", "payment:P1", {}))
    with pytest.raises(ConnectionError):
        await broker_answers(settings.model_copy(update={"rabbitmq_url": "amqp://guest:guest@127.0.0.1:1/"}))


async def test_a_publisher_whose_connection_broke_opens_another(services, publisher, broker, settings):
    await publisher.publish(StoredEvent(1, "test.paid", "payment:P1", {}))
    await publisher._connection.close()

    await publisher.publish(StoredEvent(2, "test.paid", "payment:P1", {}))

    await broker_answers(settings)
    assert await count_waiting(broker, settings) == 2


def test_the_partition_of_an_aggregate_is_the_same_everywhere():
    assert [partition_of(f"payment:P{n}") for n in range(6)] == [7, 1, 3, 5, 6, 0]
    assert {partition_of(f"payment:P{n}") for n in range(200)} == set(range(PARTITIONS))


def test_only_a_whole_event_is_read_from_a_message():
    body = b'{"id":7,"name":"a.b","aggregate":"x:1","payload":{"a":1},"request_id":"r"}'

    assert read_message(body) == StoredEvent(7, "a.b", "x:1", {"a": 1}, "r")
    assert read_message(b'{"id":7,"name":"a.b","aggregate":"x:1"}') is None
    assert read_message(b"7") is None


def consume_as_a_process(url: str, rabbitmq_url: str, prefix: str, folder: str, hangs: bool) -> None:
    """Consume for ever; one that hangs notes that it began and never commits."""

    async def work() -> None:
        log = Path(folder) / "log"

        async def handler(session, event) -> None:
            note(log, f"begin {event.payment} {event.step}")
            if hangs:
                await asyncio.Event().wait()
            await add_one(session, event)
            note(log, f"done {event.payment} {event.step}")

        settings = Settings(
            _env_file=None,
            data_dir=Path(folder),
            database_url=url,
            rabbitmq_url=rabbitmq_url,
            rabbitmq_prefix=prefix,
            master_key=SecretStr(TEST_MASTER_KEY),
        )
        services = await open_services(settings)
        subscriptions = Subscriptions()
        subscriptions.on(Paid, "order.apply", handler)
        try:
            await BrokerConsumer(services, subscriptions).run()
        finally:
            await close_services(services)

    asyncio.run(work())


@pytest.mark.requirement("S2-008")
async def test_what_a_killed_consumer_held_goes_to_the_next_one_and_is_applied_once(
    services, settings, publisher, broker, db_url, tmp_path
):
    log = tmp_path / "log"
    await add_segments(services.db, "applied")
    await publish(services.db, *(Paid(payment=f"P{number % 4}", step=number) for number in range(12)))
    await Relay(services, publisher).run_once()
    arguments = (db_url, settings.rabbitmq_url, settings.rabbitmq_prefix, str(tmp_path))
    victim = start(consume_as_a_process, *arguments, True)
    successor = None
    try:
        await asyncio.to_thread(wait_until, lambda: len(notes(log)) >= 1)
        kill_now(victim)
        successor = start(consume_as_a_process, *arguments, False)
        await asyncio.to_thread(wait_until, lambda: sum(line.startswith("done") for line in notes(log)) >= 12)

        async def all_applied():
            return await serial_of(services.db, "applied") == 13

        await until(all_applied)
    finally:
        stop_all([process for process in (victim, successor) if process])

    done = [line.split()[1:] for line in notes(log) if line.startswith("done")]
    for payment in ("P0", "P1", "P2", "P3"):
        steps = [int(step) for name, step in done if name == payment]
        assert sorted(set(steps)) == steps
    assert len(done) == 12
