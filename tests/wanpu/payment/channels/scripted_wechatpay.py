"""WeChat Pay's side of the wire as a script: one prepared answer per call, and a record of what was asked.

It checks the signature of every request it gets, and signs its answers with keys of the vector file.
"""

import asyncio
import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wanpu.infra.http_client import HttpAnswer, NoAnswer
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.money import Fen
from wanpu.payment.channel import PartRequest, PaymentRequest
from wanpu.payment.channels.wechatpay import WechatPayAccount, WechatPayChannel, read_account
from wanpu_wire.wechatpay.answers import sign_answer
from wanpu_wire.wechatpay.certificates import PlatformCertificate, build_certificates
from wanpu_wire.wechatpay.json_text import dump
from wanpu_wire.wechatpay.notification import build_envelope
from wanpu_wire.wechatpay.signing import (
    is_valid,
    load_private_key,
    load_public_key,
    parse_authorization,
    request_message,
)

KEYS: dict[str, str] = json.loads(
    (Path(__file__).parents[3] / "wire" / "vectors" / "wechatpay.json").read_text("utf-8")
)["keys"]
PUBLIC_KEY_ID = KEYS["wechatpay_public_key_id"]
PLATFORM_SERIAL = KEYS["platform_serial_no"]
NEXT_CERTIFICATE_PEM = KEYS["merchant_cert_pem"]  # Any certificate can play the platform's next one.
NEXT_SERIAL = KEYS["merchant_serial_no"]
PROVIDER_KEYS = {
    NEXT_SERIAL: load_private_key(KEYS["merchant_private_key_pem"]),
    PUBLIC_KEY_ID: load_private_key(KEYS["wechatpay_private_key_pem"]),
    PLATFORM_SERIAL: load_private_key(KEYS["platform_private_key_pem"]),
}
MERCHANT_PUBLIC_KEY = load_public_key(KEYS["merchant_cert_pem"])
MCHID = KEYS["mchid"]
APPID = KEYS["appid"]
APIV3_KEY = KEYS["apiv3_key"]
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SITE = "https://wechatpay.test"
LISTING = "/v3/certificates?algorithm_type=RSA"

SECRETS = {"apiv3_key": APIV3_KEY, "merchant_private_key_pem": KEYS["merchant_private_key_pem"]}
BY_PUBLIC_KEY = {
    "merchant_serial_no": KEYS["merchant_serial_no"],
    "public_key_id": PUBLIC_KEY_ID,
    "public_key_pem": KEYS["wechatpay_public_key_pem"],
    "base_url": SITE,
}
BY_CERTIFICATE = {"merchant_serial_no": KEYS["merchant_serial_no"], "base_url": SITE}

Answering = Callable[[datetime], HttpAnswer]


