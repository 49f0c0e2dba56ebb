"""Roles (角色): named sets of menus. Nobody grants more than it has itself."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.pages import PageAsk
from wanpu.kernel.ids import Id
from wanpu.system.callers import StaffCaller
from wanpu.system.errors import RoleAboveYou, RoleBuiltIn, RoleIsOwn, RoleNotFound
from wanpu.system.models import Role
from wanpu.system.queries import access, menus
from wanpu.system.queries import roles as queries
from wanpu.system.queries.roles import RoleFilter
from wanpu.system.rules.access import MenuTree
from wanpu.system.scopes import Scope
from wanpu.system.service.navigation import Navigation, navigation_of
from wanpu.system.service.operation_log import record
from wanpu.system.service.rights import Rights, read_rights
from wanpu.system.services import SystemServices
from wanpu.system.states import Audience


@dataclass(frozen=True, slots=True)
class NewRole:
    """A role as somebody adds it."""

    role_name: str
    remark: str = ""
    menu_ids: frozenset[Id] = frozenset()


@dataclass(frozen=True, slots=True)
class RoleWithMenus:
    """A role and the menus that it grants."""

    role: Role
    menu_ids: list[Id]


async def list_roles(
    db: Database, caller: StaffCaller, wanted: RoleFilter, ask: PageAsk
) -> tuple[list[Role], int]:
    """One page of the roles that the caller manages, and how many match."""
    async with db.reading() as session:
        return await queries.list_roles(session, Scope.of(caller), wanted, ask)


async def list_choices(db: Database, caller: StaffCaller, merchant_id: Id | None) -> Sequence[Role]:
    """The roles from which the caller chooses for an account of the platform, or of one merchant."""
    async with db.reading() as session:
        return await queries.list_choices(session, Scope.of(caller), merchant_id)


async def get_role(db: Database, caller: StaffCaller, role_id: Id) -> RoleWithMenus:
    """One role with its menus.

    Raises:
        RoleNotFound: the caller manages no such role.
    """
    async with db.reading() as session:
        role = await queries.find_role(session, Scope.of(caller), role_id)
        if role is None:
            raise RoleNotFound
        return RoleWithMenus(role, sorted(await queries.list_menu_ids(session, [role_id])))


async def preview_navigation(db: Database, caller: StaffCaller, role_id: Id) -> Navigation:
    """What an account with this role alone would see (以角色查看).

    Raises:
        RoleNotFound: the caller manages no such role.
    """
    async with db.reading() as session:
        role = await queries.find_role(session, Scope.of(caller), role_id)
        if role is None:
            raise RoleNotFound
        tree = MenuTree(await menus.list_menus(session, audience_of(role)))
        return navigation_of(tree, await queries.list_menu_ids(session, [role_id]))


async def create_role(app: SystemServices, caller: StaffCaller, new: NewRole) -> RoleWithMenus:
    """Add a role of the platform, or of the caller's merchant.

    Raises:
        MenuNotFound: a menu is none of this console's.
        BeyondOwnRights: the role would grant more than the caller has.
    """
    [role_id] = await app.serials.take("sys_role")
    return await _add(app.db, caller, Id(role_id), new)


@rerun_on_conflict
async def _add(db: Database, caller: StaffCaller, role_id: Id, new: NewRole) -> RoleWithMenus:
    async with db.transaction() as session:
        await access.renew_epoch(session)  # Its row lock puts changes of access in a line.
        (await read_rights(session, caller, caller.audience)).require_menus(new.menu_ids)
        role = Role(
            role_id=role_id,
            role_name=new.role_name,
            remark=new.remark,
            merchant_id=caller.merchant_id,
            create_user_id=caller.staff_id,
        )
        session.add(role)
        await queries.replace_menus(session, role_id, new.menu_ids)
        await record(session, caller, "role.create", f"role:{role_id}", after=_shown(role, new.menu_ids))
    return RoleWithMenus(role, sorted(new.menu_ids))


@rerun_on_conflict
async def change_role(
    db: Database, caller: StaffCaller, role_id: Id, changes: Mapping[str, Any]
) -> RoleWithMenus:
    """Change a role's name and remark; `menu_ids` among the changes replaces all of its menus.

    Raises:
        RoleNotFound: the caller manages no such role.
        RoleIsOwn, RoleBuiltIn: nobody changes what it may do itself, nor a merchant's first role.
        RoleAboveYou: the role grants more than the caller has.
        MenuNotFound, BeyondOwnRights: as at its creation, for the whole set and not only what is new.
    """
    async with db.transaction() as session:
        await access.renew_epoch(session)
        role = await _lock_to_change(session, caller, role_id)
        before = await queries.list_menu_ids(session, [role_id])
        after = set(changes.get("menu_ids", before))
        shown_before = _shown(role, before)
        rights = await _require_not_above(session, caller, role, before)
        if after != before:
            rights.require_menus(after)
            await queries.replace_menus(session, role_id, after)
        for name in changes.keys() - {"menu_ids"}:
            setattr(role, name, changes[name])
        await record(
            session,
            caller,
            "role.change",
            f"role:{role_id}",
            before=shown_before,
            after=_shown(role, after),
        )
    return RoleWithMenus(role, sorted(after))


@rerun_on_conflict
async def delete_role(db: Database, caller: StaffCaller, role_id: Id) -> None:
    """Remove a role, and take it from every account that has it.

    Raises:
        RoleNotFound: the caller manages no such role.
        RoleIsOwn, RoleBuiltIn, RoleAboveYou: it stays.
    """
    async with db.transaction() as session:
        await access.renew_epoch(session)
        role = await _lock_to_change(session, caller, role_id)
        menu_ids = await queries.list_menu_ids(session, [role_id])
        await _require_not_above(session, caller, role, menu_ids)
        await queries.delete_links_of_role(session, role_id)
        await session.delete(role)
        await record(session, caller, "role.delete", f"role:{role_id}", before=_shown(role, menu_ids))


def audience_of(role: Role) -> Audience:
    """Whose console a role's menus stand in."""
    return Audience.PLATFORM if role.merchant_id is None else Audience.MERCHANT


async def _lock_to_change(session: AsyncSession, caller: StaffCaller, role_id: Id) -> Role:
    role = await queries.lock_role(session, Scope.of(caller), role_id)
    if role is None:
        raise RoleNotFound
    if role.is_built_in:
        raise RoleBuiltIn
    if not caller.is_super and role_id in await queries.list_role_ids_of_staff(session, caller.staff_id):
        raise RoleIsOwn
    return role


async def _require_not_above(
    session: AsyncSession, caller: StaffCaller, role: Role, menu_ids: Collection[Id]
) -> Rights:
    """The caller's rights, which cover what the role grants now."""
    rights = await read_rights(session, caller, audience_of(role))
    if not rights.covers(menu_ids):
        raise RoleAboveYou
    return rights


def _shown(role: Role, menu_ids: Collection[Id]) -> dict[str, Any]:
    """What the operation log keeps of a role."""
    return {
        "role_name": role.role_name,
        "remark": role.remark,
        "menu_ids": [str(menu_id) for menu_id in sorted(menu_ids)],
    }
