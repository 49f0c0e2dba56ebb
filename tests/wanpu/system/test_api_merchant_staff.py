"""员工 and 角色 of merchants over HTTP: how a merchant gets its first account, and that it stays at home."""

from typing import Any

import pytest
from sqlalchemy import select
from tests.http import Answer, Caller
from tests.wanpu.system.people import make_administrator, make_staff

from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system.base_rows.known_permissions import known_permissions
from wanpu.system.models import Role, Staff
from wanpu.system.models.staff import SUPER_ADMINISTRATOR
from wanpu.system.services import SystemServices
from wanpu.system.states import Audience

PLATFORM = "/platform/v1/staff"
STAFF = "/merchant/v1/staff"
ROLES = "/merchant/v1/roles"
PASSWORD = "Correct-Horse-8"
CLERK = ["merchant:staff:list", "merchant:staff:info", "merchant:staff:update", "merchant:role:select"]


@pytest.fixture
async def admin(console: Caller, system: SystemServices) -> Caller:
    return console.with_token((await make_administrator(system)).token)


@pytest.fixture
async def owner(console: Caller, system: SystemServices) -> Caller:
    """Somebody who may do everything for merchant 7."""
    permissions = sorted(known_permissions(Audience.MERCHANT))
    person = await make_staff(system, "owner", permissions, merchant_id=Id(7))
    return console.with_token(person.token)


async def stored(system: SystemServices) -> list[Any]:
    async with system.db.reading() as session:
        return [
            *(await session.execute(select(table_of(Staff)).order_by(Staff.user_id))).all(),
            *(await session.execute(select(table_of(Role)).order_by(Role.role_id))).all(),
        ]


def names_in(answer: Answer) -> set[str]:
    return {item["username"] for item in answer.body["items"]}


async def test_an_operator_opens_a_merchants_first_account_which_may_do_everything_for_it(
    admin: Caller, console: Caller, system: SystemServices
) -> None:
    person = await make_staff(system, "clerk", ["sys:user:merchant", "sys:user:list"])
    clerk = console.with_token(person.token)
    path = "/platform/v1/merchants/{}/staff"

    first = await clerk.post(path.format(7), {"username": "wang", "password": PASSWORD})
    second = await clerk.post(path.format(7), {"username": "zhao", "password": PASSWORD})
    other = await clerk.post(path.format(8), {"username": "sun", "password": PASSWORD})
    unknown = await clerk.post(path.format(9), {"username": "qian", "password": PASSWORD})

    assert (first.status, second.status, other.status) == (201, 201, 201)
    assert unknown.refusal == (404, "staff.merchant_unknown")
    [role] = first.body["roles"]
    assert role["role_name"] == "店主"
    assert second.body["roles"] == [role]
    assert other.body["roles"] != [role]
    assert (first.body["merchant_id"], first.body["must_change_password"]) == ("7", True)
    preview = await admin.get(f"/platform/v1/roles/{role['role_id']}/nav")
    assert set(preview.body["permissions"]) == known_permissions(Audience.MERCHANT)
    assert names_in(await clerk.get(PLATFORM)) == {"wang", "zhao", "sun"}
    assert names_in(await clerk.get(PLATFORM, query={"merchant_id": "8"})) == {"sun"}
    built_in = f"/platform/v1/roles/{role['role_id']}"
    assert (await admin.patch(built_in, {"menu_ids": []})).refusal == (409, "role.built_in")
    assert (await admin.delete(built_in)).refusal == (409, "role.built_in")


async def test_an_operator_looks_after_merchants_accounts_only_with_their_permission(
    console: Caller, system: SystemServices
) -> None:
    """Else whoever keeps accounts of the platform could enter a merchant's console by a new password."""
    may = await make_staff(system, "may", ["sys:user:update", "sys:user:merchant"])
    may_not = await make_staff(system, "may_not", ["sys:user:update"])
    allowed = await make_staff(system, "wang", merchant_id=Id(7), created_by=may.staff_id)
    refused = await make_staff(system, "zhao", merchant_id=Id(7), created_by=may_not.staff_id)

    done = await console.with_token(may.token).post(
        f"{PLATFORM}/{allowed.staff_id}/password", {"password": PASSWORD}
    )
    answer = await console.with_token(may_not.token).post(
        f"{PLATFORM}/{refused.staff_id}/password", {"password": PASSWORD}
    )

    assert done.status == 204
    assert answer.refusal == (403, "staff.above_you")


async def test_a_merchant_manages_its_own_people_and_roles(
    owner: Caller, console: Caller, system: SystemServices
) -> None:
    role = await owner.post(ROLES, {"role_name": "客服", "menu_ids": ["603"]})
    created = await owner.post(
        STAFF, {"username": "li", "password": PASSWORD, "role_ids": [role.body["role_id"]]}
    )
    user_id = created.body["user_id"]

    assert role.body["merchant_id"] == "7"
    assert created.body["merchant_id"] == "7"
    assert created.body["must_change_password"] is True
    assert names_in(await owner.get(STAFF)) == {"owner", "li"}
    assert (await owner.patch(f"{STAFF}/{user_id}", {"mobile": "13800138000"})).status == 200
    assert (await owner.post(f"{STAFF}/{user_id}/disable")).status == 204
    assert (await owner.post(f"{STAFF}/{user_id}/enable")).status == 204
    assert (await owner.post(f"{STAFF}/{user_id}/password", {"password": "Correct-Horse-9"})).status == 204
    assert (await owner.patch(f"{STAFF}/{user_id}", {"role_ids": []})).body["roles"] == []
    assert (await owner.delete(f"{STAFF}/{user_id}/second-factor")).status == 204
    assert (await owner.get(f"{STAFF}/{user_id}")).body["mobile"] == "13800138000"
    choices = (await owner.get(f"{ROLES}/select")).body["items"]
    assert {choice["role_name"] for choice in choices} == {"客服", "role of owner"}
    changed = await owner.patch(f"{ROLES}/{role.body['role_id']}", {"menu_ids": ["603", "608"]})
    assert changed.body["menu_ids"] == ["603", "608"]
    assert (await owner.get(f"{ROLES}/{role.body['role_id']}/nav")).status == 200
    assert (await owner.get(ROLES, query={"role_name": "客"})).body["total"] == 1
    items = (await owner.get("/merchant/v1/menus")).body["items"]
    assert [item["is_grantable"] for item in items if item["menu_id"] == "601"] == [True]
    assert (await owner.delete(f"{ROLES}/{role.body['role_id']}")).status == 204
    assert (await owner.delete(f"{STAFF}/{user_id}")).status == 204


