"""Events through RabbitMQ: the relay publishes with confirms, consumers in any process deliver.

Queues are partitioned by aggregate and each has one active consumer, so the order of an aggregate's
events is kept. A message is acknowledged after its handlers' commits: a killed consumer's messages
go to the next one, where the inbox skips what was applied already.
"""

import asyncio
import zlib
from dataclasses import asdict

import aio_pika
import orjson
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractQueue,
)
from aio_pika.exceptions import AMQPError
from structlog import get_logger

from wanpu.infra.database import Database, DatabaseAway, is_disconnect, rerun_on_conflict
from wanpu.infra.dead_letters import bury
from wanpu.infra.outbox import StoredEvent
from wanpu.infra.outside_calls import refuse_inside_transaction
from wanpu.infra.relay import PublisherAway
from wanpu.infra.services import Services
from wanpu.infra.settings import Settings
from wanpu.infra.subscriptions import DeliveryFailed, Subscriptions

PARTITIONS = 8
WINDOW = 100
PREFETCH = 50
PUBLISH_TIMEOUT_S = 10.0
MAX_ATTEMPTS = 10
FIRST_RETRY_S = 0.2
LAST_RETRY_S = 5.0
PAUSE_S = 1.0
GRACE_S = 5.0
NO_DELIVERY_LIMIT = 1_000_000
"""A broker that drops a message after some redeliveries would lose an event; ours become dead letters."""

log = get_logger(__name__)


class BrokerPublisher:
    """Publishes persistent messages; one counts as handed on when the broker has confirmed it."""

    window = WINDOW

    def __init__(self, settings: Settings) -> None:
        self._url = _url_of(settings)
        self._prefix = settings.rabbitmq_prefix
        self._opening = asyncio.Lock()
        self._connection: AbstractConnection | None = None
        self._exchange: AbstractExchange | None = None

    async def publish(self, event: StoredEvent) -> None:
        """Hand the event to the broker.

        Raises:
            PublisherAway: not confirmed; it may or may not be in its queue.
        """
        refuse_inside_transaction(f"publish {event.name}")
        message = aio_pika.Message(
            orjson.dumps(asdict(event)),
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=str(event.id),
            type=event.name,
        )
        try:
            exchange = await self._open()
            await exchange.publish(
                message,
                routing_key=str(partition_of(event.aggregate)),
                mandatory=True,
                timeout=PUBLISH_TIMEOUT_S,
            )
        except (AMQPError, OSError, TimeoutError, RuntimeError) as error:
            await self.close()
            raise PublisherAway(f"{type(error).__name__}: {error}") from error

    async def close(self) -> None:
        """Close the connection; the next publish opens another."""
        connection, self._connection, self._exchange = self._connection, None, None
        if connection is not None and not connection.is_closed:
            await connection.close()

    async def _open(self) -> AbstractExchange:
        async with self._opening:
            if self._connection is None or self._connection.is_closed or self._exchange is None:
                self._connection = await aio_pika.connect(self._url, timeout=PUBLISH_TIMEOUT_S)
                channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
                self._exchange, _ = await declare(channel, self._prefix)
            return self._exchange


