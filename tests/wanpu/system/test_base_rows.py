"""The rows of every installation: what they are, and that laying them again harms nothing."""

import asyncio
from collections import Counter

from sqlalchemy import delete, func, insert, select, update

from wanpu.infra.services import Services
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system import lay_base_rows
from wanpu.system.base_rows.known_permissions import BASE_MENUS, known_permissions
from wanpu.system.models import AccessEpoch, Config, ConfigHistory, Menu, Role, RoleMenu
from wanpu.system.models.access import LAST_BASE_MENU, TOP
from wanpu.system.rules.access import MAX_DEPTH, MenuTree, require_place
from wanpu.system.states import Audience, ConfigStatus, MenuType

DESIGNED = """
1 0 系统管理 - - 0 system 0
2 1 管理员列表 sys/user - 1 admin 1
3 1 角色管理 sys/role - 1 role 2
4 1 菜单管理 sys/menu - 1 menu 3
5 1 SQL监控 sys/sql - 1 sql 4
6 1 定时任务 job/schedule - 1 job 5
7 6 查看 - sys:schedule:list,sys:schedule:info 2 - 0
8 6 新增 - sys:schedule:save 2 - 0
9 6 修改 - sys:schedule:update 2 - 0
10 6 删除 - sys:schedule:delete 2 - 0
11 6 暂停 - sys:schedule:pause 2 - 0
12 6 恢复 - sys:schedule:resume 2 - 0
13 6 立即执行 - sys:schedule:run 2 - 0
14 6 日志列表 - sys:schedule:log 2 - 0
15 2 查看 - sys:user:list,sys:user:info 2 - 0
16 2 新增 - sys:user:save,sys:role:select 2 - 0
17 2 修改 - sys:user:update,sys:role:select 2 - 0
18 2 删除 - sys:user:delete 2 - 0
19 3 查看 - sys:role:list,sys:role:info 2 - 0
20 3 新增 - sys:role:save,sys:menu:list 2 - 0
21 3 修改 - sys:role:update,sys:menu:list 2 - 0
22 3 删除 - sys:role:delete 2 - 0
23 4 查看 - sys:menu:list,sys:menu:info 2 - 0
24 4 新增 - sys:menu:save,sys:menu:select 2 - 0
25 4 修改 - sys:menu:update,sys:menu:select 2 - 0
26 4 删除 - sys:menu:delete 2 - 0
27 1 参数管理 sys/config sys:config:list,sys:config:info,sys:config:save,sys:config:update,sys:config:delete 1 config 6
29 1 系统日志 sys/log sys:log:list 1 log 7
30 1 文件上传 oss/oss sys:oss:all 1 oss 6
"""  # noqa: E501 - a row per line


async def epoch_of(services: Services) -> int:
    async with services.db.reading() as session:
        return (await session.execute(select(AccessEpoch.epoch))).scalar_one()


async def menus_of(services: Services) -> list[Menu]:
    async with services.db.reading() as session:
        return list((await session.execute(select(Menu).order_by(Menu.menu_id))).scalars())


async def test_the_designed_menus_stand_as_designed(services: Services) -> None:
    await lay_base_rows(services)

    rows = [
        f"{menu.menu_id} {menu.parent_id} {menu.name} {menu.url or '-'} {menu.perms or '-'} "
        f"{menu.type:d} {menu.icon or '-'} {menu.order_num}"
        for menu in await menus_of(services)
        if menu.menu_id <= 30
    ]
    assert rows == DESIGNED.strip().splitlines()


def test_every_base_menu_stands_in_a_place_that_people_could_give_it() -> None:
    for audience in Audience:
        rows = [row for row in BASE_MENUS if row.audience is audience]
        tree = MenuTree([Menu(**{name: getattr(row, name) for name in row.__slots__}) for row in rows])
        for row in rows:
            parent = None if row.parent_id == TOP else tree.by_id[Id(row.parent_id)]
            require_place(row.type, parent)
            assert tree.depth_of(Id(row.menu_id)) <= MAX_DEPTH + (row.type is MenuType.BUTTON), row
            assert row.name_en, row
            assert bool(row.url) is (row.type is MenuType.MENU), row
            assert row.type is not MenuType.BUTTON or row.perms, row
            assert row.url is None or "://" not in row.url, row


