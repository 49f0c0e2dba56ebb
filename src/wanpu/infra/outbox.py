"""Outbox (发件箱): facts told to other rooms, written in the transaction of the change itself."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import get_contextvars

from wanpu.infra.database import after_commit
from wanpu.infra.models import OutboxEvent
from wanpu.infra.signals import OUTBOX


class Event(BaseModel, ABC):
    """A past fact of one aggregate. Its fields are its payload, so a field is added, never renamed."""

    model_config = ConfigDict(frozen=True)

    name: ClassVar[str]
    """"payment.succeeded": room and fact; permanent."""

    @property
    @abstractmethod
    def aggregate(self) -> str:
        """ "payment:P123": events of one aggregate arrive in the order they were written."""


@dataclass(frozen=True)
class StoredEvent:
    """An event as the outbox keeps it and the broker carries it."""

    id: int
    name: str
    aggregate: str
    payload: Any
    request_id: str = ""


def publish(session: AsyncSession, event: Event) -> None:
    """Write the event with the session's transaction; it is delivered after the commit."""
    clock = session.info["clock"]
    session.add(OutboxEvent(**row_for(event, clock.now())))
    wake_after_commit(session)


def row_for(event: Event, now: datetime) -> dict[str, Any]:
    """The event as a row for a Core insert; call `wake_after_commit` beside it."""
    return {
        "name": event.name,
        "aggregate": event.aggregate,
        "payload": event.model_dump(mode="json"),
        "request_id": str(get_contextvars().get("request_id", ""))[:64],
        "pending": 1,
        "attempts": 0,
        "due_at": now,
        "created_at": now,
    }


def wake_after_commit(session: AsyncSession) -> None:
    """Start the relay at once when this transaction is durable."""
    signals = session.info["signals"]
    after_commit(session, lambda: signals.wake(OUTBOX))
