"""The sandbox as one ASGI application: provider paths, wallet, control."""

import contextlib
import functools
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wanpu_sandbox.control import api as control_api
from wanpu_sandbox.control.errors import ControlRefusal, error_response
from wanpu_sandbox.settings import SandboxSettings
from wanpu_sandbox.wallet import pages
from wanpu_sandbox.wechatpay import api as wechatpay_api
from wanpu_sandbox.wechatpay.answers import HANG_UP
from wanpu_sandbox.wechatpay.provider import build_provider

_HTTP_ERRORS = {
    404: ("request.not_found", "没有这个地址"),
    405: ("request.method_not_allowed", "这个地址不接受这种方法"),
}


def create_app(settings: SandboxSettings) -> Starlette:
    """Build the application. Keys and tables are made on first use; call-backs go out while it runs."""
    provider = build_provider(settings)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with provider.notifier:
            yield
        provider.database.close()

    app = SandboxApplication(
        routes=[
            *wechatpay_api.routes(provider),
            *pages.routes(provider),
            *control_api.routes(provider),
        ],
        lifespan=lifespan,
        exception_handlers={HTTPException: _answer_http_error},
    )
    app.router.redirect_slashes = False
    return app


class SandboxApplication(Starlette):
    """Starlette, with a way for a response to hang up instead of answering."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, leaving in its scope what cuts it."""
        if scope["type"] == "http":
            scope[HANG_UP] = functools.partial(_hang_up, receive, send)
        await super().__call__(scope, receive, send)


async def _hang_up(receive: Receive, send: Send) -> None:
    """Cut the connection and wait until the server has noticed.

    ASGI has no word for this, so it reaches for the transport behind uvicorn's `send`.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise RuntimeError("this ASGI server cannot hang up: run the sandbox with uvicorn")
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer_http_error(request: Request, error: Exception) -> Response:
    """What no route refused: no body on provider paths, as recorded from the real server."""
    assert isinstance(error, HTTPException)
    if request.url.path.startswith("/v3/"):
        return Response(status_code=error.status_code, headers=error.headers)
    code, message = _HTTP_ERRORS.get(error.status_code, ("request.invalid", "请求内容有误"))
    return error_response(ControlRefusal(error.status_code, code, message))
