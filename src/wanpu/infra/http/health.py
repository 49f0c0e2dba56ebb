"""Health: `/healthz` says the process lives, `/readyz` that it can serve, `/metrics` what it measured."""

import asyncio
from collections.abc import Awaitable

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from starlette.responses import Response
from structlog import get_logger

from wanpu.infra import metrics, migrations
from wanpu.infra.broker import broker_answers
from wanpu.infra.database import Database
from wanpu.infra.http.access import public
from wanpu.infra.http.app_services import ServicesDep
from wanpu.infra.http.json_answer import json_answer
from wanpu.infra.relay import count_pending
from wanpu.infra.services import Services

CHECK_TIMEOUT_S = 5.0

router = APIRouter(tags=["health"])
log = get_logger(__name__)


class NotReady(Exception):
    """A part cannot serve now; the text says why."""


@router.get("/healthz")
@public
async def healthz() -> Response:
    """The process lives; nothing else is asked."""
    return json_answer({"status": "ok"})


@router.get("/readyz")
@public
async def readyz(services: ServicesDep) -> Response:
    """Every part answers: 200, or 503 naming the parts that do not. Why stands in the log."""
    checks = _checks(services)
    problems = await asyncio.gather(*(_problem_of(check) for check in checks.values()))
    found = dict(zip(checks, problems, strict=True))
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


def _checks(services: Services) -> dict[str, Awaitable[None]]:
    checks: dict[str, Awaitable[None]] = {
        "database": _schema_is_current(services.db),
        "cache": _cache_answers(services),
        "loops": _loops_are_alive(services),
    }
    if services.settings.rabbitmq_url:
        checks["broker"] = broker_answers(services.settings)
    return checks


async def _schema_is_current(db: Database) -> None:
    """The database takes a read and stands at the newest schema step."""
    async with db.reading() as session:
        revision = (
            await session.execute(text("SELECT version_num FROM alembic_version"))
        ).scalar_one_or_none()
    if revision != migrations.head():
        raise NotReady(f"the schema stands at {revision}, the code needs {migrations.head()}")


async def _cache_answers(services: Services) -> None:
    if not await services.cache.is_ready():
        raise NotReady("the cache store does not answer")


async def _loops_are_alive(services: Services) -> None:
    if silent := services.heartbeats.silent():
        raise NotReady(", ".join(f"{name} last passed at {last}" for name, last in silent.items()))


async def _problem_of(check: Awaitable[None]) -> str:
    """Why a check fails, "" when it is sound."""
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            await check
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""
