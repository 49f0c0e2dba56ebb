"""Renders the cashier's pages; no script of anybody else, no inline script or style."""

import hashlib
from importlib.resources import files
from urllib.parse import quote, urlsplit

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined

from wanpu.kernel.money import format_yuan
from wanpu.payment.cashier.state import Scene
from wanpu.payment.cashier.texts import texts
from wanpu.payment.rules import Client
from wanpu.payment.service.cashier import CashierView

ASSETS = files("wanpu.payment.cashier") / "assets"

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
}
"""Sent with every page: the address is a secret of the buyer, so it is told to nobody and kept nowhere."""


def _fingerprint(name: str) -> str:
    return hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]


_pages = Environment(
    loader=PackageLoader("wanpu.payment.cashier"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.globals["asset_urls"] = {
    name: f"/cashier/assets/{name}?v={_fingerprint(name)}"
    for name in ("cashier.css", "cashier.js", "icon.svg")
}


def cashier_page(
    view: CashierView, token: str, *, language: str, client: Client, sandbox_url: str | None
) -> str:
    """The whole page of one payment."""
    code = view.state.code
    legal = [offer for offer in view.offers if offer.is_legal]
    yuan, _, cents = format_yuan(view.payment.amount_fen).partition(".")
    return _pages.get_template("cashier.html").render(
        t=texts(language),
        language=language,
        token=token,
        view=view,
        scene=view.state.scene,
        scenes=Scene,
        yuan=yuan,
        cents=cents,
        shares=[
            (_payee(share.payee_name, share.merchant_ref), format_yuan(share.amount_fen))
            for share in view.shares
        ],
        method=view.method or (legal[0].method if legal else None),
        refusals=[offer.refusal.message(language) for offer in view.offers if offer.refusal is not None],
        has_method=bool(legal),
        code_svg=qr_svg(code) if code else "",
        wallet_url=f"{sandbox_url}/wallet?code={quote(code, safe='')}" if sandbox_url and code else None,
        is_phone=client is not Client.DESKTOP,
        return_url=safe_return_url(view.payment.return_url),
    )


def not_found_page(language: str) -> str:
    """For an address that names no payment."""
    return _pages.get_template("not_found.html").render(t=texts(language), language=language)


def qr_svg(content: str) -> str:
    """A QR code as inline SVG, dark on the page's own white."""
    code = segno.make(content, error="m", micro=False)
    return str(code.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None, dark="#1b1613"))


def safe_return_url(url: str | None) -> str | None:
    """A path of this site, or an http address; anything else would run or lead astray."""
    if not url or any(ord(character) < 33 for character in url) or "\\" in url:
        return None
    if url.startswith("/") and not url.startswith("//"):
        return url
    parts = urlsplit(url)
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def _payee(name: str, merchant_ref: str) -> str:
    return name or f"#{merchant_ref}"
