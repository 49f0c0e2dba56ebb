"""A merchant that signs its own requests, and an address that call-backs may reach."""

import asyncio
import functools
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from yarl import URL

from tests.wanpu_sandbox.running import RunningSandbox
from wanpu_wire.wechatpay.answers import KeyRing
from wanpu_wire.wechatpay.notification import parse_envelope
from wanpu_wire.wechatpay.signing import (
    Authorization,
    format_authorization,
    load_private_key,
    load_public_key,
    request_message,
    sign,
)

KEEP = object()
"""Stands for "leave this header as it is"."""


@dataclass(frozen=True)
class Account:
    """One account of the credentials, with its key parsed."""

    mchid: str
    appid: str
    serial_no: str
    apiv3_key: str
    key: RSAPrivateKey
    public_key_id: str
    public_key_pem: str


@dataclass(frozen=True)
class Answer:
    """What came back, raw and read; header names ignore case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["code"])

    @property
    def is_signed(self) -> bool:
        return any(name.lower().startswith("wechatpay-") for name in self.headers)


@dataclass
class Merchant:
    """Sends signed requests to one sandbox. Every item of the signature can be made wrong."""

    http: ClientSession
    base_url: str
    account: Account

    async def get(self, target: str, **options: Any) -> Answer:
        return await self.call("GET", target, b"", **options)

    async def post(self, target: str, body: Any, **options: Any) -> Answer:
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return await self.call("POST", target, raw, **options)

    async def call(
        self,
        method: str,
        target: str,
        body: bytes,
        *,
        authorization: object = KEEP,
        headers: dict[str, str] | None = None,
        without: tuple[str, ...] = (),
        key: RSAPrivateKey | None = None,
        signed_target: str | None = None,
        signed_body: bytes | None = None,
        timestamp: int | None = None,
        **items: str,
    ) -> Answer:
        if authorization is KEEP:
            authorization = self.authorize(
                method,
                signed_target or target,
                body if signed_body is None else signed_body,
                key=key,
                timestamp=timestamp,
                **items,
            )
        sent = {"Content-Type": "application/json", **(headers or {})}
        if authorization is not None:
            sent["Authorization"] = str(authorization)
        async with self.http.request(
            method,
            URL(self.base_url + target, encoded=True),
            data=body or None,
            headers=sent,
            skip_auto_headers=without,
        ) as answer:
            return Answer(answer.status, answer.headers.copy(), await answer.read())

    def authorize(
        self,
        method: str,
        target: str,
        body: bytes,
        *,
        key: RSAPrivateKey | None = None,
        timestamp: int | None = None,
        **items: str,
    ) -> str:
        """The Authorization header; `items` replace single values before or after signing as named."""
        stamp = str(int(time.time()) if timestamp is None else timestamp)
        nonce = secrets.token_hex(16).upper()
        signature = sign(key or self.account.key, request_message(method, target, stamp, nonce, body))
        values = {
            "mchid": self.account.mchid,
            "serial_no": self.account.serial_no,
            "nonce": nonce,
            "timestamp": stamp,
            "signature": signature,
            **items,
        }
        return format_authorization(Authorization(**values))


@dataclass
class Control:
    """The JSON control API."""

    http: ClientSession
    base_url: str

    async def call(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        async with self.http.request(method, self.base_url + path, data=data, **options) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    async def pay(self, content: str, outcome: str = "paid", **more: str) -> tuple[int, Any]:
        return await self.call("POST", "/_sandbox/pay", {"content": content, "outcome": outcome, **more})

    async def set_faults(self, **faults: Any) -> Any:
        status, body = await self.call("PUT", "/_sandbox/faults", faults)
        assert status == 200, body
        return body

    async def advance(self, seconds: int) -> None:
        status, _ = await self.call("POST", "/_sandbox/clock", {"advance_s": seconds})
        assert status == 200

    async def trades(self, number: str | None = None) -> list[dict[str, Any]]:
        _, body = await self.call(
            "GET", f"/_sandbox/trades?out_trade_no={number}" if number else "/_sandbox/trades"
        )
        items: list[dict[str, Any]] = body["items"]
        return items

    async def notifications(self) -> list[dict[str, Any]]:
        _, body = await self.call("GET", "/_sandbox/notifications")
        items: list[dict[str, Any]] = body["items"]
        return items

    async def settled_notification(self, *, tries: int) -> dict[str, Any]:
        """The newest call-back once it has been tried so often; a test that waits in vain fails."""
        async with asyncio.timeout(15):
            while True:
                listed = await self.notifications()
                if listed and len(listed[0]["tries"]) >= tries:
                    return listed[0]
                await asyncio.sleep(0.01)


@dataclass(frozen=True)
class Received:
    """One POST that arrived."""

    headers: Mapping[str, str]
    body: bytes

    def resource(self, apiv3_key: str) -> Any:
        return json.loads(parse_envelope(self.body).decrypt(apiv3_key))


@dataclass
class Receiver:
    """An HTTP server that keeps what it gets and answers with `statuses` in turn, then 200.

    A redirect leads back to itself.
    """

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    delays_s: list[float] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    async def start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/{anything:.*}", self._take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/notify"
        return runner

    async def _take(self, request: web.Request) -> web.Response:
        self.received.append(Received(request.headers.copy(), await request.read()))
        if self.delays_s:
            await asyncio.sleep(self.delays_s.pop(0))
        status = self.statuses.pop(0) if self.statuses else 200
        headers = {"Location": self.url} if 300 <= status < 400 else {}
        return web.Response(status=status, headers=headers)

    async def wait_for(self, count: int) -> list[Received]:
        async with asyncio.timeout(15):
            while len(self.received) < count:
                await asyncio.sleep(0.01)
        return self.received


def provider_account(sandbox: RunningSandbox) -> Account:
    """The service provider."""
    shown = sandbox.credentials["wechatpay"]
    return _account(shown["sp_mchid"], shown["sp_appid"], shown)


def direct_account(sandbox: RunningSandbox) -> Account:
    """The direct merchant."""
    shown = sandbox.credentials["wechatpay"]["direct"]
    return _account(shown["mchid"], shown["appid"], shown)


def key_ring(sandbox: RunningSandbox, account: Account) -> KeyRing:
    """Everything that this account trusts: platform certificates and its own public key."""
    keys = {
        one["serial_no"]: load_public_key(one["pem"])
        for one in sandbox.credentials["wechatpay"]["platform_certificates"]
    }
    return KeyRing({**keys, account.public_key_id: load_public_key(account.public_key_pem)})


@functools.cache
def _private_key(pem: str) -> RSAPrivateKey:
    """The key of an account, parsed once: its check takes longer than most tests."""
    return load_private_key(pem)


def _account(mchid: str, appid: str, shown: dict[str, Any]) -> Account:
    return Account(
        mchid=mchid,
        appid=appid,
        serial_no=shown["merchant_serial_no"],
        apiv3_key=shown["apiv3_key"],
        key=_private_key(shown["merchant_private_key_pem"]),
        public_key_id=shown["public_key_id"],
        public_key_pem=shown["public_key_pem"],
    )
