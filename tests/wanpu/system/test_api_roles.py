"""角色管理 over HTTP: who sees which roles, and that nobody grants more than it has."""

from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from tests.http import Answer, Caller
from tests.wanpu.system.people import Person, make_administrator, make_staff

from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system.models import OperationLog, Role, RoleMenu, StaffRole
from wanpu.system.services import SystemServices

ROLES = "/platform/v1/roles"
KEEPER = [
    "sys:role:list",
    "sys:role:info",
    "sys:role:save",
    "sys:role:update",
    "sys:role:delete",
    "sys:role:select",
    "sys:user:list",
    "sys:user:info",
]
"""A keeper of roles who may also look at accounts: of the base menus it can grant 15, 19 and 22."""


@pytest.fixture
async def admin(console: Caller, system: SystemServices) -> Caller:
    return console.with_token((await make_administrator(system)).token)


async def add(caller: Caller, name: str, menu_ids: list[str] | None = None) -> str:
    """Add a role; its id."""
    answer = await caller.post(ROLES, {"role_name": name, "menu_ids": menu_ids or []})
    assert answer.status == 201, answer.body
    return str(answer.body["role_id"])


async def links_of(system: SystemServices, role_id: str | Id) -> list[int]:
    async with system.db.reading() as session:
        found = select(RoleMenu.menu_id).where(RoleMenu.role_id == int(role_id)).order_by(RoleMenu.menu_id)
        return [int(menu_id) for menu_id in (await session.execute(found)).scalars()]


async def count(system: SystemServices, model: type[Role] | type[StaffRole]) -> int:
    async with system.db.reading() as session:
        return (await session.execute(select(func.count()).select_from(model))).scalar_one()


def names_in(answer: Answer) -> set[str]:
    return {item["role_name"] for item in answer.body["items"]}


@pytest.mark.requirement("S0-119")
async def test_a_role_is_added_read_changed_and_deleted_and_tells_who_made_it(
    console: Caller, system: SystemServices
) -> None:
    person = await make_staff(system, "keeper", KEEPER)
    keeper = console.with_token(person.token)

    created = await keeper.post(ROLES, {"role_name": "客服", "remark": "白班", "menu_ids": ["15", "15", "1"]})
    role_id = created.body["role_id"]
    changed = await keeper.patch(
        f"{ROLES}/{role_id}", {"role_name": "客服二", "remark": "夜班", "menu_ids": ["19", "15"]}
    )

    assert created.body == {
        "role_id": role_id,
        "role_name": "客服",
        "remark": "白班",
        "merchant_id": None,
        "create_user_id": str(person.staff_id),
        "created_at": "2026-11-22T08:00:00Z",
        "is_built_in": False,
        "menu_ids": ["1", "15"],
    }
    assert changed.body == created.body | {
        "role_name": "客服二",
        "remark": "夜班",
        "menu_ids": ["15", "19"],
    }
    assert (await keeper.get(f"{ROLES}/{role_id}")).body == changed.body
    assert await links_of(system, role_id) == [15, 19]
    assert (await keeper.delete(f"{ROLES}/{role_id}")).status == 204
    assert (await keeper.get(f"{ROLES}/{role_id}")).refusal == (404, "role.not_found")
    async with system.db.reading() as session:
        logged = select(OperationLog.operation, OperationLog.username, OperationLog.after).order_by(
            OperationLog.id
        )
        rows = (await session.execute(logged)).all()
    assert [(row.operation, row.username) for row in rows] == [
        ("role.create", "keeper"),
        ("role.change", "keeper"),
        ("role.delete", "keeper"),
    ]
    assert rows[1].after == {"role_name": "客服二", "remark": "夜班", "menu_ids": ["15", "19"]}


