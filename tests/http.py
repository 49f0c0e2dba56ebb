"""Talking HTTP in tests: an application on a free port, and a caller that sees status, body and headers."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
import uvicorn
from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from wanpu.infra.http.errors import add_error_handlers
from wanpu.infra.http.hot_route import HotRoute, add_hot_routes
from wanpu.infra.http.middleware import add_middleware
from wanpu.infra.services import Services


@dataclass(frozen=True)
class Answer:
    """What came back. `body` is the decoded JSON, None when there was no body."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and code of an error."""
        return self.status, self.body["code"]

    @property
    def bad_fields(self) -> set[str]:
        """The fields that a 422 names."""
        return {field["field"] for field in self.body["details"]["fields"]}


class Caller:
    """Sends requests to one server, with one member's token when it has one."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, token: str | None = None) -> None:
        self._session = session
        self.base_url = base_url
        self.token = token

    def with_token(self, token: str | None) -> Self:
        """The same caller, signed in as somebody else."""
        return type(self)(self._session, self.base_url, token)

    async def get(self, path: str, **options: Any) -> Answer:
        return await self.send("GET", path, **options)

    async def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return await self.send("POST", path, body, **options)

    async def patch(self, path: str, body: Any = None, **options: Any) -> Answer:
        return await self.send("PATCH", path, body, **options)

    async def put(self, path: str, body: Any = None, **options: Any) -> Answer:
        return await self.send("PUT", path, body, **options)

    async def delete(self, path: str, **options: Any) -> Answer:
        return await self.send("DELETE", path, **options)

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        query: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request; `body` is sent as JSON, `raw` as it is with the type of JSON."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = raw
        if body is not None:
            data = json.dumps(body).encode()
        if data is not None:
            sent["Content-Type"] = "application/json"
        sent |= dict(headers or {})
        async with self._session.request(
            method, self.base_url + path, data=data, params=query, headers=sent, allow_redirects=False
        ) as response:
            text = await response.read()
            is_json = response.headers.get("content-type", "").startswith("application/json")
            decoded = json.loads(text) if is_json and text else text or None
            return Answer(response.status, decoded, response.headers)


def room_app(
    services: Services,
    routers: Sequence[APIRouter],
    hot_routes: Sequence[HotRoute] = (),
    *,
    body_limits: Mapping[str, int] | None = None,
) -> FastAPI:
    """The routes of some rooms, surrounded as in the whole application."""
    app = FastAPI(openapi_url=None)
    app.state.services = services
    add_error_handlers(app)
    for router in routers:
        app.router.routes.extend(_included(router))
    add_hot_routes(app, hot_routes)
    add_middleware(app, services.settings, body_limits=body_limits)
    return app


_INCLUDED: dict[int, tuple[APIRouter, list[BaseRoute]]] = {}


def _included(router: APIRouter) -> list[BaseRoute]:
    """A router as an application holds it, the same for every test: FastAPI works out anew for each inclusion
    what every route depends on, which took a quarter of the time of such tests."""
    if id(router) not in _INCLUDED:
        app = FastAPI(openapi_url=None)
        app.include_router(router)
        _INCLUDED[id(router)] = router, list(app.routes)
    return _INCLUDED[id(router)][1]


@contextlib.asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[Caller]:
    """Serve an application on a free port of the loopback; the caller is nobody yet."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each answer's body waits 40 ms
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="on", proxy_headers=False)
        server = _Server(config)
        serve: Callable[..., Coroutine[Any, Any, None]] = server.serve
        task = asyncio.create_task(serve(sockets=[listener]))
        await server.is_ready.wait()
        port = listener.getsockname()[1]
        try:
            async with aiohttp.ClientSession() as session:
                yield Caller(session, f"http://127.0.0.1:{port}")
        finally:
            server.is_over.set()
            await task


class _Server(uvicorn.Server):
    """A server inside a test's loop: it leaves the process's signals alone, says when it listens and ends
    when it is told. The server proper looks every tenth of a second whether it shall end, then rests one
    more; thousands of tests would wait for that."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_ready = asyncio.Event()
        self.is_over = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.is_ready.set()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.is_over.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(0.001)
        await self.lifespan.shutdown()
