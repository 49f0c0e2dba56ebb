"""Outbound HTTP: one small class over aiohttp, passed in as an argument."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import aiohttp
from yarl import URL

from wanpu.infra import tracing
from wanpu.infra.outside_calls import refuse_inside_transaction

DEFAULT_TIMEOUT_S = 10.0
MAX_ANSWER_BYTES = 16 * 1024 * 1024
KEPT_IDLE_S = 3.0
"""Servers close connections that rest, many after 5 seconds; a request that is sent at that moment has an
unknown outcome, so a connection is not used again when it has rested for about as long."""


class NoAnswer(Exception):
    """No whole answer arrived: refused, reset, timed out or too long. Whether the request took
    effect is unknown."""


@dataclass(frozen=True)
class HttpAnswer:
    """What a server answered; header names are lower case, `body` holds the raw bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpClient(Protocol):
    """How code reaches other servers."""

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> HttpAnswer:
        """Send one request and read the whole answer; redirects are not followed.

        The path and query travel exactly as written in `url`, since signatures cover them.

        Raises:
            NoAnswer: the outcome is unknown.
        """
        ...


class AiohttpClient:
    """The real client; keeps connections open between calls, for `kept_idle_s` seconds without one."""

    def __init__(self, *, max_connections: int = 100, kept_idle_s: float = KEPT_IDLE_S) -> None:
        self._max_connections = max_connections
        self._kept_idle_s = kept_idle_s
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> HttpAnswer:
        refuse_inside_transaction(f"{method} {url}")
        address = URL(url, encoded=True)
        with tracing.span(
            f"{method} {address.host}",
            kind="client",
            http_request_method=method,
            server_address=str(address.host),
        ) as span:
            answer = await self._exchange(method, address, headers, body, timeout_s)
            span.set_attribute("http.response.status_code", answer.status)
            return answer

    async def _exchange(
        self, method: str, address: URL, headers: Mapping[str, str], body: bytes, timeout_s: float
    ) -> HttpAnswer:
        session = self._open_session()
        try:
            async with session.request(
                method,
                address,
                headers=dict(headers),
                data=body or None,
                timeout=aiohttp.ClientTimeout(total=timeout_s),
                allow_redirects=False,
            ) as answer:
                content = bytearray()
                async for chunk in answer.content.iter_chunked(65536):
                    content += chunk
                    if len(content) > MAX_ANSWER_BYTES:
                        raise NoAnswer(f"the answer passes {MAX_ANSWER_BYTES} bytes")
                found = {name.lower(): value for name, value in answer.headers.items()}
                return HttpAnswer(answer.status, found, bytes(content))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NoAnswer(f"{type(error).__name__}: {error}") from error

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._max_connections, keepalive_timeout=self._kept_idle_s)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=False)
        return self._session

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