async def test_another_merchants_and_the_platforms_accounts_do_not_exist_for_a_merchant(
    owner: Caller, admin: Caller, console: Caller, system: SystemServices
) -> None:
    stranger = await make_staff(system, "stranger", CLERK, merchant_id=Id(8))
    operator = await make_staff(system, "operator", ["sys:user:list"])
    before = await stored(system)
    acts: list[tuple[str, str, Any]] = [
        ("GET", "", None),
        ("PATCH", "", {"email": "a@b.cn"}),
        ("DELETE", "", None),
        ("PATCH", "", {"role_ids": []}),
        ("POST", "/password", {"password": PASSWORD}),
        ("POST", "/disable", None),
        ("POST", "/enable", None),
        ("DELETE", "/second-factor", None),
    ]

    assert names_in(await owner.get(STAFF)) == {"owner"}
    for staff_id in (stranger.staff_id, operator.staff_id, SUPER_ADMINISTRATOR):
        for method, path, body in acts:
            answer = await owner.send(method, f"{STAFF}/{staff_id}{path}", body)
            assert answer.refusal == (404, "staff.not_found"), (method, path, staff_id)
    for role_id in (stranger.role_id, operator.role_id):
        for method, body in (("GET", None), ("PATCH", {"remark": "x"}), ("DELETE", None)):
            answer = await owner.send(method, f"{ROLES}/{role_id}", body)
            assert answer.refusal == (404, "role.not_found"), (method, role_id)
        opened = await owner.post(
            STAFF, {"username": "new", "password": PASSWORD, "role_ids": [str(role_id)]}
        )
        assert opened.refusal == (404, "role.not_found")
    platform_menus = await owner.post(ROLES, {"role_name": "强", "menu_ids": ["18"]})
    assert platform_menus.refusal == (404, "menu.not_found")
    assert await stored(system) == before


async def test_a_merchants_clerk_cannot_rise_above_what_it_was_given(
    owner: Caller, console: Caller, system: SystemServices
) -> None:
    clerk_person = await make_staff(system, "clerk", CLERK, merchant_id=Id(7))
    clerk = console.with_token(clerk_person.token)
    strong = (await owner.post(ROLES, {"role_name": "强", "menu_ids": ["606"]})).body["role_id"]
    colleague = (await owner.post(STAFF, {"username": "li", "password": PASSWORD})).body["user_id"]
    [boss] = [item for item in (await owner.get(STAFF)).body["items"] if item["username"] == "owner"]
    before = await stored(system)

    taken = await clerk.post(f"{STAFF}/{boss['user_id']}/password", {"password": PASSWORD})
    given = await clerk.patch(f"{STAFF}/{colleague}", {"role_ids": [strong]})
    own = await clerk.patch(f"{STAFF}/{clerk_person.staff_id}", {"role_ids": [strong]})

    assert taken.refusal == (403, "staff.above_you")
    assert given.refusal == (403, "role.beyond_own_rights")
    assert own.refusal == (409, "staff.is_yourself")
    assert await stored(system) == before


async def test_a_merchant_cannot_say_whose_an_account_or_a_role_is(
    owner: Caller, system: SystemServices
) -> None:
    before = await stored(system)

    for field, value in [
        ("merchant_id", "8"),
        ("merchant_id", None),
        ("create_user_id", "1"),
        ("user_id", "1"),
        ("status", 1),
    ]:
        staff = await owner.post(STAFF, {"username": "new", "password": PASSWORD, field: value})
        role = await owner.post(ROLES, {"role_name": "新", field: value})
        assert staff.bad_fields == {field}
        assert role.bad_fields == {field}

    assert await stored(system) == before
    answer = await owner.get(STAFF, query={"merchant_id": "8"})
    assert names_in(answer) == {"owner"}


async def test_sql_in_a_merchants_searches_finds_nothing_of_others(
    owner: Caller, system: SystemServices
) -> None:
    await make_staff(system, "stranger", merchant_id=Id(8))

    for text in ("' OR '1'='1", "x' OR merchant_id=8 --", "%' OR 1=1 #"):
        assert (await owner.get(STAFF, query={"username": text})).body == {"items": [], "total": 0}
        assert (await owner.get(ROLES, query={"role_name": text})).body == {"items": [], "total": 0}
        for field in ("sort", "order", "page", "size", "status", "mobile", "role_id"):
            assert (await owner.get(STAFF, query={field: text})).bad_fields == {field}, (field, text)
        for field in ("sort", "order", "page", "size"):
            assert (await owner.get(ROLES, query={field: text})).bad_fields == {field}, (field, text)
