"""Finds hot routes before the application's own layers do: those cost more than answering one."""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

Endpoint = Callable[[Request], Awaitable[Response]]


class HotDispatch:
    """The innermost middleware: answers hot routes itself and hands everything else on.

    `routes`: method, path and endpoint of each. A refusal goes to the handler that the application
    has for it. Other methods and prefixes are left to the application, which has the same routes.
    """

    def __init__(self, app: ASGIApp, *, owner: FastAPI, routes: Iterable[tuple[str, str, Endpoint]]) -> None:
        self._app = app
        self._owner = owner
        self._by_path: dict[tuple[str, str], Endpoint] = {}
        self._by_pattern: list[tuple[str, re.Pattern[str], Endpoint]] = []
        for method, path, endpoint in routes:
            pattern, _, convertors = compile_path(path)
            if convertors:
                self._by_pattern.append((method, pattern, endpoint))
            else:
                self._by_path[method, path] = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._find(scope) if scope["type"] == "http" and not scope.get("root_path") else None
        if found is None:
            await self._app(scope, receive, send)
            return
        endpoint, parameters = found
        scope.update(app=self._owner, endpoint=endpoint, path_params=parameters)
        request = Request(scope, receive, send)
        try:
            response = await endpoint(request)
        except Exception as error:
            handler = self._handler_of(error)
            if handler is None:
                raise
            response = await handler(request, error)
        await response(scope, receive, send)

    def _find(self, scope: Scope) -> tuple[Endpoint, dict[str, str]] | None:
        method, path = scope["method"], scope["path"]
        if endpoint := self._by_path.get((method, path)):
            return endpoint, {}
        for its_method, pattern, endpoint in self._by_pattern:
            if its_method == method and (match := pattern.match(path)):
                return endpoint, match.groupdict()
        return None

    def _handler_of(self, error: Exception) -> Any:
        """The application's handler for this error or the nearest of its kinds; None: it has none."""
        handlers = self._owner.exception_handlers
        return next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
