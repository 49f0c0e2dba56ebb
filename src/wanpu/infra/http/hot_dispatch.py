"""Finds hot routes before the application's own layers do: those cost more than answering one."""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Generic, TypeVar

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

T = TypeVar("T")

Endpoint = Callable[[Request], Awaitable[Response]]


class PathTable(Generic[T]):
    """What belongs to a method and a path such as "/products/{spu_id}"."""

    def __init__(self, entries: Iterable[tuple[str, str, T]]) -> None:
        self._by_path: dict[tuple[str, str], T] = {}
        self._by_pattern: list[tuple[str, re.Pattern[str], T]] = []
        for method, path, what in entries:
            pattern, _, convertors = compile_path(path)
            if convertors:
                self._by_pattern.append((method, pattern, what))
            else:
                self._by_path[method, path] = what

    def find(self, method: str, path: str) -> tuple[T, dict[str, str]] | None:
        """What belongs to this path, and its parameters."""
        if found := self._by_path.get((method, path)):
            return found, {}
        for its_method, pattern, what in self._by_pattern:
            if its_method == method and (match := pattern.match(path)):
                return what, match.groupdict()
        return None


class HotDispatch:
    """The innermost middleware: answers hot routes itself and hands everything else on.

    `routes`: method, path and endpoint of each. A refusal goes to the handler that the application
    has for it. Other methods and prefixes are left to the application, which has the same routes.
    """

    def __init__(self, app: ASGIApp, *, owner: FastAPI, routes: Iterable[tuple[str, str, Endpoint]]) -> None:
        self._app = app
        self._owner = owner
        self._routes = PathTable(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = None
        if scope["type"] == "http" and not scope.get("root_path"):
            found = self._routes.find(scope["method"], scope["path"])
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

    def _handler_of(self, error: Exception) -> Any:
        """The application's handler for this error or the nearest of its kinds; None: it has none."""
        handlers = self._owner.exception_handlers
        return next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
