"""Hot routes are answered before the application's own layers, and by the same rules."""

from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request
from starlette.responses import Response
from tests.http import Caller, room_app, serving

from wanpu.infra.http.hot_route import hot_route
from wanpu.infra.http.json_answer import json_answer
from wanpu.infra.metrics import HTTP_REQUESTS
from wanpu.infra.services import Services
from wanpu.kernel.errors import Conflict


class SoldOut(Conflict):
    code = "test.sold_out"


async def show(request: Request) -> Response:
    """Tell what the route was given."""
    return json_answer(
        {"thing": request.path_params["thing"], "services": request.app.state.services is not None}
    )


async def refuse(request: Request) -> Response:
    """Refuse."""
    raise SoldOut(details={"left": 1})


async def fail(request: Request) -> Response:
    """Have a defect."""
    raise ZeroDivisionError


async def take(request: Request) -> Response:
    """Take a body."""
    return json_answer({"length": len(await request.body())}, status=201)


@pytest.fixture
async def http(services: Services) -> AsyncIterator[Caller]:
    routes = [
        hot_route("/things/{thing}", show, method="GET", answer=None, public=True),
        hot_route("/refused", refuse, method="GET", answer=None, public=True),
        hot_route("/failed", fail, method="GET", answer=None, public=True),
        hot_route("/taken", take, method="POST", answer=None, public=True),
    ]
    async with serving(room_app(services, [], routes)) as caller:
        yield caller


async def test_a_hot_route_gets_its_parameters_and_the_application(http: Caller) -> None:
    answer = await http.get("/things/%E8%8C%B6%20a")

    assert (answer.status, answer.body) == (200, {"thing": "茶 a", "services": True})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert len(answer.headers["x-request-id"]) == 32


async def test_a_refusal_and_a_defect_are_answered_like_everywhere_else(http: Caller) -> None:
    refused, failed = await http.get("/refused"), await http.get("/failed")

    assert refused.refusal == (409, "test.sold_out")
    assert refused.body["details"] == {"left": 1}
    assert refused.body["request_id"] == refused.headers["x-request-id"]
    assert failed.refusal == (500, "service.internal_error")
    assert failed.body["details"] == {}


async def test_other_methods_and_paths_are_answered_by_the_application(http: Caller) -> None:
    head = await http.send("HEAD", "/things/1")
    posted = await http.post("/things/1", {})
    deeper = await http.get("/things/1/2")

    assert (head.status, head.body) == (200, None)
    assert posted.refusal == (405, "request.method_not_allowed")
    assert deeper.refusal == (404, "request.path_not_found")


async def test_a_body_reaches_a_hot_route_and_its_limit_holds(http: Caller, services: Services) -> None:
    limit = services.settings.body_limit_bytes

    assert (await http.post("/taken", raw=b"a" * limit)).body == {"length": limit}
    assert (await http.post("/taken", raw=b"a" * (limit + 1))).refusal == (413, "request.too_large")


async def test_hot_routes_are_counted_by_their_template(http: Caller) -> None:
    counter = HTTP_REQUESTS.labels("GET", "/things/{thing}", 200)
    before = counter.value

    await http.get("/things/1")
    await http.get("/things/2")

    assert counter.value == before + 2
