"""What surrounds every request: its id, its log line, its measures, security headers, the body limit."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog import get_logger
from structlog.contextvars import bind_contextvars, reset_contextvars
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from wanpu.infra import metrics, tracing
from wanpu.infra.http import request_ids
from wanpu.infra.http.errors import InternalError, error_answer
from wanpu.infra.metrics import Count, Spread
from wanpu.infra.settings import Settings
from wanpu.kernel.errors import Invalid, TooLarge

Header = tuple[bytes, bytes]

CLIENT_LEFT = 499
"""What is counted for a caller that left before it had sent its request; nobody is answered with it."""

DRAIN_FACTOR = 16
"""How many times the limit is still read and thrown away, so that the sender hears our answer."""


def content_security_policy(picture_origins: Iterable[str] = ()) -> str:
    """What a page may load: everything from here alone, pictures from `picture_origins` as well."""
    pictures = " ".join(["'self'", "data:", "blob:", *picture_origins])
    return (
        f"default-src 'self'; img-src {pictures}; style-src 'self' 'unsafe-inline'; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


SECURITY_HEADERS = {
    "content-security-policy": content_security_policy(),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}

OWN_HEADERS = tuple((name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items())

_QUIET_PATHS = ("/healthz", "/readyz", "/metrics")

_access_log = logging.getLogger("wanpu.access")

log = get_logger("wanpu.access")


def add_middleware(app: FastAPI, settings: Settings, *, body_limits: Mapping[str, int] | None = None) -> None:
    """Surround the application; call it once, after nothing else added a middleware.

    `body_limits` names the paths whose bodies may have other sizes than all the others: uploads.
    """
    app.add_middleware(BodyLimit, limit=settings.body_limit_bytes, limits=body_limits or {})
    app.add_middleware(RequestEdge, app_of_routes=app)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxies)


class RequestEdge:
    """The outermost layer: nothing leaves without its request id, and no error without our form."""

    def __init__(self, app: ASGIApp, *, app_of_routes: FastAPI) -> None:
        self._app = app
        self._template_of = _template_finder(app_of_routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        span = tracing.begin_request(scope)
        if span is None:
            request_id = request_ids.request_id_for(scope)
        else:
            request_id = request_ids.given_request_id(scope) or span.request_id
        scope.setdefault("state", {})["request_id"] = request_id
        bound = bind_contextvars(request_id=request_id)
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with_own_headers(message.get("headers", ()), request_id)
            await send(message)

        try:
            if has_nul(scope):
                await error_answer(scope, Invalid("NUL in the address"))(scope, receive, send_on)
            else:
                await self._app(scope, receive, send_on)
        except ClientDisconnect:
            status = status or CLIENT_LEFT
        except Exception as error:
            log.error("request.failed", method=scope["method"], path=scope["path"], exc_info=error)
            if status:
                raise
            await error_answer(scope, InternalError())(scope, receive, send_on)
        finally:
            route = self._template_of(scope.get("endpoint"))
            note_answer(scope, route, status, started, request_id)
            reset_contextvars(**bound)
            if span is not None:
                span.end(scope["method"], route, status, request_id)


def note_answer(scope: Scope, route: str, status: int, started: float, request_id: str) -> None:
    """Count an answer and its time under the route's template; tell of it in the log, where that is wanted.

    `started` is what `time.perf_counter` gave when the request arrived.
    """
    took_s = time.perf_counter() - started
    count, spread = _measures_of(scope["method"], route, status)
    count.value += 1
    spread.observe(took_s)
    if _access_log.isEnabledFor(logging.INFO) and scope["path"] not in _QUIET_PATHS:
        log.info(
            "request.done",
            method=scope["method"],
            path=scope["path"],
            status=status,
            ms=round(took_s * 1000, 1),
            request_id=request_id,
        )


class BodyLimit:
    """Refuses bodies over `limit` bytes, or over that of their path in `limits`, by their announced length
    or while they arrive."""

    def __init__(self, app: ASGIApp, *, limit: int, limits: Mapping[str, int]) -> None:
        self._app = app
        self._limit = limit
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limits.get(scope["path"], self._limit)
        if _announced_length(scope) > limit:
            await self._drain(receive, limit)
            await error_answer(scope, _refusal(limit))(scope, receive, send)
            return
        if not may_have_body(scope):
            await self._app(scope, receive, send)
            return
        seen = 0
        is_refused = False

        async def receive_counted() -> Message:
            nonlocal seen, is_refused
            if is_refused:
                return {"type": "http.disconnect"}
            message = await receive()
            seen += len(message.get("body", b""))
            if seen <= limit:
                return message
            is_refused = True
            if message.get("more_body"):
                await self._drain(receive, limit)
            await error_answer(scope, _refusal(limit))(scope, receive, send)
            return {"type": "http.disconnect"}

        async def send_unless_refused(message: Message) -> None:
            if not is_refused:
                await send(message)

        try:
            await self._app(scope, receive_counted, send_unless_refused)
        except Exception:
            if not is_refused:
                raise

    async def _drain(self, receive: Receive, limit: int) -> None:
        left = max(self._limit * DRAIN_FACTOR, limit * 2)
        while left > 0:
            message = await receive()
            left -= len(message.get("body", b""))
            if message["type"] != "http.request" or not message.get("more_body"):
                return


def _refusal(limit: int) -> TooLarge:
    return TooLarge(details={"limit_bytes": limit})


def _with_own_headers(headers: Iterable[Header], request_id: str) -> list[Header]:
    """The answer's headers with its request id and what every answer says, unless it says it otherwise."""
    sent = [header for header in headers if header[0] != request_ids.HEADER]
    named = {name for name, _ in sent}
    sent.append((request_ids.HEADER, request_id.encode("ascii")))
    sent += [header for header in OWN_HEADERS if header[0] not in named]
    return sent


@lru_cache(maxsize=4096)
def _measures_of(method: str, route: str, status: int) -> tuple[Count, Spread]:
    return (
        metrics.HTTP_REQUESTS.labels(method, route, status),
        metrics.HTTP_SECONDS.labels(method, route),
    )


def has_nul(scope: Scope) -> bool:
    """Whether the address holds a character that no database takes."""
    return "\0" in scope["path"] or b"%00" in scope.get("query_string", b"")


def may_have_body(scope: Scope) -> bool:
    """Whether a body may follow: without either header an HTTP/1.1 request has none."""
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


def _announced_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() and len(value) < 20 else 0
    return 0


def _template_finder(app: FastAPI) -> Callable[[Any], str]:
    """From an endpoint to its path template: real paths would make a metric for every id."""
    templates: dict[Any, str] = {}

    def template_of(endpoint: Any) -> str:
        if endpoint is None:
            return "unmatched"
        if endpoint not in templates:
            known = {
                route.endpoint: str(route.path) for route in iter_route_contexts(app.routes) if route.endpoint
            }
            templates.update(known)
            templates.setdefault(endpoint, "mounted")
        return templates[endpoint]

    return template_of
