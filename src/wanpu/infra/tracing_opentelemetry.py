"""Spans by the OpenTelemetry SDK. Imported only where traces are on.

The SDK's own variables hold beside our settings: `OTEL_TRACES_SAMPLER`, `OTEL_RESOURCE_ATTRIBUTES`,
`OTEL_EXPORTER_OTLP_HEADERS`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import context as contexts
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    ConsoleSpanExporter,
    SimpleSpanProcessor,
    SpanExporter,
)
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import Scope

from wanpu import VERSION
from wanpu.infra.settings import Settings
from wanpu.infra.tracing import Attribute, Kind

FAILED_FROM = 500

_KINDS: dict[Kind, SpanKind] = {
    "internal": SpanKind.INTERNAL,
    "client": SpanKind.CLIENT,
    "consumer": SpanKind.CONSUMER,
}
_propagator = TraceContextTextMapPropagator()


def tracing_of(settings: Settings) -> "OpenTelemetryTracing":
    """What sends spans where the settings say: to a collector in batches, or to the terminal at once."""
    if settings.traces == "console":
        return OpenTelemetryTracing(ConsoleSpanExporter(), at_once=True)
    endpoint = f"{settings.otlp_endpoint.rstrip('/')}/v1/traces"
    return OpenTelemetryTracing(OTLPSpanExporter(endpoint=endpoint), at_once=False)


class OpenTelemetryTracing:
    """Makes spans and hands them to one exporter. A collector that is away loses spans, nothing else."""

    def __init__(self, exporter: SpanExporter, *, at_once: bool) -> None:
        resource = Resource.create({SERVICE_NAME: "wanpu", SERVICE_VERSION: VERSION})
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(
            SimpleSpanProcessor(exporter) if at_once else BatchSpanProcessor(exporter)
        )
        self._tracer = self._provider.get_tracer("wanpu", VERSION)

    def begin_request(self, scope: Scope) -> "OpenTelemetryRequest":
        """A span for the request, below the caller's own when it sends a sound `traceparent`."""
        return OpenTelemetryRequest(self._tracer, scope)

    @contextmanager
    def span(
        self, name: str, kind: Kind, request_id: str, attributes: dict[str, Attribute]
    ) -> Iterator[Span]:
        """A span around a block; see `tracing.span`."""
        named = {key.replace("_", "."): value for key, value in attributes.items()}
        if request_id:
            named["wanpu.request.id"] = request_id
        with self._tracer.start_as_current_span(
            name,
            context=_context_of({"traceparent": request_id}) if request_id else None,
            kind=_KINDS[kind],
            attributes=named,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except BaseException as error:
                _mark_failed(span, type(error).__name__)
                raise

    def stop(self) -> None:
        """Send what is held and end."""
        self._provider.shutdown()


class OpenTelemetryRequest:
    """The span of one request, current in its task until it ends."""

    def __init__(self, tracer: Tracer, scope: Scope) -> None:
        sent = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in (b"traceparent", b"tracestate")
        }
        self._span = tracer.start_span(scope["method"], context=_context_of(sent), kind=SpanKind.SERVER)
        self._token = contexts.attach(set_span_in_context(self._span))

    @property
    def request_id(self) -> str:
        """This span as a W3C `traceparent`."""
        carrier: dict[str, str] = {}
        _propagator.inject(carrier, set_span_in_context(self._span))
        return carrier["traceparent"]

    def end(self, method: str, route: str, status: int, request_id: str) -> None:
        """Name the span after its route and close it."""
        self._span.update_name(f"{method} {route}")
        self._span.set_attributes(
            {
                "http.request.method": method,
                "http.route": route,
                "http.response.status_code": status,
                "wanpu.request.id": request_id,
            }
        )
        if status >= FAILED_FROM:
            _mark_failed(self._span, str(status))
        self._span.end()
        contexts.detach(self._token)


def _mark_failed(span: Span, kind: str) -> None:
    span.set_attribute("error.type", kind)
    span.set_status(StatusCode.ERROR)


def _context_of(sent: dict[str, str]) -> Context:
    """A context below the span that these headers name; an empty one when they name none soundly."""
    return _propagator.extract(sent, Context())
