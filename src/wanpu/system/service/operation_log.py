"""The operation log (系统日志): one row for each write by staff, in the transaction of that write."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import Database
from wanpu.infra.masking import mask_fields
from wanpu.infra.pages import PageAsk
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system.callers import StaffCaller
from wanpu.system.errors import OperationNotFound
from wanpu.system.models import OperationLog
from wanpu.system.queries import logs as queries


async def record(
    session: AsyncSession,
    caller: StaffCaller,
    operation: str,
    subject: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write down what this transaction changes, and who does it.

    `operation` is `<thing>.<act>`, `subject` is `<thing>:<id>`. `before` and `after` hold what changed,
    as plain JSON values; secrets and personal data in them are masked here.
    """
    origin = caller.origin
    row = {
        "user_id": caller.staff_id,
        "username": caller.username,
        "merchant_id": caller.merchant_id,
        "operation": operation,
        "subject": subject,
        "method": origin.method,
        "params": origin.params,
        "before": None if before is None else mask_fields(before),
        "after": None if after is None else mask_fields(after),
        "time": origin.elapsed_ms(),
        "ip": origin.ip,
        "request_id": origin.request_id,
        "created_at": session.info["clock"].now(),
    }
    await session.execute(insert(table_of(OperationLog)).values(**row))


async def list_operations(
    db: Database, wanted: queries.LogFilter, ask: PageAsk
) -> tuple[Sequence[Row[Any]], int]:
    """One page of the log, and how many rows match."""
    async with db.reading() as session:
        return await queries.list_operations(session, wanted, ask)


async def get_operation(db: Database, log_id: Id) -> Row[Any]:
    """One row of the log.

    Raises:
        OperationNotFound: there is no such row.
    """
    async with db.reading() as session:
        found = await queries.find_operation(session, log_id)
    if found is None:
        raise OperationNotFound
    return found


async def find_last_seal(db: Database) -> Row[Any] | None:
    """The newest seal; None before the first."""
    async with db.reading() as session:
        return await queries.find_last_seal(session)
