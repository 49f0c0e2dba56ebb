"""Dead letters (死信): events that a handler refused too often."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Row

from wanpu.infra.http.fields import IdText, Out, PageOut, UtcTime
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.infra.http.paging import sorted_by
from wanpu.infra.pages import PageAsk
from wanpu.system.api.identity import SystemDep, needs
from wanpu.system.callers import StaffCaller
from wanpu.system.service import dead_letters

router = APIRouter(prefix="/platform/v1", route_class=StrictJsonRoute, tags=["dead letters"])

MayList = Annotated[StaffCaller, needs("sys:dead-letter:list")]
MayReplay = Annotated[StaffCaller, needs("sys:dead-letter:replay")]


class DeadLetterOut(Out):
    """One event and the handler that refused it; open until `replayed_at`."""

    dead_letter_id: IdText
    event_id: IdText
    name: str
    handler: str
    payload: Any
    error: str
    attempts: int
    created_at: UtcTime
    replayed_at: UtcTime | None

    @classmethod
    def of(cls, row: Row[Any]) -> "DeadLetterOut":
        """A letter as screens show it."""
        return cls(
            dead_letter_id=row.id,
            event_id=row.event_id,
            name=row.name,
            handler=row.handler,
            payload=row.payload,
            error=row.error,
            attempts=row.attempts,
            created_at=row.created_at,
            replayed_at=row.replayed_at,
        )


class DeadLetterList(PageOut[DeadLetterOut]):
    """One page of letters."""


@router.get("/dead-letters")
async def list_dead_letters(
    app: SystemDep,
    caller: MayList,
    ask: Annotated[PageAsk, sorted_by("updated_at", default="created_at")],
    name: Annotated[str | None, Query(min_length=1, max_length=64, description="The event's name.")] = None,
    is_open: Annotated[bool | None, Query(description="Only those that nobody replayed.")] = None,
) -> DeadLetterList:
    """死信列表."""
    rows, total = await dead_letters.list_dead_letters(app.db, ask, name=name, is_open=is_open)
    return DeadLetterList(items=[DeadLetterOut.of(row) for row in rows], total=total)


@router.get("/dead-letters/{dead_letter_id}")
async def get_dead_letter(dead_letter_id: IdText, app: SystemDep, caller: MayList) -> DeadLetterOut:
    """死信详情."""
    return DeadLetterOut.of(await dead_letters.get_dead_letter(app.db, dead_letter_id))


@router.post("/dead-letters/{dead_letter_id}/replay", status_code=202)
async def replay(dead_letter_id: IdText, app: SystemDep, caller: MayReplay) -> DeadLetterOut:
    """重放: deliver it again, behind this answer; a letter that was replayed already is refused."""
    await dead_letters.replay(app.db, caller, dead_letter_id)
    return DeadLetterOut.of(await dead_letters.get_dead_letter(app.db, dead_letter_id))
