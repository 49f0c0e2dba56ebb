"""Traces: what one request caused hangs together as one tree; when off, their machinery is not loaded."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.testing import capture_logs
from tests.http import Caller, room_app, serving
from tests.wanpu.infra.facts import Paid

from wanpu.infra import tracing
from wanpu.infra.due_work import schedule
from wanpu.infra.due_work_runner import Runner
from wanpu.infra.http import health
from wanpu.infra.http.hot_route import hot_route
from wanpu.infra.http.json_answer import json_answer
from wanpu.infra.http_client import HttpClient, NoAnswer
from wanpu.infra.lane import Lane
from wanpu.infra.outbox import publish
from wanpu.infra.relay import InProcessPublisher, Relay
from wanpu.infra.services import Services
from wanpu.infra.settings import Settings
from wanpu.infra.subscriptions import Subscriptions
from wanpu.infra.tracing_opentelemetry import OpenTelemetryTracing, tracing_of
from wanpu.kernel.errors import Conflict

CALLERS_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLERS_SPAN = "00f067aa0ba902b7"


class Spans:
    """What was told to the collector so far."""

    def __init__(self, exporter: InMemorySpanExporter) -> None:
        self._exporter = exporter

    def __iter__(self) -> Iterator[ReadableSpan]:
        return iter(self._exporter.get_finished_spans())

    def named(self, name: str) -> ReadableSpan:
        """The only span of that name."""
        [found] = [span for span in self if span.name == name]
        return found

    def tree(self) -> list[tuple[str, str | None]]:
        """Every span's name and its parent's, in the order in which they began."""
        names = {span.context.span_id: span.name for span in self if span.context}
        began = sorted(self, key=lambda span: span.start_time or 0)
        return [(span.name, names.get(span.parent.span_id) if span.parent else None) for span in began]


@pytest.fixture
def spans() -> Iterator[Spans]:
    exporter = InMemorySpanExporter()
    tracing.start(OpenTelemetryTracing(exporter, at_once=True))
    yield Spans(exporter)
    tracing.stop()


class Provider:
    """A payment provider that keeps the headers of what it is asked."""

    def __init__(self, url: str, headers: list[dict[str, str]]) -> None:
        self.url = url
        self.headers = headers


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    headers: list[dict[str, str]] = []

    async def answer(request: Request) -> Response:
        headers.append(dict(request.headers))
        return json_answer({}, status=202)

    async with serving(Starlette(routes=[Route("/v3/pay", answer, methods=["POST"])])) as caller:  # type: ignore[arg-type]
        yield Provider(f"{caller.base_url}/v3/pay?key=secret", headers)


class SoldOut(Conflict):
    code = "test.sold_out"


@pytest.fixture
async def http(services: Services, provider: Provider) -> AsyncIterator[Caller]:
    async def buy(request: Request) -> Response:
        """Write an order and ask the provider."""
        async with services.db.transaction() as session:
            publish(session, Paid(payment="P1"))
        answer = await services.http.send("POST", provider.url, headers={})
        return json_answer({"provider": answer.status}, status=201)

    async def refuse(request: Request) -> Response:
        """Refuse."""
        raise SoldOut

    async def run(request: Request) -> Response:
        """Answer what does not lie ready."""
        return json_answer({"is": "made"})

    async def fail(request: Request) -> Response:
        """Have a defect."""
        raise ZeroDivisionError("of 13800138000")

    routes = [
        hot_route("/orders/{shop}", buy, method="POST", answer=None, public=True),
        hot_route("/refused", refuse, method="GET", answer=None, public=True),
        hot_route("/failed", fail, method="GET", answer=None, public=True),
        hot_route("/ready", run, method="GET", answer=None, public=True, ready=lambda *_: b'{"is":"ready"}'),
    ]
    async with serving(room_app(services, [health.router], routes)) as caller:
        yield caller


async def deliver(services: Services, subscriptions: Subscriptions) -> None:
    await Relay(services, InProcessPublisher(services.db, subscriptions)).run_once()


def traceparent_of(span: ReadableSpan) -> str:
    assert span.context is not None
    context = span.context
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def without_the_relay(tree: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    """The relay's own transactions belong to no request."""
    return [entry for entry in tree if entry != ("transaction", None)]


