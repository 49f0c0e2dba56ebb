"""The merchant console's menus: ids from 601. A merchant's first account has all of them."""

from dataclasses import replace

from wanpu.system.base_rows.menu_row import BaseMenu, button, folder, page
from wanpu.system.states import Audience

_ROWS: tuple[BaseMenu, ...] = (
    folder(601, "店铺管理", "Shop", "shop", 0),
    page(602, 601, "员工", "Staff", "merchant/staff", "admin", 1),
    button(603, 602, "查看", "View", "merchant:staff:list,merchant:staff:info"),
    button(604, 602, "新增", "Add", "merchant:staff:save,merchant:role:select"),
    button(605, 602, "修改", "Change", "merchant:staff:update,merchant:role:select"),
    button(606, 602, "删除", "Delete", "merchant:staff:delete"),
    page(607, 601, "角色", "Roles", "merchant/role", "role", 2),
    button(608, 607, "查看", "View", "merchant:role:list,merchant:role:info"),
    button(609, 607, "新增", "Add", "merchant:role:save,merchant:menu:list"),
    button(610, 607, "修改", "Change", "merchant:role:update,merchant:menu:list"),
    button(611, 607, "删除", "Delete", "merchant:role:delete"),
    page(612, 601, "文件", "Files", "merchant/file", "oss", 3, "merchant:file:all"),
)

MERCHANT_MENUS = tuple(replace(row, audience=Audience.MERCHANT) for row in _ROWS)
