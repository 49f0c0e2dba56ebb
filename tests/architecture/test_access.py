"""Every route of the application, walked by everybody who must not get through; later routes as well."""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Annotated, Any

import pytest
from fastapi import FastAPI
from tests.builders import make_member, make_merchant
from tests.conftest import url_of
from tests.engines import TestDatabases
from tests.http import Answer, Caller, serving
from tests.wanpu.system.people import Person, make_administrator, make_staff
from tests.ways import OWN_DOCUMENTS, PARAMETER, UNKNOWN_ID, staff_ways, ways_of

from wanpu.app import create_app
from wanpu.infra.http.access import undeclared_routes
from wanpu.infra.settings import Settings
from wanpu.kernel.clock import ManualClock
from wanpu.mall import Mall, open_mall
from wanpu.system import StaffCaller, lay_base_rows
from wanpu.system.api.identity import SignedIn, needs
from wanpu.system.base_rows.known_permissions import known_permissions
from wanpu.system.models import Menu
from wanpu.system.queries import access
from wanpu.system.states import Audience

APIS = ("/store/", "/merchant/", "/platform/", "/console/", "/open/")

FREE_OF_PERMISSIONS = ("/console/v1/",)
"""Where whoever has signed in may call: everything there is about the caller's own account."""

INJECTIONS = ("x' OR '1'='1", '<script>1</script>" OR 1=1; --')


def unguarded(app: FastAPI) -> list[str]:
    """Routes of the consoles that forget to ask, or ask for what nobody can be given; must be empty."""
    found = []
    for way in ways_of(app):
        if way.console is None and way.permission is None:
            if way.audience == "staff" and not way.path.startswith(FREE_OF_PERMISSIONS):
                found.append(f"{way.name}: staff without a permission")
        elif way.audience == "public":
            if not way.path.startswith("/merchant/v1/applications"):
                found.append(f"{way.name}: public")
        elif way.permission is None:
            found.append(f"{way.name}: no permission")
        elif way.console is None or way.permission not in known_permissions(way.console):
            found.append(f"{way.name}: no menu of its console names {way.permission}")
    return found


@pytest.fixture
def db_url(databases: TestDatabases) -> str:
    """SQLite alone: who is let in does not hang on the engine."""
    return url_of(databases, "sqlite")


@pytest.fixture
async def mall(settings: Settings, clock: ManualClock) -> Mall:
    """The whole mall, with the menus of an installation."""
    opened = await open_mall(settings, clock=clock)
    await lay_base_rows(opened.services)
    return opened


@pytest.fixture
async def app(mall: Mall) -> FastAPI:
    return create_app(mall, works_in_background=False)


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[Caller]:
    async with serving(app) as caller:
        yield caller


@pytest.fixture
async def administrator(mall: Mall) -> Person:
    return await make_administrator(mall.system)


@pytest.fixture
async def operator(mall: Mall) -> Person:
    """Somebody with every permission of the platform, and no other right."""
    return await make_staff(mall.system, "operator", sorted(known_permissions(Audience.PLATFORM)))


@pytest.fixture
async def seller(mall: Mall) -> Person:
    """Somebody who may do everything for one merchant."""
    merchant_id = await make_merchant(mall.services)
    permissions = sorted(known_permissions(Audience.MERCHANT))
    return await make_staff(mall.system, "seller", permissions, merchant_id=merchant_id)


async def test_every_route_of_the_consoles_asks_for_a_permission_that_a_menu_can_grant(
    app: FastAPI,
) -> None:
    assert len(staff_ways(app)) >= 80
    assert unguarded(app) == []
    assert [route for route in undeclared_routes(app) if not route.endswith(OWN_DOCUMENTS)] == []


