"""Whether every part that this process needs answers now."""

import asyncio
from collections.abc import Awaitable

from sqlalchemy import text

from wanpu.infra import migrations
from wanpu.infra.broker import broker_answers
from wanpu.infra.database import Database
from wanpu.infra.services import Services

CHECK_TIMEOUT_S = 5.0


class NotReady(Exception):
    """A part cannot serve now; the text says why."""


async def problems_of_parts(services: Services) -> dict[str, str]:
    """Every part by name, and why it cannot serve; "" when it is sound."""
    checks = _checks(services)
    problems = await asyncio.gather(*(_problem_of(check) for check in checks.values()))
    return dict(zip(checks, problems, strict=True))


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
