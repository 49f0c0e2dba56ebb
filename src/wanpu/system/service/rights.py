"""What a caller may pass on: its own menus and permissions, read inside the transaction that decides."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.kernel.ids import Id
from wanpu.system.callers import StaffCaller
from wanpu.system.errors import BeyondOwnRights, MenuNotFound
from wanpu.system.queries import menus as queries
from wanpu.system.rules.access import MenuTree, permissions_in
from wanpu.system.states import Audience


@dataclass(frozen=True, slots=True)
class Rights:
    """The menus of one console, and what of them the caller may grant."""

    tree: MenuTree
    grantable: frozenset[Id]
    permissions: frozenset[str]

    def require_menus(self, menu_ids: Collection[Id]) -> None:
        """Refuse menus that the caller cannot grant.

        Raises:
            MenuNotFound: one is no menu of this console.
            BeyondOwnRights: one grants more than the caller has.
        """
        if unknown := sorted(set(menu_ids) - self.tree.by_id.keys()):
            raise MenuNotFound(details={"menu_ids": [str(menu_id) for menu_id in unknown]})
        if beyond := sorted(set(menu_ids) - self.grantable):
            raise BeyondOwnRights(details={"menu_ids": [str(menu_id) for menu_id in beyond]})

    def require_permissions(self, permissions: Collection[str]) -> None:
        """Refuse permissions that the caller has not got.

        Raises:
            BeyondOwnRights: there is one.
        """
        if beyond := sorted(set(permissions) - self.permissions):
            raise BeyondOwnRights(details={"permissions": beyond})

    def covers(self, menu_ids: Collection[Id]) -> bool:
        """Whether these menus permit nothing that the caller may not do."""
        menus = [self.tree.by_id[menu_id] for menu_id in menu_ids if menu_id in self.tree.by_id]
        return permissions_in(menus) <= self.permissions


async def read_rights(session: AsyncSession, caller: StaffCaller, audience: Audience) -> Rights:
    """The caller's rights in one console as they stand now. The super administrator has all of both;
    anybody else has none in the other console."""
    tree = MenuTree(await queries.list_menus(session, audience))
    granted = await read_granted(session, caller, tree)
    permissions = permissions_in(tree.by_id[menu_id] for menu_id in granted)
    return Rights(tree, frozenset(tree.grantable_by(granted)), permissions)


async def read_granted(session: AsyncSession, caller: StaffCaller, tree: MenuTree) -> set[Id]:
    """The menus of one console that a caller has, read anew."""
    if caller.is_super:
        return set(tree.by_id)
    return await queries.list_menu_ids_of_staff(session, caller.staff_id) & tree.by_id.keys()
