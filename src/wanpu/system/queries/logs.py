"""Statements about the operation log and its seals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.pages import PageAsk, read_page, select_logged
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system.models import LogSeal, OperationLog

LOG = table_of(OperationLog)
SEAL = table_of(LogSeal)

LOG_SORTS = {"created_at": LOG.c.created_at, "time": LOG.c.time}


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which rows of the operation log are wanted; None leaves a condition out."""

    username: str | None = None
    operation: str | None = None
    subject: str | None = None
    ip: str | None = None
    request_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def select_operations(wanted: LogFilter) -> Select[Any]:
    """The rows of the operation log that match, in no order. `until` itself is left out."""
    return select_logged(LOG, wanted, equal=("username", "operation", "subject", "ip", "request_id"))


async def list_operations(
    session: AsyncSession, wanted: LogFilter, ask: PageAsk
) -> tuple[Sequence[Row[Any]], int]:
    """One page of the operation log, and how many rows match."""
    return await read_page(session, select_operations(wanted), ask, sorts=LOG_SORTS, last=LOG.c.id)


async def find_operation(session: AsyncSession, log_id: Id) -> Row[Any] | None:
    """One row of the operation log."""
    return (await session.execute(select(LOG).where(LOG.c.id == log_id))).first()


async def find_last_seal(session: AsyncSession) -> Row[Any] | None:
    """The newest seal."""
    return (await session.execute(select(SEAL).order_by(SEAL.c.seal_no.desc()).limit(1))).first()


async def list_seals(session: AsyncSession, after: int, limit: int) -> Sequence[Row[Any]]:
    """Seals above a number, in their order."""
    statement = select(SEAL).where(SEAL.c.seal_no > after).order_by(SEAL.c.seal_no).limit(limit)
    return (await session.execute(statement)).all()


async def list_unsealed(session: AsyncSession, limit: int) -> Sequence[Mapping[str, Any]]:
    """The oldest rows without a seal, in the order of their ids."""
    statement = select(LOG).where(LOG.c.seal_no.is_(None)).order_by(LOG.c.id).limit(limit)
    return [row._asdict() for row in await session.execute(statement)]


async def list_sealed(session: AsyncSession, seal_no: int) -> Sequence[Mapping[str, Any]]:
    """The rows under one seal, in the order of their ids."""
    statement = select(LOG).where(LOG.c.seal_no == seal_no).order_by(LOG.c.id)
    return [row._asdict() for row in await session.execute(statement)]


async def mark_sealed(session: AsyncSession, log_ids: Sequence[int], seal_no: int) -> int:
    """Put rows under a seal; how many had none before."""
    statement = update(LOG).where(LOG.c.id.in_(log_ids), LOG.c.seal_no.is_(None)).values(seal_no=seal_no)
    result: Any = await session.execute(statement)
    return int(result.rowcount)


async def count_beyond_seals(session: AsyncSession, last_seal: int) -> int:
    """Rows that claim a seal above the newest one."""
    statement = select(func.count()).select_from(LOG).where(LOG.c.seal_no > last_seal)
    return (await session.execute(statement)).scalar_one()
