"""Who a console request comes from, and whether it may do what it asks for."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated, Any

import pytest
from fastapi import APIRouter
from sqlalchemy import delete, update
from tests.http import Caller, room_app, serving
from tests.wanpu.system.people import make_administrator, make_staff

from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.system.api.identity import COOKIE, SignedIn, needs
from wanpu.system.callers import StaffCaller
from wanpu.system.models import RoleMenu, Staff, StaffToken
from wanpu.system.queries import access
from wanpu.system.services import SystemServices
from wanpu.system.states import Audience, StaffStatus

MayLook = Annotated[StaffCaller, needs("thing:look")]
MayLookAsMerchant = Annotated[StaffCaller, needs("thing:look", audience=Audience.MERCHANT)]

router = APIRouter(route_class=StrictJsonRoute)


@router.get("/me")
async def me(caller: SignedIn) -> dict[str, Any]:
    return {"username": caller.username, "ip": caller.origin.ip, "method": caller.origin.method}


@router.get("/things")
async def look(caller: MayLook) -> dict[str, Any]:
    return {"username": caller.username}


@router.post("/things")
async def write(body: dict[str, Any], caller: MayLook) -> dict[str, Any]:
    return {"params": caller.origin.params}


@router.get("/shop/things")
async def look_as_merchant(caller: MayLookAsMerchant) -> dict[str, Any]:
    return {"merchant_id": caller.merchant_id}


@pytest.fixture
async def http(system: SystemServices) -> AsyncIterator[Caller]:
    app = room_app(system, [router])
    app.state.system = system
    async with serving(app) as caller:
        yield caller


async def test_a_granted_permission_lets_in_and_a_missing_one_does_not(
    http: Caller, system: SystemServices
) -> None:
    granted = await make_staff(system, "granted", ["other:thing", "thing:look"])
    lacking = await make_staff(system, "lacking", ["thing:look:more"])

    assert (await http.with_token(granted.token).get("/things")).body == {"username": "granted"}
    refused = await http.with_token(lacking.token).get("/things")
    assert refused.refusal == (403, "auth.forbidden")
    assert refused.body["details"] == {"permission": "thing:look"}


async def test_nobody_and_strangers_are_not_let_in(http: Caller) -> None:
    assert (await http.get("/things")).refusal == (401, "auth.required")
    stranger = http.with_token("f" * 64)
    assert (await stranger.get("/things")).refusal == (401, "auth.token_invalid")


async def test_a_permission_taken_away_an_account_switched_off_and_an_ended_session_count_at_once(
    http: Caller, system: SystemServices
) -> None:
    person = await make_staff(system, "li", ["thing:look"])
    li = http.with_token(person.token)
    assert (await li.get("/things")).status == 200

    async with system.db.transaction() as session:
        await session.execute(delete(RoleMenu).where(RoleMenu.role_id == person.role_id))
        await access.renew_epoch(session)
    assert (await li.get("/things")).refusal == (403, "auth.forbidden")

    async with system.db.transaction() as session:
        await session.execute(
            update(Staff).where(Staff.user_id == person.staff_id).values(status=StaffStatus.DISABLED)
        )
    assert (await li.get("/me")).refusal == (401, "auth.token_invalid")

    async with system.db.transaction() as session:
        await session.execute(update(Staff).values(status=StaffStatus.NORMAL))
        await session.execute(delete(StaffToken))
    assert (await li.get("/me")).refusal == (401, "auth.token_invalid")


async def test_a_session_ends_with_its_time(http: Caller, system: SystemServices, clock: ManualClock) -> None:
    li = http.with_token((await make_staff(system, "li")).token)

    clock.advance(timedelta(days=1))

    assert (await li.get("/me")).refusal == (401, "auth.token_expired")


async def test_the_super_administrator_has_every_permission_that_a_menu_names(
    http: Caller, system: SystemServices
) -> None:
    administrator = http.with_token((await make_administrator(system)).token)
    assert (await administrator.get("/things")).refusal == (403, "auth.forbidden")

    await make_staff(system, "li", ["thing:look"])

    assert (await administrator.get("/things")).body == {"username": "admin"}


async def test_a_merchants_staff_stays_in_its_own_console(http: Caller, system: SystemServices) -> None:
    seller = http.with_token((await make_staff(system, "seller", ["thing:look"], merchant_id=Id(7))).token)
    operator = http.with_token((await make_staff(system, "operator", ["thing:look"])).token)

    assert (await seller.get("/shop/things")).body == {"merchant_id": 7}
    assert (await seller.get("/things")).refusal == (403, "auth.forbidden")
    assert (await operator.get("/shop/things")).refusal == (403, "auth.forbidden")


async def test_a_first_password_must_be_changed_before_anything_else(
    http: Caller, system: SystemServices
) -> None:
    fresh = http.with_token(
        (await make_staff(system, "fresh", ["thing:look"], must_change_password=True)).token
    )

    assert (await fresh.get("/things")).refusal == (403, "auth.password_change_required")
    assert (await fresh.get("/me")).status == 200


async def test_the_cookie_alone_reads_and_writes_only_with_our_own_header(
    http: Caller, system: SystemServices
) -> None:
    person = await make_staff(system, "li", ["thing:look"])
    cookie = {"Cookie": f"{COOKIE}={person.token}"}

    assert (await http.get("/things", headers=cookie)).status == 200
    refused = await http.post("/things", {"a": 1}, headers=cookie)
    assert refused.refusal == (403, "auth.cross_site_write")
    written = await http.post("/things", {"a": 1}, headers=cookie | {"X-Wanpu-Console": "1"})
    assert written.status == 200


async def test_what_the_log_keeps_of_a_request_hides_its_secrets(
    http: Caller, system: SystemServices
) -> None:
    li = http.with_token((await make_staff(system, "li", ["thing:look"])).token)

    answer = await li.post("/things", {"name": "万铺", "password": "Correct-Horse-7"})

    assert answer.body == {"params": '{"name": "万铺", "password": "***"}'}
    assert (await li.get("/me")).body == {"username": "li", "ip": "127.0.0.1", "method": "GET /me"}
