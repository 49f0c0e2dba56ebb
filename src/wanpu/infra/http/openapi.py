"""What the OpenAPI document says beyond single routes: how refusals look, and who may call."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from wanpu.infra.http.access import audience_of
from wanpu.infra.http.fields import Out

REFUSAL_REF = {"$ref": "#/components/schemas/RefusalOut"}
REFUSAL = {"description": "A refusal", "content": {"application/json": {"schema": REFUSAL_REF}}}
_FRAMEWORK_SCHEMAS = ("HTTPValidationError", "ValidationError")


class RefusalOut(Out):
    """Every answer that is no success. `code` is permanent; codes stand in `docs/errors.md`."""

    code: str
    message: str
    details: dict[str, Any]
    request_id: str


def describe_refusals_and_callers(app: FastAPI) -> None:
    """Complete the document; call it when every route has been added."""
    document_routes = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(document_routes(), app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _complete(document: dict[str, Any], app: FastAPI) -> dict[str, Any]:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _FRAMEWORK_SCHEMAS:
        schemas.pop(name, None)
    schemas["RefusalOut"] = RefusalOut.model_json_schema()
    components["securitySchemes"] = {}
    audiences = {
        (str(route.path), method.lower()): audience_of(route)
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ()
    }
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = REFUSAL
            audience = audiences.get((path, method), "public")
            if audience is not None and audience != "public":
                components["securitySchemes"][audience] = {"type": "http", "scheme": "bearer"}
                operation["security"] = [{audience: []}]
    return document
