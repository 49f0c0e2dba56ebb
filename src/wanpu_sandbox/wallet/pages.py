"""The wallet's pages. Everything works without scripts; they only refresh the list and open the camera."""

import math
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from wanpu_sandbox.wechatpay.orders import Order
from wanpu_sandbox.wechatpay.provider import Provider
from wanpu_sandbox.wechatpay.states import Outcome, TradeState
from wanpu_sandbox.wechatpay.transactions import CannotPay
from wanpu_wire.wechatpay.times import BEIJING

_HERE = Path(str(files("wanpu_sandbox.wallet")))
_PENDING_SHOWN = 30
_RECENT_SHOWN = 5
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
    " connect-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Payee:
    """One line of an order: who gets how much for what."""

    name: str
    initial: str
    description: str
    total_fen: int
    out_trade_no: str
    transaction_id: str | None


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as people read it."""

    code_url: str
    href: str
    title: str
    payees: tuple[Payee, ...]
    total_fen: int
    number: str
    minutes_left: int
    paid_at: str | None


def routes(provider: Provider) -> list[Route | Mount]:
    """The pages, and their style sheet and script."""
    wallet = Wallet(provider)
    return [
        Route("/wallet", wallet.show, methods=["GET"]),
        Route("/wallet/pending", wallet.show_pending, methods=["GET"]),
        Route("/wallet/pay", wallet.pay, methods=["POST"]),
        Route("/wallet/result", wallet.show_result, methods=["GET"]),
        Mount("/wallet/assets", StaticFiles(directory=_HERE / "assets")),
    ]


class Wallet:
    """The phone of one buyer."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["yuan"] = yuan

    async def show(self, request: Request) -> Response:
        """The list of payable orders, or with `?code=` the order behind a scanned code."""
        code_url = request.query_params.get("code", "").strip()
        if not code_url:
            return self._render("home.html", **self._lists(), unknown_code=None)
        scanned = self._provider.transactions.scan(code_url)
        if scanned is None:
            return self._render("home.html", status=404, **self._lists(), unknown_code=code_url)
        if scanned.obstacle is not None and scanned.obstacle.code != "wallet.already_paid":
            return self._render(
                "result.html", **_failure(scanned.obstacle.message), order=self._view(scanned.order)
            )
        if scanned.obstacle is not None:
            return self._render("result.html", **_already_paid(), order=self._view(scanned.order))
        return self._render("order.html", order=self._view(scanned.order), code_url=code_url)

    async def show_pending(self, request: Request) -> Response:
        """The lists alone, for the script that keeps them fresh."""
        return self._render("lists.html", **self._lists())

    async def pay(self, request: Request) -> Response:
        """End with the chosen outcome, then show the result under an address that may be reloaded."""
        if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return Response("forbidden", status_code=403)
        form = await request.form(max_files=0, max_fields=4)
        code_url, outcome = str(form.get("code", "")), str(form.get("outcome", ""))
        if outcome not in list(Outcome):
            return Response("unknown outcome", status_code=422)
        try:
            order = self._provider.transactions.pay(code_url, Outcome(outcome))
        except CannotPay:
            return RedirectResponse(f"/wallet?code={quote(code_url, safe='')}", status_code=303)
        if order is None:
            return RedirectResponse("/wallet", status_code=303)
        self._provider.notifier.wake()
        return RedirectResponse(
            f"/wallet/result?code={quote(code_url, safe='')}&outcome={outcome}", status_code=303
        )

    async def show_result(self, request: Request) -> Response:
        """How it ended. What the address claims counts only for failures; success is read from the order."""
        scanned = self._provider.transactions.scan(request.query_params.get("code", ""))
        if scanned is None:
            return RedirectResponse("/wallet", status_code=303)
        order = scanned.order
        view = self._view(order)
        if order.state(self._provider.clock.now()) is TradeState.SUCCESS:
            return self._render("result.html", **_success(), order=view)
        if request.query_params.get("outcome") == Outcome.INSUFFICIENT:
            return self._render("result.html", **_failure("零钱余额不足，未扣款", is_open=True), order=view)
        return self._render("result.html", **_failure("你已放弃支付，未扣款", is_open=True), order=view)

    def _lists(self) -> dict[str, Any]:
        transactions = self._provider.transactions
        pending = transactions.list_orders(state=TradeState.NOTPAY, limit=_PENDING_SHOWN)
        paid = transactions.list_orders(state=TradeState.SUCCESS, limit=_RECENT_SHOWN)
        return {
            "pending": [self._view(order) for order in pending],
            "recent": [self._view(order) for order in paid],
        }

    def _view(self, order: Order) -> OrderView:
        names = self._provider.merchant_settings.names_of(trade.payee for trade in order.trades)
        payees = tuple(
            Payee(
                name=names[trade.payee],
                initial=names[trade.payee][:1],
                description=trade.description,
                total_fen=trade.total_fen,
                out_trade_no=trade.out_trade_no,
                transaction_id=trade.transaction_id,
            )
            for trade in order.trades
        )
        return OrderView(
            code_url=order.code_url,
            href=f"/wallet?code={quote(order.code_url, safe='')}",
            title=payees[0].name if len(payees) == 1 else f"{payees[0].name}等 {len(payees)} 家",
            payees=payees,
            total_fen=order.total_fen,
            number=order.number,
            minutes_left=_minutes_left(order, self._provider.clock.now()),
            paid_at=None if order.paid_at is None else f"{order.paid_at.astimezone(BEIJING):%m月%d日 %H:%M}",
        )

    def _render(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        page = self._templates.get_template(template).render(**values)
        return HTMLResponse(page, status, _HEADERS)


def yuan(amount_fen: int) -> str:
    """Fen as yuan text with two decimals and thousands: 123456 gives "1,234.56"."""
    return f"{amount_fen // 100:,}.{amount_fen % 100:02d}"


def _success() -> dict[str, Any]:
    return {"state": "paid", "headline": "支付成功", "note": None, "is_open": False}


def _already_paid() -> dict[str, Any]:
    return {"state": "already_paid", "headline": "该订单已支付", "note": "请勿重复付款", "is_open": False}


def _failure(note: str, *, is_open: bool = False) -> dict[str, Any]:
    return {"state": "unpaid", "headline": "支付未完成", "note": note, "is_open": is_open}


def _minutes_left(order: Order, now: datetime) -> int:
    return max(0, math.ceil((order.expires_at - now).total_seconds() / 60))