async def test_a_purchase_is_one_tree_from_its_request_to_what_its_event_caused(
    http: Caller, services: Services, spans: Spans
) -> None:
    async def apply(session: Any, event: Paid) -> None:
        return None

    subscriptions = Subscriptions()
    subscriptions.on(Paid, "ledger.post", apply)

    answer = await http.post("/orders/7")
    await deliver(services, subscriptions)

    assert (answer.status, answer.body) == (201, {"provider": 202})
    assert without_the_relay(spans.tree()) == [
        ("POST /orders/{shop}", None),
        ("transaction", "POST /orders/{shop}"),
        ("POST 127.0.0.1", "POST /orders/{shop}"),
        ("event ledger.post", "POST /orders/{shop}"),
        ("transaction", "event ledger.post"),
    ]
    request = spans.named("POST /orders/{shop}")
    assert request.context is not None
    assert dict(request.attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/orders/{shop}",
        "http.response.status_code": 201,
        "wanpu.request.id": answer.headers["x-request-id"],
    }
    event = spans.named("event ledger.post")
    assert event.context is not None
    assert event.context.trace_id == request.context.trace_id
    assert (event.attributes or {})["wanpu.request.id"] == answer.headers["x-request-id"]


async def test_a_provider_is_told_nothing_of_our_traces_and_its_address_is_kept_short(
    http: Caller, provider: Provider, spans: Spans
) -> None:
    await http.post("/orders/7")

    [headers] = provider.headers
    assert not {"traceparent", "tracestate", "baggage", "x-request-id"} & set(headers)
    assert dict(spans.named("POST 127.0.0.1").attributes or {}) == {
        "http.request.method": "POST",
        "server.address": "127.0.0.1",
        "http.response.status_code": 202,
    }


async def test_a_request_continues_the_trace_of_its_caller(http: Caller, spans: Spans) -> None:
    sent = {"traceparent": f"00-{CALLERS_TRACE}-{CALLERS_SPAN}-01"}

    answer = await http.get("/refused", headers=sent)

    request = spans.named("GET /refused")
    assert request.context is not None
    assert request.parent is not None
    assert f"{request.context.trace_id:032x}" == CALLERS_TRACE
    assert f"{request.parent.span_id:016x}" == CALLERS_SPAN
    assert answer.headers["x-request-id"] == traceparent_of(request)


@pytest.mark.parametrize("sent", ["", "00-0-0-01", f"00-{'0' * 32}-{CALLERS_SPAN}-01", "x" * 5000])
async def test_what_is_no_trace_begins_one_of_its_own(http: Caller, spans: Spans, sent: str) -> None:
    await http.get("/refused", headers={"traceparent": sent})

    assert spans.named("GET /refused").parent is None


async def test_a_caller_that_is_not_traced_causes_no_spans(
    http: Caller, services: Services, spans: Spans
) -> None:
    async def apply(session: Any, event: Paid) -> None:
        return None

    subscriptions = Subscriptions()
    subscriptions.on(Paid, "ledger.post", apply)

    answer = await http.post("/orders/7", headers={"traceparent": f"00-{CALLERS_TRACE}-{CALLERS_SPAN}-00"})
    await deliver(services, subscriptions)

    assert answer.status == 201
    assert without_the_relay(spans.tree()) == []


async def test_only_a_defect_marks_its_request_as_failed_and_no_text_leaves(
    http: Caller, spans: Spans
) -> None:
    assert (await http.get("/refused")).refusal == (409, "test.sold_out")
    assert (await http.get("/failed")).refusal == (500, "service.internal_error")

    refused, failed = spans.named("GET /refused"), spans.named("GET /failed")
    assert (refused.status.status_code, failed.status.status_code) == (StatusCode.UNSET, StatusCode.ERROR)
    assert (failed.attributes or {})["error.type"] == "500"
    assert "13800138000" not in failed.to_json()
    assert failed.events == ()


async def test_a_call_that_gets_no_answer_is_marked_by_the_type_of_its_error(
    services: Services, spans: Spans
) -> None:
    client: HttpClient = services.http

    with pytest.raises(NoAnswer):
        await client.send("GET", "http://127.0.0.1:1/pay?token=secret", headers={})

    call = spans.named("GET 127.0.0.1")
    assert call.status.status_code is StatusCode.ERROR
    assert (call.attributes or {})["error.type"] == "NoAnswer"
    assert "secret" not in call.to_json()


