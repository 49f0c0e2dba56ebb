"""Statements about roles (角色) and their links. Whose roles they may touch is their first argument."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.pages import PageAsk, read_page
from wanpu.infra.statements import padded
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system.models import Role, RoleMenu, StaffRole
from wanpu.system.scopes import Scope

_ROLES = table_of(Role)

SORTS = {"created_at": _ROLES.c.created_at, "role_name": _ROLES.c.role_name}
MAX_CHOICES = 1000


@dataclass(frozen=True, slots=True)
class RoleFilter:
    """Which roles are looked for; a part of the name in any case, and whose they are."""

    role_name: str | None = None
    merchant_id: Id | None = None


async def list_roles(
    session: AsyncSession, scope: Scope, wanted: RoleFilter, ask: PageAsk
) -> tuple[list[Role], int]:
    """One page of the roles that a scope holds, and how many match."""
    statement = scope.narrow(select(Role), Role)
    if wanted.role_name:
        statement = statement.where(Role.role_name.icontains(wanted.role_name, autoescape=True))
    if wanted.merchant_id is not None:
        statement = statement.where(Role.merchant_id == wanted.merchant_id)
    rows, total = await read_page(session, statement, ask, sorts=SORTS, last=_ROLES.c.role_id)
    return [row[0] for row in rows], total


async def list_choices(session: AsyncSession, scope: Scope, merchant_id: Id | None) -> Sequence[Role]:
    """Roles of the platform, or of one merchant, that may be given away; by name, 1000 at most."""
    statement = scope.narrow(select(Role), Role).where(
        Role.merchant_id.is_(None) if merchant_id is None else Role.merchant_id == merchant_id
    )
    statement = statement.order_by(Role.role_name, Role.role_id).limit(MAX_CHOICES)
    return (await session.execute(statement)).scalars().all()


async def find_role(session: AsyncSession, scope: Scope, role_id: Id) -> Role | None:
    """One role of a scope."""
    statement = scope.narrow(select(Role).where(Role.role_id == role_id), Role)
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_role(session: AsyncSession, scope: Scope, role_id: Id) -> Role | None:
    """One role of a scope, locked."""
    statement: Select[Any] = scope.narrow(select(Role).where(Role.role_id == role_id), Role)
    found: Role | None = (await session.execute(statement.with_for_update())).scalar_one_or_none()
    return found


async def list_roles_by_id(session: AsyncSession, scope: Scope, role_ids: Collection[Id]) -> dict[Id, Role]:
    """Roles of a scope by id; those outside are left out."""
    if not role_ids:
        return {}
    statement = scope.narrow(select(Role).where(Role.role_id.in_(padded(role_ids))), Role)
    return {role.role_id: role for role in (await session.execute(statement)).scalars()}


async def find_built_in_role(session: AsyncSession, merchant_id: Id) -> Role | None:
    """The role that the mall made for a merchant's first account."""
    statement = (
        select(Role)
        .where(Role.merchant_id == merchant_id, Role.create_user_id.is_(None))
        .order_by(Role.role_id)
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def list_menu_ids(session: AsyncSession, role_ids: Collection[Id]) -> set[Id]:
    """The menus that some roles grant together."""
    if not role_ids:
        return set()
    statement = select(RoleMenu.menu_id).where(RoleMenu.role_id.in_(padded(role_ids))).distinct()
    return set((await session.execute(statement)).scalars())


async def replace_menus(session: AsyncSession, role_id: Id, menu_ids: Collection[Id]) -> None:
    """Let a role grant exactly these menus."""
    await session.execute(delete(RoleMenu).where(RoleMenu.role_id == role_id))
    now = session.info["clock"].now()
    rows = [{"role_id": role_id, "menu_id": menu_id, "created_at": now} for menu_id in sorted(menu_ids)]
    if rows:
        await session.execute(insert(table_of(RoleMenu)), rows)


async def delete_links_of_role(session: AsyncSession, role_id: Id) -> None:
    """Take a role from every account, and its menus from it."""
    await session.execute(delete(RoleMenu).where(RoleMenu.role_id == role_id))
    await session.execute(delete(StaffRole).where(StaffRole.role_id == role_id))


async def list_role_ids_of_staff(session: AsyncSession, staff_id: Id) -> set[Id]:
    """The roles that an account has."""
    statement = select(StaffRole.role_id).where(StaffRole.user_id == staff_id)
    return set((await session.execute(statement)).scalars())


async def list_roles_of_staff(session: AsyncSession, staff_id: Id) -> Sequence[Role]:
    """The roles that an account has, by name."""
    statement = (
        select(Role)
        .join(StaffRole, StaffRole.role_id == Role.role_id)
        .where(StaffRole.user_id == staff_id)
        .order_by(Role.role_name, Role.role_id)
    )
    return (await session.execute(statement)).scalars().all()


async def replace_roles_of_staff(session: AsyncSession, staff_id: Id, role_ids: Collection[Id]) -> None:
    """Let an account have exactly these roles."""
    await session.execute(delete(StaffRole).where(StaffRole.user_id == staff_id))
    now = session.info["clock"].now()
    rows = [{"user_id": staff_id, "role_id": role_id, "created_at": now} for role_id in sorted(role_ids)]
    if rows:
        await session.execute(insert(table_of(StaffRole)), rows)
