"""Rules at the HTTP edge, over a real server: one form of error, limits, ids, headers, measures."""

import asyncio
import json
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI
from prometheus_client import REGISTRY
from pydantic import Field
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response
from structlog.testing import capture_logs
from tests.http import serving

from wanpu.infra.database import Database, DatabaseAway
from wanpu.infra.http.access import audience_of, names_caller, public, undeclared_routes
from wanpu.infra.http.errors import STATUS_OF_KIND, add_error_handlers
from wanpu.infra.http.fields import Body, IdText, Out
from wanpu.infra.http.hot_route import add_hot_routes, hot_route, read_body, read_query
from wanpu.infra.http.json_answer import json_answer
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.infra.http.middleware import SECURITY_HEADERS, add_middleware
from wanpu.infra.http.paging import Limit
from wanpu.infra.settings import Settings
from wanpu.kernel.errors import Conflict, Forbidden, NotFound, TooMany, WanpuError

LIMIT_BYTES = 4096


class Wish(Body):
    sku_id: IdText
    quantity: int = Field(1, ge=1, le=99)


class Wished(Out):
    sku_id: IdText
    quantity: int


class Search(Body):
    keyword: str = Field(max_length=10)


class OutOfStock(Conflict):
    """Test only."""

    code = "test.out_of_stock"
    message_zh = "库存不足"
    message_en = "Sold out"


@names_caller("member")
def caller(request: Request) -> int:
    if request.headers.get("authorization") is None:
        raise Forbidden
    return 7


router = APIRouter(route_class=StrictJsonRoute, prefix="/wishes")
REFUSALS = {kind.__name__: kind for kind in [*STATUS_OF_KIND, OutOfStock, DatabaseAway]}


@router.post("", status_code=201)
@public
async def add_wish(body: Wish) -> Wished:
    return Wished(sku_id=body.sku_id, quantity=body.quantity)


@router.get("/mine")
async def my_wishes(member: Annotated[int, Depends(caller)], limit: Limit = 20) -> dict[str, int]:
    return {"member": member, "limit": limit}


@router.get("/refused/{kind}")
@public
async def refuse(kind: str) -> None:
    if kind not in REFUSALS:
        raise NotFound
    raise REFUSALS[kind](details={"left": 1})


@router.get("/broken")
@public
async def broken() -> None:
    raise RuntimeError("the password is hunter2")


@router.get("/forgotten")
async def forgotten() -> None:
    return None


async def hot_add(request: Request) -> Response:
    """Add a wish, fast."""
    body = await read_body(request, Wish)
    return json_answer(Wished(sku_id=body.sku_id, quantity=body.quantity).model_dump(mode="json"), status=201)


async def hot_find(request: Request) -> Response:
    found = read_query(request, Search)
    return json_answer({"keyword": found.keyword, "id": request.path_params["wish_id"]})


async def hot_broken(request: Request) -> Response:
    raise RuntimeError("the password is hunter2")


HOT_ROUTES = [
    hot_route(
        "/hot/wishes",
        hot_add,
        method="POST",
        body=Wish,
        answer=Wished,
        public=True,
        status=201,
        headers=["Idempotency-Key"],
    ),
    hot_route("/hot/wishes/{wish_id}", hot_find, method="GET", query=Search, answer=None, public=True),
    hot_route("/hot/broken", hot_broken, method="GET", answer=None, public=True),
]


@pytest.fixture
def app():
    app = FastAPI()
    add_error_handlers(app)
    app.include_router(router)
    add_hot_routes(app, HOT_ROUTES)
    add_middleware(app, Settings(_env_file=None, body_limit_bytes=LIMIT_BYTES))
    return app


@pytest.fixture
async def http(app):
    async with serving(app) as caller:
        yield caller