def test_no_two_base_menus_share_an_id_or_an_address() -> None:
    ids = Counter(row.menu_id for row in BASE_MENUS)
    addresses = Counter((row.audience, row.url) for row in BASE_MENUS if row.url)

    assert [number for number, count in ids.items() if count > 1] == []
    assert [address for address, count in addresses.items() if count > 1] == []
    assert max(ids) <= LAST_BASE_MENU
    assert not known_permissions(Audience.PLATFORM) & known_permissions(Audience.MERCHANT)


async def test_laying_them_again_keeps_what_people_changed_and_mends_what_is_the_codes(
    services: Services,
) -> None:
    await lay_base_rows(services)
    table = table_of(Menu)
    async with services.db.transaction() as session:
        await session.execute(
            update(table)
            .where(table.c.menu_id == 2)
            .values(name="同事", name_en="Colleagues", icon="people", order_num=9)
        )
        await session.execute(
            update(table).where(table.c.menu_id == 18).values(parent_id=3, perms="sys:log:list", type=1)
        )
        await session.execute(delete(table).where(table.c.menu_id == 30))
    before = await epoch_of(services)

    await lay_base_rows(services)
    after = await epoch_of(services)
    await lay_base_rows(services)

    standing = {menu.menu_id: menu for menu in await menus_of(services)}
    changed = standing[Id(2)]
    assert (changed.name, changed.name_en, changed.icon, changed.order_num) == (
        "同事",
        "Colleagues",
        "people",
        9,
    )
    mended = standing[Id(18)]
    assert (mended.parent_id, mended.perms, mended.type) == (2, "sys:user:delete", MenuType.BUTTON)
    assert standing[Id(30)].name == "文件上传"
    assert (after, await epoch_of(services)) == (before + 1, before + 1)


async def test_many_nodes_may_lay_them_at_once(services: Services) -> None:
    await asyncio.gather(*(lay_base_rows(services) for _ in range(4)))

    assert [menu.menu_id for menu in await menus_of(services)] == sorted(row.menu_id for row in BASE_MENUS)
    async with services.db.reading() as session:
        keys = (await session.execute(select(Config.param_key, Config.status))).all()
        versions = (
            await session.execute(select(ConfigHistory.version, ConfigHistory.changed_by).distinct())
        ).all()
    assert ("CLOUD_STORAGE_CONFIG_KEY", ConfigStatus.HIDDEN) in [tuple(row) for row in keys]
    assert len(keys) == len(set(keys))
    assert [tuple(row) for row in versions] == [(1, None)]


async def test_a_new_merchant_menu_reaches_the_roles_that_the_mall_made(services: Services) -> None:
    await lay_base_rows(services)
    now = services.clock.now()
    async with services.db.transaction() as session:
        session.add(Role(role_id=Id(1), role_name="店主", merchant_id=Id(7)))
        session.add(Role(role_id=Id(2), role_name="客服", merchant_id=Id(7), create_user_id=Id(5)))
        session.add(Role(role_id=Id(3), role_name="运营"))
        await session.execute(delete(Menu).where(Menu.menu_id == 606))
        await session.execute(insert(table_of(RoleMenu)).values(role_id=2, menu_id=603, created_at=now))

    await lay_base_rows(services)

    async with services.db.reading() as session:
        links = (await session.execute(select(RoleMenu.role_id, RoleMenu.menu_id))).all()
        count = (await session.execute(select(func.count()).select_from(Menu))).scalar_one()
    assert sorted(map(tuple, links)) == [(1, 606), (2, 603)]
    assert count == len(BASE_MENUS)