class BrokerConsumer:
    """Delivers what arrives to the subscriptions, one event of an aggregate at a time.

    A failing event is tried ten times within about half a minute while its aggregate waits; then it
    becomes a dead letter. While the database is away nothing is counted.
    """

    def __init__(
        self, services: Services, subscriptions: Subscriptions, *, first_retry_s: float = FIRST_RETRY_S
    ) -> None:
        self._db = services.db
        self._subscriptions = subscriptions
        self._url = _url_of(services.settings)
        self._prefix = services.settings.rabbitmq_prefix
        self._first_retry_s = first_retry_s
        self._last_of: dict[str, asyncio.Task[None]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self.is_consuming = False

    async def run(self) -> None:
        """Consume until cancelled; a lost connection is opened again."""
        while True:
            try:
                await self._consume()
            except (AMQPError, OSError, TimeoutError) as error:
                log.warning("consumer.broker_away", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(PAUSE_S)

    async def _consume(self) -> None:
        closed = asyncio.Event()
        connection = await aio_pika.connect(self._url, timeout=PUBLISH_TIMEOUT_S)
        try:
            connection.close_callbacks.add(lambda *_: closed.set())
            channel = await connection.channel()
            await channel.set_qos(prefetch_count=PREFETCH)
            _, queues = await declare(channel, self._prefix)
            consuming = [(queue, await queue.consume(self._take)) for queue in queues]
            self.is_consuming = True
            try:
                await closed.wait()
            finally:
                self.is_consuming = False
                if not closed.is_set():
                    await asyncio.gather(*(queue.cancel(tag) for queue, tag in consuming))
                await self._stop_running()
        finally:
            await connection.close()

    async def _take(self, message: AbstractIncomingMessage) -> None:
        event = read_message(message.body)
        if event is None:
            log.error("consumer.foreign_message", message=message.message_id, size=len(message.body))
            await message.reject(requeue=False)
            return
        before = self._last_of.get(event.aggregate)
        task = asyncio.create_task(self._deliver_in_turn(event, message, before))
        self._last_of[event.aggregate] = task
        self._running.add(task)
        task.add_done_callback(lambda done: self._forget(event.aggregate, done))

    async def _deliver_in_turn(
        self, event: StoredEvent, message: AbstractIncomingMessage, before: asyncio.Task[None] | None
    ) -> None:
        if before is not None:
            await asyncio.wait({before})
        await self._deliver(event)
        try:
            await message.ack()
        except (AMQPError, OSError, RuntimeError) as error:
            log.warning("consumer.ack_failed", event_id=event.id, error=str(error))

    def _forget(self, aggregate: str, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._last_of.get(aggregate) is task:
            del self._last_of[aggregate]

    async def _deliver(self, event: StoredEvent) -> None:
        attempt = 0
        while True:
            try:
                await self._subscriptions.deliver(self._db, event)
                return
            except DeliveryFailed as failed:
                if any(_is_away(error) for _, error in failed.failures):
                    await asyncio.sleep(PAUSE_S)
                    continue
                attempt += 1
                log.warning(
                    "event.failed",
                    event_name=event.name,
                    event_id=event.id,
                    attempt=attempt,
                    error=str(failed),
                )
                if attempt >= MAX_ATTEMPTS and await self._bury(event, failed, attempt):
                    return
            await asyncio.sleep(min(self._first_retry_s * 2 ** min(attempt - 1, 16), LAST_RETRY_S))

    async def _bury(self, event: StoredEvent, failed: DeliveryFailed, attempt: int) -> bool:
        try:
            await _bury_all(self._db, event, failed, attempt)
        except Exception as error:
            log.warning("consumer.bury_failed", event_id=event.id, error=str(error))
            return False
        return True

    async def _stop_running(self) -> None:
        """Let what has begun come to its end for a moment; the rest goes to the next consumer."""
        running = list(self._running)
        if running:
            await asyncio.wait(running, timeout=GRACE_S)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def broker_answers(settings: Settings) -> None:
    """Open and close a connection; raises when the broker does not answer."""
    connection = await aio_pika.connect(_url_of(settings), timeout=PUBLISH_TIMEOUT_S)
    await connection.close()


async def declare(channel: AbstractChannel, prefix: str) -> tuple[AbstractExchange, list[AbstractQueue]]:
    """The durable exchange and its partitions, declared where they are missing."""
    exchange = await channel.declare_exchange(f"{prefix}.events", aio_pika.ExchangeType.DIRECT, durable=True)
    queues = []
    for partition in range(PARTITIONS):
        queue = await channel.declare_queue(
            f"{prefix}.events.{partition}",
            durable=True,
            arguments={
                "x-queue-type": "quorum",
                "x-single-active-consumer": True,
                "x-delivery-limit": NO_DELIVERY_LIMIT,
            },
        )
        await queue.bind(exchange, routing_key=str(partition))
        queues.append(queue)
    return exchange, queues


def _url_of(settings: Settings) -> str:
    if settings.rabbitmq_url is None:
        raise ValueError("WANPU_RABBITMQ_URL is not set")
    return settings.rabbitmq_url


def partition_of(aggregate: str) -> int:
    """The queue of an aggregate; the same in every process and release."""
    return zlib.crc32(aggregate.encode()) % PARTITIONS


def read_message(body: bytes) -> StoredEvent | None:
    """The event in a message; None when it is none of ours."""
    try:
        found = orjson.loads(body)
        return StoredEvent(
            id=int(found["id"]),
            name=str(found["name"]),
            aggregate=str(found["aggregate"]),
            payload=found["payload"],
            request_id=str(found.get("request_id", "")),
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _is_away(error: Exception) -> bool:
    return isinstance(error, DatabaseAway) or is_disconnect(error)


@rerun_on_conflict
async def _bury_all(db: Database, event: StoredEvent, failed: DeliveryFailed, attempts: int) -> None:
    async with db.transaction() as session:
        for handler, error in failed.failures:
            await bury(session, event, handler, error, attempts)
