"""The operation log (系统日志): one row for each write by staff, in the transaction of that write."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.masking import mask_fields
from wanpu.infra.tables import table_of
from wanpu.system.callers import StaffCaller
from wanpu.system.models import OperationLog


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