@dataclass(frozen=True)
class Asked:
    """One request that the provider got."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def _set_event() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class ScriptedWechatPay:
    """An `HttpClient` that gives the prepared answers in turn and fails the test when they run out."""

    clock: ManualClock
    answers: list[Answering] = field(default_factory=list)
    listing_may_arrive: asyncio.Event = field(default_factory=_set_event)
    listings: list[Answering] = field(default_factory=list)
    """Answers to certificate downloads that come before those in `answers`: for calls in no fixed order."""
    asked: list[Asked] = field(default_factory=list)

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        timeout_s: float = 10.0,
    ) -> HttpAnswer:
        assert url.startswith(SITE)
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        authorization = parse_authorization(headers["Authorization"])
        message = request_message(method, target, authorization.timestamp, authorization.nonce, body)
        assert is_valid(MERCHANT_PUBLIC_KEY, message, authorization.signature)
        assert authorization.mchid == MCHID
        assert authorization.serial_no == KEYS["merchant_serial_no"]
        assert int(authorization.timestamp) == int(self.clock.now().timestamp())
        self.asked.append(Asked(method, target, headers, body))
        prepared = self.listings if self.listings and target == LISTING else self.answers
        assert prepared, f"nothing is prepared for {method} {target}"
        answering = prepared.pop(0)
        await asyncio.sleep(0)  # Others may run while an answer is under way.
        if target == LISTING:
            await self.listing_may_arrive.wait()
        return answering(self.clock.now())

    def will(self, *answers: Answering) -> None:
        """Prepare further answers."""
        self.answers.extend(answers)


def genuine(
    body: bytes | Any, status: int = 200, *, serial: str = PUBLIC_KEY_ID, skew_s: int = 0
) -> Answering:
    """A signed answer; a value that is not bytes is written as JSON."""
    raw = body if isinstance(body, bytes) else dump(body)

    def answer(now: datetime) -> HttpAnswer:
        timestamp = int((now + timedelta(seconds=skew_s)).timestamp())
        signed = sign_answer(PROVIDER_KEYS[serial], serial, raw, timestamp=timestamp, nonce="n" * 32)
        return HttpAnswer(status, {name.lower(): value for name, value in signed.as_headers().items()}, raw)

    return answer


def changed(answering: Answering, **headers: str | None) -> Answering:
    """The same answer with `wechatpay_…` headers replaced, or left out when None."""

    def answer(now: datetime) -> HttpAnswer:
        given = answering(now)
        wanted = {**given.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        kept = {name: value for name, value in wanted.items() if value is not None}
        return HttpAnswer(given.status, kept, given.body)

    return answer


def probe(body: Any, status: int = 200) -> Answering:
    """签名探测: a true answer under a deliberately wrong signature."""
    return changed(genuine(body, status), wechatpay_signature="WECHATPAY/SIGNTEST/" + "A" * 325)


def unsigned(status: int, body: bytes | Any = b"") -> Answering:
    """An answer without signature, as every refusal is."""
    raw = body if isinstance(body, bytes) else dump(body)
    return lambda _: HttpAnswer(status, {"request-id": "08F78BB5-268435461"}, raw)


def refused(status: int, code: str, message: str = "不行") -> Answering:
    """A refusal in the provider's shape."""
    return unsigned(status, {"code": code, "message": message})


def silence(_: datetime) -> HttpAnswer:
    """No answer at all."""
    raise NoAnswer("TimeoutError: ")


def certificates(*listed: PlatformCertificate, serial: str = PLATFORM_SERIAL, status: int = 200) -> Answering:
    """The answer of GET /v3/certificates."""
    nonces = [f"{index:012}" for index in range(len(listed))]
    return genuine(build_certificates(listed, APIV3_KEY, nonces=nonces), status, serial=serial)


def platform_certificate(
    *, effective: datetime = NOW - timedelta(days=1), expire: datetime = NOW + timedelta(days=1825)
) -> PlatformCertificate:
    """The platform certificate of the vector file, with a validity of one's choice."""
    return PlatformCertificate(PLATFORM_SERIAL, effective, expire, KEYS["platform_cert_pem"])


def account(settings: Mapping[str, Any] = BY_PUBLIC_KEY, mode: str = "partner") -> WechatPayAccount:
    return read_account(mode, MCHID, APPID, settings, SECRETS)


def channel_of(
    provider: ScriptedWechatPay, settings: Mapping[str, Any] = BY_PUBLIC_KEY, mode: str = "partner"
) -> WechatPayChannel:
    return WechatPayChannel(_standing_account(json.dumps(settings), mode), provider, provider.clock)


@functools.cache
def _standing_account(settings: str, mode: str) -> WechatPayAccount:
    """The account of these settings in JSON, read once: the check of its key takes longer than most tests."""
    return account(json.loads(settings), mode)


def plain(*, amount_fen: int = 100, sub_merchant_no: str | None = "1900000201") -> PaymentRequest:
    """An attempt for one merchant."""
    part = PartRequest("A1P1", sub_merchant_no, Fen(amount_fen), "茶壶", profit_sharing=False)
    return _request((part,))


