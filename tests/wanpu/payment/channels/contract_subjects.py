"""Who has to keep the contract of a channel: each kind of account; and how buyer and faults are played."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web
from tests.wanpu_sandbox.running import RunningSandbox

from wanpu.infra.http_client import AiohttpClient
from wanpu.kernel.clock import SystemClock
from wanpu.kernel.money import Fen
from wanpu.payment.channel import Channel, PartRequest, PaymentRequest
from wanpu.payment.channels.registry import Credentials, open_channel

NOTIFY_WITHIN_S = 10


@dataclass(frozen=True)
class Subject:
    """One kind of account. `merchants` are the numbers its parts may go to (None: the account itself)."""

    channel: str
    method: str
    mode: str
    account_no: str
    app_id: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, Any]
    merchants: Sequence[str | None]
    provider_setting: Mapping[str, Any]
    """What the provider has to be told of this account, such as the key that signs its call-backs."""
    stranger: str | None
    """A merchant number that the provider does not let this account use; None where parts name none."""

    def open(self, http: AiohttpClient) -> Channel:
        credentials = Credentials(
            self.mode, self.account_no, self.app_id, self.settings, self.secrets, allow_plain_http=True
        )
        return open_channel(self.channel, credentials, http, SystemClock())

    def request(
        self, *amounts: int, notify_url: str, life: timedelta = timedelta(minutes=30), **changes: Any
    ) -> PaymentRequest:
        """A fresh attempt with one part per amount."""
        number = secrets.token_hex(12)
        parts = tuple(
            PartRequest(f"{number}P{index}", self.merchants[index], Fen(amount), f"商品 {index}", index == 1)
            for index, amount in enumerate(amounts)
        )
        now = datetime.now(UTC)
        values = {
            "attempt_no": number,
            "method": self.method,
            "amount_fen": Fen(sum(amounts)),
            "description": "万铺订单",
            "parts": parts,
            "created_at": now,
            "expires_at": now + life,
            "notify_url": notify_url,
        }
        return PaymentRequest(**{**values, **changes})


def wechatpay_partner_by_public_key(credentials: Mapping[str, Any]) -> Subject:
    """A service provider that trusts the 微信支付公钥."""
    account = credentials["wechatpay"]
    return _wechatpay_partner(credentials, "public_key", _public_key(account))


def wechatpay_partner_by_certificate(credentials: Mapping[str, Any]) -> Subject:
    """A service provider that downloads platform certificates."""
    return _wechatpay_partner(credentials, "platform_certificate", {})


def wechatpay_direct(credentials: Mapping[str, Any]) -> Subject:
    """A merchant on its own (直连商户)."""
    account = credentials["wechatpay"]["direct"]
    return Subject(
        channel="wechatpay",
        method="wechatpay.native",
        mode="direct",
        account_no=account["mchid"],
        app_id=account["appid"],
        settings={**_settings(credentials, account), **_public_key(account)},
        secrets=_secrets(account),
        merchants=(None, *(mchid for mchid in account["combine_mchids"] if mchid != account["mchid"])),
        provider_setting={"notification_key": "public_key"},
        stranger=None,
    )


def _wechatpay_partner(
    credentials: Mapping[str, Any], notification_key: str, trust: Mapping[str, str]
) -> Subject:
    account = credentials["wechatpay"]
    return Subject(
        channel="wechatpay",
        method="wechatpay.native",
        mode="partner",
        account_no=account["sp_mchid"],
        app_id=account["sp_appid"],
        settings={**_settings(credentials, account), **trust},
        secrets=_secrets(account),
        merchants=tuple(account["sub_mchids"]),
        provider_setting={"notification_key": notification_key},
        stranger=account["direct"]["mchid"],
    )


def _settings(credentials: Mapping[str, Any], account: Mapping[str, Any]) -> dict[str, str]:
    return {
        "base_url": credentials["base_url"],
        "merchant_serial_no": account["merchant_serial_no"],
        "merchant_certificate_pem": account["merchant_certificate_pem"],
    }


def _public_key(account: Mapping[str, Any]) -> dict[str, str]:
    return {"public_key_id": account["public_key_id"], "public_key_pem": account["public_key_pem"]}


def _secrets(account: Mapping[str, Any]) -> dict[str, str]:
    return {name: account[name] for name in ("apiv3_key", "merchant_private_key_pem")}


SUBJECTS = {
    "wechatpay partner by public key": wechatpay_partner_by_public_key,
    "wechatpay partner by certificate": wechatpay_partner_by_certificate,
    "wechatpay direct": wechatpay_direct,
}


@dataclass
class ProviderWorld:
    """The control side of the running sandbox."""

    sandbox: RunningSandbox
    session: aiohttp.ClientSession

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        url = f"{self.sandbox.base_url}/_sandbox{path}"
        async with self.session.request(method, url, json=body) as answer:
            return answer.status, await answer.json() if answer.status != 204 else None

    async def pay(self, content: str, outcome: str = "paid") -> int:
        """Scan and end with `outcome`; the HTTP status of the control call."""
        status, _ = await self.ask("POST", "/pay", {"content": content, "outcome": outcome})
        return status

    async def break_answers(self, kind: str, **values: Any) -> None:
        """Give the next provider answer one fault."""
        await self.set_faults(answers=[{"kind": kind, **values}])

    async def set_faults(self, **faults: Any) -> None:
        status, answer = await self.ask("PUT", "/faults", faults)
        assert status == 200, answer

    async def advance(self, step: timedelta) -> None:
        """Move the provider's business time."""
        await self.ask("POST", "/clock", {"advance_s": int(step.total_seconds())})


@dataclass
class Receiver:
    """Our side of call-backs: keeps every message as it came; answers `status`."""

    url: str = ""
    status: int = 204
    messages: "asyncio.Queue[tuple[dict[str, str], bytes]]" = field(default_factory=asyncio.Queue)

    async def take(self) -> tuple[dict[str, str], bytes]:
        """The next message."""
        return await asyncio.wait_for(self.messages.get(), NOTIFY_WITHIN_S)

    async def receive(self, request: web.Request) -> web.Response:
        await self.messages.put((dict(request.headers), await request.read()))
        return web.Response(status=self.status)
