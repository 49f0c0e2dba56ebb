"""Answers that lie ready are told apart from others by nothing but their speed."""

import logging
from collections.abc import AsyncIterator, Mapping

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Scope
from structlog.testing import capture_logs
from tests.http import Caller, room_app, serving

from wanpu.infra.http.hot_route import hot_route
from wanpu.infra.http.json_answer import json_bytes
from wanpu.infra.http.ready_answers import ReadyAnswers
from wanpu.infra.metrics import HTTP_REQUESTS, HTTP_SECONDS
from wanpu.infra.services import Services

BODY = b'{"title":"\xe8\x8c\xb6"}'
ROUTE = "/things/{thing}"


class Shelf:
    """One route: `ready` holds what may be given at once, and `runs` counts how often the route ran."""

    def __init__(self) -> None:
        self.ready: dict[str, bytes] = {}
        self.runs = 0

    async def run(self, request: Request) -> Response:
        """Show a thing."""
        self.runs += 1
        return json_bytes(BODY)

    def find(self, _services: Services, parameters: Mapping[str, str], query: bytes) -> bytes | None:
        return None if query else self.ready.get(parameters["thing"])


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def http(services: Services, shelf: Shelf) -> AsyncIterator[Caller]:
    async def show(request: Request) -> Response:
        return await shelf.run(request)

    route = hot_route(ROUTE, show, method="GET", answer=None, public=True, ready=shelf.find)
    async with serving(room_app(services, [], [route])) as caller:
        yield caller


async def test_a_ready_answer_has_every_mark_of_the_one_that_the_route_gives(
    http: Caller, shelf: Shelf
) -> None:
    count, spread = HTTP_REQUESTS.labels("GET", ROUTE, 200), HTTP_SECONDS.labels("GET", ROUTE)
    counted, timed = count.value, sum(spread.seen)
    ran = await http.get("/things/1")
    shelf.ready["1"] = BODY

    ready = await http.get("/things/1")

    assert shelf.runs == 1
    assert (ready.status, ready.body) == (ran.status, ran.body) == (200, {"title": "茶"})
    unlike = {"x-request-id", "date"}
    marks = [
        {name.lower(): value for name, value in answer.headers.items() if name.lower() not in unlike}
        for answer in (ran, ready)
    ]
    assert marks[0] == marks[1]
    assert len(ready.headers["x-request-id"]) == 32
    assert (count.value - counted, sum(spread.seen) - timed) == (2, 2)


async def test_a_ready_answer_keeps_the_callers_request_id(http: Caller, shelf: Shelf) -> None:
    shelf.ready["1"] = BODY

    kept = await http.get("/things/1", headers={"X-Request-ID": "order-7.retry_2"})
    replaced = await http.get("/things/1", headers={"X-Request-ID": "a b"})

    assert kept.headers["x-request-id"] == "order-7.retry_2"
    assert len(replaced.headers["x-request-id"]) == 32
    assert shelf.runs == 0


async def test_a_ready_answer_stands_in_the_access_log(
    http: Caller, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.ready["1"] = BODY

    with caplog.at_level(logging.INFO, logger="wanpu.access"), capture_logs() as lines:
        await http.get("/things/1", headers={"X-Request-ID": "order-7.retry_2"})

    [line] = lines
    assert line.pop("ms") >= 0
    assert line == {
        "event": "request.done",
        "log_level": "info",
        "method": "GET",
        "path": "/things/1",
        "status": 200,
        "request_id": "order-7.retry_2",
    }


@pytest.mark.parametrize("path", ["/things/2", "/things/1?q=1", "/things/%E8%8C%B6"])
async def test_what_does_not_lie_ready_is_answered_by_the_route(
    http: Caller, shelf: Shelf, path: str
) -> None:
    shelf.ready["1"] = b"{}"

    assert (await http.get(path)).body == {"title": "茶"}
    assert shelf.runs == 1


async def test_other_methods_and_addresses_are_answered_by_the_application(
    http: Caller, shelf: Shelf
) -> None:
    shelf.ready |= {"1": b"{}", "a\0b": b"{}"}

    head = await http.send("HEAD", "/things/1")

    assert (head.status, head.body, head.headers["content-length"]) == (200, None, str(len(BODY)))
    assert (await http.post("/things/1", {})).refusal == (405, "request.method_not_allowed")
    assert (await http.get("/things/1/2")).refusal == (404, "request.path_not_found")
    assert (await http.get("/things/1?q=%00")).refusal == (422, "request.invalid")
    assert (await http.get("/things/a%00b")).refusal == (422, "request.invalid")


async def test_a_get_with_a_body_is_held_to_the_limit(http: Caller, shelf: Shelf, services: Services) -> None:
    shelf.ready["1"] = b"{}"
    limit = services.settings.body_limit_bytes

    assert (await http.send("GET", "/things/1", raw=b"a" * limit)).body == {"title": "茶"}
    assert (await http.send("GET", "/things/1", raw=b"a" * (limit + 1))).refusal == (413, "request.too_large")


async def test_below_a_prefix_the_application_finds_the_path_itself(services: Services, shelf: Shelf) -> None:
    shelf.ready["1"] = b"{}"
    handed_on = []

    async def inside(scope: Scope, _receive: object, _send: object) -> None:
        handed_on.append(scope["path"])

    async def send(message: Message) -> None:
        raise AssertionError(message)

    layer = ReadyAnswers(inside, owner=room_app(services, []), routes=[(ROUTE, shelf.find)])
    scope = {"type": "http", "method": "GET", "path": "/things/1", "root_path": "/mall", "headers": []}
    await layer(scope | {"query_string": b""}, None, send)  # type: ignore[arg-type]

    assert handed_on == ["/things/1"]