PATHS = ["/wishes", "/hot/wishes"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_sound_request_is_answered(http, path):
    answer = await http.post(path, {"sku_id": "65601234", "quantity": 2})

    assert (answer.status, answer.body) == (201, {"sku_id": "65601234", "quantity": 2})


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("quantity", [0, -1, 2**31, 2**63, 1.0, "1", True, None, [], 100])
async def test_a_wrong_value_is_a_422_that_names_its_field(http, path, quantity):
    answer = await http.post(path, {"sku_id": "1", "quantity": quantity})

    assert answer.refusal == (422, "request.invalid")
    assert answer.bad_fields == {"quantity"}


@pytest.mark.parametrize("path", PATHS)
async def test_every_wrong_field_is_named_at_once(http, path):
    answer = await http.post(path, {"quantity": 0, "price_fen": 1}, headers={"Accept-Language": "en"})

    assert answer.refusal == (422, "request.invalid")
    assert sorted(answer.body["details"]["fields"], key=lambda field: field["field"]) == [
        {"field": "price_fen", "problem": "Extra inputs are not permitted"},
        {"field": "quantity", "problem": "Input should be greater than or equal to 1"},
        {"field": "sku_id", "problem": "Field required"},
    ]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("raw", [b"{", b"[NaN]", b'{"sku_id":"1","sku_id":"2"}', b"\xff", b"[" * 1000])
async def test_a_body_that_is_no_json_is_malformed(http, path, raw):
    answer = await http.post(path, raw=raw)

    assert answer.refusal == (422, "request.malformed_json")


@pytest.mark.parametrize("path", PATHS)
async def test_another_media_type_is_unsupported(http, path):
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        answer = await http.post(path, raw=b'{"sku_id":"1"}', headers={"Content-Type": content_type})
        assert answer.refusal == (415, "request.unsupported_media_type")


@pytest.mark.parametrize("path", PATHS)
async def test_no_body_at_all_is_invalid(http, path):
    answer = await http.post(path)

    assert answer.refusal == (422, "request.invalid")
    assert answer.bad_fields == {"body"}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("size", [LIMIT_BYTES + 1, 10 * 1024 * 1024])
async def test_a_body_over_the_limit_is_refused_by_its_announced_length(http, path, size):
    answer = await http.post(path, raw=b'"' + b"x" * (size - 2) + b'"')

    assert answer.refusal == (413, "request.too_large")
    assert answer.body["details"] == {"limit_bytes": LIMIT_BYTES}


@pytest.mark.parametrize("path", PATHS)
async def test_a_body_that_announces_no_length_is_counted_while_it_arrives(http, path):
    async def chunks():
        for _ in range(10):
            yield b"x" * 1000

    answer = await http.post(path, raw=chunks())

    assert answer.refusal == (413, "request.too_large")


@pytest.mark.parametrize("path", PATHS)
async def test_a_body_of_exactly_the_limit_passes_in_either_way(http, path):
    head = b'{"sku_id":"1","quantity":2}'
    body = head + b" " * (LIMIT_BYTES - len(head))

    async def chunks():
        yield body[:100]
        yield body[100:]

    assert (await http.post(path, raw=body)).status == 201
    assert (await http.post(path, raw=chunks())).status == 201


@pytest.mark.parametrize("kind", sorted(REFUSALS))
async def test_each_kind_of_refusal_has_its_status_code_and_details(http, kind):
    answer = await http.get(f"/wishes/refused/{kind}")

    expected = next(status for base, status in STATUS_OF_KIND.items() if issubclass(REFUSALS[kind], base))
    assert answer.refusal == (expected, REFUSALS[kind].code)
    assert set(answer.body) == {"code", "message", "details", "request_id"}
    assert answer.body["details"] == {"left": 1}
    assert answer.body["message"] == REFUSALS[kind].message_zh
    assert answer.headers.get("retry-after") == ("1" if expected in (429, 503) else None)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (None, "库存不足"),
        ("", "库存不足"),
        ("en", "Sold out"),
        ("en-US,en;q=0.9,zh;q=0.8", "Sold out"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "库存不足"),
        ("en;q=0.1, zh;q=0.5", "库存不足"),
        ("fr, de;q=0.9", "库存不足"),
        ("fr, en;q=0.3", "Sold out"),
        ("en;q=0, zh;q=0", "库存不足"),
        ("en;q=nonsense", "库存不足"),
        ("," * 5000, "库存不足"),
    ],
)
async def test_refusals_speak_the_language_of_the_caller(http, sent, message):
    headers = {} if sent is None else {"Accept-Language": sent}
    answer = await http.get("/wishes/refused/OutOfStock", headers=headers)

    assert answer.body["message"] == message


@pytest.mark.parametrize("path", ["/wishes/broken", "/hot/broken"])
async def test_a_mistake_of_ours_is_a_500_in_the_same_form_that_tells_nothing(http, path):
    answer = await http.get(path, headers={"X-Request-ID": "trace-12345"})

    assert answer.refusal == (500, "service.internal_error")
    assert answer.body["request_id"] == "trace-12345"
    assert "hunter2" not in json.dumps(answer.body)


async def test_an_unknown_path_and_an_unknown_method_have_codes_of_their_own(http):
    assert (await http.get("/nowhere")).refusal == (404, "request.path_not_found")
    assert (await http.send("PUT", "/wishes")).refusal == (405, "request.method_not_allowed")
    assert (await http.send("DELETE", "/hot/wishes")).refusal == (405, "request.method_not_allowed")


async def test_a_nul_in_the_address_is_refused_before_anything_reads_it(http):
    assert (await http.get("/wishes/refused/a%00b")).refusal == (422, "request.invalid")
    assert (await http.get("/wishes/mine?limit=1%00")).refusal == (422, "request.invalid")


@pytest.mark.parametrize("limit", ["0", "-1", "101", "x", "1.5", "9" * 40, ""])
async def test_a_list_has_a_largest_size(http, limit):
    answer = await http.get(f"/wishes/mine?limit={limit}", headers={"Authorization": "x"})

    assert answer.refusal == (422, "request.invalid")
    assert answer.bad_fields == {"limit"}


