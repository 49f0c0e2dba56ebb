"""An event for tests, and ways to write many of them."""

from typing import ClassVar

from sqlalchemy import select

from wanpu.infra import dead_letters, outbox
from wanpu.infra.database import Database
from wanpu.infra.models import DeadLetter, OutboxEvent
from wanpu.infra.outbox import Event
from wanpu.infra.tables import table_of

EVENTS = table_of(OutboxEvent)
LETTERS = table_of(DeadLetter)


class Paid(Event):
    """A payment got its n-th fact."""

    name: ClassVar[str] = "test.paid"
    payment: str
    step: int = 1

    @property
    def aggregate(self) -> str:
        return f"payment:{self.payment}"


async def publish(db: Database, *events: Event) -> None:
    """Write the events in one transaction."""
    async with db.transaction() as session:
        for event in events:
            outbox.publish(session, event)


async def states_of(db: Database) -> list[str]:
    """What became of every event, in the order of their ids: pending, delivered or dead."""
    async with db.reading() as session:
        rows = await session.execute(select(EVENTS).order_by(EVENTS.c.id))
        return ["pending" if row.pending else "delivered" if row.delivered_at else "dead" for row in rows]


async def letters(db: Database) -> list:
    """Every dead letter, oldest first."""
    async with db.reading() as session:
        return list(await session.execute(select(LETTERS).order_by(LETTERS.c.id)))


async def replay_letter(db: Database, dead_letter_id: int) -> None:
    """Have one dead letter delivered again."""
    async with db.transaction() as session:
        await dead_letters.replay(session, dead_letter_id)
