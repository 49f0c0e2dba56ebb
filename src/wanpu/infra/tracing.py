"""Traces (链路追踪): what one request caused, as spans that a collector draws as a tree.

Off unless `WANPU_TRACES` says where spans go. Off, a place that could begin a span asks one variable
and neither the SDK's tracing nor an exporter is imported; on, `tracing_opentelemetry.py` does the work.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Literal, Protocol

from starlette.types import Scope

from wanpu.infra.settings import Settings

Kind = Literal["internal", "client", "consumer"]
Attribute = str | int


class Span(Protocol):
    """A piece of work that is going on."""

    def set_attribute(self, key: str, value: Attribute) -> None:
        """Say something more about it."""
        ...


class RequestSpan(Protocol):
    """A request that is being answered."""

    @property
    def request_id(self) -> str:
        """The W3C `traceparent` of this span: as the request's id it also travels with what the request
        causes, through logs and the outbox."""
        ...

    def end(self, method: str, route: str, status: int, request_id: str) -> None:
        """Close the span under the route's template. A status from 500 on marks it as failed."""
        ...


class Tracing(Protocol):
    """Where spans are made and sent from."""

    def begin_request(self, scope: Scope) -> RequestSpan: ...

    def span(
        self, name: str, kind: Kind, request_id: str, attributes: dict[str, Attribute]
    ) -> AbstractContextManager[Span]: ...

    def stop(self) -> None: ...


class _Off:
    """The span of a process that makes none."""

    def set_attribute(self, key: str, value: Attribute) -> None:
        return None


_NO_SPAN: AbstractContextManager[Span] = nullcontext(_Off())
_tracing: Tracing | None = None


def start_as_configured(settings: Settings) -> None:
    """Send spans where the settings say, unless they are sent already; "off" changes nothing.

    A process that forks does so before it calls this.
    """
    if settings.traces != "off" and _tracing is None:
        from wanpu.infra import tracing_opentelemetry

        start(tracing_opentelemetry.tracing_of(settings))


def start(tracing: Tracing) -> None:
    """Make spans from now on."""
    global _tracing  # noqa: PLW0603 - like logging, tracing belongs to the process
    _tracing = tracing


def stop() -> None:
    """Send what is still held, which may take seconds, and make no spans from now on."""
    global _tracing
    ended, _tracing = _tracing, None
    if ended is not None:
        ended.stop()


def is_on() -> bool:
    """Whether spans are made."""
    return _tracing is not None


def begin_request(scope: Scope) -> RequestSpan | None:
    """The span of an arriving request, below the caller's own when it names one in `traceparent`; None
    while tracing is off. Whoever begins it ends it in the same task."""
    return None if _tracing is None else _tracing.begin_request(scope)


def span(
    name: str, *, kind: Kind = "internal", request_id: str = "", **attributes: Attribute
) -> AbstractContextManager[Span]:
    """A span around a block, below the span that is going on, or below the request of `request_id`.

    A name is one of few: what differs from call to call is an attribute. Underscores in the names of
    attributes stand for dots. When the block raises, the span is marked with the error's type; never
    with its text, which may quote personal data.
    """
    if _tracing is None:
        return _NO_SPAN
    return _tracing.span(name, kind, request_id, attributes)
