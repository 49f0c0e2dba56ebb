"""The cashier page and what it asks: `/cashier/{token}`. The token is the buyer's proof."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.staticfiles import StaticFiles

from wanpu.infra.http.access import public
from wanpu.infra.http.errors import language_of
from wanpu.kernel.errors import WanpuError
from wanpu.payment.cashier.pages import ASSETS, HEADERS, cashier_page, not_found_page
from wanpu.payment.cashier.state import CashierState
from wanpu.payment.errors import MethodNotOffered, PaymentNotFound
from wanpu.payment.rules import Client
from wanpu.payment.service.cashier import read_cashier, read_cashier_state, start_from_cashier
from wanpu.payment.services import PaymentServices

router = APIRouter(tags=["cashier"])
assets = StaticFiles(directory=str(ASSETS))

MAX_FORM_BYTES = 4096


class CashierStateOut(BaseModel):
    """How a payment stands for the page that watches it. `code_id` changes with the code that is shown."""

    scene: Literal[
        "choosing",
        "paying",
        "code_expired",
        "unavailable",
        "too_late",
        "closing",
        "cancelled",
        "timed_out",
        "paid",
    ]
    seconds_left: int
    code_seconds_left: int
    code_id: str

    @classmethod
    def of(cls, state: CashierState) -> "CashierStateOut":
        """Shape a state as an answer."""
        return cls(
            scene=state.scene.value,
            seconds_left=state.seconds_left,
            code_seconds_left=state.code_seconds_left,
            code_id=state.code_id,
        )


@router.get("/cashier/{token}", include_in_schema=False)
@public
async def show_cashier(token: str, request: Request) -> Response:
    """The page of one payment; it shows its present state and watches for the next."""
    app = _services(request)
    language = language_of(request.scope)
    client = client_of(request.headers.get("user-agent", ""))
    try:
        view = await read_cashier(app, token, client)
    except PaymentNotFound:
        return HTMLResponse(not_found_page(language), status_code=404, headers=HEADERS)
    sandbox_url = app.settings.sandbox_url if app.settings.env == "development" else None
    page = cashier_page(view, token, language=language, client=client, sandbox_url=sandbox_url)
    return HTMLResponse(page, headers={**HEADERS, "content-language": "zh-CN" if language == "zh" else "en"})


@router.get("/cashier/{token}/state")
@public
async def get_cashier_state(token: str, request: Request) -> CashierStateOut:
    """How the payment stands; asking also makes the active query come soon."""
    return CashierStateOut.of(await read_cashier_state(_services(request), token))


@router.post("/cashier/{token}/attempts", status_code=201, response_model=CashierStateOut)
@public
async def start_paying(token: str, request: Request) -> Response:
    """Start paying by one method, or get a fresh code; the form field `method` names it.

    A page without scripts is sent back to the cashier.
    """
    app = _services(request)
    wants_json = "application/json" in request.headers.get("accept", "")
    client_ip = request.client.host if request.client else None
    try:
        await start_from_cashier(app, token, await _method_of(request), client_ip)
    except WanpuError:
        if wants_json:
            raise
    if not wants_json:
        return RedirectResponse(f"/cashier/{token}", status_code=303)
    state = await read_cashier_state(app, token)
    return JSONResponse(CashierStateOut.of(state).model_dump(), status_code=201)


def client_of(user_agent: str) -> Client:
    """Where the buyer looks at the page, by what the browser says of itself."""
    if "MicroMessenger" in user_agent:
        return Client.WECHAT
    return Client.PHONE if "Mobile" in user_agent else Client.DESKTOP


async def _method_of(request: Request) -> str:
    if len(await request.body()) > MAX_FORM_BYTES:
        raise MethodNotOffered
    async with request.form(max_files=0, max_fields=8) as form:
        method = form.get("method")
    if not isinstance(method, str) or len(method) > 32:
        raise MethodNotOffered
    return method


def _services(request: Request) -> PaymentServices:
    services: PaymentServices = request.app.state.payments
    return services