async def test_due_work_is_a_tree_of_its_own(services: Services, spans: Spans) -> None:
    async def close(ref: str, attempt: int) -> None:
        async with services.db.transaction():
            pass

    async with services.db.transaction() as session:
        await schedule(session, "test.close", "O1", services.clock.now())

    await Runner(services, {"test.close": close}).run_once()

    work = spans.named("due work test.close")
    assert dict(work.attributes or {}) == {"wanpu.ref": "O1", "wanpu.attempt": 1}
    assert ("transaction", "due work test.close") in spans.tree()
    assert work.parent is None


async def test_a_batch_of_a_lane_belongs_to_the_request_of_its_first_command(spans: Spans) -> None:
    begun, gate = asyncio.Event(), asyncio.Event()

    async def commit(commands: list[str]) -> list[str | Exception]:
        with tracing.span(f"batch of {'+'.join(commands)}"):
            begun.set()
            await gate.wait()
        return list(commands)

    lane = Lane(commit)

    async def submit(command: str) -> None:
        with tracing.span(command):
            await lane.submit(command)

    first = asyncio.create_task(submit("a"))
    await begun.wait()
    others = [asyncio.create_task(submit(command)) for command in ("b", "c")]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, *others)

    assert ("batch of a", "a") in spans.tree()
    assert ("batch of b+c", "b") in spans.tree()


async def test_what_lies_ready_is_traced_like_everything_else(http: Caller, spans: Spans) -> None:
    assert (await http.get("/ready")).body == {"is": "made"}

    assert spans.tree() == [("GET /ready", None)]


@pytest.mark.requirement("S3-059")
async def test_one_request_is_followed_by_its_id_through_answer_error_log_and_trace(
    http: Caller, spans: Spans, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="wanpu.access"), capture_logs() as lines:
        alive = await http.get("/healthz")
        failed = await http.get("/failed")

    request_id = failed.headers["x-request-id"]
    assert (alive.status, alive.body) == (200, {"status": "ok"})
    assert failed.body["request_id"] == request_id
    assert [line["event"] for line in lines if line.get("request_id") == request_id] == ["request.done"]
    assert [line["path"] for line in lines if line["event"] == "request.failed"] == ["/failed"]
    assert request_id == traceparent_of(spans.named("GET /failed"))


@pytest.mark.requirement("S3-059")
async def test_the_settings_name_the_collector_that_gets_the_spans() -> None:
    bodies: list[bytes] = []

    async def collect(request: Request) -> Response:
        bodies.append(await request.body())
        return Response(b"", media_type="application/x-protobuf")

    collector = Starlette(routes=[Route("/v1/traces", collect, methods=["POST"])])
    async with serving(collector) as caller:  # type: ignore[arg-type]
        settings = Settings(_env_file=None, traces="otlp", otlp_endpoint=f"{caller.base_url}/")
        tracing.start(tracing_of(settings))
        with tracing.span("work", wanpu_ref="O1"):
            pass
        await asyncio.to_thread(tracing.stop)

    [body] = [ExportTraceServiceRequest.FromString(one) for one in bodies]
    [resource] = body.resource_spans
    [scope] = resource.scope_spans
    assert [span.name for span in scope.spans] == ["work"]
    said = {attribute.key: attribute.value.string_value for attribute in resource.resource.attributes}
    assert said["service.name"] == "wanpu"


LOADED = """
import asyncio, sys
from pathlib import Path
from wanpu.app import create_app
from wanpu.infra import tracing
from wanpu.infra.services import close_services, open_services
from wanpu.infra.settings import Settings

async def work(traces):
    settings = Settings(_env_file=None, data_dir=Path(sys.argv[1]), traces=traces)
    services = await open_services(settings)
    async with services.db.transaction():
        pass
    with tracing.span("work"):
        pass
    await close_services(services)
    machinery = ("opentelemetry.sdk.trace", "opentelemetry.exporter")
    print(traces, any(name.startswith(machinery) for name in sys.modules))

asyncio.run(work("off"))
asyncio.run(work("console"))
"""


def test_until_the_settings_ask_for_traces_nothing_of_their_machinery_is_loaded(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, str(tmp_path)], capture_output=True, text=True, check=True
    )

    lines = done.stdout.splitlines()
    assert (lines[0], lines[-1]) == ("off False", "console True")
    shown = [line.strip() for line in lines[1:]]
    assert shown.count('"name": "work",') == shown.count('"name": "transaction",') == 1
