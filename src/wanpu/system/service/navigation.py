"""What a console shows an account (导航): its pages and its permissions."""

from dataclasses import dataclass

from wanpu.kernel.ids import Id
from wanpu.system.callers import StaffCaller
from wanpu.system.queries import menus as queries
from wanpu.system.rules.access import MenuNode, MenuTree, permissions_in
from wanpu.system.service.rights import read_granted
from wanpu.system.services import SystemServices


@dataclass(frozen=True, slots=True)
class Navigation:
    """Folders and pages as nested nodes, and permission strings in the order of the alphabet."""

    menus: list[MenuNode]
    permissions: list[str]


async def get_navigation(app: SystemServices, caller: StaffCaller) -> Navigation:
    """The caller's own pages and permissions."""
    async with app.db.reading() as session:
        tree = MenuTree(await queries.list_menus(session, caller.audience))
        granted = await read_granted(session, caller, tree)
    return navigation_of(tree, granted)


def navigation_of(tree: MenuTree, granted: set[Id]) -> Navigation:
    """What a set of granted menus shows and permits."""
    permissions = permissions_in(menu for menu in tree.by_id.values() if menu.menu_id in granted)
    return Navigation(tree.nodes(tree.shown_by(granted)), sorted(permissions))
