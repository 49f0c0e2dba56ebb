"""The menus of the consoles (菜单), and the permissions that hang on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.kernel.ids import Id
from wanpu.system.base_rows.known_permissions import known_permissions
from wanpu.system.callers import StaffCaller
from wanpu.system.errors import (
    MenuHasChildren,
    MenuNotFound,
    MenuOrderStale,
    MenuParentInvalid,
    MenuProtected,
    MenuShapeInvalid,
    PermissionUnknown,
    TooManyMenus,
)
from wanpu.system.models import Menu
from wanpu.system.models.access import LAST_BASE_MENU, TOP
from wanpu.system.queries import access
from wanpu.system.queries import menus as queries
from wanpu.system.rules.access import (
    MenuTree,
    require_depth,
    require_place,
    split_permissions,
)
from wanpu.system.service.operation_log import record
from wanpu.system.service.rights import Rights, read_rights
from wanpu.system.services import SystemServices
from wanpu.system.states import Audience, MenuType

MAX_MENUS = 2000
"""Menus of one console at most: the tree is read whole."""

_FIXED = ("parent_id", "url", "perms")
"""What nobody changes on a menu that came with Wanpu."""

_SHOWN = ("parent_id", "name", "name_en", "url", "perms", "icon", "order_num")


@dataclass(frozen=True, slots=True)
class NewMenu:
    """A menu as an operator adds it; `perms` separates permissions by commas."""

    type: MenuType
    name: str
    name_en: str = ""
    parent_id: Id = TOP
    url: str | None = None
    perms: str | None = None
    icon: str | None = None
    order_num: int = 0
    audience: Audience = Audience.PLATFORM


async def list_menus(app: SystemServices, caller: StaffCaller, audience: Audience) -> Rights:
    """The whole tree of one console, and which of its menus the caller may grant to a role."""
    async with app.db.reading() as session:
        return await read_rights(session, caller, audience)


async def get_menu(app: SystemServices, menu_id: Id) -> Menu:
    """One menu.

    Raises:
        MenuNotFound: there is none.
    """
    async with app.db.reading() as session:
        return await _get(session, menu_id)


async def create_menu(app: SystemServices, caller: StaffCaller, new: NewMenu) -> Menu:
    """Add a menu to a console.

    Raises:
        MenuNotFound, MenuParentInvalid, MenuTooDeep: it cannot stand there.
        MenuShapeInvalid, PermissionUnknown: it is no such menu.
        BeyondOwnRights: it would grant what the caller may not do.
        TooManyMenus: the console is full.
    """
    _require_shape(new.type, new.url, new.perms, new.icon)
    _require_known(new.perms, new.audience)
    [serial] = await app.serials.take("sys_menu")
    return await _add(app.db, caller, Id(LAST_BASE_MENU + serial), new)


@rerun_on_conflict
async def _add(db: Database, caller: StaffCaller, menu_id: Id, new: NewMenu) -> Menu:
    async with db.transaction() as session:
        await access.renew_epoch(session)  # Its row lock puts changes of access in a line.
        rights = await read_rights(session, caller, new.audience)
        if len(rights.tree.by_id) >= MAX_MENUS:
            raise TooManyMenus
        rights.require_permissions(split_permissions([new.perms or ""]))
        parent = _parent_in(rights.tree, new.parent_id)
        require_place(new.type, parent)
        require_depth(rights.tree.depth_of(new.parent_id), 0 if new.type is MenuType.BUTTON else 1)
        menu = Menu(
            menu_id=menu_id,
            parent_id=new.parent_id,
            name=new.name,
            name_en=new.name_en,
            url=new.url,
            perms=new.perms,
            type=new.type,
            icon=new.icon,
            order_num=new.order_num,
            audience=new.audience,
        )
        session.add(menu)
        await record(session, caller, "menu.create", f"menu:{menu_id}", after=_shown(menu))
    return menu


@rerun_on_conflict
async def change_menu(db: Database, caller: StaffCaller, menu_id: Id, changes: Mapping[str, Any]) -> Menu:
    """Rename, move or otherwise change a menu. `changes` maps columns to new values; the type and the
    console of a menu never change. Of a menu that came with Wanpu only names, icon and order do.

    Raises:
        MenuNotFound: there is no such menu, or no such parent in its console.
        MenuProtected: it came with Wanpu.
        MenuParentInvalid, MenuTooDeep, MenuShapeInvalid, PermissionUnknown, BeyondOwnRights: as at its
            creation; nothing below itself can be its parent either.
    """
    async with db.transaction() as session:
        await access.renew_epoch(session)
        menu = await _get(session, menu_id)
        changed = {name: value for name, value in changes.items() if getattr(menu, name) != value}
        if menu.menu_id <= LAST_BASE_MENU and changed.keys() & set(_FIXED):
            raise MenuProtected(details={"fields": sorted(changed.keys() & set(_FIXED))})
        rights = await read_rights(session, caller, menu.audience)
        if "parent_id" in changed:
            _require_move(rights.tree, menu, changed["parent_id"])
        if "perms" in changed:
            _require_known(changed["perms"], menu.audience)
            rights.require_permissions(split_permissions([changed["perms"] or ""]))
        before = _shown(menu)
        for name, value in changed.items():
            setattr(menu, name, value)
        if menu.menu_id > LAST_BASE_MENU:
            _require_shape(menu.type, menu.url, menu.perms, menu.icon)
        await record(session, caller, "menu.change", f"menu:{menu_id}", before=before, after=_shown(menu))
    return menu


@rerun_on_conflict
async def order_menus(
    db: Database, caller: StaffCaller, audience: Audience, parent_id: Id, menu_ids: Sequence[Id]
) -> None:
    """Put the menus right below one parent in a new order.

    Raises:
        MenuNotFound: there is no such parent in this console.
        MenuOrderStale: `menu_ids` are not exactly the menus that stand there.
    """
    async with db.transaction() as session:
        await access.renew_epoch(session)
        tree = MenuTree(await queries.list_menus(session, audience))
        _parent_in(tree, parent_id)
        standing = {menu.menu_id: menu for menu in tree.children_of(parent_id)}
        if len(menu_ids) != len(standing) or set(menu_ids) != standing.keys():
            raise MenuOrderStale
        before = {"order": [str(menu.menu_id) for menu in tree.children_of(parent_id)]}
        for position, menu_id in enumerate(menu_ids):
            standing[menu_id].order_num = position
        after = {"order": [str(menu_id) for menu_id in menu_ids]}
        await record(session, caller, "menu.order", f"menu:{parent_id}", before=before, after=after)


@rerun_on_conflict
async def delete_menu(db: Database, caller: StaffCaller, menu_id: Id) -> None:
    """Remove a menu from its console and from every role.

    Raises:
        MenuNotFound: there is none.
        MenuProtected: it came with Wanpu.
        MenuHasChildren: others stand below it.
    """
    async with db.transaction() as session:
        await access.renew_epoch(session)
        menu = await _get(session, menu_id)
        if menu.menu_id <= LAST_BASE_MENU:
            raise MenuProtected
        tree = MenuTree(await queries.list_menus(session, menu.audience))
        if tree.children_of(menu_id):
            raise MenuHasChildren
        await queries.delete_links_of_menu(session, menu_id)
        await session.delete(menu)
        await record(session, caller, "menu.delete", f"menu:{menu_id}", before=_shown(menu))


async def _get(session: AsyncSession, menu_id: Id) -> Menu:
    menu = await queries.find_menu(session, menu_id)
    if menu is None:
        raise MenuNotFound
    return menu


def _parent_in(tree: MenuTree, parent_id: Id) -> Menu | None:
    if parent_id == TOP:
        return None
    if parent_id not in tree.by_id:
        raise MenuNotFound(details={"field": "parent_id"})
    return tree.by_id[parent_id]


def _require_move(tree: MenuTree, menu: Menu, parent_id: Id) -> None:
    parent = _parent_in(tree, parent_id)
    require_place(menu.type, parent)
    if parent is not None and menu.menu_id in (
        parent.menu_id,
        *(above.menu_id for above in tree.ancestors_of(parent_id)),
    ):
        raise MenuParentInvalid(details={"field": "parent_id"})
    require_depth(tree.depth_of(parent_id), tree.height_of(menu.menu_id))


def _require_shape(kind: MenuType, url: str | None, perms: str | None, icon: str | None) -> None:
    is_sound = {
        MenuType.FOLDER: not url and not perms,
        MenuType.MENU: bool(url),
        MenuType.BUTTON: bool(perms) and not url and not icon,
    }[kind]
    if not is_sound:
        raise MenuShapeInvalid


def _require_known(perms: str | None, audience: Audience) -> None:
    if unknown := sorted(split_permissions([perms or ""]) - known_permissions(audience)):
        raise PermissionUnknown(details={"permissions": unknown})


def _shown(menu: Menu) -> dict[str, Any]:
    """What the operation log keeps of a menu."""
    return {name: getattr(menu, name) for name in _SHOWN}
