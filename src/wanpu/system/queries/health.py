"""Statements that tell how the mall is doing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.jobs.models import Firing
from wanpu.infra.models import DeadLetter, DueWork, OutboxEvent, SlowStatement
from wanpu.system.models import Approval
from wanpu.system.states import ApprovalStatus


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: events to deliver, dead letters, due work and since when, runs, approvals."""

    pending_events: int
    open_dead_letters: int
    overdue_work: int
    oldest_overdue_at: datetime | None
    running_jobs: int
    pending_approvals: int
    slow_statements: int


async def read_backlog(session: AsyncSession, now: datetime) -> Backlog:
    """Counts over indexed columns, one statement each."""
    overdue = (
        await session.execute(
            select(func.count(), func.min(DueWork.due_at)).where(
                DueWork.due_at <= now, DueWork.lease_token.is_(None)
            )
        )
    ).one()
    return Backlog(
        pending_events=await _count(session, OutboxEvent.pending == 1),
        open_dead_letters=await _count(session, DeadLetter.replayed_at.is_(None)),
        overdue_work=overdue[0],
        oldest_overdue_at=overdue[1],
        running_jobs=await _count(session, Firing.lease_until.is_not(None)),
        pending_approvals=await _count(session, Approval.status == ApprovalStatus.PENDING),
        slow_statements=(await session.execute(select(func.count()).select_from(SlowStatement))).scalar_one(),
    )


async def _count(session: AsyncSession, condition: ColumnElement[bool]) -> int:
    return (await session.execute(select(func.count()).where(condition))).scalar_one()
