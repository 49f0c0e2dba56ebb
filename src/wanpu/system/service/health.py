"""How the mall is doing (系统健康), and which SQL is slow, for operators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

import wanpu
from wanpu.infra import migrations, slow_statements
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.masking import mask_text
from wanpu.infra.pages import PageAsk
from wanpu.infra.readiness import problems_of_parts
from wanpu.system.callers import StaffCaller
from wanpu.system.queries.health import Backlog, read_backlog
from wanpu.system.service.operation_log import record
from wanpu.system.services import SystemServices

SLOW_STATEMENTS_KEPT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class SystemHealth:
    """`parts` name why each part of the answering process cannot serve, "" when it is sound; `backlog`
    is that of the whole mall."""

    version: str
    schema: str
    dialect: str
    cache: str
    events: str
    parts: dict[str, str]
    backlog: Backlog
    at: datetime


async def look(app: SystemServices) -> SystemHealth:
    """How everything stands at this moment."""
    parts = await problems_of_parts(app)
    now = app.clock.now()
    async with app.db.reading() as session:
        backlog = await read_backlog(session, now)
    return SystemHealth(
        version=wanpu.VERSION,
        schema=str(migrations.head()),
        dialect=app.db.dialect,
        cache="redis" if app.settings.redis_url else "memory",
        events="rabbitmq" if app.settings.rabbitmq_url else "in-process",
        parts={name: mask_text(problem) for name, problem in parts.items()},
        backlog=backlog,
        at=now,
    )


async def list_slow_statements(db: Database, ask: PageAsk) -> tuple[Sequence[Row[Any]], int]:
    """One page of slow statements, and how many there are."""
    async with db.reading() as session:
        return await slow_statements.list_slow_statements(session, ask)


@rerun_on_conflict
async def clear_slow_statements(db: Database, caller: StaffCaller) -> None:
    """Begin counting anew, after something was mended."""
    async with db.transaction() as session:
        after_all = db.clock.now() + timedelta(days=1)
        forgotten = await slow_statements.forget_slow_statements(session, after_all)
        await record(session, caller, "slow_statement.clear", "slow_statements", before={"count": forgotten})


@rerun_on_conflict
async def forget_old_slow_statements(db: Database) -> int:
    """Forget statements that have not been slow for two weeks; how many."""
    async with db.transaction() as session:
        return await slow_statements.forget_slow_statements(session, db.clock.now() - SLOW_STATEMENTS_KEPT)
