"""Dead letters (死信): events that a handler refused too often, kept until a person replays them."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra import metrics
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.models import DeadLetter, OutboxEvent
from wanpu.infra.outbox import StoredEvent, wake_after_commit
from wanpu.infra.statements import insert_if_absent
from wanpu.infra.tables import table_of
from wanpu.kernel.errors import NotFound

ERROR_LENGTH = 1024


class DeadLetterNotFound(NotFound):
    """No dead letter has this id."""

    code = "dead_letter.not_found"


async def bury(
    session: AsyncSession, event: StoredEvent, handler: str, error: Exception, attempts: int
) -> None:
    """Keep the event for one handler that refused it; a second burial after a replay renews the letter."""
    table = table_of(DeadLetter)
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
    if not await insert_if_absent(session, table, row, key=["event_id", "handler"]):
        await session.execute(
            update(table)
            .where(table.c.event_id == event.id, table.c.handler == handler)
            .values(error=text, attempts=attempts, replayed_at=None, updated_at=now)
        )
    metrics.DEAD_LETTERS.labels(event.name).inc()


@rerun_on_conflict
async def replay(db: Database, dead_letter_id: int) -> None:
    """Deliver the event again from its first attempt; handlers that have taken it do not take it twice.

    A repeat before it is delivered changes nothing.

    Raises:
        DeadLetterNotFound: there is no such letter.
    """
    letters, events = table_of(DeadLetter), table_of(OutboxEvent)
    async with db.transaction() as session:
        found = await session.execute(
            select(letters.c.event_id).where(letters.c.id == dead_letter_id).with_for_update()
        )
        event_id = found.scalar_one_or_none()
        if event_id is None:
            raise DeadLetterNotFound
        now = db.clock.now()
        await session.execute(
            update(letters).where(letters.c.id == dead_letter_id).values(replayed_at=now, updated_at=now)
        )
        await session.execute(
            update(events)
            .where(events.c.id == event_id, events.c.pending.is_(None))
            .values(pending=1, attempts=0, due_at=now, delivered_at=None, dead_at=None)
        )
        wake_after_commit(session)
