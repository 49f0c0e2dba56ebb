"""`/_sandbox/*`: what a test asks of the provider's world."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wanpu_sandbox.control.errors import ControlRefusal, error_response
from wanpu_sandbox.control.schemas import ClockBody, ForgeBody, MerchantBody, PayBody
from wanpu_sandbox.control.shapes import merchant_of, notification_of, trades_of, try_of, utc
from wanpu_sandbox.faults import Faults
from wanpu_sandbox.wechatpay import notifications
from wanpu_sandbox.wechatpay.callbacks import NoSuchMember, tampered
from wanpu_sandbox.wechatpay.orders import Order
from wanpu_sandbox.wechatpay.provider import Provider
from wanpu_sandbox.wechatpay.shapes import order_resource
from wanpu_sandbox.wechatpay.states import TradeState
from wanpu_sandbox.wechatpay.transactions import CannotPay, openid_of
from wanpu_wire.wechatpay.errors import MalformedBody
from wanpu_wire.wechatpay.json_text import load_strict

_Body = TypeVar("_Body", bound=BaseModel)
_MAX_LISTED = 500
_Endpoint = Callable[[Request], Awaitable[Response]]


def routes(provider: Provider) -> list[Route]:
    """All control routes, and the health check."""
    control = Control(provider)
    table: list[tuple[str, str, _Endpoint]] = [
        ("POST", "/_sandbox/pay", control.pay),
        ("GET", "/_sandbox/trades", control.list_trades),
        ("GET", "/_sandbox/faults", control.show_faults),
        ("PUT", "/_sandbox/faults", control.set_faults),
        ("GET", "/_sandbox/clock", control.show_clock),
        ("POST", "/_sandbox/clock", control.advance_clock),
        ("GET", "/_sandbox/notifications", control.list_notifications),
        ("POST", "/_sandbox/notifications/forge", control.forge_notification),
        ("POST", "/_sandbox/notifications/{notification_id}/send", control.send_notification),
        ("GET", "/_sandbox/merchants/{mchid}", control.show_merchant),
        ("PUT", "/_sandbox/merchants/{mchid}", control.set_merchant),
        ("POST", "/_sandbox/reset", control.reset),
    ]
    return [
        Route("/healthz", health, methods=["GET"]),
        *(Route(path, _guarded(endpoint), methods=[method]) for method, path, endpoint in table),
    ]


async def health(request: Request) -> Response:
    """200 while the process serves requests."""
    return JSONResponse({"status": "ok"})


class Control:
    """One method per route: parse, call one part of the provider, shape the answer."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def pay(self, request: Request) -> Response:
        """Play the buyer: scan `content` and end with `outcome`."""
        body = await _read(request, PayBody)
        try:
            order = self._provider.transactions.pay(body.content, body.outcome, body.buyer)
        except CannotPay as obstacle:
            raise ControlRefusal(409, obstacle.code, obstacle.message) from obstacle
        if order is None:
            raise _unknown_content()
        self._provider.notifier.wake()
        trades = trades_of(order, self._provider.clock.now())
        return JSONResponse({"wallet": body.wallet, "outcome": body.outcome.value, "trades": trades})

    async def list_trades(self, request: Request) -> Response:
        """The trades of the newest orders: `?out_trade_no=` (plain, combined or sub-order), `?state=`.

        `?limit=` counts orders; a combined one brings all its trades.
        """
        orders = self._provider.transactions.list_orders(
            state=_state(request), number=request.query_params.get("out_trade_no"), limit=_limit(request)
        )
        now = self._provider.clock.now()
        return JSONResponse({"items": [trade for order in orders for trade in trades_of(order, now)]})

    async def show_faults(self, request: Request) -> Response:
        """The faults in force, with the times that are left."""
        return JSONResponse(self._provider.faults.show())

    async def set_faults(self, request: Request) -> Response:
        """Replace all faults; an empty object ends them."""
        faults = await _read(request, Faults)
        if faults.rotate_certificate is not None:
            self._provider.accounts.rotate(faults.rotate_certificate)
        self._provider.faults.replace(faults)
        return JSONResponse(self._provider.faults.show())

    async def show_clock(self, request: Request) -> Response:
        """Business time, and how far it is ahead of the machine's."""
        clock = self._provider.clock
        return JSONResponse({"offset_s": clock.offset_s, "now": utc(clock.now())})

    async def advance_clock(self, request: Request) -> Response:
        """Move business time forward; call-backs that become due go out at once."""
        body = await _read(request, ClockBody)
        self._provider.clock.advance(body.advance_s)
        self._provider.notifier.wake()
        return await self.show_clock(request)

    async def list_notifications(self, request: Request) -> Response:
        """Newest first, with every try."""
        with self._provider.database.reading() as connection:
            latest = notifications.list_latest(connection, limit=_limit(request))
        return JSONResponse({"items": [notification_of(one, tries) for one, tries in latest]})

    async def send_notification(self, request: Request) -> Response:
        """Send a call-back now, delivered or withheld as it may be."""
        one = await self._provider.notifier.send_now(request.path_params["notification_id"])
        if one is None:
            raise ControlRefusal(404, "sandbox.unknown_notification", "没有这条通知")
        return JSONResponse(try_of(one))

    async def forge_notification(self, request: Request) -> Response:
        """Send a false call-back that says the order is paid."""
        body = await _read(request, ForgeBody)
        scanned = self._provider.transactions.scan(body.content)
        if scanned is None:
            raise _unknown_content()
        resource = _as_if_paid(self._provider, scanned.order)
        try:
            for path, value in body.changes.items():
                resource = tampered(resource, path, value)
        except NoSuchMember as error:
            raise ControlRefusal(
                422, "sandbox.no_such_member", "通知里没有这个字段", {"path": str(error)}
            ) from error
        one = await self._provider.notifier.send_forged(scanned.order, resource, body.forge)
        return JSONResponse(try_of(one))

    async def show_merchant(self, request: Request) -> Response:
        """The settings of a merchant or sub-merchant."""
        mchid = self._known_mchid(request)
        settings = self._provider.merchant_settings
        return JSONResponse(merchant_of(settings.get(mchid), settings.names_of([mchid])[mchid]))

    async def set_merchant(self, request: Request) -> Response:
        """Change the name in the wallet, or the keys used towards the merchant."""
        mchid = self._known_mchid(request)
        body = await _read(request, MerchantBody)
        self._provider.merchant_settings.change(
            mchid,
            name=body.name,
            notification_key=body.notification_key,
            has_platform_certificate=body.has_platform_certificate,
        )
        return await self.show_merchant(request)

    async def reset(self, request: Request) -> Response:
        """Forget trades, call-backs, faults and time travel; keys and accounts stay."""
        self._provider.reset()
        return Response(status_code=204)

    def _known_mchid(self, request: Request) -> str:
        mchid: str = request.path_params["mchid"]
        if not self._provider.accounts.knows(mchid):
            raise ControlRefusal(404, "sandbox.unknown_merchant", "没有这个商户号")
        return mchid


