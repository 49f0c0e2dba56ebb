"""Hot routes: plain Starlette endpoints without FastAPI's dependency machinery, still in OpenAPI.

An endpoint takes the request and answers a response; it reads its input with `read_body` and
`read_query`, so that rules and refusals are those of every other route. A route of cached answers also
says which bytes lie ready, and then runs for the others alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import FastAPI
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from wanpu.infra.http.access import public as mark_public
from wanpu.infra.http.errors import invalid_fields, language_of
from wanpu.infra.http.hot_dispatch import Endpoint, HotDispatch
from wanpu.infra.http.json_body import read_json
from wanpu.infra.http.ready_answers import Ready, ReadyAnswers

M = TypeVar("M", bound=BaseModel)

_REF = "#/components/schemas/{model}"
_PATH_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True)
class HotRoute:
    """One plain route and what OpenAPI says about it."""

    path: str
    endpoint: Endpoint
    method: str
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: type[BaseModel] | None
    status: int
    headers: tuple[str, ...]
    tags: tuple[str, ...]
    ready: Ready | None


def hot_route(
    path: str,
    endpoint: Endpoint,
    *,
    method: str,
    answer: type[BaseModel] | None,
    public: bool,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    status: int = 200,
    headers: Sequence[str] = (),
    tags: Sequence[str] = (),
    ready: Ready | None = None,
) -> HotRoute:
    """Describe a hot route. `headers` are request headers it needs; `ready` finds the JSON that a GET
    would be answered with, when that takes no waiting.

    When it is not public its endpoint asks who calls and is marked by `names_caller`.
    """
    if public:
        mark_public(endpoint)
    return HotRoute(path, endpoint, method, body, query, answer, status, tuple(headers), tuple(tags), ready)


def add_hot_routes(app: FastAPI, routes: Sequence[HotRoute]) -> None:
    """Add the routes to the application, before all others, and to its OpenAPI document.

    They are found first: matching every other route costs more than answering one of these. Call it
    before anything adds a middleware that hot routes need too.
    """
    app.router.routes[:0] = [
        Route(route.path, route.endpoint, methods=[route.method], include_in_schema=False) for route in routes
    ]
    app.add_middleware(
        HotDispatch, owner=app, routes=[(route.method, route.path, route.endpoint) for route in routes]
    )
    build_layers = app.build_middleware_stack

    def build_all_layers() -> ASGIApp:
        ready = [(route.path, route.ready) for route in routes if route.ready]
        return ReadyAnswers(build_layers(), owner=app, routes=ready)

    app.build_middleware_stack = build_all_layers  # type: ignore[method-assign]
    document_others = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _enter(document_others(), routes)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


async def read_body(request: Request, model: type[M]) -> M:
    """The request's JSON body as a model.

    Raises:
        UnsupportedMediaType, MalformedJson: it is no JSON as we accept it.
        Invalid: `details.fields` names each field that is wrong.
    """
    return validated(request, model, await read_json(request))


def read_query(request: Request, model: type[M]) -> M:
    """The query string as a model; a name that stands twice keeps its last value.

    Raises:
        Invalid: `details.fields` names each parameter that is wrong.
    """
    return validated(request, model, dict(request.query_params))


def read_path(request: Request, name: str, kind: TypeAdapter[Any]) -> Any:
    """One parameter of the path.

    Raises:
        Invalid: it is not of that kind.
    """
    try:
        return kind.validate_python(request.path_params[name])
    except ValidationError as error:
        found = [{**problem, "loc": (name,)} for problem in error.errors()]
        raise invalid_fields(found, language_of(request.scope)) from error


def validated(request: Request, model: type[M], value: Any) -> M:
    """A value as a model, or a refusal in the caller's language.

    Raises:
        Invalid: `details.fields` names each field that is wrong.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid_fields(error.errors(), language_of(request.scope)) from error


def _enter(document: dict[str, Any], routes: Sequence[HotRoute]) -> dict[str, Any]:
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    for route in routes:
        wanted += [(model, "validation") for model in (route.body, route.query) if model]
        wanted += [(route.answer, "serialization")] if route.answer else []
    references, definitions = models_json_schema(wanted, ref_template=_REF)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(definitions.get("$defs", {}))
    paths = document.setdefault("paths", {})
    for route in routes:
        plain_path = _PATH_PARAMETER.sub(r"{\1}", route.path)
        paths.setdefault(plain_path, {})[route.method.lower()] = _operation(route, references, schemas)
    return document


def _operation(
    route: HotRoute,
    references: Mapping[tuple[Any, JsonSchemaMode], Mapping[str, Any]],
    schemas: Mapping[str, Any],
) -> dict[str, Any]:
    name = getattr(route.endpoint, "__name__", route.path)
    answer: dict[str, Any] = {"description": "Success"}
    if route.answer is not None:
        answer["content"] = {"application/json": {"schema": references[route.answer, "serialization"]}}
    operation: dict[str, Any] = {
        "summary": name.replace("_", " ").capitalize(),
        "description": (route.endpoint.__doc__ or "").strip(),
        "operationId": f"{name}_{route.method.lower()}",
        "responses": {str(route.status): answer},
    }
    if route.tags:
        operation["tags"] = list(route.tags)
    if parameters := list(_parameters(route, references, schemas)):
        operation["parameters"] = parameters
    if route.body is not None:
        schema = references[route.body, "validation"]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _parameters(
    route: HotRoute,
    references: Mapping[tuple[Any, JsonSchemaMode], Mapping[str, Any]],
    schemas: Mapping[str, Any],
) -> Iterator[dict[str, Any]]:
    for name in _PATH_PARAMETER.findall(route.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    for name in route.headers:
        yield {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
    if route.query is None:
        return
    reference = references[route.query, "validation"]["$ref"]
    model = schemas[reference.rpartition("/")[2]]
    for name, schema in model.get("properties", {}).items():
        yield {"name": name, "in": "query", "required": name in model.get("required", ()), "schema": schema}
