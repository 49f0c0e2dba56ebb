"""The login log (登录日志): tries to sign in, and how sessions ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, insert
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.pages import PageAsk
from wanpu.infra.tables import table_of
from wanpu.kernel.clock import day_cn, start_of_day_cn
from wanpu.system.callers import Origin, StaffCaller
from wanpu.system.models import LoginLog, Staff
from wanpu.system.queries import sign_in as queries
from wanpu.system.queries.sign_in import LoginLogFilter
from wanpu.system.states import LoginEvent

_USERNAME_LENGTH = 50


@dataclass(frozen=True, slots=True)
class LoginDay:
    """How often people came in on one day in Asia/Shanghai, and how often they were refused, by reason."""

    day: date
    since: datetime
    until: datetime
    successes: int
    refusals: Mapping[str, int]


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


async def summarize_logins(db: Database, days: int) -> list[LoginDay]:
    """The last `days` days, the oldest first and today at the end, those without a row as well."""
    today = day_cn(db.clock.now())
    dates = [today - timedelta(days=ago) for ago in range(days - 1, -1, -1)]
    moments = [start_of_day_cn(day) for day in [*dates, today + timedelta(days=1)]]
    async with db.reading() as session:
        rows = await queries.count_logins(session, moments)
    summaries = []
    for place, (day, (since, until)) in enumerate(zip(dates, pairwise(moments), strict=True)):
        counts = {(row.event, row.reason): getattr(row, f"span_{place}") for row in rows}
        refusals = {reason: n for (event, reason), n in counts.items() if event is LoginEvent.REFUSED and n}
        successes = sum(n for (event, _), n in counts.items() if event is LoginEvent.SIGNED_IN)
        summaries.append(LoginDay(day, since, until, successes, refusals))
    return summaries
