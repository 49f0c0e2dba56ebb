"""Dead letters (死信) for operators: look at them, and have one delivered again."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from wanpu.infra import dead_letters
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.pages import PageAsk
from wanpu.kernel.ids import Id
from wanpu.system.callers import StaffCaller
from wanpu.system.service.operation_log import record


async def list_dead_letters(
    db: Database, ask: PageAsk, *, name: str | None, is_open: bool | None
) -> tuple[Sequence[Row[Any]], int]:
    """One page of letters, and how many match."""
    async with db.reading() as session:
        return await dead_letters.list_dead_letters(session, ask, name=name, is_open=is_open)


async def get_dead_letter(db: Database, letter_id: Id) -> Row[Any]:
    """One letter.

    Raises:
        DeadLetterNotFound: there is no such letter.
    """
    async with db.reading() as session:
        return await dead_letters.get_dead_letter(session, letter_id)


@rerun_on_conflict
async def replay(db: Database, caller: StaffCaller, letter_id: Id) -> None:
    """Deliver the event of a letter again; handlers that have taken it do not take it twice.

    Raises:
        DeadLetterNotFound: there is no such letter.
        DeadLetterReplayed: somebody has replayed it before.
    """
    async with db.transaction() as session:
        await dead_letters.replay(session, letter_id)
        await record(session, caller, "dead_letter.replay", f"dead_letter:{letter_id}")