async def test_a_route_that_forgets_to_ask_would_be_found(app: FastAPI) -> None:
    async def bare() -> None: ...

    async def signed_in(caller: SignedIn) -> None: ...

    async def unnamed(caller: Annotated[StaffCaller, needs("sys:thing:fly")]) -> None: ...

    async def of_another_console(caller: Annotated[StaffCaller, needs("merchant:staff:list")]) -> None: ...

    app.add_api_route("/platform/v1/bare", bare)
    app.add_api_route("/platform/v1/signed-in", signed_in)
    app.add_api_route("/elsewhere", signed_in)
    app.add_api_route("/platform/v1/unnamed", unnamed)
    app.add_api_route("/platform/v1/other", of_another_console)

    assert [route for route in undeclared_routes(app) if not route.endswith(OWN_DOCUMENTS)] == [
        "GET /platform/v1/bare"
    ]
    assert unguarded(app) == [
        "GET /platform/v1/bare: no permission",
        "GET /platform/v1/signed-in: no permission",
        "GET /elsewhere: staff without a permission",
        "GET /platform/v1/unnamed: no menu of its console names sys:thing:fly",
        "GET /platform/v1/other: no menu of its console names merchant:staff:list",
    ]


async def test_neither_nobody_nor_the_other_console_gets_through(
    app: FastAPI, http: Caller, operator: Person, seller: Person
) -> None:
    """The other console's account has every permission of its own."""
    outsiders = {
        Audience.PLATFORM: http.with_token(seller.token),
        Audience.MERCHANT: http.with_token(operator.token),
    }

    for way in staff_ways(app):
        assert (await http.send(way.method, way.address())).refusal == (401, "auth.required"), way.name
        if way.console is not None:
            answer = await outsiders[way.console].send(way.method, way.address())
            assert answer.refusal == (403, "auth.forbidden"), way.name
            assert answer.body["details"] == {"permission": way.permission}, way.name


@pytest.mark.parametrize("audience", list(Audience))
async def test_a_permission_opens_its_own_routes_and_all_others_together_do_not(
    app: FastAPI, http: Caller, mall: Mall, audience: Audience
) -> None:
    """Ids that nothing has and no bodies: what gets through is refused by what stands behind the door."""
    merchant_id = None if audience is Audience.PLATFORM else await make_merchant(mall.services)
    person = await make_staff(mall.system, "person", ["a:b"], merchant_id=merchant_id)
    caller = http.with_token(person.token)

    async def hold(permissions: Iterable[str]) -> None:
        async with mall.system.db.transaction() as session:
            menu = await session.get_one(Menu, person.role_id)
            menu.perms = ",".join(sorted(permissions))
            await access.renew_epoch(session)

    ways = [way for way in staff_ways(app) if way.console is audience]
    assert len(ways) >= 15
    for permission in sorted({str(way.permission) for way in ways}):
        own = [way for way in ways if way.permission == permission]
        await hold(known_permissions(audience) - {permission})
        for way in own:
            refused = await caller.send(way.method, way.address())
            assert refused.refusal == (403, "auth.forbidden"), way.name
        await hold({permission})
        for way in own:
            assert (await caller.send(way.method, way.address())).status not in (401, 403, 500), way.name


async def test_an_account_with_its_first_password_changes_that_before_anything_else(
    app: FastAPI, http: Caller, mall: Mall
) -> None:
    permissions = sorted(known_permissions(Audience.PLATFORM))
    fresh = await make_staff(mall.system, "fresh", permissions, must_change_password=True)
    caller = http.with_token(fresh.token)

    for way in staff_ways(app):
        if way.permission is not None or way.path == "/console/v1/nav":
            answer = await caller.send(way.method, way.address())
            assert answer.refusal == (403, "auth.password_change_required"), way.name


async def test_shoppers_and_staff_never_pass_for_each_other(
    app: FastAPI, http: Caller, mall: Mall, administrator: Person
) -> None:
    member = http.with_token((await make_member(mall.services)).token)
    staff = http.with_token(administrator.token)
    ways = ways_of(app)

    assert {way.audience for way in ways} <= {"public", "member", "staff"}
    for way in ways:
        if way.audience != "public":
            stranger = staff if way.audience == "member" else member
            answer = await stranger.send(way.method, way.address())
            assert answer.refusal == (401, "auth.token_invalid"), way.name