async def test_an_error_of_the_server_behind_a_route_is_unavailable_and_may_be_repeated(http, clock):
    router_of_test = FastAPI()
    add_error_handlers(router_of_test)
    gone = Database("postgresql+asyncpg://postgres@127.0.0.1:1/none", pool_size=1, clock=clock)

    @router_of_test.get("/")
    async def read() -> None:
        async with gone.reading() as session:
            await session.execute(text("SELECT 1"))

    add_middleware(router_of_test, Settings(_env_file=None))
    async with serving(router_of_test) as other:
        answer = await other.get("/")
    await gone.close()

    assert answer.refusal == (503, "service.database_away")
    assert answer.headers["retry-after"] == "1"


async def test_a_sane_request_id_is_kept_and_any_other_is_replaced(http):
    kept = await http.get("/wishes/refused/OutOfStock", headers={"X-Request-ID": "order-7.retry_2"})
    assert kept.headers["X-Request-ID"] == kept.body["request_id"] == "order-7.retry_2"

    for sent in ("short", "x" * 65, "a b c d e f", "<script>alert(1)</script>", "ünïcödé-ids"):
        answer = await http.get("/wishes/refused/OutOfStock", headers={"X-Request-ID": sent})
        made = answer.headers["X-Request-ID"]
        assert made == answer.body["request_id"]
        assert len(made) == 32
        assert set(made) <= set("0123456789abcdef")


async def test_requests_have_different_ids_and_successes_carry_theirs_too(http):
    answers = await asyncio.gather(*(http.post("/hot/wishes", {"sku_id": "1"}) for _ in range(10)))

    assert len({answer.headers["X-Request-ID"] for answer in answers}) == 10


@pytest.mark.parametrize("path", ["/hot/wishes/1?keyword=a", "/nowhere", "/wishes/broken", "/docs"])
async def test_every_answer_carries_the_security_headers(http, path):
    answer = await http.get(path)

    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value


@pytest.mark.parametrize("path", PATHS)
async def test_a_caller_that_leaves_in_the_middle_of_its_body_is_counted_and_no_error(app, path):
    arriving = [
        {"type": "http.request", "body": b'{"sku_id":', "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent = []
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"100")],
    }

    async def receive():
        return arriving.pop(0)

    async def send(message):
        sent.append(message)

    before = counted("POST", path, 499)
    with capture_logs() as lines:
        await app(scope, receive, send)

    assert sent == []
    assert counted("POST", path, 499) == before + 1
    assert [line for line in lines if line["log_level"] not in ("debug", "info")] == []


def counted(method, route, status):
    labels = {"method": method, "route": route, "status": str(status)}
    return REGISTRY.get_sample_value("wanpu_http_requests_total", labels) or 0


async def test_requests_are_counted_by_template_and_never_by_their_real_path(http):
    before = counted("GET", "/hot/wishes/{wish_id}", 200), counted("GET", "/wishes/refused/{kind}", 409)
    for number in range(3):
        await http.get(f"/hot/wishes/{number}?keyword=a")
    await http.get("/wishes/refused/OutOfStock")
    await http.get("/nowhere/1")

    after = counted("GET", "/hot/wishes/{wish_id}", 200), counted("GET", "/wishes/refused/{kind}", 409)
    assert (after[0] - before[0], after[1] - before[1]) == (3, 1)
    assert counted("GET", "/nowhere/1", 404) == 0
    assert counted("GET", "/hot/wishes/1", 200) == 0


async def test_hot_routes_stand_in_openapi_beside_the_others(app):
    document = app.openapi()

    hot = document["paths"]["/hot/wishes"]["post"]
    body = hot["requestBody"]["content"]["application/json"]["schema"]
    answer = hot["responses"]["201"]["content"]["application/json"]["schema"]
    assert document["components"]["schemas"][body["$ref"].rpartition("/")[2]]["required"] == ["sku_id"]
    assert "sku_id" in document["components"]["schemas"][answer["$ref"].rpartition("/")[2]]["properties"]
    assert [p["name"] for p in hot["parameters"]] == ["Idempotency-Key"]
    assert hot["description"] == "Add a wish, fast."
    names = {(p["name"], p["in"]) for p in document["paths"]["/hot/wishes/{wish_id}"]["get"]["parameters"]}
    assert names == {("wish_id", "path"), ("keyword", "query")}
    assert "/wishes" in document["paths"]
    assert app.openapi() == document


def test_a_route_that_says_nothing_about_its_callers_is_found(app):
    from fastapi.routing import iter_route_contexts

    own = {route.path: audience_of(route) for route in iter_route_contexts(app.routes) if route.endpoint}
    assert own["/wishes/mine"] == "member"
    assert own["/hot/wishes"] == "public"
    assert own["/wishes"] == "public"
    assert "GET /wishes/forgotten" in undeclared_routes(app)
    assert not any("/hot/" in route or "mine" in route for route in undeclared_routes(app))


def test_a_refusal_of_no_known_kind_would_be_our_own_mistake():
    kinds = set(WanpuError.__subclasses__()) - set(STATUS_OF_KIND)

    assert {kind.__name__ for kind in kinds if kind.__module__.startswith("wanpu.")} == {"InternalError"}
    assert TooMany in STATUS_OF_KIND
