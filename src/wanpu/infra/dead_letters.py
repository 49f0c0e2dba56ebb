"""Dead letters (死信): events that a handler refused too often, kept until a person replays them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra import metrics
from wanpu.infra.models import DeadLetter, OutboxEvent
from wanpu.infra.outbox import StoredEvent, wake_after_commit
from wanpu.infra.pages import PageAsk, read_page
from wanpu.infra.statements import insert_if_absent
from wanpu.infra.tables import table_of
from wanpu.kernel.errors import Conflict, NotFound

ERROR_LENGTH = 1024

_LETTERS = table_of(DeadLetter)
_EVENTS = table_of(OutboxEvent)

SORTS = {"created_at": _LETTERS.c.created_at, "updated_at": _LETTERS.c.updated_at}


class DeadLetterNotFound(NotFound):
    """No dead letter has this id."""

    code = "dead_letter.not_found"
    message_zh = "死信不存在"
    message_en = "There is no such dead letter"


class DeadLetterReplayed(Conflict):
    """Somebody has had this event delivered again already, and no handler has refused it since."""

    code = "dead_letter.replayed"
    message_zh = "这个死信已重放过"
    message_en = "This dead letter has been replayed already"


async def bury(
    session: AsyncSession, event: StoredEvent, handler: str, error: Exception, attempts: int
) -> None:
    """Keep the event for one handler that refused it; a second burial after a replay renews the letter."""
    now = session.info["clock"].now()
    text = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
    row = {
        "event_id": event.id,
        "handler": handler,
        "name": event.name,
        "payload": event.payload,
        "error": text,
        "attempts": attempts,
        "replayed_at": None,
        "created_at": now,
        "updated_at": now,
    }
    if not await insert_if_absent(session, _LETTERS, row, key=["event_id", "handler"]):
        await session.execute(
            update(_LETTERS)
            .where(_LETTERS.c.event_id == event.id, _LETTERS.c.handler == handler)
            .values(error=text, attempts=attempts, replayed_at=None, updated_at=now)
        )
    metrics.DEAD_LETTERS.labels(event.name).inc()


async def list_dead_letters(
    session: AsyncSession, ask: PageAsk, *, name: str | None = None, is_open: bool | None = None
) -> tuple[Sequence[Row[Any]], int]:
    """One page of letters, and how many match; `is_open` are those that nobody replayed."""
    statement = select(_LETTERS)
    if name is not None:
        statement = statement.where(_LETTERS.c.name == name)
    if is_open is not None:
        replayed = _LETTERS.c.replayed_at
        statement = statement.where(replayed.is_(None) if is_open else replayed.is_not(None))
    return await read_page(session, statement, ask, sorts=SORTS, last=_LETTERS.c.id)


async def get_dead_letter(session: AsyncSession, dead_letter_id: int) -> Row[Any]:
    """One letter.

    Raises:
        DeadLetterNotFound: there is no such letter.
    """
    found = (await session.execute(select(_LETTERS).where(_LETTERS.c.id == dead_letter_id))).first()
    if found is None:
        raise DeadLetterNotFound
    return found


async def replay(session: AsyncSession, dead_letter_id: int) -> None:
    """Deliver the event again from its first attempt; handlers that have taken it do not take it twice.
    An event that the outbox has forgotten comes back as the letter has it.

    Raises:
        DeadLetterNotFound: there is no such letter.
        DeadLetterReplayed: it was replayed before; nothing changes.
    """
    found = await session.execute(select(_LETTERS).where(_LETTERS.c.id == dead_letter_id).with_for_update())
    letter = found.first()
    if letter is None:
        raise DeadLetterNotFound
    if letter.replayed_at is not None:
        raise DeadLetterReplayed
    now = session.info["clock"].now()
    await session.execute(
        update(_LETTERS).where(_LETTERS.c.id == dead_letter_id).values(replayed_at=now, updated_at=now)
    )
    event = {
        "id": letter.event_id,
        "name": letter.name,
        "aggregate": f"event:{letter.event_id}",  # Whatever came before or after it is long delivered.
        "payload": letter.payload,
        "request_id": "",
        "pending": 1,
        "attempts": 0,
        "due_at": now,
        "created_at": letter.created_at,
    }
    await insert_if_absent(session, _EVENTS, event, key=["id"])
    await session.execute(
        update(_EVENTS)
        .where(_EVENTS.c.id == letter.event_id, _EVENTS.c.pending.is_(None))
        .values(pending=1, attempts=0, due_at=now, delivered_at=None, dead_at=None)
    )
    wake_after_commit(session)
