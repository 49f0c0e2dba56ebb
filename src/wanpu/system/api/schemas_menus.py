"""What the consoles say and hear about menus."""

from typing import Self

from wanpu.infra.http.fields import IdText, Out
from wanpu.kernel.ids import Id
from wanpu.system.models import Menu
from wanpu.system.models.access import TOP
from wanpu.system.rules.access import MenuNode
from wanpu.system.service.navigation import Navigation


class NavMenuOut(Out):
    """A folder or a page of the console. `parent_id` is null on the top level; `type` is 0 目录 or 1 菜单."""

    menu_id: IdText
    parent_id: IdText | None
    name: str
    name_en: str
    type: int
    url: str | None
    icon: str | None
    order_num: int
    children: "list[NavMenuOut]"

    @classmethod
    def of(cls, node: MenuNode) -> Self:
        menu = node.menu
        return cls(
            menu_id=menu.menu_id,
            parent_id=parent_of(menu),
            name=menu.name,
            name_en=menu.name_en,
            type=menu.type,
            url=menu.url,
            icon=menu.icon,
            order_num=menu.order_num,
            children=[cls.of(child) for child in node.children],
        )


class NavOut(Out):
    """What the console shows an account, and what the account may do."""

    menus: list[NavMenuOut]
    permissions: list[str]

    @classmethod
    def of(cls, navigation: Navigation) -> Self:
        return cls(
            menus=[NavMenuOut.of(node) for node in navigation.menus], permissions=navigation.permissions
        )


def parent_of(menu: Menu) -> Id | None:
    """The parent as JSON shows it: null instead of the top's 0."""
    return None if menu.parent_id == TOP else menu.parent_id
