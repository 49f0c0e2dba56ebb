"""Who may call a route: every route names its audience or is marked public, and a test walks them all."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts

F = TypeVar("F", bound=Callable[..., Any])

_PUBLIC = "wanpu_public"
_CALLER = "wanpu_names_caller"
_PERMISSION = "wanpu_needs_permission"


def public(endpoint: F) -> F:
    """Mark an endpoint that anybody may call."""
    setattr(endpoint, _PUBLIC, True)
    return endpoint


def names_caller(audience: str) -> Callable[[F], F]:
    """Mark a dependency, or an endpoint that asks for itself, as one that lets only `audience` pass."""

    def mark(function: F) -> F:
        setattr(function, _CALLER, audience)
        return function

    return mark


def needs_permission(permission: str) -> Callable[[F], F]:
    """Mark a dependency that lets only callers with this permission pass."""

    def mark(function: F) -> F:
        setattr(function, _PERMISSION, permission)
        return function

    return mark


def audience_of(route: RouteContext) -> str | None:
    """ "public", the audience its dependencies let pass, or None when the route says nothing."""
    endpoint = route.endpoint
    if getattr(endpoint, _PUBLIC, False):
        return "public"
    if audience := getattr(endpoint, _CALLER, None):
        return str(audience)
    dependant = getattr(route, "dependant", None)
    return _mark_in(dependant, _CALLER) if isinstance(dependant, Dependant) else None


def permission_of(route: RouteContext) -> str | None:
    """The permission that a route's dependencies ask for; None when they ask for none."""
    dependant = getattr(route, "dependant", None)
    return _mark_in(dependant, _PERMISSION) if isinstance(dependant, Dependant) else None


def undeclared_routes(app: FastAPI) -> list[str]:
    """The paths that neither name an audience nor are public; must be empty."""
    return sorted(
        f"{' '.join(sorted(route.methods or []))} {route.path}"
        for route in iter_route_contexts(app.routes)
        if route.endpoint is not None and audience_of(route) is None
    )


def _mark_in(dependant: Dependant, name: str) -> str | None:
    for dependency in dependant.dependencies:
        mark = getattr(dependency.call, name, None) or _mark_in(dependency, name)
        if mark:
            return str(mark)
    return None
