"""Who reacts to which event, and the one path on which an event reaches its handlers."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import bound_contextvars

from wanpu.infra import tracing
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.models import InboxEvent
from wanpu.infra.outbox import Event, StoredEvent
from wanpu.infra.statements import insert_if_absent
from wanpu.infra.tables import table_of

HANDLER_TIMEOUT_S = 60.0

E = TypeVar("E", bound=Event)

InTransaction = Callable[[AsyncSession, Any], Awaitable[None]]
OutsideTransaction = Callable[[Any], Awaitable[None]]


class DeliveryFailed(Exception):
    """At least one handler could not take the event; the others have taken it."""

    def __init__(self, failures: Sequence[tuple[str, Exception]]) -> None:
        reasons = "; ".join(f"{handler}: {type(error).__name__}: {error}" for handler, error in failures)
        super().__init__(reasons)
        self.failures = list(failures)


@dataclass(frozen=True)
class _Subscription:
    handler_name: str
    event_type: type[Event]
    in_transaction: InTransaction | None = None
    outside: OutsideTransaction | None = None


class Subscriptions:
    """The handlers of every event, by the event's name; filled once by the composition root."""

    def __init__(self) -> None:
        self._by_event: defaultdict[str, list[_Subscription]] = defaultdict(list)
        self._handler_names: set[str] = set()

    def on(
        self, event_type: type[E], handler_name: str, handler: Callable[[AsyncSession, E], Awaitable[None]]
    ) -> None:
        """Run `handler(session, event)` in one transaction with its inbox row: it takes effect once.

        It may run again after a conflict, so it makes no outside call. `handler_name` is permanent:
        under a new name the handler would take old events again when they are replayed.
        """
        self._add(_Subscription(handler_name, event_type, in_transaction=handler))

    def on_call(
        self, event_type: type[E], handler_name: str, handler: Callable[[E], Awaitable[None]]
    ) -> None:
        """Run `handler(event)`, which opens its own transactions or calls out: at least once.

        Its inbox row follows its success, so after a crash between the two it runs again.
        """
        self._add(_Subscription(handler_name, event_type, outside=handler))

    async def deliver(self, db: Database, stored: StoredEvent) -> None:
        """Give the event to each of its handlers that has not taken it yet, in the order they registered.

        Raises:
            DeliveryFailed: some handlers failed; a repeat goes to those alone.
        """
        failures: list[tuple[str, Exception]] = []
        with bound_contextvars(request_id=stored.request_id, event_id=stored.id):
            for subscription in self._by_event.get(stored.name, ()):
                try:
                    with tracing.span(
                        f"event {subscription.handler_name}",
                        kind="consumer",
                        request_id=stored.request_id,
                        wanpu_event_name=stored.name,
                    ):
                        async with asyncio.timeout(HANDLER_TIMEOUT_S):
                            await self._deliver_to(db, subscription, stored)
                except Exception as error:  # a handler's failure is recorded, whatever it is
                    failures.append((subscription.handler_name, error))
        if failures:
            raise DeliveryFailed(failures)

    async def _deliver_to(self, db: Database, subscription: _Subscription, stored: StoredEvent) -> None:
        event = subscription.event_type.model_validate(stored.payload)
        if subscription.in_transaction is not None:
            await _apply_once(db, subscription.handler_name, stored.id, subscription.in_transaction, event)
            return
        assert subscription.outside is not None
        if not await _is_taken(db, subscription.handler_name, stored.id):
            await subscription.outside(event)
            await _mark_taken(db, subscription.handler_name, stored.id)

    def _add(self, subscription: _Subscription) -> None:
        if subscription.handler_name in self._handler_names:
            raise ValueError(f"handler name used twice: {subscription.handler_name}")
        self._handler_names.add(subscription.handler_name)
        self._by_event[subscription.event_type.name].append(subscription)


@rerun_on_conflict
async def _apply_once(
    db: Database, handler_name: str, event_id: int, handler: InTransaction, event: Event
) -> None:
    async with db.transaction() as session:
        if await _insert_inbox_row(session, handler_name, event_id):
            await handler(session, event)


@rerun_on_conflict
async def _mark_taken(db: Database, handler_name: str, event_id: int) -> None:
    async with db.transaction() as session:
        await _insert_inbox_row(session, handler_name, event_id)


async def _insert_inbox_row(session: AsyncSession, handler_name: str, event_id: int) -> bool:
    row = {"handler": handler_name, "event_id": event_id, "created_at": session.info["clock"].now()}
    return await insert_if_absent(session, table_of(InboxEvent), row, key=["handler", "event_id"])


async def _is_taken(db: Database, handler_name: str, event_id: int) -> bool:
    async with db.reading() as session:
        found = await session.execute(
            select(InboxEvent.event_id).where(
                InboxEvent.handler == handler_name, InboxEvent.event_id == event_id
            )
        )
        return found.first() is not None