@pytest.mark.requirement("S0-173")
async def test_everybody_sees_own_creations_and_grants_own_menus_alone(
    admin: Caller, console: Caller, system: SystemServices
) -> None:
    keeper = console.with_token((await make_staff(system, "keeper", KEEPER)).token)
    other = console.with_token((await make_staff(system, "other", KEEPER)).token)
    mine, theirs = await add(keeper, "我的"), await add(other, "别人的")

    beyond = await keeper.post(ROLES, {"role_name": "强", "menu_ids": ["15", "18"]})
    widened = await keeper.patch(f"{ROLES}/{mine}", {"menu_ids": ["18"]})

    assert names_in(await keeper.get(ROLES)) == {"我的"}
    assert names_in(await other.get(ROLES)) == {"别人的"}
    assert names_in(await admin.get(ROLES)) >= {"我的", "别人的", "role of keeper", "role of admin"}
    for answer in (beyond, widened):
        assert answer.refusal == (403, "role.beyond_own_rights")
        assert answer.body["details"] == {"menu_ids": ["18"]}
    assert names_in(await admin.get(ROLES, query={"role_name": "强"})) == set()
    assert await links_of(system, mine) == []
    for method, path, body in [
        ("GET", theirs, None),
        ("GET", f"{theirs}/nav", None),
        ("PATCH", theirs, {"role_name": "改"}),
        ("DELETE", theirs, None),
    ]:
        assert (await keeper.send(method, f"{ROLES}/{path}", body)).refusal == (404, "role.not_found"), path
    assert names_in(await other.get(ROLES)) == {"别人的"}


async def test_nobody_changes_or_deletes_a_role_that_it_holds(
    console: Caller, admin: Caller, system: SystemServices
) -> None:
    """Even one that it made itself and was given by somebody else."""
    person = await make_staff(system, "keeper", KEEPER)
    keeper = console.with_token(person.token)
    role_id = await add(keeper, "我的", ["15"])
    async with system.db.transaction() as session:
        now = system.clock.now()
        link = {"user_id": person.staff_id, "role_id": int(role_id), "created_at": now}
        await session.execute(insert(table_of(StaffRole)).values(**link))

    widened = await keeper.patch(f"{ROLES}/{role_id}", {"menu_ids": ["15", "19"]})
    gone = await keeper.delete(f"{ROLES}/{role_id}")

    assert widened.refusal == (409, "role.is_own")
    assert gone.refusal == (409, "role.is_own")
    assert await links_of(system, role_id) == [15]


async def test_a_role_that_somebody_else_widened_is_out_of_reach_of_its_maker(
    console: Caller, admin: Caller, system: SystemServices
) -> None:
    keeper = console.with_token((await make_staff(system, "keeper", KEEPER)).token)
    role_id = await add(keeper, "客服", ["15"])
    assert (await admin.patch(f"{ROLES}/{role_id}", {"menu_ids": ["15", "18"]})).status == 200

    assert (await keeper.patch(f"{ROLES}/{role_id}", {"remark": "x"})).refusal == (403, "role.above_you")
    assert (await keeper.delete(f"{ROLES}/{role_id}")).refusal == (403, "role.above_you")
    assert await links_of(system, role_id) == [15, 18]


async def test_rights_that_were_taken_away_cannot_be_passed_on(
    console: Caller, admin: Caller, system: SystemServices
) -> None:
    """The keeper's rights are read behind the lock, not as they were when its request came in."""
    person = await make_staff(system, "keeper", KEEPER)
    keeper = console.with_token(person.token)
    assert (await keeper.get(ROLES)).status == 200  # From here on the process remembers its permissions.
    async with system.db.transaction() as session:
        await session.execute(table_of(RoleMenu).delete().where(RoleMenu.role_id == person.role_id))

    answer = await keeper.post(ROLES, {"role_name": "强", "menu_ids": ["15"]})

    assert answer.refusal == (403, "role.beyond_own_rights")
    assert names_in(await admin.get(ROLES, query={"role_name": "强"})) == set()


