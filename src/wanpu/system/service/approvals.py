"""Ask for a dangerous action, decide on it as somebody else, and have it carried out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra import due_work
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.masking import mask_fields, mask_text
from wanpu.infra.pages import PageAsk
from wanpu.kernel.errors import Forbidden, WanpuError
from wanpu.kernel.ids import Id
from wanpu.system.approvals import Approved
from wanpu.system.callers import Origin, StaffCaller
from wanpu.system.errors import ApprovalClosed, ApprovalNotFound, ApprovalOpenAlready, OwnRequest
from wanpu.system.models import Approval
from wanpu.system.queries import approvals as queries
from wanpu.system.service.operation_log import record
from wanpu.system.services import SystemServices
from wanpu.system.states import APPROVAL_MOVES, ApprovalStatus

LIFE = timedelta(days=3)
"""How long a request waits for its decision."""

CARRY_OUT_WORK = "approval.carry_out"
EXPIRE_WORK = "approval.expire"
ERROR_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """What somebody wants to do. `params` is all that the action needs, secrets in it sealed; `shown`
    is what the decider sees; `subject` is the one thing it is about: "secret:SMS_KEY"."""

    action: str
    subject: str
    params: Mapping[str, Any]
    shown: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


async def request_approval(app: SystemServices, caller: StaffCaller, ask: ApprovalRequest) -> Id:
    """Put a request before the others.

    Raises:
        Forbidden: the caller lacks the action's permission.
        ApprovalOpenAlready: one about the same thing waits already.
    """
    _require_permission(app, caller, ask.action)
    [number] = await app.serials.take("approval")
    await _open_request(app.db, caller, Id(number), ask)
    return Id(number)


async def approve(app: SystemServices, caller: StaffCaller, approval_id: Id, comment: str = "") -> None:
    """Agree; the action is carried out at once, behind this answer.

    Raises:
        ApprovalNotFound, ApprovalClosed: there is nothing to decide.
        OwnRequest: who asks never decides.
        Forbidden: the caller lacks the action's permission.
    """
    await _decide(app, caller, approval_id, ApprovalStatus.APPROVED, comment)


async def refuse(app: SystemServices, caller: StaffCaller, approval_id: Id, comment: str) -> None:
    """Say no, and why. Raises as `approve` does."""
    await _decide(app, caller, approval_id, ApprovalStatus.REFUSED, comment)


@rerun_on_conflict
async def withdraw(db: Database, caller: StaffCaller, approval_id: Id) -> None:
    """Take one's own request back.

    Raises:
        ApprovalNotFound: there is none, or it is another's.
        ApprovalClosed: it was decided.
    """
    async with db.transaction() as session:
        approval = await queries.lock_approval(session, approval_id)
        if approval is None or approval.requested_by != caller.staff_id:
            raise ApprovalNotFound
        _require_open(approval, db.clock.now())
        await _close(session, approval, ApprovalStatus.WITHDRAWN)
        await record(session, caller, "approval.withdraw", f"approval:{approval_id}")


async def retry(app: SystemServices, caller: StaffCaller, approval_id: Id) -> None:
    """Carry out an approved request again whose action failed, after its cause was mended.

    Raises:
        ApprovalNotFound: there is none.
        ApprovalClosed: it has not failed.
        Forbidden: the caller lacks the action's permission.
    """
    found = await get_approval(app.db, approval_id)
    _require_permission(app, caller, found.action)
    await _start_again(app.db, caller, approval_id)


async def list_approvals(
    db: Database, wanted: queries.ApprovalFilter, ask: PageAsk
) -> tuple[Sequence[Row[Any]], int]:
    """One page of requests, and how many match."""
    async with db.reading() as session:
        return await queries.list_approvals(session, wanted, ask)


async def get_approval(db: Database, approval_id: Id) -> Row[Any]:
    """One request.

    Raises:
        ApprovalNotFound: there is none.
    """
    async with db.reading() as session:
        found = await queries.find_approval(session, approval_id)
    if found is None:
        raise ApprovalNotFound
    return found


async def carry_out(app: SystemServices, approval_id: Id) -> None:
    """Do what was approved, outside any transaction, and note how it ended.

    A refusal of the action is final until somebody retries; any other error leaves the request
    approved, and the work comes due again.
    """
    async with app.db.reading() as session:
        found = await queries.find_approval(session, approval_id)
    if found is None or found.status not in (ApprovalStatus.APPROVED, ApprovalStatus.FAILED):
        return
    caller = StaffCaller(
        staff_id=found.requested_by,
        username=found.requested_by_name or "",
        merchant_id=found.requested_by_merchant,
        token_id=Id(0),
        permissions=frozenset(),
        must_change_password=False,
        origin=Origin(method=f"approval {approval_id}"),
    )
    action = app.approvals.get(found.action)
    error = ""
    try:
        await action.carry_out(Approved(approval_id, found.subject, found.params, caller))
    except WanpuError as refusal:
        error = mask_text(f"{refusal.code}: {refusal.message('en')}")[:ERROR_LENGTH]
    await _note_end(app.db, approval_id, error)


@rerun_on_conflict
async def expire(db: Database, approval_id: Id) -> None:
    """Close a request that nobody decided on in time; one that was decided stays as it is."""
    async with db.transaction() as session:
        approval = await queries.lock_approval(session, approval_id)
        if approval is None or approval.status is not ApprovalStatus.PENDING:
            return
        await _close(session, approval, ApprovalStatus.EXPIRED)


@rerun_on_conflict
async def _open_request(db: Database, caller: StaffCaller, number: Id, ask: ApprovalRequest) -> None:
    open_key = f"{ask.action}|{ask.subject}"
    async with db.transaction() as session:
        standing = await queries.find_open_approval(session, open_key)
        if standing is not None:
            raise ApprovalOpenAlready(details={"approval_id": str(standing)})
        expires_at = db.clock.now() + LIFE
        session.add(
            Approval(
                id=number,
                action=ask.action,
                subject=ask.subject,
                params=dict(ask.params),
                shown=mask_fields(ask.shown),
                status=ApprovalStatus.PENDING,
                open_key=open_key,
                reason=ask.reason,
                requested_by=caller.staff_id,
                expires_at=expires_at,
                comment="",
                error="",
            )
        )
        await due_work.schedule(session, EXPIRE_WORK, str(number), expires_at)
        await record(
            session,
            caller,
            "approval.request",
            f"approval:{number}",
            after={"action": ask.action, "subject": ask.subject, "shown": dict(ask.shown)},
        )


async def _decide(
    app: SystemServices, caller: StaffCaller, approval_id: Id, status: ApprovalStatus, comment: str
) -> None:
    found = await get_approval(app.db, approval_id)
    _require_permission(app, caller, found.action)
    await _record_decision(app.db, caller, approval_id, status, comment)


@rerun_on_conflict
async def _record_decision(
    db: Database, caller: StaffCaller, approval_id: Id, status: ApprovalStatus, comment: str
) -> None:
    now = db.clock.now()
    async with db.transaction() as session:
        approval = await queries.lock_approval(session, approval_id)
        if approval is None:
            raise ApprovalNotFound
        if approval.requested_by == caller.staff_id:
            raise OwnRequest
        _require_open(approval, now)
        approval.decided_by = caller.staff_id
        approval.decided_at = now
        approval.comment = comment
        await _close(session, approval, status)
        if status is ApprovalStatus.APPROVED:
            await due_work.schedule(session, CARRY_OUT_WORK, str(approval_id), now)
        await record(
            session, caller, f"approval.{status.value}", f"approval:{approval_id}", after={"comment": comment}
        )


@rerun_on_conflict
async def _start_again(db: Database, caller: StaffCaller, approval_id: Id) -> None:
    async with db.transaction() as session:
        approval = await queries.lock_approval(session, approval_id)
        if approval is None:
            raise ApprovalNotFound
        if approval.status is not ApprovalStatus.FAILED:
            raise ApprovalClosed(details={"status": approval.status.value})
        await due_work.schedule(session, CARRY_OUT_WORK, str(approval_id), db.clock.now())
        await record(session, caller, "approval.retry", f"approval:{approval_id}")


@rerun_on_conflict
async def _note_end(db: Database, approval_id: Id, error: str) -> None:
    async with db.transaction() as session:
        approval = await queries.lock_approval(session, approval_id)
        assert approval is not None
        end = ApprovalStatus.FAILED if error else ApprovalStatus.DONE
        if APPROVAL_MOVES.move(approval.status, end):
            approval.status = end
            approval.done_at = db.clock.now()
        approval.error = error


async def _close(session: AsyncSession, approval: Approval, status: ApprovalStatus) -> None:
    """End the waiting: another request about the same thing may be made."""
    if APPROVAL_MOVES.move(approval.status, status):
        approval.status = status
    approval.open_key = None
    await due_work.cancel(session, EXPIRE_WORK, str(approval.id))


def _require_open(approval: Approval, now: datetime) -> None:
    if approval.status is not ApprovalStatus.PENDING:
        raise ApprovalClosed(details={"status": approval.status.value})
    if approval.expires_at <= now:
        raise ApprovalClosed(details={"status": ApprovalStatus.EXPIRED.value})


def _require_permission(app: SystemServices, caller: StaffCaller, action: str) -> None:
    permission = app.approvals.get(action).permission
    if not caller.may(permission):
        raise Forbidden(details={"permission": permission})
