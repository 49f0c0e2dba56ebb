"""Tokens of one audience open nothing of another's: every route of the whole application, walked."""

from collections.abc import AsyncIterator

import pytest
from fastapi.routing import iter_route_contexts
from tests.architecture.test_routes import PARAMETER, methods_of
from tests.builders import make_member
from tests.http import Caller, serving
from tests.wanpu.system.people import make_administrator

from wanpu.app import create_app
from wanpu.infra.http.access import audience_of
from wanpu.infra.settings import Settings
from wanpu.kernel.clock import ManualClock
from wanpu.mall import Mall, open_mall

REFUSED = (401, "auth.token_invalid")


@pytest.fixture
async def mall(settings: Settings, clock: ManualClock) -> Mall:
    return await open_mall(settings, clock=clock)


@pytest.fixture
async def http(mall: Mall) -> AsyncIterator[Caller]:
    async with serving(create_app(mall, works_in_background=False)) as caller:
        yield caller


def routes_for(mall: Mall, audience: str) -> list[tuple[str, str]]:
    """Method and a real path of every route that lets only one audience pass."""
    return [
        (method, PARAMETER.sub("1", str(route.path)))
        for route in iter_route_contexts(create_app(mall, works_in_background=False).routes)
        if route.endpoint is not None and audience_of(route) == audience
        for method in sorted(methods_of(route))
    ]


@pytest.mark.requirement("S0-182")
async def test_the_first_administrators_token_is_refused_on_every_shoppers_route(
    mall: Mall, http: Caller
) -> None:
    administrator = http.with_token((await make_administrator(mall.system)).token)
    routes = routes_for(mall, "member")
    assert {("GET", "/store/v1/me"), ("POST", "/store/v1/auth/logout")} <= set(routes)

    for method, path in routes:
        assert (await administrator.send(method, path)).refusal == REFUSED, f"{method} {path}"
    assert (await administrator.get("/console/v1/me")).status == 200


@pytest.mark.requirement("S0-182")
async def test_a_members_token_is_refused_on_every_console_route(mall: Mall, http: Caller) -> None:
    member = http.with_token((await make_member(mall.services)).token)
    routes = routes_for(mall, "staff")
    assert {("GET", "/console/v1/me"), ("GET", "/platform/v1/sessions")} <= set(routes)

    for method, path in routes:
        assert (await member.send(method, path)).refusal == REFUSED, f"{method} {path}"
    assert (await member.get("/store/v1/me")).status == 200
