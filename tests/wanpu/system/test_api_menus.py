"""菜单管理 over HTTP: the tree, its rules, and the permissions that hang on it."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.http import Caller
from tests.wanpu.system.people import make_administrator, make_staff

from wanpu.kernel.ids import Id
from wanpu.system.models import Menu, OperationLog, RoleMenu
from wanpu.system.queries import menus
from wanpu.system.service.menus import MAX_MENUS
from wanpu.system.services import SystemServices
from wanpu.system.states import MenuType

MENUS = "/platform/v1/menus"


@pytest.fixture
async def admin(console: Caller, system: SystemServices) -> Caller:
    return console.with_token((await make_administrator(system)).token)


async def add(caller: Caller, kind: int, name: str, parent_id: str | None = None, **fields: Any) -> str:
    """Add a menu; its id."""
    body = {"type": kind, "name": name, "parent_id": parent_id, **fields}
    answer = await caller.post(MENUS, body)
    assert answer.status == 201, answer.body
    return str(answer.body["menu_id"])


async def menu_of(system: SystemServices, menu_id: str) -> Menu | None:
    async with system.db.reading() as session:
        return await menus.find_menu(session, Id(int(menu_id)))


async def count_menus(system: SystemServices) -> int:
    async with system.db.reading() as session:
        return (await session.execute(select(func.count()).select_from(Menu))).scalar_one()


def find(nodes: list[dict[str, Any]], menu_id: str) -> dict[str, Any]:
    """A node of a tree by its id."""
    for node in nodes:
        if node["menu_id"] == menu_id:
            return node
        if node["children"]:
            try:
                return find(node["children"], menu_id)
            except LookupError:
                continue
    raise LookupError(menu_id)


@pytest.mark.requirement("S0-112")
async def test_the_tree_holds_nested_menus_in_the_order_of_their_numbers(admin: Caller) -> None:
    late = await add(admin, 0, "晚", order_num=20)
    early = await add(admin, 0, "早", order_num=10)
    await add(admin, 1, "二", early, url="b", order_num=2)
    await add(admin, 1, "一", early, url="a", order_num=1)

    items = (await admin.get(MENUS)).body["items"]

    tops = [item["menu_id"] for item in items if item["name"] in ("系统管理", "早", "晚")]
    assert tops == ["1", early, late]
    assert [child["name"] for child in find(items, early)["children"]] == ["一", "二"]
    assert [child["menu_id"] for child in find(items, "2")["children"]] == ["15", "16", "17", "18", "31"]
    assert {item["parent_id"] for item in items} == {None}


async def test_a_menu_has_every_column_and_each_can_be_changed(admin: Caller, system: SystemServices) -> None:
    folder = await add(admin, 0, "运营")
    created = await admin.post(
        MENUS,
        {
            "type": 1,
            "name": "报表",
            "name_en": "Reports",
            "parent_id": folder,
            "url": "report/day",
            "perms": ["sys:log:list"],
            "icon": "chart",
            "order_num": 3,
        },
    )
    menu_id = created.body["menu_id"]
    changed = await admin.patch(
        f"{MENUS}/{menu_id}",
        {
            "name": "日报",
            "name_en": "Daily",
            "parent_id": "1",
            "url": "report/daily",
            "perms": ["sys:log:list", "sys:user:list"],
            "icon": "day",
            "order_num": 4,
        },
    )

    assert created.body == {
        "menu_id": menu_id,
        "parent_id": folder,
        "name": "报表",
        "name_en": "Reports",
        "url": "report/day",
        "perms": ["sys:log:list"],
        "type": 1,
        "icon": "chart",
        "order_num": 3,
        "audience": "platform",
        "is_base": False,
    }
    assert changed.body == created.body | {
        "name": "日报",
        "name_en": "Daily",
        "parent_id": "1",
        "url": "report/daily",
        "perms": ["sys:log:list", "sys:user:list"],
        "icon": "day",
        "order_num": 4,
    }
    assert (await admin.get(f"{MENUS}/{menu_id}")).body == changed.body
    stored = await menu_of(system, menu_id)
    assert stored is not None
    assert stored.perms == "sys:log:list,sys:user:list"
    async with system.db.reading() as session:
        logged = (await session.execute(select(OperationLog).order_by(OperationLog.id))).scalars().all()
    assert [(row.operation, row.subject) for row in logged][-2:] == [
        ("menu.create", f"menu:{menu_id}"),
        ("menu.change", f"menu:{menu_id}"),
    ]
    assert logged[-1].before is not None
    assert logged[-1].after is not None
    assert (logged[-1].before["url"], logged[-1].after["url"]) == ("report/day", "report/daily")


@pytest.mark.requirement("S0-114")
async def test_a_menu_stands_where_its_kind_belongs_when_it_is_added_and_when_it_is_moved(
    admin: Caller, system: SystemServices
) -> None:
    parents = {None: None, 0: await add(admin, 0, "目录"), 1: "2", 2: "15"}
    shapes: dict[int, dict[str, Any]] = {0: {}, 1: {"url": "x"}, 2: {"perms": ["sys:log:list"]}}
    allowed = {(0, None), (0, 0), (1, 0), (2, 1)}
    standing = {kind: await add(admin, kind, "移", {0: None, 1: "1", 2: "2"}[kind], **shape)
                for kind, shape in shapes.items()}  # fmt: skip
    before = await count_menus(system)

    added = 0
    for kind, shape in shapes.items():
        for above, parent_id in parents.items():
            body = {"type": kind, "name": "新", "parent_id": parent_id, **shape}
            created = await admin.post(MENUS, body)
            moved = await admin.patch(f"{MENUS}/{standing[kind]}", {"parent_id": parent_id})
            if (kind, above) in allowed:
                added += 1
                assert (created.status, moved.status) == (201, 200), (kind, above)
            else:
                assert created.refusal == (422, "menu.parent_invalid"), (kind, above)
                assert moved.refusal == (422, "menu.parent_invalid"), (kind, above)

    assert added == len(allowed)
    assert await count_menus(system) == before + added


async def test_nothing_stands_below_itself_or_too_deep(admin: Caller, system: SystemServices) -> None:
    chain = [await add(admin, 0, "一")]
    for name in "二三":
        chain.append(await add(admin, 0, name, chain[-1]))
    page = await add(admin, 1, "四", chain[-1], url="deep")
    other = await add(admin, 0, "别")
    below_other = await add(admin, 0, "别下", other)

    itself = await admin.patch(f"{MENUS}/{chain[0]}", {"parent_id": chain[0]})
    below = await admin.patch(f"{MENUS}/{chain[0]}", {"parent_id": chain[2]})
    deeper = await admin.patch(f"{MENUS}/{chain[1]}", {"parent_id": below_other})
    fifth = await admin.post(MENUS, {"type": 0, "name": "五", "parent_id": chain[2]})
    too_deep = await admin.post(
        MENUS, {"type": 1, "name": "六", "parent_id": fifth.body["menu_id"], "url": "x"}
    )

    assert itself.refusal == (422, "menu.parent_invalid")
    assert below.refusal == (422, "menu.parent_invalid")
    assert deeper.refusal == (422, "menu.too_deep")
    assert too_deep.refusal == (422, "menu.too_deep")
    standing = await menu_of(system, chain[1])
    assert standing is not None
    assert str(standing.parent_id) == chain[0]
    await add(admin, 2, "按", page, perms=["sys:log:list"])


async def test_two_moves_at_once_never_close_a_circle(admin: Caller, system: SystemServices) -> None:
    first, second = await add(admin, 0, "一"), await add(admin, 0, "二")

    answers = await asyncio.gather(
        admin.patch(f"{MENUS}/{first}", {"parent_id": second}),
        admin.patch(f"{MENUS}/{second}", {"parent_id": first}),
    )

    assert sorted(answer.status for answer in answers) == [200, 422]
    parents = {
        str(menu.parent_id) for menu in [await menu_of(system, first), await menu_of(system, second)] if menu
    }
    assert parents in ({"0", first}, {"0", second})


@pytest.mark.requirement("S0-176")
async def test_menus_that_came_with_wanpu_and_menus_with_others_below_stay(
    admin: Caller, system: SystemServices
) -> None:
    folder = await add(admin, 0, "运营")
    page = await add(admin, 1, "报表", folder, url="report")

    base = await admin.delete(f"{MENUS}/18", headers={"Accept-Language": "en"})
    full = await admin.delete(f"{MENUS}/{folder}", headers={"Accept-Language": "en"})

    assert base.refusal == (409, "menu.protected")
    assert base.body["message"] == (
        "A menu that came with Wanpu cannot be deleted, moved or given another address or permission"
    )
    assert full.refusal == (409, "menu.has_children")
    assert full.body["message"] == "Delete the menus and buttons below it first"
    assert await menu_of(system, "18") is not None
    assert await menu_of(system, folder) is not None
    assert (await admin.delete(f"{MENUS}/{page}")).status == 204
    assert (await admin.delete(f"{MENUS}/{folder}")).status == 204
    assert (await admin.get(f"{MENUS}/{folder}")).refusal == (404, "menu.not_found")


async def test_of_a_menu_that_came_with_wanpu_only_names_icon_and_order_change(
    admin: Caller, system: SystemServices
) -> None:
    bodies: list[dict[str, Any]] = [{"perms": ["sys:log:list"]}, {"parent_id": "3"}, {"perms": []}]
    for body in bodies:
        assert (await admin.patch(f"{MENUS}/18", body)).refusal == (409, "menu.protected"), body
    assert (await admin.patch(f"{MENUS}/2", {"url": "elsewhere"})).refusal == (409, "menu.protected")
    whole = {"name": "同事", "name_en": "Colleagues", "icon": "people", "order_num": 7, "url": "sys/user"}

    changed = await admin.patch(f"{MENUS}/2", whole | {"parent_id": "1", "perms": []})

    assert changed.status == 200
    menu = await menu_of(system, "2")
    assert menu is not None
    assert (menu.name, menu.name_en, menu.icon, menu.order_num) == ("同事", "Colleagues", "people", 7)
    untouched = await menu_of(system, "18")
    assert untouched is not None
    assert (untouched.parent_id, untouched.perms) == (2, "sys:user:delete")


@pytest.mark.requirement("S0-113")
async def test_one_button_grants_several_permissions_and_each_is_asked_for(
    admin: Caller, console: Caller, system: SystemServices
) -> None:
    person = await make_staff(system, "li")
    li = console.with_token(person.token)
    button = await add(admin, 2, "都看", "2", perms=["sys:user:list", "sys:role:list"])
    assert (await li.get("/platform/v1/staff")).refusal == (403, "auth.forbidden")

    await admin.patch(f"/platform/v1/roles/{person.role_id}", {"menu_ids": [button]})
    both = [(await li.get(path)).status for path in ("/platform/v1/staff", "/platform/v1/roles")]
    await admin.patch(f"{MENUS}/{button}", {"perms": ["sys:role:list"]})
    one = [(await li.get(path)).status for path in ("/platform/v1/staff", "/platform/v1/roles")]

    assert both == [200, 200]
    assert one == [403, 200]


async def test_brothers_are_put_in_order_all_together(admin: Caller, system: SystemServices) -> None:
    folder = await add(admin, 0, "运营")
    pages = [await add(admin, 1, name, folder, url=name) for name in "abc"]
    wanted = [pages[2], pages[0], pages[1]]

    done = await admin.put(f"{MENUS}/order", {"parent_id": folder, "menu_ids": wanted})
    stale = [
        await admin.put(f"{MENUS}/order", {"parent_id": folder, "menu_ids": menu_ids})
        for menu_ids in (wanted[:2], [*wanted, "2"], [*wanted[:2], wanted[0]])
    ]

    assert done.status == 204
    assert {answer.refusal for answer in stale} == {(409, "menu.order_stale")}
    children = find((await admin.get(MENUS)).body["items"], folder)["children"]
    assert [child["menu_id"] for child in children] == wanted
    unknown = await admin.put(f"{MENUS}/order", {"parent_id": "999", "menu_ids": wanted})
    assert unknown.refusal == (404, "menu.not_found")


async def test_a_deleted_menu_leaves_every_role(admin: Caller, system: SystemServices) -> None:
    button = await add(admin, 2, "看", "2", perms=["sys:log:list"])
    role = await admin.post("/platform/v1/roles", {"role_name": "看", "menu_ids": [button, "15"]})

    assert (await admin.delete(f"{MENUS}/{button}")).status == 204

    async with system.db.reading() as session:
        links = select(RoleMenu.menu_id).where(RoleMenu.role_id == int(role.body["role_id"]))
        assert list((await session.execute(links)).scalars()) == [15]


async def test_nobody_hangs_a_permission_on_a_menu_that_it_has_not_got(
    admin: Caller, console: Caller, system: SystemServices
) -> None:
    """An operator who may change menus could else write any permission into a menu of its own role."""
    person = await make_staff(system, "li", ["sys:menu:save", "sys:menu:update", "sys:user:list"])
    li = console.with_token(person.token)
    own = str(person.role_id)  # the test's menu has the number of its role
    before = await count_menus(system)

    added = await li.post(MENUS, {"type": 2, "name": "删", "parent_id": "2", "perms": ["sys:user:delete"]})
    changed = await li.patch(f"{MENUS}/{own}", {"perms": ["sys:user:list", "sys:user:delete"]})
    merchants = await li.post(
        MENUS,
        {
            "type": 2,
            "name": "商",
            "parent_id": "602",
            "audience": "merchant",
            "perms": ["merchant:staff:list"],
        },
    )

    assert added.refusal == (403, "role.beyond_own_rights")
    assert added.body["details"] == {"permissions": ["sys:user:delete"]}
    assert changed.refusal == (403, "role.beyond_own_rights")
    assert merchants.refusal == (403, "role.beyond_own_rights")
    assert await count_menus(system) == before
    assert (await li.delete("/platform/v1/staff/9")).refusal == (403, "auth.forbidden")
    fine = await li.post(MENUS, {"type": 2, "name": "看", "parent_id": "2", "perms": ["sys:user:list"]})
    assert fine.status == 201


async def test_a_menu_names_only_permissions_of_its_console(admin: Caller) -> None:
    for perms in (
        ["sys:user:fly"],
        ["merchant:staff:list"],
        ["sys:user:list", "sys:user:LIST".lower() + "s"],
    ):
        answer = await admin.post(MENUS, {"type": 2, "name": "按", "parent_id": "2", "perms": perms})
        assert answer.refusal == (422, "menu.permission_unknown"), perms
        assert answer.body["details"] == {"permissions": perms[-1:]}


SHAPELESS: list[dict[str, Any]] = [
    {"type": 0, "name": "目录", "url": "x"},
    {"type": 0, "name": "目录", "perms": ["sys:log:list"]},
    {"type": 1, "name": "菜单", "parent_id": "1"},
    {"type": 2, "name": "按钮", "parent_id": "2"},
    {"type": 2, "name": "按钮", "parent_id": "2", "perms": ["sys:log:list"], "url": "x"},
    {"type": 2, "name": "按钮", "parent_id": "2", "perms": ["sys:log:list"], "icon": "x"},
]


async def test_a_folder_a_page_and_a_button_have_each_their_own_shape(
    admin: Caller, system: SystemServices
) -> None:
    before = await count_menus(system)

    for body in SHAPELESS:
        assert (await admin.post(MENUS, body)).refusal == (422, "menu.shape_invalid"), body

    assert await count_menus(system) == before


BAD_FIELDS: list[tuple[str, Any]] = [
    ("type", 3),
    ("type", "1"),
    ("type", True),
    ("name", ""),
    ("name", "x" * 51),
    ("name", "一\n二"),
    ("name", 7),
    ("name_en", "x" * 51),
    ("parent_id", 1),
    ("parent_id", "0"),
    ("parent_id", "-1"),
    ("parent_id", str(2**63)),
    ("url", "javascript:alert(1)"),
    ("url", "https://elsewhere.example/"),
    ("url", "../sys"),
    ("url", "x" * 201),
    ("perms", "sys:log:list"),
    ("perms", ["sys:log:list,sys:user:delete"]),
    ("perms", ["a:b"] * 21),
    ("perms", ["x" * 60 + ":y"] * 9),
    ("icon", "<svg onload=x>"),
    ("order_num", -1),
    ("order_num", 1.5),
    ("audience", "everybody"),
    ("menu_id", "1001"),
    ("is_base", True),
    ("created_at", "2026-01-01T00:00:00Z"),
]


async def test_what_is_no_menu_is_refused_field_by_field(admin: Caller, system: SystemServices) -> None:
    sound = {"type": 1, "name": "报表", "parent_id": "1", "url": "report"}
    before = await count_menus(system)

    for field, value in BAD_FIELDS:
        answer = await admin.post(MENUS, sound | {field: value})
        assert answer.status == 422, (field, value)
        assert {name.split(".")[0] for name in answer.bad_fields} == {field}, (field, value)

    assert await count_menus(system) == before


async def test_a_change_never_touches_the_kind_or_the_console_of_a_menu(admin: Caller) -> None:
    page = await add(admin, 1, "报表", "1", url="report")

    for body in ({"type": 2}, {"audience": "merchant"}, {"menu_id": "5"}):
        assert (await admin.patch(f"{MENUS}/{page}", body)).status == 422, body
    assert (await admin.patch(f"{MENUS}/{page}", {"parent_id": "601"})).refusal == (404, "menu.not_found")


async def test_the_console_is_one_of_two_words(admin: Caller) -> None:
    for text in ("platform' OR '1'='1", "PLATFORM", "", "merchant;DROP TABLE sys_menu"):
        assert (await admin.get(MENUS, query={"audience": text})).bad_fields == {"audience"}, text
    assert len((await admin.get(MENUS, query={"audience": "merchant"})).body["items"]) == 1


async def test_parents_to_choose_from_are_folders_and_pages(admin: Caller) -> None:
    items = (await admin.get(f"{MENUS}/select")).body["items"]

    assert find(items, "2")["children"] == []
    assert find(items, "1")["type"] == 0


async def test_the_tree_says_what_the_caller_may_grant(console: Caller, system: SystemServices) -> None:
    person = await make_staff(system, "li", ["sys:menu:list", "sys:user:list", "sys:user:info"])

    items = (await console.with_token(person.token).get(MENUS)).body["items"]

    assert {
        menu_id for menu_id in ("1", "2", "15", "16", "3", "23") if find(items, menu_id)["is_grantable"]
    } == {
        "1",
        "2",
        "15",
    }


async def test_a_console_takes_no_more_menus_than_it_can_show(admin: Caller, system: SystemServices) -> None:
    async with system.db.transaction() as session:
        session.add_all(
            Menu(menu_id=Id(5000 + number), name=str(number), type=MenuType.FOLDER)
            for number in range(MAX_MENUS)
        )

    assert (await admin.post(MENUS, {"type": 0, "name": "又"})).refusal == (409, "menu.too_many")
    other = await admin.post(MENUS, {"type": 0, "name": "又", "audience": "merchant"})
    assert other.status == 201
