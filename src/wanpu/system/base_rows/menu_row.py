"""A menu that comes with Wanpu, and short ways to write one down."""

from dataclasses import dataclass

from wanpu.system.models.access import TOP
from wanpu.system.states import Audience, MenuType


@dataclass(frozen=True, slots=True)
class BaseMenu:
    """One row of `sys_menu`. Names, icon and order are first values that people may change; the rest is
    the code's, and is put right at every start."""

    menu_id: int
    parent_id: int
    name: str
    name_en: str
    type: MenuType
    url: str | None = None
    perms: str | None = None
    icon: str | None = None
    order_num: int = 0
    audience: Audience = Audience.PLATFORM


def folder(
    menu_id: int, name: str, name_en: str, icon: str, order_num: int, parent_id: int = TOP
) -> BaseMenu:
    """目录: holds pages."""
    return BaseMenu(menu_id, parent_id, name, name_en, MenuType.FOLDER, None, None, icon, order_num)


def page(
    menu_id: int,
    parent_id: int,
    name: str,
    name_en: str,
    url: str,
    icon: str,
    order_num: int,
    perms: str | None = None,
) -> BaseMenu:
    """菜单: a page at `url` inside the console; `perms` only where the page itself grants something."""
    return BaseMenu(menu_id, parent_id, name, name_en, MenuType.MENU, url, perms, icon, order_num)


def button(menu_id: int, parent_id: int, name: str, name_en: str, perms: str, order_num: int = 0) -> BaseMenu:
    """按钮: what can be done on a page; `perms` separates permissions by commas."""
    return BaseMenu(menu_id, parent_id, name, name_en, MenuType.BUTTON, None, perms, None, order_num)
