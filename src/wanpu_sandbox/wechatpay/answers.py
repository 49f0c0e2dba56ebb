"""Answers over the wire: 2xx signed, 204 included, all else unsigned; and answers that break on request."""

import asyncio
import secrets
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wanpu_sandbox.faults import AnswerFault
from wanpu_sandbox.key_material import random_text
from wanpu_sandbox.wechatpay.accounts import Signer
from wanpu_sandbox.wechatpay.callbacks import PROBE_PREFIX, STALE_BY_S, UNKNOWN_SERIAL
from wanpu_sandbox.wechatpay.errors import ProviderRefusal
from wanpu_wire.wechatpay.answers import sign_answer
from wanpu_wire.wechatpay.json_text import dump

HANG_UP = "wanpu_sandbox.hang_up"
"""Where the outermost layer leaves the function that cuts the connection of a request."""

_JSON = "application/json; charset=utf-8"
_STATUS_CODES = {429: "FREQUENCY_LIMITED", 502: "SERVICE_UNAVAILABLE", 503: "SERVICE_UNAVAILABLE"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer; `body` is empty for a 204. Only a reply with a `signer` is signed."""

    status: int
    body: bytes
    request_id: str | None
    signer: Signer | None = None


class HangUpResponse(Response):
    """Ends the connection without a byte of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut it, by the function that the outermost layer left in the scope."""
        await scope[HANG_UP]()


def success(body: dict[str, Any] | bytes | None, signer: Signer) -> Reply:
    """200 with a body, or 204 without one."""
    if body is None:
        return Reply(204, b"", _request_id(0), signer)
    return Reply(200, body if isinstance(body, bytes) else dump(body), _request_id(0), signer)


def refusal(error: ProviderRefusal) -> Reply:
    """A 4xx or 5xx, which real servers never sign."""
    request_id = _request_id(error.number) if error.has_request_id else None
    return Reply(error.status, dump(error.as_json()), request_id)


async def render(reply: Reply, faults: list[AnswerFault], *, timestamp: int) -> Response:
    """Write the reply, after doing to it what the faults ask for. `timestamp` is that of the signature."""
    by_kind = {fault.kind: fault for fault in faults}
    if "delay" in by_kind:
        await asyncio.sleep(by_kind["delay"].delay_s)
    if "drop" in by_kind:
        return HangUpResponse()
    if "status" in by_kind:
        status = by_kind["status"].status
        code = _STATUS_CODES.get(status, "SYSTEM_ERROR")
        reply = refusal(ProviderRefusal(status, code, "系统繁忙，请稍后重试"))
    if "broken_json" in by_kind:
        reply = replace(reply, body=(reply.body or b'{"data":[]}')[:-1])
        reply = replace(reply, status=200 if reply.status == 204 else reply.status)
    headers = {} if reply.request_id is None else {"Request-ID": reply.request_id}
    if reply.signer is not None and "unsigned" not in by_kind:
        stale_by = STALE_BY_S if "stale_timestamp" in by_kind else 0
        headers |= _signature_headers(reply.body, reply.signer, timestamp - stale_by, set(by_kind))
    if reply.status == 204:
        return Response(status_code=204, headers=headers)
    return Response(reply.body, reply.status, headers, media_type=_JSON)


def _signature_headers(body: bytes, signer: Signer, timestamp: int, kinds: set[str]) -> dict[str, str]:
    signed_body = body + b" " if "wrong_signature" in kinds else body
    headers = sign_answer(
        signer.key, signer.serial, signed_body, timestamp=timestamp, nonce=random_text(32)
    ).as_headers()
    if "signature_probe" in kinds:
        headers["Wechatpay-Signature"] = PROBE_PREFIX + headers["Wechatpay-Signature"]
    if "unknown_serial" in kinds:
        headers["Wechatpay-Serial"] = UNKNOWN_SERIAL
    return headers


def _request_id(number: int) -> str:
    """40 upper-case hexadecimal digits, a dash, and the numeric error code (0 for success)."""
    return f"{secrets.token_hex(20).upper()}-{number}"