async def test_an_id_that_is_nobodys_or_anothers_is_never_answered(
    app: FastAPI, http: Caller, mall: Mall, administrator: Person, seller: Person
) -> None:
    """A route whose body is missing may say that first; with its body it is a row of the room's own tests."""
    callers = {
        "member": http.with_token((await make_member(mall.services)).token),
        Audience.PLATFORM: http.with_token(administrator.token),
        Audience.MERCHANT: http.with_token(seller.token),
        None: http.with_token(administrator.token),
        "public": http,
    }
    other = await make_staff(mall.system, "other", merchant_id=await make_merchant(mall.services))
    anothers = {"user_id": str(other.staff_id), "role_id": str(other.role_id)}
    walked = 0

    for way in ways_of(app):
        names = set(PARAMETER.findall(way.path)) - {"name"}  # A word that people choose is no id.
        if not names or not way.path.startswith(APIS):
            continue
        walked += 1
        caller = callers[way.console if way.audience == "staff" else str(way.audience)]
        ids = [{}, dict.fromkeys(names, "0"), dict.fromkeys(names, "%27%20OR%201=1")]
        if way.console is Audience.MERCHANT and names & anothers.keys():
            ids.append(anothers)
        for given in ids:
            answer = await caller.send(way.method, way.address(**given))
            assert answer.status in (404, 422), (way.name, given, answer.status)
    assert walked >= 40


def parameters_of(app: FastAPI) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Reading operations of the consoles: path, query parameters by name, whether it is a paged list."""
    document = app.openapi()
    for path, operations in document["paths"].items():
        operation = operations.get("get")
        if operation is None or not path.startswith(("/platform/", "/merchant/", "/console/")):
            continue
        content = operation["responses"]["200"]["content"]["application/json"]["schema"]
        name = content.get("$ref", "").rpartition("/")[2]
        answer = document["components"]["schemas"].get(name, {}).get("properties", {})
        query = {p["name"]: p for p in operation.get("parameters", ()) if p["in"] == "query"}
        yield path, query, set(answer) == {"items", "total"}


@pytest.mark.requirement("S0-178", "S0-180")
async def test_every_list_of_the_consoles_is_paged_sorted_and_filtered_as_its_document_says(
    app: FastAPI, http: Caller, administrator: Person, seller: Person
) -> None:
    lists = [(path, query) for path, query, is_list in parameters_of(app) if is_list]
    assert len(lists) >= 9

    for path, query in lists:
        caller = http.with_token((seller if path.startswith("/merchant/") else administrator).token)
        address = PARAMETER.sub(UNKNOWN_ID, path)
        assert {"page", "size", "sort", "order"} <= query.keys(), path
        assert [name for name, parameter in query.items() if not parameter.get("description")] == [], path
        first = await caller.get(address)
        if PARAMETER.search(path):
            assert first.status == 404, path
            continue
        assert set(first.body) == {"items", "total"}, path
        assert len(first.body["items"]) <= 20, path
        for sort in query["sort"]["schema"].get("enum") or [query["sort"]["schema"]["const"]]:
            for order in ("asc", "desc"):
                asked = {"sort": sort, "order": order, "page": "1", "size": "1"}
                answer = await caller.get(address, query=asked)
                assert answer.status == 200, (path, asked)
                assert len(answer.body["items"]) == min(1, answer.body["total"]), (path, asked)
        for name, value in [("page", "0"), ("size", "101"), ("size", "1.0"), ("sort", "1"), ("order", "up")]:
            assert (await caller.get(address, query={name: value})).bad_fields == {name}, (path, name, value)


@pytest.mark.requirement("S0-178")
async def test_sql_and_script_in_any_parameter_of_the_consoles_finds_nothing(
    app: FastAPI, http: Caller, administrator: Person, seller: Person
) -> None:
    tried = 0

    def is_harmless(answer: Answer, is_list: bool) -> bool:
        if answer.status == 422:
            return True
        return is_list and answer.status == 200 and answer.body == {"items": [], "total": 0}

    for path, query, is_list in parameters_of(app):
        if PARAMETER.search(path):
            continue
        caller = http.with_token((seller if path.startswith("/merchant/") else administrator).token)
        for name in query:
            for text in INJECTIONS:
                tried += 1
                answer = await caller.get(path, query={name: text})
                assert is_harmless(answer, is_list), (path, name, text, answer.status)
    assert tried >= 100
