"""The operation log (系统日志) as operators read it; nobody writes it over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Row

from wanpu.infra.http.fields import IdText, Out, PageOut, UtcTime
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.infra.http.paging import sorted_by
from wanpu.infra.pages import PageAsk
from wanpu.system.api.identity import SystemDep, needs
from wanpu.system.callers import StaffCaller
from wanpu.system.queries.logs import LogFilter
from wanpu.system.service import operation_log

router = APIRouter(prefix="/platform/v1", route_class=StrictJsonRoute, tags=["logs"])

MayRead = Annotated[StaffCaller, needs("sys:log:list")]


class OperationOut(Out):
    """One write by staff. `time_ms` counts from the request's arrival; `seal_no` is the seal over it."""

    log_id: IdText
    user_id: IdText | None
    username: str
    merchant_id: IdText | None
    operation: str
    subject: str
    method: str
    time_ms: int
    ip: str
    request_id: str
    created_at: UtcTime
    seal_no: int | None

    @classmethod
    def of(cls, row: Row[Any]) -> "OperationOut":
        """What a row of the log shows in a list."""
        return cls(**_shown(row))


class OperationDetailOut(OperationOut):
    """The same with the request's body and what was changed, both masked when they were written."""

    params: str
    before: Any
    after: Any

    @classmethod
    def of(cls, row: Row[Any]) -> "OperationDetailOut":
        """What a row of the log shows by itself."""
        return cls(**_shown(row), params=row.params, before=row.before, after=row.after)


class OperationList(PageOut[OperationOut]):
    """One page of the log."""


class SealOut(Out):
    """The newest seal. Kept elsewhere, its hash proves later that nothing before it was changed."""

    seal_no: int
    last_log_id: IdText
    hash: str
    sealed_at: UtcTime


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {
        "log_id": row.id,
        "user_id": row.user_id,
        "username": row.username,
        "merchant_id": row.merchant_id,
        "operation": row.operation,
        "subject": row.subject,
        "method": row.method,
        "time_ms": row.time,
        "ip": row.ip,
        "request_id": row.request_id,
        "created_at": row.created_at,
        "seal_no": row.seal_no,
    }


Text = Annotated[str | None, Query(min_length=1, max_length=128, description="Exactly this text.")]
Time = Annotated[UtcTime | None, Query(description="ISO 8601 with a zone.")]


@router.get("/logs")
async def list_operations(
    app: SystemDep,
    caller: MayRead,
    ask: Annotated[PageAsk, sorted_by("time", default="created_at")],
    username: Text = None,
    operation: Text = None,
    subject: Text = None,
    ip: Text = None,
    request_id: Text = None,
    since: Time = None,
    until: Time = None,
) -> OperationList:
    """系统日志: newest first. `until` itself is left out."""
    wanted = LogFilter(username, operation, subject, ip, request_id, since, until)
    rows, total = await operation_log.list_operations(app.db, wanted, ask)
    return OperationList(items=[OperationOut.of(row) for row in rows], total=total)


@router.get("/logs/seal")
async def get_last_seal(app: SystemDep, caller: MayRead) -> SealOut | None:
    """最新封条: the newest seal over the log; null before the first."""
    seal = await operation_log.find_last_seal(app.db)
    if seal is None:
        return None
    return SealOut(seal_no=seal.seal_no, last_log_id=seal.last_id, hash=seal.hash, sealed_at=seal.created_at)


@router.get("/logs/{log_id}")
async def get_operation(log_id: IdText, app: SystemDep, caller: MayRead) -> OperationDetailOut:
    """日志详情, with what was changed."""
    return OperationDetailOut.of(await operation_log.get_operation(app.db, log_id))
