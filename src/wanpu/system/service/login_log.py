"""The login log (登录日志): tries to sign in, and how sessions ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, insert
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.pages import PageAsk
from wanpu.infra.services import Services
from wanpu.infra.tables import table_of
from wanpu.kernel.clock import day_cn, start_of_day_cn
from wanpu.system.callers import Origin, StaffCaller
from wanpu.system.models import LoginLog, Staff
from wanpu.system.queries import sign_in as queries
from wanpu.system.queries.sign_in import LoginLogFilter
from wanpu.system.states import LoginEvent

SETTLED_AFTER = timedelta(hours=1)
"""How long after its end a day may still get rows, from transactions that began in it."""
REMEMBERED_S = 86_400

_USERNAME_LENGTH = 50


@dataclass(frozen=True, slots=True)
class LoginDay:
    """How often people came in on one day in Asia/Shanghai, and how often they were refused, by reason."""

    day: date
    since: datetime
    until: datetime
    successes: int
    refusals: Mapping[str, int]


_DAYS = TypeAdapter(list[LoginDay])


async def note(
    session: AsyncSession,
    event: LoginEvent,
    origin: Origin,
    *,
    username: str,
    account: Staff | StaffCaller | None = None,
    reason: str = "",
) -> None:
    """Write one row in the transaction of what it tells of.

    `account` is None for a name that nobody has. `reason` is the true cause of a refusal, which the
    caller may not have been told.
    """
    owner = account.staff_id if isinstance(account, StaffCaller) else account and account.user_id
    row = {
        "user_id": owner,
        "username": username[:_USERNAME_LENGTH],
        "merchant_id": account and account.merchant_id,
        "event": event,
        "reason": reason,
        "is_success": int(event is not LoginEvent.REFUSED),
        "ip": origin.ip,
        "user_agent": origin.user_agent,
        "created_at": session.info["clock"].now(),
    }
    await session.execute(insert(table_of(LoginLog)).values(**row))


@rerun_on_conflict
async def note_refusal(db: Database, username: str, origin: Origin, reason: str) -> None:
    """Write that nobody came in under a name, in a transaction of its own."""
    async with db.transaction() as session:
        await note(session, LoginEvent.REFUSED, origin, username=username, reason=reason)


async def list_login_logs(
    db: Database, wanted: LoginLogFilter, ask: PageAsk
) -> tuple[Sequence[Row[Any]], int]:
    """One page of the log, and how many rows match."""
    async with db.reading() as session:
        return await queries.list_login_logs(session, wanted, ask)


async def summarize_logins(app: Services, days: int) -> list[LoginDay]:
    """The last `days` days, the oldest first and today at the end, those without a row as well. Days that
    get no more rows are counted once and cached."""
    now = app.clock.now()
    dates = [day_cn(now) - timedelta(days=ago) for ago in range(days - 1, -1, -1)]
    settled = [day for day in dates if day < day_cn(now - SETTLED_AFTER)]
    return [*await _recall_days(app, settled), *await _count_days(app.db, dates[len(settled) :])]


async def _recall_days(app: Services, dates: Sequence[date]) -> list[LoginDay]:
    if not dates:
        return []

    async def count() -> bytes:
        return _DAYS.dump_json(await _count_days(app.db, dates))

    key = f"login-days:{dates[0]}:{dates[-1]}"
    cached = await app.cache.get_or_load(key, count, ttl_s=REMEMBERED_S, early_s=REMEMBERED_S)
    return _DAYS.validate_json(cached)


async def _count_days(db: Database, dates: Sequence[date]) -> list[LoginDay]:
    """Days that follow each other, counted by one statement."""
    moments = [start_of_day_cn(day) for day in [*dates, dates[-1] + timedelta(days=1)]]
    async with db.reading() as session:
        rows = await queries.count_logins(session, moments)
    counted = []
    for place, (day, (since, until)) in enumerate(zip(dates, pairwise(moments), strict=True)):
        counts = {(row.event, row.reason): getattr(row, f"span_{place}") for row in rows}
        refusals = {reason: n for (event, reason), n in counts.items() if event is LoginEvent.REFUSED and n}
        successes = sum(n for (event, _), n in counts.items() if event is LoginEvent.SIGNED_IN)
        counted.append(LoginDay(day, since, until, successes, refusals))
    return counted
