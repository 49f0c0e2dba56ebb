"""管理员列表 over HTTP: who looks after whom, and that no account becomes a way to more rights."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from tests.http import Answer, Caller
from tests.wanpu.system.people import PASSWORD, Person, make_administrator, make_staff

from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system.models import LoginLog, OperationLog, RoleMenu, Staff, StaffRole, StaffToken
from wanpu.system.queries import access
from wanpu.system.services import SystemServices
from wanpu.system.states import LoginEvent, StaffStatus

Act = tuple[str, str, dict[str, Any] | None]

STAFF = "/platform/v1/staff"
ROLES = "/platform/v1/roles"
KEEPER = [
    "sys:user:list",
    "sys:user:info",
    "sys:user:save",
    "sys:user:update",
    "sys:user:delete",
    "sys:role:select",
    "sys:role:save",
    "sys:role:update",
    "sys:menu:list",
]

CHANGES: list[Act] = [
    ("PATCH", "", {"email": "a@b.cn"}),
    ("DELETE", "", None),
    ("PATCH", "", {"role_ids": []}),
    ("POST", "/password", {"password": "Correct-Horse-9"}),
    ("POST", "/disable", None),
    ("DELETE", "/second-factor", None),
]
"""Everything that can be done to an account: method, path below it, body."""


@pytest.fixture
async def administrator(system: SystemServices) -> Person:
    return await make_administrator(system)


@pytest.fixture
async def admin(console: Caller, administrator: Person) -> Caller:
    return console.with_token(administrator.token)


@pytest.fixture
async def keeper(console: Caller, system: SystemServices) -> Caller:
    """An operator who looks after accounts, and may do nothing else."""
    return console.with_token((await make_staff(system, "keeper", KEEPER)).token)


async def add(caller: Caller, username: str, **fields: Any) -> str:
    """Open an account; its id."""
    answer = await caller.post(STAFF, {"username": username, "password": "Correct-Horse-8"} | fields)
    assert answer.status == 201, answer.body
    return str(answer.body["user_id"])


async def staff_of(system: SystemServices, user_id: str | Id) -> Staff | None:
    async with system.db.reading() as session:
        return await session.get(Staff, int(user_id))


async def columns_of(system: SystemServices) -> list[Any]:
    """Every account as it stands, to see that nothing changed."""
    async with system.db.reading() as session:
        links = (await session.execute(select(table_of(StaffRole)).order_by(StaffRole.user_id))).all()
        return [*(await session.execute(select(table_of(Staff)).order_by(Staff.user_id))).all(), *links]


async def count_sessions(system: SystemServices, user_id: str | Id) -> int:
    async with system.db.reading() as session:
        found = select(func.count()).where(StaffToken.user_id == int(user_id))
        return (await session.execute(found)).scalar_one()


def names_in(answer: Answer) -> list[str]:
    return [item["username"] for item in answer.body["items"]]


async def test_an_account_is_opened_read_changed_and_deleted(
    admin: Caller, administrator: Person, system: SystemServices
) -> None:
    role_id = (await admin.post(ROLES, {"role_name": "客服", "menu_ids": ["15"]})).body["role_id"]
    created = await admin.post(
        STAFF,
        {
            "username": "li.lei",
            "password": "Correct-Horse-8",
            "email": "li.lei@example.com",
            "mobile": "13800138000",
            "allowed_ips": ["203.0.113.0/24"],
            "role_ids": [role_id],
        },
    )
    user_id = created.body["user_id"]
    changed = await admin.patch(f"{STAFF}/{user_id}", {"email": None, "allowed_ips": []})

    assert created.status == 201
    assert created.body == {
        "user_id": user_id,
        "username": "li.lei",
        "email": "li.lei@example.com",
        "mobile": "13800138000",
        "status": 1,
        "merchant_id": None,
        "create_user_id": "1",
        "must_change_password": True,
        "has_second_factor": False,
        "locked_until": None,
        "last_login_at": None,
        "created_at": "2026-11-22T08:00:00Z",
        "roles": [{"role_id": role_id, "role_name": "客服"}],
        "allowed_ips": ["203.0.113.0/24"],
        "last_login_ip": None,
    }
    assert changed.body == created.body | {"email": None, "allowed_ips": []}
    assert (await admin.get(f"{STAFF}/{user_id}")).body == changed.body
    stored = await staff_of(system, user_id)
    assert stored is not None
    assert await system.passwords.verify("Correct-Horse-8", stored.password)
    [listed] = (await admin.get(STAFF, query={"username": "li."})).body["items"]
    assert (listed["email"], listed["mobile"]) == (None, "138****8000")
    assert (await admin.delete(f"{STAFF}/{user_id}")).status == 204
    assert (await admin.get(f"{STAFF}/{user_id}")).refusal == (404, "staff.not_found")
    assert await count_sessions(system, administrator.staff_id) == 1
    async with system.db.reading() as session:
        logged = (await session.execute(select(OperationLog).order_by(OperationLog.id))).scalars().all()
    rows = [(row.operation, row.subject) for row in logged if row.subject.startswith("staff:")]
    assert rows == [(f"staff.{act}", f"staff:{user_id}") for act in ("create", "change", "delete")]
    assert all("Horse" not in str(row.params) + str(row.before) + str(row.after) for row in logged)


@pytest.mark.requirement("S0-115")
async def test_a_name_is_given_once_whoever_asks_first(
    admin: Caller, keeper: Caller, system: SystemServices
) -> None:
    body = {"username": "li", "password": "Correct-Horse-8"}

    answers = await asyncio.gather(*(caller.post(STAFF, body) for caller in (admin, keeper) * 2))

    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]
    assert {answer.refusal for answer in answers if answer.status == 409} == {(409, "staff.username_taken")}
    async with system.db.reading() as session:
        standing = select(table_of(Staff)).where(Staff.username == "li")
        [row] = (await session.execute(standing)).mappings()
    columns = {"user_id", "username", "password", "salt", "email", "mobile", "status", "create_user_id"}
    assert columns | {"created_at"} <= row.keys()
    with pytest.raises(IntegrityError):
        async with system.db.transaction() as session:
            await session.execute(insert(table_of(Staff)).values(**{**row, "user_id": 999}))


@pytest.mark.requirement("S0-172")
async def test_the_list_shows_all_to_the_super_administrator_and_own_creations_to_others(
    admin: Caller, console: Caller, keeper: Caller, system: SystemServices
) -> None:
    other = console.with_token((await make_staff(system, "other", KEEPER)).token)
    mine, theirs = await add(keeper, "mine"), await add(other, "theirs")

    assert sorted(names_in(await admin.get(STAFF))) == ["admin", "keeper", "mine", "other", "theirs"]
    assert names_in(await keeper.get(STAFF)) == ["mine"]
    assert names_in(await other.get(STAFF)) == ["theirs"]
    assert (await keeper.get(f"{STAFF}/{mine}")).status == 200
    before = await columns_of(system)
    for method, path, body in [("GET", "", None), ("POST", "/enable", None), *CHANGES]:
        for stranger in (theirs, "1", "999"):
            answer = await keeper.send(method, f"{STAFF}/{stranger}{path}", body)
            assert answer.refusal == (404, "staff.not_found"), (method, path, stranger)
    assert await columns_of(system) == before


@pytest.mark.requirement("S0-174")
async def test_the_super_administrator_and_the_current_user_stay(
    admin: Caller, console: Caller, system: SystemServices
) -> None:
    person = await make_staff(system, "keeper", KEEPER)
    own = await make_staff(system, "own", KEEPER, created_by=None)
    keeper = console.with_token(person.token)
    selfmade = console.with_token(own.token)
    async with system.db.transaction() as session:
        staff = await session.get_one(Staff, own.staff_id)
        staff.create_user_id = own.staff_id
    before = await columns_of(system)

    for act, path in [("DELETE", ""), ("POST", "/disable"), ("DELETE", "/second-factor")]:
        super_refusal = await admin.send(act, f"{STAFF}/1{path}")
        assert super_refusal.refusal == (409, "staff.super_administrator_protected"), path
        assert (await keeper.send(act, f"{STAFF}/1{path}")).refusal == (404, "staff.not_found"), path
        for caller, staff_id in ((keeper, person.staff_id), (selfmade, own.staff_id)):
            refused = await caller.send(act, f"{STAFF}/{staff_id}{path}")
            assert refused.refusal == (409, "staff.is_yourself"), path
    roles = await admin.patch(f"{STAFF}/1", {"role_ids": []})
    assert roles.refusal == (409, "staff.super_administrator_protected")
    widened = await selfmade.patch(f"{STAFF}/{own.staff_id}", {"role_ids": []})
    assert widened.refusal == (409, "staff.is_yourself")
    password = await selfmade.post(f"{STAFF}/{own.staff_id}/password", {"password": "Correct-Horse-9"})
    assert password.refusal == (409, "staff.is_yourself")
    assert await columns_of(system) == before


async def test_switching_an_account_off_ends_its_sessions_at_once(
    admin: Caller, console: Caller, administrator: Person, system: SystemServices
) -> None:
    person = await make_staff(system, "li", ["sys:user:list"])
    li = console.with_token(person.token)
    assert (await li.get(STAFF)).status == 200

    assert (await admin.post(f"{STAFF}/{person.staff_id}/disable")).status == 204
    off = await li.get(STAFF)
    assert (await admin.post(f"{STAFF}/{person.staff_id}/enable")).status == 204
    on = await li.get(STAFF)

    assert off.refusal == (401, "auth.token_invalid")
    assert on.refusal == (401, "auth.token_invalid")  # An old session stays ended.
    stored = await staff_of(system, person.staff_id)
    assert stored is not None
    assert stored.status is StaffStatus.NORMAL
    async with system.db.reading() as session:
        [kicked] = (await session.execute(select(LoginLog))).scalars()
    assert (kicked.username, kicked.event, kicked.reason) == ("li", LoginEvent.KICKED, "by admin")


async def test_a_new_first_password_ends_sessions_unlocks_and_must_be_changed(
    admin: Caller, console: Caller, system: SystemServices
) -> None:
    person = await make_staff(system, "li.lei.han", ["sys:user:list"])
    async with system.db.transaction() as session:
        staff = await session.get_one(Staff, person.staff_id)
        staff.locked_until = system.clock.now().replace(year=2027)
        staff.salt = "imported"
        staff.totp_sealed, staff.totp_enabled_at = "sealed", system.clock.now()
    assert (await admin.get(f"{STAFF}/{person.staff_id}")).body["locked_until"] == "2027-11-22T08:00:00Z"
    weak = await admin.post(f"{STAFF}/{person.staff_id}/password", {"password": "12345678"})
    own_name = await admin.post(f"{STAFF}/{person.staff_id}/password", {"password": "li.lei.han"})

    done = await admin.post(f"{STAFF}/{person.staff_id}/password", {"password": "Correct-Horse-9"})

    assert weak.refusal == (422, "auth.password_too_weak")
    assert own_name.refusal == (422, "auth.password_too_weak")
    assert done.status == 204
    stored = await staff_of(system, person.staff_id)
    assert stored is not None
    assert await system.passwords.verify("Correct-Horse-9", stored.password)
    assert (stored.salt, stored.must_change_password, stored.locked_until) == (None, True, None)
    assert stored.totp_sealed == "sealed"
    assert (await console.with_token(person.token).get(STAFF)).refusal == (401, "auth.token_invalid")
    assert (await admin.delete(f"{STAFF}/{person.staff_id}/second-factor")).status == 204
    stored = await staff_of(system, person.staff_id)
    assert stored is not None
    assert (stored.totp_sealed, stored.totp_enabled_at) == (None, None)


async def test_no_account_becomes_stronger_than_whoever_opens_it(
    admin: Caller, keeper: Caller, system: SystemServices
) -> None:
    strong = (await admin.post(ROLES, {"role_name": "强", "menu_ids": ["29"]})).body["role_id"]
    own = (await keeper.post(ROLES, {"role_name": "弱", "menu_ids": ["15"]})).body["role_id"]
    user_id = await add(keeper, "li", role_ids=[own])
    before = await columns_of(system)

    hidden = await keeper.post(
        STAFF, {"username": "han", "password": "Correct-Horse-8", "role_ids": [own, strong]}
    )
    assigned = await keeper.patch(f"{STAFF}/{user_id}", {"role_ids": [strong]})
    assert (await admin.patch(f"{ROLES}/{own}", {"menu_ids": ["15", "29"]})).status == 200
    widened = await keeper.post(STAFF, {"username": "han", "password": "Correct-Horse-8", "role_ids": [own]})

    for answer in (hidden, assigned):
        assert answer.refusal == (404, "role.not_found")
        assert answer.body["details"] == {"role_ids": [strong]}
    assert widened.refusal == (403, "role.beyond_own_rights")
    assert await columns_of(system) == before


async def test_an_account_that_has_become_stronger_is_out_of_reach_of_its_maker(
    admin: Caller, keeper: Caller, console: Caller, system: SystemServices
) -> None:
    """Else a new password would open its rights to whoever created it."""
    user_id = await add(keeper, "li")
    strong = (await admin.post(ROLES, {"role_name": "强", "menu_ids": ["29"]})).body["role_id"]
    assert (await admin.patch(f"{STAFF}/{user_id}", {"role_ids": [strong]})).status == 200
    before = await columns_of(system)

    for method, path, body in CHANGES:
        answer = await keeper.send(method, f"{STAFF}/{user_id}{path}", body)
        assert answer.refusal == (403, "staff.above_you"), (method, path)
    assert await columns_of(system) == before


async def test_roles_beyond_the_callers_sight_stay_when_it_assigns_its_own(
    admin: Caller, keeper: Caller, system: SystemServices
) -> None:
    theirs = (await admin.post(ROLES, {"role_name": "平台的", "menu_ids": ["15"]})).body["role_id"]
    first = (await keeper.post(ROLES, {"role_name": "一", "menu_ids": ["15"]})).body["role_id"]
    second = (await keeper.post(ROLES, {"role_name": "二", "menu_ids": []})).body["role_id"]
    user_id = await add(keeper, "li", role_ids=[first])
    await admin.patch(f"{STAFF}/{user_id}", {"role_ids": [first, theirs]})

    changed = await keeper.patch(f"{STAFF}/{user_id}", {"role_ids": [second]})

    assert {role["role_id"] for role in changed.body["roles"]} == {theirs, second}


async def test_an_account_and_its_roles_change_together_or_not_at_all(
    admin: Caller, keeper: Caller, system: SystemServices
) -> None:
    strong = (await admin.post(ROLES, {"role_name": "强", "menu_ids": ["29"]})).body["role_id"]
    weak = (await keeper.post(ROLES, {"role_name": "弱", "menu_ids": ["15"]})).body["role_id"]
    user_id = await add(keeper, "li")
    url = f"{STAFF}/{user_id}"
    before = await columns_of(system)

    refused = await keeper.patch(url, {"email": "li@example.com", "role_ids": [strong]})
    assert refused.refusal == (404, "role.not_found")
    assert await columns_of(system) == before
    changed = (await keeper.patch(url, {"email": "li@example.com", "role_ids": [weak]})).body
    kept = (await keeper.patch(url, {"mobile": "13800138000", "role_ids": None})).body

    assert (changed["email"], [role["role_id"] for role in changed["roles"]]) == ("li@example.com", [weak])
    assert kept["roles"] == changed["roles"]
    async with system.db.reading() as session:
        logged = (
            await session.execute(select(OperationLog).where(OperationLog.subject == f"staff:{user_id}"))
        ).scalars()
        lines = [line for line in logged if line.operation == "staff.change"]
    assert [line.after.get("role_ids") for line in lines] == [[weak], None]
    assert lines[0].before["role_ids"] == []


async def test_nobody_shuts_itself_out_by_its_addresses(
    admin: Caller, console: Caller, system: SystemServices
) -> None:
    person = await make_staff(system, "li")
    out = await admin.patch(f"{STAFF}/1", {"allowed_ips": ["203.0.113.7"]})
    fine = await admin.patch(f"{STAFF}/1", {"allowed_ips": ["127.0.0.0/8", "203.0.113.7"]})
    other = await admin.patch(f"{STAFF}/{person.staff_id}", {"allowed_ips": ["203.0.113.7"]})

    assert out.refusal == (409, "staff.own_address_missing")
    assert fine.body["allowed_ips"] == ["127.0.0.0/8", "203.0.113.7/32"]
    assert other.status == 200
    assert (await admin.get(f"{STAFF}/1")).status == 200  # Its own session goes on.
    assert await count_sessions(system, person.staff_id) == 0


async def test_the_list_is_paged_sorted_and_filtered(
    admin: Caller, administrator: Person, system: SystemServices
) -> None:
    role_id = (await admin.post(ROLES, {"role_name": "客服", "menu_ids": []})).body["role_id"]
    await add(admin, "b.one", mobile="13800138000", role_ids=[role_id])
    disabled = await add(admin, "a_two")
    await add(admin, "c-three")
    await admin.post(f"{STAFF}/{disabled}/disable")

    query = {"sort": "username", "order": "asc", "size": "2"}
    pages = [await admin.get(STAFF, query=query | {"page": str(page)}) for page in (1, 2, 3)]
    assert [names_in(page) for page in pages] == [["a_two", "admin"], ["b.one", "c-three"], []]
    assert {page.body["total"] for page in pages} == {4}
    for filters, names in [
        ({"username": "_"}, ["a_two"]),
        ({"username": "%"}, []),
        ({"username": "ONE"}, ["b.one"]),
        ({"mobile": "13800138000"}, ["b.one"]),
        ({"status": "0"}, ["a_two"]),
        ({"role_id": role_id}, ["b.one"]),
        ({"merchant_id": "7"}, []),
    ]:
        assert names_in(await admin.get(STAFF, query=filters)) == names, filters


async def test_sql_in_a_search_finds_nothing_and_in_other_parameters_is_refused(admin: Caller) -> None:
    for text in ("' OR '1'='1", "x'; DROP TABLE sys_user; --", '" OR ""="', "<script>alert(1)</script>"):
        assert (await admin.get(STAFF, query={"username": text})).body == {"items": [], "total": 0}, text
        for field in ("mobile", "status", "role_id", "merchant_id", "sort", "order", "page", "size"):
            assert (await admin.get(STAFF, query={field: text})).bad_fields == {field}, (field, text)
    for column in ("password", "salt", "totp_sealed", "username,password"):
        assert (await admin.get(STAFF, query={"sort": column})).bad_fields == {"sort"}, column
    assert names_in(await admin.get(STAFF)) == ["admin"]


BAD_FIELDS: list[tuple[str, Any]] = [
    ("username", "a"),
    ("username", "x" * 51),
    ("username", "li lei"),
    ("username", "管理员"),
    ("username", "admin\n"),
    ("username", 7),
    ("password", ""),
    ("password", "x" * 129),
    ("password", None),
    ("email", "nobody"),
    ("email", "a@b.cn\nBcc: c@d.cn"),
    ("mobile", "12345678901"),
    ("mobile", 13800138000),
    ("allowed_ips", "127.0.0.1"),
    ("allowed_ips", ["127.0.0.1/8"]),
    ("allowed_ips", ["nowhere"]),
    ("allowed_ips", ["127.0.0.1"] * 51),
    ("role_ids", ["1"] * 101),
    ("role_ids", [1]),
    ("role_ids", ["0"]),
    # What only the mall decides:
    ("user_id", "1"),
    ("merchant_id", "7"),
    ("create_user_id", "1"),
    ("status", 1),
    ("must_change_password", False),
    ("salt", "x"),
    ("totp_sealed", None),
    ("created_at", "2026-01-01T00:00:00Z"),
]


async def test_what_is_no_account_is_refused_field_by_field(
    admin: Caller, administrator: Person, system: SystemServices
) -> None:
    person = await make_staff(system, "li")
    before = await columns_of(system)

    for field, value in BAD_FIELDS:
        answers = [await admin.post(STAFF, {"username": "new", "password": PASSWORD} | {field: value})]
        if field not in ("role_ids", "username", "password"):
            answers.append(await admin.patch(f"{STAFF}/{person.staff_id}", {field: value}))
        for answer in answers:
            assert answer.status == 422, (field, value)
            assert {name.split(".")[0] for name in answer.bad_fields} == {field}, (field, value)
    for field in ("username", "password", "role_ids"):
        refused = await admin.patch(f"{STAFF}/{person.staff_id}", {field: "other"})
        assert refused.bad_fields == {field}
    for password in ("password123", "new.PERSON"):
        weak = await admin.post(STAFF, {"username": "New.person", "password": password})
        assert weak.refusal == (422, "auth.password_too_weak"), password

    assert await columns_of(system) == before


async def test_rights_that_were_taken_away_open_no_account(
    console: Caller, admin: Caller, system: SystemServices
) -> None:
    """Decided behind the lock on all access, not by what the process remembers of the caller."""
    person = await make_staff(system, "keeper", KEEPER)
    keeper = console.with_token(person.token)
    role_id = (await keeper.post(ROLES, {"role_name": "弱", "menu_ids": ["15"]})).body["role_id"]
    user_id = await add(keeper, "li", role_ids=[role_id])
    assert (await keeper.get(STAFF)).status == 200  # From here on the process remembers its permissions.
    async with system.db.transaction() as session:
        await session.execute(delete(RoleMenu).where(RoleMenu.role_id == person.role_id))

    reset = await keeper.post(f"{STAFF}/{user_id}/password", {"password": "Correct-Horse-9"})
    opened = await keeper.post(STAFF, {"username": "han", "password": PASSWORD, "role_ids": [role_id]})

    assert reset.refusal == (403, "staff.above_you")
    assert opened.refusal == (403, "role.beyond_own_rights")
    async with system.db.transaction() as session:
        await access.renew_epoch(session)
    assert (await keeper.get(STAFF)).refusal == (403, "auth.forbidden")


@pytest.mark.requirement("S0-024")
async def test_text_keeps_four_byte_characters_and_identifiers_their_case(
    admin: Caller, system: SystemServices
) -> None:
    text = "客服😀𠮷野"
    role_id = (await admin.post(ROLES, {"role_name": text, "remark": text})).body["role_id"]
    lower, upper = await add(admin, "li.lei"), await add(admin, "Li.Lei")

    role = (await admin.get(f"{ROLES}/{role_id}")).body
    async with system.db.reading() as session:
        found = select(Staff.user_id).where(Staff.username == "Li.Lei")
        exact = list((await session.execute(found)).scalars())
        padded = select(func.count()).where(Staff.username == "Li.Lei ")
        assert (await session.execute(padded)).scalar_one() == 0

    assert (role["role_name"], role["remark"]) == (text, text)
    assert (lower != upper, exact) == (True, [int(upper)])