def combined(*amounts: int, profit_sharing: bool = False) -> PaymentRequest:
    """An attempt for as many merchants as there are amounts (10 and 20 fen when none is given)."""
    parts = tuple(
        PartRequest(f"A1P{index}", str(1900000200 + index), Fen(amount), f"商品{index}", profit_sharing)
        for index, amount in enumerate(amounts or (10, 20), start=1)
    )
    return _request(parts)


def _request(parts: tuple[PartRequest, ...]) -> PaymentRequest:
    return PaymentRequest(
        attempt_no="A1ATTEMPT",
        method="wechatpay.native",
        amount_fen=Fen(sum(part.amount_fen for part in parts)),
        description="万铺订单",
        parts=parts,
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=30),
        notify_url="https://mall.test/notify/wechatpay/7",
    )


def paid_plain(**changes: Any) -> dict[str, Any]:
    """What the provider tells of `plain()` once it is paid."""
    return {
        "sp_appid": APPID,
        "sp_mchid": MCHID,
        "sub_mchid": "1900000201",
        "out_trade_no": "A1ATTEMPT",
        "transaction_id": "4200000914202611241234567890",
        "trade_type": "NATIVE",
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "bank_type": "OTHERS",
        "attach": "",
        "success_time": "2026-11-24T16:01:02+08:00",
        "payer": {"sp_openid": "oBuyer"},
        "amount": {"total": 100, "payer_total": 90, "currency": "CNY", "payer_currency": "CNY"},
        "promotion_detail": [],
        **changes,
    }


def unpaid_plain(state: str = "NOTPAY", **changes: Any) -> dict[str, Any]:
    """What the provider tells of `plain()` before; the shape was recorded from the production server."""
    return {
        "amount": {"payer_currency": "CNY", "total": 100},
        "sp_appid": APPID,
        "sp_mchid": MCHID,
        "sub_mchid": "1900000201",
        "out_trade_no": "A1ATTEMPT",
        "promotion_detail": [],
        "scene_info": {"device_id": ""},
        "trade_state": state,
        "trade_state_desc": "订单未支付",
        **changes,
    }


def told_combined(*states: str) -> dict[str, Any]:
    """What the provider tells of `combined()`, one state per sub-order."""
    return {
        "combine_appid": APPID,
        "combine_mchid": MCHID,
        "combine_out_trade_no": "A1ATTEMPT",
        "sub_orders": [_told_sub_order(index, state) for index, state in enumerate(states, start=1)],
        "combine_payer_info": {"openid": "oBuyer"},
    }


def _told_sub_order(index: int, state: str) -> dict[str, Any]:
    order: dict[str, Any] = {
        "mchid": MCHID,
        "sub_mchid": str(1900000200 + index),
        "out_trade_no": f"A1P{index}",
        "trade_state": state,
        "attach": f"A1P{index}",
        "amount": {"total_amount": index * 10, "currency": "CNY"},
    }
    if state in ("SUCCESS", "REFUND"):
        order |= {
            "trade_type": "NATIVE",
            "bank_type": "OTHERS",
            "success_time": "2026-11-24T16:01:02+08:00",
            "transaction_id": f"420000091420261124000000000{index}",
        }
    return order


def notification(
    resource: Any,
    *,
    serial: str = PUBLIC_KEY_ID,
    at: datetime = NOW,
    event_type: str = "TRANSACTION.SUCCESS",
    original_type: str = "transaction",
    apiv3_key: str = APIV3_KEY,
) -> tuple[dict[str, str], bytes]:
    """Headers and body of a genuine call-back."""
    body = build_envelope(
        id="f6d3e392-7a32-5e7a-97d7-12a343048b1c",
        create_time="2026-11-24T16:01:02+08:00",
        event_type=event_type,
        summary="支付成功",
        original_type=original_type,
        resource=resource if isinstance(resource, bytes) else dump(resource),
        apiv3_key=apiv3_key,
        nonce="8vBACRCOU66x",
        associated_data=original_type,
    )
    signed = sign_answer(PROVIDER_KEYS[serial], serial, body, timestamp=int(at.timestamp()), nonce="n" * 32)
    return signed.as_headers(), body
