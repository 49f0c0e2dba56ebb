"""System health (系统健康) and the SQL monitor (SQL监控)."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlalchemy import Row

from wanpu.infra.http.fields import Out, PageOut, UtcTime
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.infra.http.paging import sorted_by
from wanpu.infra.pages import PageAsk
from wanpu.system.api.identity import SystemDep, needs
from wanpu.system.callers import StaffCaller
from wanpu.system.service import health
from wanpu.system.service.health import SystemHealth

router = APIRouter(prefix="/platform/v1", route_class=StrictJsonRoute, tags=["health"])

MaySeeHealth = Annotated[StaffCaller, needs("sys:health:list")]
MaySeeStatements = Annotated[StaffCaller, needs("sys:sql:list")]
MayClear = Annotated[StaffCaller, needs("sys:sql:delete")]


class PartOut(Out):
    """One part that the answering process needs."""

    name: str
    is_sound: bool
    problem: str


class HealthOut(Out):
    """How the mall is doing. The counts are of the whole mall; parts are of the answering process."""

    version: str
    schema_step: str
    database: str
    cache: str
    events: str
    parts: list[PartOut]
    pending_events: int
    open_dead_letters: int
    overdue_work: int
    oldest_overdue_at: UtcTime | None
    running_jobs: int
    pending_approvals: int
    slow_statements: int
    at: UtcTime

    @classmethod
    def of(cls, found: SystemHealth) -> "HealthOut":
        """The state of everything as a page shows it."""
        backlog = found.backlog
        return cls(
            version=found.version,
            schema_step=found.schema,
            database=found.dialect,
            cache=found.cache,
            events=found.events,
            parts=[
                PartOut(name=name, is_sound=not problem, problem=problem)
                for name, problem in sorted(found.parts.items())
            ],
            pending_events=backlog.pending_events,
            open_dead_letters=backlog.open_dead_letters,
            overdue_work=backlog.overdue_work,
            oldest_overdue_at=backlog.oldest_overdue_at,
            running_jobs=backlog.running_jobs,
            pending_approvals=backlog.pending_approvals,
            slow_statements=backlog.slow_statements,
            at=found.at,
        )


class SlowStatementOut(Out):
    """One statement without its values; times are milliseconds."""

    fingerprint: str
    statement: str
    runs: int
    total_ms: int
    longest_ms: int
    average_ms: int
    last_at: UtcTime

    @classmethod
    def of(cls, row: Row[Any]) -> "SlowStatementOut":
        """A slow statement as a page shows it."""
        return cls(
            fingerprint=row.fingerprint,
            statement=row.statement,
            runs=row.runs,
            total_ms=row.total_ms,
            longest_ms=row.longest_ms,
            average_ms=round(row.total_ms / row.runs),
            last_at=row.last_at,
        )


class SlowStatementList(PageOut[SlowStatementOut]):
    """One page of slow statements."""


@router.get("/health")
async def get_health(app: SystemDep, caller: MaySeeHealth) -> HealthOut:
    """系统健康: parts, backlog, versions."""
    return HealthOut.of(await health.look(app))


@router.get("/slow-statements")
async def list_slow_statements(
    app: SystemDep,
    caller: MaySeeStatements,
    ask: Annotated[PageAsk, sorted_by("longest_ms", "total_ms", "runs", default="last_at")],
) -> SlowStatementList:
    """SQL监控: statements that took long, by their text without values."""
    rows, total = await health.list_slow_statements(app.db, ask)
    return SlowStatementList(items=[SlowStatementOut.of(row) for row in rows], total=total)


@router.delete("/slow-statements", status_code=204)
async def clear_slow_statements(app: SystemDep, caller: MayClear) -> Response:
    """清空: count anew, after something was mended."""
    await health.clear_slow_statements(app.db, caller)
    return Response(status_code=204)
