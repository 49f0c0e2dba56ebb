"""Approvals (审批) as operators work with them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import Row

from wanpu.infra.http.fields import Body, IdText, Line, Out, PageOut, UtcTime
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.infra.http.paging import sorted_by
from wanpu.infra.pages import PageAsk
from wanpu.system.api.identity import SystemDep, needs
from wanpu.system.approvals import ApprovalActions
from wanpu.system.callers import StaffCaller
from wanpu.system.queries.approvals import ApprovalFilter
from wanpu.system.service import approvals
from wanpu.system.states import ApprovalStatus

router = APIRouter(prefix="/platform/v1", route_class=StrictJsonRoute, tags=["approvals"])

MayList = Annotated[StaffCaller, needs("sys:approval:list")]
MayRead = Annotated[StaffCaller, needs("sys:approval:info")]
MayDecide = Annotated[StaffCaller, needs("sys:approval:decide")]


class ApprovalOut(Out):
    """One request. `shown` is what it would do; `permission` is what deciding takes besides."""

    approval_id: IdText
    action: str
    action_title_zh: str
    action_title_en: str
    permission: str
    subject: str
    shown: Any
    status: str
    reason: str
    requested_by: IdText
    requested_by_name: str | None
    created_at: UtcTime
    expires_at: UtcTime
    decided_by: IdText | None
    decided_by_name: str | None
    decided_at: UtcTime | None
    comment: str
    done_at: UtcTime | None
    error: str

    @classmethod
    def of(cls, row: Row[Any], actions: ApprovalActions) -> "ApprovalOut":
        """A request as screens show it; its parameters stay inside."""
        action = actions.get(row.action)
        return cls(
            approval_id=row.id,
            action=row.action,
            action_title_zh=action.title_zh,
            action_title_en=action.title_en,
            permission=action.permission,
            subject=row.subject,
            shown=row.shown,
            status=row.status.value,
            reason=row.reason,
            requested_by=row.requested_by,
            requested_by_name=row.requested_by_name,
            created_at=row.created_at,
            expires_at=row.expires_at,
            decided_by=row.decided_by,
            decided_by_name=row.decided_by_name,
            decided_at=row.decided_at,
            comment=row.comment,
            done_at=row.done_at,
            error=row.error,
        )


class ApprovalList(PageOut[ApprovalOut]):
    """One page of requests."""


class AgreementBody(Body):
    """A word with the agreement, if one is wanted."""

    comment: Annotated[str, Field(max_length=500)] = ""


class RefusalBody(Body):
    """Why not."""

    comment: Annotated[Line, Field(max_length=500)]


@router.get("/approvals")
async def list_approvals(
    app: SystemDep,
    caller: MayList,
    ask: Annotated[PageAsk, sorted_by("expires_at", default="created_at")],
    status: Annotated[ApprovalStatus | None, Query(description="How far it is.")] = None,
    action: Annotated[
        str | None, Query(min_length=1, max_length=64, description="Exactly this action.")
    ] = None,
    subject: Annotated[
        str | None, Query(min_length=1, max_length=128, description="Exactly this one.")
    ] = None,
    requested_by: Annotated[IdText | None, Query(description="Whose request it is.")] = None,
) -> ApprovalList:
    """审批列表."""
    wanted = ApprovalFilter(status, action, subject, requested_by)
    rows, total = await approvals.list_approvals(app.db, wanted, ask)
    return ApprovalList(items=[ApprovalOut.of(row, app.approvals) for row in rows], total=total)


@router.get("/approvals/{approval_id}")
async def get_approval(approval_id: IdText, app: SystemDep, caller: MayRead) -> ApprovalOut:
    """审批详情."""
    return ApprovalOut.of(await approvals.get_approval(app.db, approval_id), app.approvals)


@router.post("/approvals/{approval_id}/approve")
async def approve(approval_id: IdText, body: AgreementBody, app: SystemDep, caller: MayDecide) -> ApprovalOut:
    """同意: the action is carried out behind this answer."""
    await approvals.approve(app, caller, approval_id, body.comment)
    return ApprovalOut.of(await approvals.get_approval(app.db, approval_id), app.approvals)


@router.post("/approvals/{approval_id}/refuse")
async def refuse(approval_id: IdText, body: RefusalBody, app: SystemDep, caller: MayDecide) -> ApprovalOut:
    """拒绝, with a reason."""
    await approvals.refuse(app, caller, approval_id, body.comment)
    return ApprovalOut.of(await approvals.get_approval(app.db, approval_id), app.approvals)


@router.post("/approvals/{approval_id}/withdraw")
async def withdraw(approval_id: IdText, app: SystemDep, caller: MayRead) -> ApprovalOut:
    """撤回 one's own request."""
    await approvals.withdraw(app.db, caller, approval_id)
    return ApprovalOut.of(await approvals.get_approval(app.db, approval_id), app.approvals)


@router.post("/approvals/{approval_id}/retry")
async def retry(approval_id: IdText, app: SystemDep, caller: MayDecide) -> ApprovalOut:
    """重新执行 an approved request whose action failed."""
    await approvals.retry(app, caller, approval_id)
    return ApprovalOut.of(await approvals.get_approval(app.db, approval_id), app.approvals)
