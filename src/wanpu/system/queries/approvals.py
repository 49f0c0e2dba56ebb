"""Statements about approvals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.pages import PageAsk, read_page
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system.models import Approval, Staff
from wanpu.system.states import ApprovalStatus

APPROVAL = table_of(Approval)

_requester = table_of(Staff).alias("requester")
_decider = table_of(Staff).alias("decider")

_WITH_NAMES = (
    select(
        APPROVAL,
        _requester.c.username.label("requested_by_name"),
        _requester.c.merchant_id.label("requested_by_merchant"),
        _decider.c.username.label("decided_by_name"),
    )
    .outerjoin(_requester, _requester.c.user_id == APPROVAL.c.requested_by)
    .outerjoin(_decider, _decider.c.user_id == APPROVAL.c.decided_by)
)

APPROVAL_SORTS = {"created_at": APPROVAL.c.created_at, "expires_at": APPROVAL.c.expires_at}


@dataclass(frozen=True, slots=True)
class ApprovalFilter:
    """Which requests are wanted; None leaves a condition out."""

    status: ApprovalStatus | None = None
    action: str | None = None
    subject: str | None = None
    requested_by: Id | None = None


async def list_approvals(
    session: AsyncSession, wanted: ApprovalFilter, ask: PageAsk
) -> tuple[Sequence[Row[Any]], int]:
    """One page of requests with the names of both people, and how many match."""
    statement = _WITH_NAMES
    for name in ("status", "action", "subject", "requested_by"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(APPROVAL.c[name] == value)
    return await read_page(session, statement, ask, sorts=APPROVAL_SORTS, last=APPROVAL.c.id)


async def find_approval(session: AsyncSession, approval_id: Id) -> Row[Any] | None:
    """One request with the names of both people."""
    return (await session.execute(_WITH_NAMES.where(APPROVAL.c.id == approval_id))).first()


async def lock_approval(session: AsyncSession, approval_id: Id) -> Approval | None:
    """One request, locked."""
    statement = select(Approval).where(Approval.id == approval_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def find_open_approval(session: AsyncSession, open_key: str) -> Id | None:
    """The open request about one thing."""
    return (await session.execute(select(Approval.id).where(Approval.open_key == open_key))).scalar()
