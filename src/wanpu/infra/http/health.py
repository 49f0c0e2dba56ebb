"""Health: `/healthz` says the process lives, `/readyz` that it can serve, `/metrics` what it measured."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response
from structlog import get_logger

from wanpu.infra import metrics
from wanpu.infra.http.access import public
from wanpu.infra.http.app_services import ServicesDep
from wanpu.infra.http.json_answer import json_answer
from wanpu.infra.readiness import problems_of_parts
from wanpu.infra.relay import count_pending

router = APIRouter(tags=["health"])
log = get_logger(__name__)


@router.get("/healthz")
@public
async def healthz() -> Response:
    """The process lives; nothing else is asked."""
    return json_answer({"status": "ok"})


@router.get("/readyz")
@public
async def readyz(services: ServicesDep) -> Response:
    """Every part answers: 200, or 503 naming the parts that do not. Why stands in the log."""
    found = await problems_of_parts(services)
    if failed := {name: problem for name, problem in found.items() if problem}:
        log.warning("health.not_ready", **failed)
    parts = {name: "failed" if problem else "ok" for name, problem in found.items()}
    body = {"status": "failed" if failed else "ok", "parts": parts}
    return json_answer(body, status=503 if failed else 200)


@router.get("/metrics")
@public
async def measures(services: ServicesDep) -> Response:
    """What the process counted, in the Prometheus text format."""
    async with services.db.reading() as session:
        metrics.OUTBOX_PENDING.set(await count_pending(session))
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
