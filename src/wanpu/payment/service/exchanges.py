"""渠道报文: every call to a channel and its answer, kept with secrets and personal data masked."""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from sqlalchemy import insert

from wanpu.infra import metrics
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.http_client import DEFAULT_TIMEOUT_S, HttpAnswer, HttpClient, NoAnswer
from wanpu.payment.channel import (
    Channel,
    ChannelRejected,
    Notification,
    NotSupported,
    OutcomeUnknown,
    PaymentReport,
    PaymentRequest,
    QrCode,
)
from wanpu.payment.models import ChannelExchange

R = TypeVar("R")

MASKED = frozenset(
    {
        "openid",
        "sp_openid",
        "sub_openid",
        "payer_client_ip",
        "number",
        "name",
        "ciphertext",
        "encrypt_certificate",
        "code_url",
        "prepay_id",
        "h5_url",
    }
)
"""Members whose values identify a person, are secret, or let their holder pay."""

MAX_KEPT_BYTES = 64 * 1024


@dataclass
class _Messages:
    requests: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)


_messages: ContextVar[_Messages | None] = ContextVar("channel_messages", default=None)


class RecordingHttp:
    """An HTTP client that remembers, for the call under way, what went out and what came back."""

    def __init__(self, inner: HttpClient) -> None:
        self._inner = inner

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> HttpAnswer:
        kept = _messages.get()
        if kept is not None:
            kept.requests.append({"method": method, "target": _target(url), "body": masked_body(body)})
        try:
            answer = await self._inner.send(method, url, headers=headers, body=body, timeout_s=timeout_s)
        except NoAnswer as error:
            if kept is not None:
                kept.answers.append({"no_answer": str(error)[:255]})
            raise
        if kept is not None:
            kept.answers.append({"status": answer.status, "body": masked_body(answer.body)})
        return answer


class RecordedChannel:
    """A channel whose calls are kept in `channel_exchange` and counted."""

    def __init__(self, inner: Channel, db: Database, channel: str, account_id: int) -> None:
        self.account_no = inner.account_no
        self.app_id = inner.app_id
        self.close_capability = inner.close_capability
        self._inner = inner
        self._db = db
        self._channel = channel
        self._account_id = account_id

    async def create_payment(self, request: PaymentRequest) -> QrCode:
        return await self._recorded("create", self._inner.create_payment, request)

    async def query_payment(self, request: PaymentRequest) -> PaymentReport:
        return await self._recorded("query", self._inner.query_payment, request)

    async def close_payment(self, request: PaymentRequest) -> None:
        await self._recorded("close", self._inner.close_payment, request)

    async def read_notification(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Notification:
        return await self._inner.read_notification(headers, body, now=now)

    async def _recorded(
        self, operation: str, call: Callable[[PaymentRequest], Awaitable[R]], request: PaymentRequest
    ) -> R:
        kept = _Messages()
        token = _messages.set(kept)
        started = time.monotonic()
        outcome = "ok"
        try:
            return await call(request)
        except ChannelRejected as refusal:
            outcome = f"rejected:{refusal.code}"
            raise
        except OutcomeUnknown:
            outcome = "unknown"
            raise
        except NotSupported:
            outcome = "not_supported"
            raise
        finally:
            _messages.reset(token)
            result = outcome.partition(":")[0]
            metrics.CHANNEL_CALLS.labels(self._channel, operation, result).inc()
            row = {
                "account_id": self._account_id,
                "operation": operation,
                "attempt_no": request.attempt_no,
                "outcome": outcome[:64],
                "request": {"messages": kept.requests},
                "answer": {"messages": kept.answers},
                "duration_ms": int((time.monotonic() - started) * 1000),
            }
            await _keep_exchange(self._db, row)


@rerun_on_conflict
async def _keep_exchange(db: Database, row: dict[str, Any]) -> None:
    async with db.transaction() as session:
        await session.execute(insert(ChannelExchange), [{**row, "created_at": db.clock.now()}])


def masked_body(body: bytes) -> Any:
    """A JSON body with its sensitive members masked; of any other body only the size."""
    if not body:
        return None
    if len(body) > MAX_KEPT_BYTES:
        return {"bytes": len(body)}
    try:
        return _masked(json.loads(body))
    except ValueError:
        return {"bytes": len(body)}


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: "***" if name in MASKED and inner is not None else _masked(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_masked(inner) for inner in value]
    return value


def _target(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