@pytest.mark.requirement("S0-120", "S0-121")
async def test_links_are_unique_and_end_with_either_side(admin: Caller, system: SystemServices) -> None:
    first, second = await add(admin, "一", ["15", "15", "16"]), await add(admin, "二", ["15"])
    body = {"username": "li", "password": "Correct-Horse-7", "role_ids": [first, second, first]}
    user_id = (await admin.post("/platform/v1/staff", body)).body["user_id"]
    menu = await admin.post(
        "/platform/v1/menus", {"type": 2, "name": "按", "parent_id": "2", "perms": ["sys:log:list"]}
    )
    menu_id = menu.body["menu_id"]
    await admin.patch(f"{ROLES}/{second}", {"menu_ids": ["15", menu_id]})
    now = system.clock.now()

    async def roles_of() -> list[int]:
        async with system.db.reading() as session:
            found = select(StaffRole.role_id).where(StaffRole.user_id == int(user_id))
            return sorted((await session.execute(found)).scalars())

    assert await links_of(system, first) == [15, 16]
    assert await roles_of() == [int(first), int(second)]
    for model, row in (
        (StaffRole, {"user_id": int(user_id), "role_id": int(first), "created_at": now}),
        (RoleMenu, {"role_id": int(first), "menu_id": 15, "created_at": now}),
    ):
        with pytest.raises(IntegrityError):
            async with system.db.transaction() as session:
                await session.execute(insert(table_of(model)).values(**row))

    assert (await admin.delete(f"/platform/v1/menus/{menu_id}")).status == 204
    assert await links_of(system, second) == [15]
    assert (await admin.delete(f"{ROLES}/{first}")).status == 204
    assert await links_of(system, first) == []
    assert await roles_of() == [int(second)]
    assert (await admin.delete(f"/platform/v1/staff/{user_id}")).status == 204
    assert await roles_of() == []
    assert await links_of(system, second) == [15]


async def test_a_permission_counts_and_ends_with_the_change_of_its_role(
    admin: Caller, console: Caller, system: SystemServices
) -> None:
    person = await make_staff(system, "li")
    li = console.with_token(person.token)
    role = f"{ROLES}/{person.role_id}"

    await admin.patch(role, {"menu_ids": ["15"]})
    granted = await li.get("/platform/v1/staff")
    await admin.patch(role, {"menu_ids": []})
    taken = await li.get("/platform/v1/staff")
    await admin.patch(role, {"menu_ids": ["15"]})
    await admin.delete(role)
    gone = await li.get("/platform/v1/staff")

    assert granted.status == 200
    assert taken.refusal == (403, "auth.forbidden")
    assert gone.refusal == (403, "auth.forbidden")


@pytest.mark.requirement("S0-175")
async def test_two_roles_show_two_consoles(admin: Caller, console: Caller, system: SystemServices) -> None:
    readers: dict[str, Person] = {name: await make_staff(system, name) for name in ("logs", "people")}
    await admin.patch(f"{ROLES}/{readers['logs'].role_id}", {"menu_ids": ["29", "27"]})
    await admin.patch(f"{ROLES}/{readers['people'].role_id}", {"menu_ids": ["15", "19", "1", "4"]})

    seen = {name: await console.with_token(p.token).get("/console/v1/nav") for name, p in readers.items()}
    previews = {name: await admin.get(f"{ROLES}/{p.role_id}/nav") for name, p in readers.items()}

    def pages(answer: Answer) -> list[str]:
        [system_folder] = answer.body["menus"]
        assert system_folder["menu_id"] == "1"
        return [page["url"] for page in system_folder["children"]]

    assert pages(seen["logs"]) == ["sys/config", "sys/log"]
    assert pages(seen["people"]) == ["sys/user", "sys/role"]
    assert seen["people"].body["permissions"] == [
        "sys:role:info",
        "sys:role:list",
        "sys:user:info",
        "sys:user:list",
    ]
    assert seen["logs"].body["permissions"] == [
        "sys:config:delete",
        "sys:config:info",
        "sys:config:list",
        "sys:config:save",
        "sys:config:update",
        "sys:log:list",
    ]
    assert {name: answer.body for name, answer in previews.items()} == {
        name: answer.body for name, answer in seen.items()
    }
    assert (await admin.get(f"{ROLES}/{Id(9)}/nav")).refusal == (404, "role.not_found")


