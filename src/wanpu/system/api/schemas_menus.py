"""What the consoles say and hear about menus."""

from collections.abc import Collection
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field
from pydantic_core import PydanticKnownError

from wanpu.infra.http.fields import Body, IdText, Line, Out
from wanpu.kernel.ids import Id
from wanpu.system.models import Menu
from wanpu.system.models.access import LAST_BASE_MENU, TOP
from wanpu.system.rules.access import MenuNode, split_permissions
from wanpu.system.service.menus import NewMenu
from wanpu.system.service.navigation import Navigation
from wanpu.system.service.rights import Rights
from wanpu.system.states import Audience, MenuType

MAX_PERMS_LENGTH = 500
"""Characters of all permissions of a menu together, with their commas."""

Name = Annotated[Line, Field(max_length=50)]
OtherName = Annotated[str, Field(max_length=50, pattern=r"^[^\x00-\x1f\x7f]*$")]
Url = Annotated[
    str,
    Field(max_length=200, pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)*$", examples=["sys/user"]),
]
Permission = Annotated[str, Field(max_length=100, pattern=r"^[a-z0-9-]+(:[a-z0-9-]+)+$")]


def _require_one_column(permissions: list[str]) -> list[str]:
    if len(",".join(permissions)) > MAX_PERMS_LENGTH:
        raise PydanticKnownError("string_too_long", {"max_length": MAX_PERMS_LENGTH})
    return permissions


Permissions = Annotated[list[Permission], Field(max_length=20), AfterValidator(_require_one_column)]
Icon = Annotated[str, Field(max_length=50, pattern=r"^[a-z0-9-]+$")]
Position = Annotated[int, Field(ge=0, le=100_000)]


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
            parent_id=_parent_of(menu),
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


class MenuOut(Out):
    """A menu as it is managed. `type`: 0 目录, 1 菜单, 2 按钮. A base menu came with Wanpu: it stays, with
    its place, address and permissions."""

    menu_id: IdText
    parent_id: IdText | None
    name: str
    name_en: str
    url: str | None
    perms: list[str]
    type: int
    icon: str | None
    order_num: int
    audience: Audience
    is_base: bool

    @classmethod
    def of(cls, menu: Menu) -> Self:
        return cls(**_columns_of(menu))


class MenuNodeOut(MenuOut):
    """A menu with those below it. `is_grantable`: the caller may give it to a role."""

    is_grantable: bool
    children: "list[MenuNodeOut]"


class MenuTreeOut(Out):
    """The whole tree of one console."""

    items: list[MenuNodeOut]

    @classmethod
    def of(cls, rights: Rights, kept: Collection[Id] | None = None) -> Self:
        return cls(items=[_node_out(node, rights.grantable) for node in rights.tree.nodes(kept)])


class MenuCreate(Body):
    """新增菜单. Without a parent it stands on the top level."""

    type: Annotated[int, Field(ge=0, le=2)]
    name: Name
    name_en: OtherName = ""
    parent_id: IdText | None = None
    url: Url | None = None
    perms: Permissions = []
    icon: Icon | None = None
    order_num: Position = 0
    audience: Annotated[Audience, Field(strict=False)] = Audience.PLATFORM

    def to_new_menu(self) -> NewMenu:
        """The same for the use case."""
        return NewMenu(
            type=MenuType(self.type),
            name=self.name,
            name_en=self.name_en,
            parent_id=self.parent_id or TOP,
            url=self.url,
            perms=_perms_column(self.perms),
            icon=self.icon,
            order_num=self.order_num,
            audience=self.audience,
        )


class MenuPatch(Body):
    """修改菜单: what is left out stays; a null parent is the top level."""

    name: Name = ""
    name_en: OtherName = ""
    parent_id: IdText | None = None
    url: Url | None = None
    perms: Permissions = []
    icon: Icon | None = None
    order_num: Position = 0

    def changes(self) -> dict[str, Any]:
        """Columns and their new values."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        if "parent_id" in given:
            given["parent_id"] = self.parent_id or TOP
        if "perms" in given:
            given["perms"] = _perms_column(self.perms)
        return given


class MenuOrder(Body):
    """菜单排序: every menu right below one parent, in the new order."""

    audience: Annotated[Audience, Field(strict=False)] = Audience.PLATFORM
    parent_id: IdText | None = None
    menu_ids: Annotated[list[IdText], Field(min_length=1, max_length=500)]


def _node_out(node: MenuNode, grantable: Collection[Id]) -> MenuNodeOut:
    return MenuNodeOut(
        **_columns_of(node.menu),
        is_grantable=node.menu.menu_id in grantable,
        children=[_node_out(child, grantable) for child in node.children],
    )


def _columns_of(menu: Menu) -> dict[str, Any]:
    return {
        "menu_id": menu.menu_id,
        "parent_id": _parent_of(menu),
        "name": menu.name,
        "name_en": menu.name_en,
        "url": menu.url,
        "perms": sorted(split_permissions([menu.perms or ""])),
        "type": int(menu.type),
        "icon": menu.icon,
        "order_num": menu.order_num,
        "audience": menu.audience,
        "is_base": menu.menu_id <= LAST_BASE_MENU,
    }


def _parent_of(menu: Menu) -> Id | None:
    """The parent as JSON shows it: null instead of the top's 0."""
    return None if menu.parent_id == TOP else menu.parent_id


def _perms_column(permissions: list[str]) -> str | None:
    """A list of permissions as its column keeps it, each once; None for none."""
    return ",".join(dict.fromkeys(permissions)) or None
