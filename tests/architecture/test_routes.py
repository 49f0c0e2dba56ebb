"""The whole application's routes, walked: who may call them, and what their documents promise."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from tests.http import Caller, serving

from wanpu.app import create_app
from wanpu.infra.http.access import audience_of, undeclared_routes
from wanpu.infra.settings import Settings
from wanpu.kernel.clock import ManualClock
from wanpu.mall import open_mall

OWN_DOCUMENTS = {"/openapi.json", "/docs", "/docs/oauth2-redirect"}
"""Pages that FastAPI adds itself: public, and read-only."""

UPLOADS = {("post", "/platform/v1/files"), ("post", "/merchant/v1/files")}
"""The only routes whose body is a form: a file and what it is for."""

PARAMETER = re.compile(r"\{\w+(:\w+)?\}")
CONVERTOR = re.compile(r"\{(\w+):\w+\}")
DOCUMENTED = ("/store/", "/platform/", "/merchant/", "/console/v1/", "/notify/")


@pytest.fixture
async def app(settings: Settings, clock: ManualClock) -> FastAPI:
    """The application as `wanpu up` serves it."""
    return create_app(await open_mall(settings, clock=clock), works_in_background=False)


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[Caller]:
    async with serving(app) as caller:
        yield caller


def member_routes(app: FastAPI) -> list[tuple[str, str]]:
    """Method and a real path of every route that is not public."""
    found = []
    for route in iter_route_contexts(app.routes):
        if route.endpoint is None or route.path in OWN_DOCUMENTS:
            continue
        if audience_of(route) != "public":
            path = PARAMETER.sub("1", str(route.path))
            found += [(method, path) for method in sorted(methods_of(route))]
    return found


def methods_of(route: RouteContext) -> set[str]:
    return set(route.methods or []) - {"HEAD", "OPTIONS"}


def properties_in(schema: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every property of a document, however deep."""
    if isinstance(schema, dict):
        for name, property_schema in (schema.get("properties") or {}).items():
            if isinstance(property_schema, dict):
                yield name, property_schema
        for inner in schema.values():
            yield from properties_in(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from properties_in(inner)


def types_of(schema: Mapping[str, Any]) -> set[str]:
    """The JSON types that a property may have, members of lists and alternatives included."""
    found = {str(schema["type"])} if "type" in schema else set()
    for inner in [*schema.get("anyOf", ()), *schema.get("oneOf", ()), schema.get("items")]:
        if inner:
            found |= types_of(inner)
    return found


async def test_every_route_names_its_audience_or_is_public(app: FastAPI) -> None:
    undeclared = [route for route in undeclared_routes(app) if route.split(" ")[-1] not in OWN_DOCUMENTS]

    assert undeclared == []


@pytest.mark.requirement("S2-066")
async def test_every_route_that_is_not_public_refuses_nobody_and_strangers(
    app: FastAPI, http: Caller
) -> None:
    routes = member_routes(app)
    assert ("GET", "/store/v1/me") in routes
    assert ("POST", "/store/v1/orders") in routes

    for method, path in routes:
        nobody = await http.send(method, path)
        stranger = await http.with_token("0" * 64).send(method, path)
        assert nobody.refusal == (401, "auth.required"), f"{method} {path}"
        assert stranger.refusal == (401, "auth.token_invalid"), f"{method} {path}"


@pytest.mark.requirement("S3-057")
async def test_every_id_in_the_document_is_text(app: FastAPI) -> None:
    document = app.openapi()
    ids = [
        (name, types_of(schema))
        for name, schema in properties_in(document)
        if name.endswith(("_id", "_ids")) and name != "request_id"
    ]

    assert len({name for name, _ in ids}) >= 10
    numbers = [(name, types) for name, types in ids if types - {"string", "null", "array"} or not types]
    assert numbers == []
    parameters = [
        (path, parameter["name"])
        for path, operations in document["paths"].items()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
        if parameter["name"].endswith("_id") and "string" not in types_of(parameter["schema"])
    ]
    assert parameters == []


@pytest.mark.requirement("S2-060")
async def test_every_documented_endpoint_takes_and_answers_json(app: FastAPI) -> None:
    document = app.openapi()
    not_json = []
    for path, operations in document["paths"].items():
        if not path.startswith(("/store/", "/open/", "/platform/", "/merchant/", "/console/")):
            continue
        for method, operation in operations.items():
            body = operation.get("requestBody", {}).get("content", {"application/json": {}})
            answers = {
                media_type
                for status, answer in operation["responses"].items()
                if status != "204"
                for media_type in answer.get("content", {"missing": {}})
            }
            taken = "multipart/form-data" if (method, path) in UPLOADS else "application/json"
            if set(body) != {taken} or answers - {"application/json"}:
                not_json.append((method, path, sorted(answers)))

    assert len(document["paths"]) >= 15
    assert not_json == []


@pytest.mark.requirement("S0-179")
async def test_the_document_tells_of_one_form_of_refusal_and_who_may_call(app: FastAPI) -> None:
    document = app.openapi()
    operations = {
        (path, method): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }

    assert not {"HTTPValidationError", "ValidationError"} & document["components"]["schemas"].keys()
    # Two models of one name get the names of their modules, which clients should never see.
    assert [name for name in document["components"]["schemas"] if "__" in name] == []
    refusal = document["components"]["schemas"]["RefusalOut"]
    assert sorted(refusal["required"]) == ["code", "details", "message", "request_id"]
    for operation in operations.values():
        content = operation["responses"]["default"]["content"]["application/json"]
        assert content == {"schema": {"$ref": "#/components/schemas/RefusalOut"}}
        assert "422" not in operation["responses"]
    bearer = {"type": "http", "scheme": "bearer"}
    assert document["components"]["securitySchemes"] == {"member": bearer, "staff": bearer}
    assert operations["/store/v1/me", "get"]["security"] == [{"member": []}]
    assert operations["/store/v1/orders", "post"]["security"] == [{"member": []}]
    assert "security" not in operations["/store/v1/products", "get"]
    assert "security" not in operations["/store/v1/auth/login", "post"]


@pytest.mark.requirement("S0-179")
async def test_every_refusal_that_is_answered_has_that_form(app: FastAPI, http: Caller) -> None:
    refusals = [await http.send(method, path) for method, path in member_routes(app)]
    refusals.append(await http.get("/store/v1/nothing-here"))
    refusals.append(await http.delete("/store/v1/products"))
    refusals.append(await http.post("/store/v1/auth/login", raw=b"{"))

    assert len(refusals) >= 50
    for refusal in refusals:
        assert refusal.body.keys() == {"code", "message", "details", "request_id"}
        assert [type(refusal.body[name]) for name in ("code", "message", "details")] == [str, str, dict]
        assert refusal.body["request_id"] == refusal.headers["x-request-id"]


@pytest.mark.requirement("S0-181")
async def test_the_document_that_is_served_tells_of_every_route_and_of_nothing_else(
    app: FastAPI, http: Caller
) -> None:
    served = (await http.get("/openapi.json")).body
    told = {(method.upper(), path) for path, operations in served["paths"].items() for method in operations}
    answered = {
        (method, CONVERTOR.sub(r"{\1}", str(route.path)))
        for route in iter_route_contexts(app.routes)
        if route.endpoint is not None and str(route.path).startswith(DOCUMENTED)
        for method in methods_of(route)
    }

    assert {pair for pair in told if pair[1].startswith(DOCUMENTED)} == answered
    assert (await http.get("/docs")).status == 200


async def test_uploads_alone_may_be_larger_than_ordinary_bodies(app: FastAPI, http: Caller) -> None:
    two_megabytes = b"x" * 2_000_000

    for method, path in UPLOADS:
        assert (await http.send(method.upper(), path, raw=two_megabytes)).refusal == (401, "auth.required")
    for path in ("/platform/v1/configs", "/store/v1/orders", "/platform/v1/files/storage-test"):
        assert (await http.send("POST", path, raw=two_megabytes)).refusal == (413, "request.too_large")
    for path in ("/platform/v1/files", "/merchant/v1/files"):
        assert (await http.send("POST", path, raw=two_megabytes * 12)).refusal == (413, "request.too_large")