async def test_an_account_without_roles_sees_an_empty_console(
    console: Caller, system: SystemServices
) -> None:
    li = console.with_token((await make_staff(system, "li")).token)
    fresh = console.with_token((await make_staff(system, "fresh", must_change_password=True)).token)

    assert (await li.get("/console/v1/nav")).body == {"menus": [], "permissions": []}
    assert (await fresh.get("/console/v1/nav")).refusal == (403, "auth.password_change_required")


async def test_the_list_is_paged_sorted_and_searched(admin: Caller, system: SystemServices) -> None:
    for name in ("b", "a", "c", "d%", "e_"):
        await add(admin, name)

    def names(answer: Answer) -> list[str]:
        return [item["role_name"] for item in answer.body["items"]]

    query = {"sort": "role_name", "order": "asc", "size": "2"}
    pages = [await admin.get(ROLES, query=query | {"page": str(page)}) for page in (1, 2)]
    assert [names(page) for page in pages] == [["a", "b"], ["c", "d%"]]
    assert {page.body["total"] for page in pages} == {6}
    assert names(await admin.get(ROLES, query={"role_name": "%"})) == ["d%"]
    assert names(await admin.get(ROLES, query={"role_name": "_"})) == ["e_"]
    choices = (await admin.get(f"{ROLES}/select")).body["items"]
    assert [choice["role_name"] for choice in choices] == ["a", "b", "c", "d%", "e_", "role of admin"]


INJECTIONS = [
    "' OR '1'='1",
    "x'; DROP TABLE sys_role; --",
    '" OR ""="',
    "<script>alert(1)</script>",
    "\\' OR 1=1#",
]


async def test_sql_and_script_in_a_search_find_nothing_and_in_a_sort_are_refused(admin: Caller) -> None:
    await add(admin, "客服")

    for text in INJECTIONS:
        assert (await admin.get(ROLES, query={"role_name": text})).body == {"items": [], "total": 0}, text
        for field in ("sort", "order", "page", "size", "merchant_id"):
            assert (await admin.get(ROLES, query={field: text})).bad_fields == {field}, (field, text)
    for column in ("role_id", "create_user_id", "remark", "created_at desc"):
        assert (await admin.get(ROLES, query={"sort": column})).bad_fields == {"sort"}, column
    assert names_in(await admin.get(ROLES)) >= {"客服"}


async def test_script_in_a_name_comes_back_as_the_text_that_it_is(admin: Caller) -> None:
    text = "<script>alert(document.cookie)</script>"
    role_id = await add(admin, text)

    answer = await admin.get(f"{ROLES}/{role_id}")

    assert answer.body["role_name"] == text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


BAD_FIELDS: list[tuple[str, Any]] = [
    ("role_name", ""),
    ("role_name", " "),
    ("role_name", "x" * 101),
    ("role_name", "一\n二"),
    ("role_name", None),
    ("remark", "x" * 101),
    ("remark", 7),
    ("menu_ids", "15"),
    ("menu_ids", [15]),
    ("menu_ids", ["15 "]),
    ("menu_ids", [str(number) for number in range(1, 2002)]),
    ("merchant_id", "7"),
    ("create_user_id", "1"),
    ("role_id", "1"),
    ("is_built_in", True),
]


async def test_what_is_no_role_is_refused_field_by_field(admin: Caller, system: SystemServices) -> None:
    role_id = await add(admin, "客服", ["15"])
    before = await count(system, Role)

    for field, value in BAD_FIELDS:
        for answer in (
            await admin.post(ROLES, {"role_name": "新"} | {field: value}),
            await admin.patch(f"{ROLES}/{role_id}", {field: value}),
        ):
            assert answer.status == 422, (field, value)
            assert {name.split(".")[0] for name in answer.bad_fields} == {field}, (field, value)

    assert await count(system, Role) == before
    unknown = await admin.post(ROLES, {"role_name": "新", "menu_ids": ["15", "999", "603"]})
    assert unknown.refusal == (404, "menu.not_found")
    assert unknown.body["details"] == {"menu_ids": ["603", "999"]}
    assert await links_of(system, role_id) == [15]
