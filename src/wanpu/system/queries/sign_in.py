"""Statements about captchas, stored passwords and the login log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, Select, case, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.pages import PageAsk, read_page, select_logged
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system.models import Captcha, LoginLog, Staff
from wanpu.system.states import LoginEvent

LOG = table_of(LoginLog)

LOG_SORTS = {"created_at": LOG.c.created_at, "username": LOG.c.username, "ip": LOG.c.ip}


@dataclass(frozen=True, slots=True)
class StoredPassword:
    """What an account's password is compared with; a salt stands beside an imported hash only."""

    staff_id: Id
    hashed: str
    salt: str | None


@dataclass(frozen=True, slots=True)
class LoginLogFilter:
    """Which rows of the login log are wanted; None leaves a condition out."""

    username: str | None = None
    event: LoginEvent | None = None
    ip: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def take_captcha(session: AsyncSession, uuid: str, now: datetime) -> str | None:
    """Use a captcha up: its text for the one transaction that removes it, None for every other and when
    it is too old or unknown."""
    found = await session.execute(select(Captcha.code, Captcha.expires_at).where(Captcha.uuid == uuid))
    row = found.first()
    if row is None:
        return None
    removed: Any = await session.execute(delete(Captcha).where(Captcha.uuid == uuid))
    return row.code if removed.rowcount == 1 and row.expires_at > now else None


async def delete_captchas_before(session: AsyncSession, moment: datetime) -> None:
    """Forget captchas that nobody answered in time."""
    await session.execute(delete(Captcha).where(Captcha.expires_at <= moment))


async def find_stored_password(session: AsyncSession, username: str) -> StoredPassword | None:
    """The password of the account with exactly this name."""
    statement = select(Staff.user_id, Staff.password, Staff.salt).where(Staff.username == username)
    row = (await session.execute(statement)).first()
    return None if row is None else StoredPassword(*row)


async def find_known_addresses(session: AsyncSession, username: str) -> Sequence[str]:
    """Where the account with exactly this name has signed in from."""
    statement = select(Staff.known_addresses).where(Staff.username == username)
    return (await session.execute(statement)).scalar_one_or_none() or ()


def select_login_logs(wanted: LoginLogFilter) -> Select[Any]:
    """The rows of the login log that match, in no order. `until` itself is left out."""
    return select_logged(LOG, wanted, equal=("username", "event", "ip"))


async def list_login_logs(
    session: AsyncSession, wanted: LoginLogFilter, ask: PageAsk
) -> tuple[Sequence[Row[Any]], int]:
    """One page of the login log, and how many rows match."""
    return await read_page(session, select_login_logs(wanted), ask, sorts=LOG_SORTS, last=LOG.c.id)


async def count_logins(session: AsyncSession, moments: Sequence[datetime]) -> Sequence[Row[Any]]:
    """How often people came in or were refused from each moment up to the next: a row per event and reason,
    with one count for each span."""
    spans = pairwise(moments)
    counts = [
        func.count(case(((LOG.c.created_at >= start) & (LOG.c.created_at < end), 1))) for start, end in spans
    ]
    statement = (
        select(
            LOG.c.event, LOG.c.reason, *(count.label(f"span_{place}") for place, count in enumerate(counts))
        )
        .where(LOG.c.created_at >= moments[0], LOG.c.created_at < moments[-1])
        .where(LOG.c.event.in_([LoginEvent.SIGNED_IN, LoginEvent.REFUSED]))
        .group_by(LOG.c.event, LOG.c.reason)
    )
    return (await session.execute(statement)).all()


async def list_logins_of(session: AsyncSession, username: str, limit: int) -> Sequence[Row[Any]]:
    """What the login log last says of one name, newest first."""
    statement = (
        select(LOG)
        .where(LOG.c.username == username)
        .order_by(LOG.c.created_at.desc(), LOG.c.id.desc())
        .limit(limit)
    )
    return (await session.execute(statement)).all()
