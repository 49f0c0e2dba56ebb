"""Statements that manage staff accounts (后台用户). Whose accounts they may touch is their first argument."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.pages import PageAsk, read_page
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system.models import Staff, StaffRole
from wanpu.system.scopes import Scope
from wanpu.system.states import StaffStatus

STAFF = table_of(Staff)

SORTS = {name: STAFF.c[name] for name in ("created_at", "username", "status", "last_login_at")}


@dataclass(frozen=True, slots=True)
class StaffFilter:
    """Which accounts are looked for; a part of the name in any case, and whole values of the rest."""

    username: str | None = None
    mobile: str | None = None
    status: StaffStatus | None = None
    role_id: Id | None = None
    merchant_id: Id | None = None


def select_staff(scope: Scope, wanted: StaffFilter) -> Select[Any]:
    """The accounts of a scope that match, in no order."""
    statement = scope.narrow(select(Staff), Staff)
    if wanted.username:
        statement = statement.where(Staff.username.icontains(wanted.username, autoescape=True))
    if wanted.mobile:
        statement = statement.where(Staff.mobile == wanted.mobile)
    if wanted.status is not None:
        statement = statement.where(Staff.status == wanted.status)
    if wanted.merchant_id is not None:
        statement = statement.where(Staff.merchant_id == wanted.merchant_id)
    if wanted.role_id is not None:
        holders = select(StaffRole.user_id).where(StaffRole.role_id == wanted.role_id)
        statement = statement.where(Staff.user_id.in_(holders))
    return statement


async def list_staff(
    session: AsyncSession, scope: Scope, wanted: StaffFilter, ask: PageAsk
) -> tuple[list[Staff], int]:
    """One page of the accounts that a scope holds, and how many match."""
    rows, total = await read_page(
        session, select_staff(scope, wanted), ask, sorts=SORTS, last=STAFF.c.user_id
    )
    return [row[0] for row in rows], total


async def find_staff(session: AsyncSession, scope: Scope, staff_id: Id) -> Staff | None:
    """One account of a scope."""
    statement = scope.narrow(select(Staff).where(Staff.user_id == staff_id), Staff)
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_staff(session: AsyncSession, scope: Scope, staff_id: Id) -> Staff | None:
    """One account of a scope, locked."""
    statement: Select[Any] = scope.narrow(select(Staff).where(Staff.user_id == staff_id), Staff)
    found: Staff | None = (await session.execute(statement.with_for_update())).scalar_one_or_none()
    return found


async def delete_role_links(session: AsyncSession, staff_id: Id) -> None:
    """Take every role from an account."""
    await session.execute(delete(StaffRole).where(StaffRole.user_id == staff_id))