def _as_if_paid(provider: Provider, order: Order) -> dict[str, Any]:
    """The resource that a true call-back would carry, for an order that need not be paid."""
    now = provider.clock.now()
    return order_resource(order.imagine_paid(openid_of("forger", order.appid), now), now)


def _unknown_content() -> ControlRefusal:
    return ControlRefusal(404, "sandbox.unknown_content", "无法识别的二维码内容")


async def _read(request: Request, model: type[_Body]) -> _Body:
    try:
        return model.model_validate(load_strict(await request.body()))
    except MalformedBody as error:
        raise ControlRefusal(422, "request.invalid", "请求体不是合法的 JSON") from error
    except ValidationError as error:
        fields = [{"field": ".".join(map(str, one["loc"])), "issue": one["msg"]} for one in error.errors()]
        raise ControlRefusal(422, "request.invalid", "请求内容有误", {"fields": fields}) from error


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", "50")
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= _MAX_LISTED:
        raise ControlRefusal(422, "request.invalid", f"limit 应为 1 到 {_MAX_LISTED} 的整数")
    return int(text)


def _state(request: Request) -> TradeState | None:
    text = request.query_params.get("state")
    if text is None:
        return None
    try:
        return TradeState(text)
    except ValueError as error:
        raise ControlRefusal(422, "request.invalid", f"state 应为 {'、'.join(TradeState)} 之一") from error


def _guarded(endpoint: _Endpoint) -> _Endpoint:
    """Refuse pages of other sites, which a browser would let call a server on this machine."""

    async def serve(request: Request) -> Response:
        if request.headers.get("sec-fetch-site") == "cross-site":
            return error_response(ControlRefusal(403, "sandbox.cross_site", "不接受来自其他网站的请求"))
        try:
            return await endpoint(request)
        except ControlRefusal as refusal:
            return error_response(refusal)

    return serve
