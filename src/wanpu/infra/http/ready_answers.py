"""Answers that lie ready in this process, given before any other layer runs: one costs less than a layer.

Benchmark: product detail, product list.
"""

import time
from collections.abc import Callable, Iterable, Mapping

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from wanpu.infra import tracing
from wanpu.infra.http import request_ids
from wanpu.infra.http.hot_dispatch import PathTable
from wanpu.infra.http.json_answer import JSON_TYPE
from wanpu.infra.http.middleware import OWN_HEADERS, has_nul, may_have_body, note_answer
from wanpu.infra.services import Services

Ready = Callable[[Services, Mapping[str, str], bytes], bytes | None]
"""From the parameters of the path and the query string to the JSON of a 200; None: the route must run."""

_HEADERS = ((b"content-type", JSON_TYPE.encode()), *OWN_HEADERS)


class ReadyAnswers:
    """The outermost layer. It answers a GET whose bytes lie ready as the layers inside would: with its
    id, the headers of every answer, its count and its line in the log. All else it hands on, and
    everything while requests are traced.

    `routes`: the path of each, as OpenAPI has it, and what finds its bytes.
    """

    def __init__(self, app: ASGIApp, *, owner: FastAPI, routes: Iterable[tuple[str, Ready]]) -> None:
        self._app = app
        self._owner = owner
        self._routes = PathTable(("GET", path, (path, ready)) for path, ready in routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope.get("root_path") or tracing.is_on():
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        found = self._routes.find("GET", scope["path"])
        if found is None or may_have_body(scope) or has_nul(scope):
            await self._app(scope, receive, send)
            return
        (route, ready), parameters = found
        body = ready(self._owner.state.services, parameters, scope["query_string"])
        if body is None:
            await self._app(scope, receive, send)
            return
        request_id = request_ids.request_id_for(scope)
        headers = [
            (b"content-length", b"%d" % len(body)),
            (request_ids.HEADER, request_id.encode("ascii")),
            *_HEADERS,
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        note_answer(scope, route, 200, started, request_id)
