"""Menus and permissions: what a set of granted menus shows, and what it may not go beyond."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from wanpu.kernel.ids import Id
from wanpu.system.errors import MenuParentInvalid, MenuTooDeep
from wanpu.system.models.access import TOP, Menu
from wanpu.system.states import MenuType

MAX_DEPTH = 4
"""Folders and pages that may stand below each other; buttons come below the last."""


def split_permissions(columns: Iterable[str]) -> frozenset[str]:
    """The permissions in some `perms` columns, which separate them by commas."""
    return frozenset(
        permission for column in columns for permission in map(str.strip, column.split(",")) if permission
    )


def permissions_in(menus: Iterable[Menu]) -> frozenset[str]:
    """Every permission that some menus grant."""
    return split_permissions(menu.perms for menu in menus if menu.perms)


@dataclass(frozen=True, slots=True)
class MenuNode:
    """A menu with what stands below it, in the order of the console."""

    menu: Menu
    children: list[Self] = field(default_factory=list)


class MenuTree:
    """All menus of one console. Rows whose parent is missing belong to no branch."""

    def __init__(self, menus: Collection[Menu]) -> None:
        self.by_id: Mapping[Id, Menu] = {menu.menu_id: menu for menu in menus}
        self._children: dict[Id, list[Menu]] = defaultdict(list)
        for menu in sorted(menus, key=lambda menu: (menu.order_num, menu.menu_id)):
            self._children[menu.parent_id].append(menu)

    def children_of(self, menu_id: Id) -> list[Menu]:
        """The menus right below one, or on the top level; in their order."""
        return self._children.get(menu_id, [])

    def ancestors_of(self, menu_id: Id) -> Iterator[Menu]:
        """The menus above one, the nearest first."""
        menu = self.by_id.get(menu_id)
        while menu is not None and (menu := self.by_id.get(menu.parent_id)) is not None:
            yield menu

    def depth_of(self, menu_id: Id) -> int:
        """1 on the top level; 0 for the top itself."""
        return 0 if menu_id == TOP else 1 + sum(1 for _ in self.ancestors_of(menu_id))

    def height_of(self, menu_id: Id) -> int:
        """How many levels of folders and pages a menu spans, itself included; 0 for a button."""
        menu = self.by_id[menu_id]
        if menu.type is MenuType.BUTTON:
            return 0
        return 1 + max((self.height_of(child.menu_id) for child in self.children_of(menu_id)), default=0)

    def nodes(self, kept: Collection[Id] | None = None, *, below: Id = TOP) -> list[MenuNode]:
        """The tree as nested nodes; only those in `kept` when it is given."""
        return [
            MenuNode(menu, self.nodes(kept, below=menu.menu_id))
            for menu in self.children_of(below)
            if kept is None or menu.menu_id in kept
        ]

    def shown_by(self, granted: Collection[Id]) -> set[Id]:
        """Pages that a set of granted menus opens, and the folders above them.

        A page with permissions, its own or of its buttons, opens when one of them is granted; a page
        without any opens when it is granted itself. An empty folder is not shown.
        """
        shown: set[Id] = set()
        for menu in self.by_id.values():
            if menu.type is MenuType.MENU and any(key.menu_id in granted for key in self._keys_of(menu)):
                shown.add(menu.menu_id)
                shown.update(above.menu_id for above in self.ancestors_of(menu.menu_id))
        return shown

    def grantable_by(self, granted: Collection[Id]) -> set[Id]:
        """What the holder of some menus may grant: those, others that permit nothing more, and menus
        without a permission above them."""
        held = permissions_in(self.by_id[menu_id] for menu_id in granted)
        found = set(granted) | {
            menu.menu_id
            for menu in self.by_id.values()
            if menu.perms and split_permissions([menu.perms]) <= held
        }
        for menu_id in tuple(found):
            found.update(above.menu_id for above in self.ancestors_of(menu_id) if not above.perms)
        return found

    def _keys_of(self, page: Menu) -> list[Menu]:
        holders = [
            menu
            for menu in (page, *self.children_of(page.menu_id))
            if menu.perms and (menu is page or menu.type is MenuType.BUTTON)
        ]
        return holders or [page]


def require_place(kind: MenuType, parent: Menu | None) -> None:
    """A folder stands on the top level or in a folder, a page in a folder, a button on a page.

    Raises:
        MenuParentInvalid: it would stand elsewhere. `parent` is None for the top level.
    """
    allowed = {
        MenuType.FOLDER: MenuType.FOLDER,
        MenuType.MENU: MenuType.FOLDER,
        MenuType.BUTTON: MenuType.MENU,
    }
    stands_well = kind is MenuType.FOLDER if parent is None else parent.type is allowed[kind]
    if not stands_well:
        raise MenuParentInvalid(details={"field": "parent_id"})


def require_depth(depth_of_parent: int, height: int) -> None:
    """Folders and pages are at most `MAX_DEPTH` levels.

    Raises:
        MenuTooDeep: they would be more.
    """
    if depth_of_parent + height > MAX_DEPTH:
        raise MenuTooDeep(details={"field": "parent_id", "max_depth": MAX_DEPTH})
