"""Old rows of the infrastructure that nobody needs any more, removed a batch at a time."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.models import DeadLetter, IdempotencyKey, InboxEvent, OutboxEvent
from wanpu.infra.statements import padded
from wanpu.infra.tables import table_of

_outbox = table_of(OutboxEvent)
_inbox = table_of(InboxEvent)
_keys = table_of(IdempotencyKey)
_letters = table_of(DeadLetter)


async def delete_delivered_events(session: AsyncSession, before: datetime, limit: int) -> int:
    """Forget some events that were handed on before a moment; how many. Dead ones stay, and so do those
    that somebody may still replay."""
    is_old = (_outbox.c.pending.is_(None), _outbox.c.delivered_at < before)
    old = (
        select(_outbox.c.id)
        .where(*is_old, ~_has_open_letter(_outbox.c.id))
        .order_by(_outbox.c.id)
        .limit(limit)
    )
    ids = (await session.execute(old)).scalars().all()
    if not ids:
        return 0
    result: Any = await session.execute(delete(_outbox).where(_outbox.c.id.in_(padded(ids)), *is_old))
    return int(result.rowcount)


async def find_handler_after(session: AsyncSession, handler: str) -> str | None:
    """The name of the next handler that has taken events, in the order of the names; "" begins."""
    statement = select(_inbox.c.handler).where(_inbox.c.handler > handler).order_by(_inbox.c.handler).limit(1)
    return (await session.execute(statement)).scalar_one_or_none()


async def delete_taken_events(session: AsyncSession, handler: str, before: datetime, limit: int) -> int:
    """Forget that a handler took some events, its oldest first, if that was before a moment; how many.

    An event that is delivered again after that takes effect again: `before` must lie well past every
    broker's and relay's patience. An event that somebody may still replay stays taken.
    """
    oldest = (
        select(_inbox.c.event_id, _inbox.c.created_at)
        .where(_inbox.c.handler == handler, ~_has_open_letter(_inbox.c.event_id))
        .order_by(_inbox.c.event_id)
        .limit(limit)
    )
    ids = [row.event_id for row in await session.execute(oldest) if row.created_at < before]
    if not ids:
        return 0
    result: Any = await session.execute(
        delete(_inbox).where(_inbox.c.handler == handler, _inbox.c.event_id.in_(padded(ids)))
    )
    return int(result.rowcount)


async def delete_idempotency_keys(session: AsyncSession, before: datetime, limit: int) -> int:
    """Forget some answers to creates that were given before a moment; how many. The same create after
    that is a new one, unless its number is unique by itself."""
    old = (
        select(_keys.c.scope, _keys.c.key)
        .where(_keys.c.created_at < before)
        .order_by(_keys.c.created_at)
        .limit(limit)
    )
    rows = (await session.execute(old)).all()
    if not rows:
        return 0
    is_one = [and_(_keys.c.scope == row.scope, _keys.c.key == row.key) for row in rows]
    result: Any = await session.execute(delete(_keys).where(or_(*is_one)))
    return int(result.rowcount)


def _has_open_letter(event_id: ColumnElement[int]) -> ColumnElement[bool]:
    letters = select(_letters.c.id).where(_letters.c.event_id == event_id, _letters.c.replayed_at.is_(None))
    return letters.exists()
