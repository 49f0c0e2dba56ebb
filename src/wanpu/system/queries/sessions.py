"""Statements about the sessions of staff. Those that look for one by its id take its owner first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.pages import PageAsk, read_page
from wanpu.kernel.ids import Id
from wanpu.system.models import Staff, StaffToken
from wanpu.system.scopes import Scope

SORTS: dict[str, ColumnElement[Any]] = {
    "last_seen_at": StaffToken.last_seen_at.expression,
    "created_at": StaffToken.created_at.expression,
    "username": Staff.username.expression,
}

SHOWN: tuple[Any, ...] = (
    StaffToken.token_id,
    StaffToken.ip,
    StaffToken.user_agent,
    StaffToken.created_at,
    StaffToken.last_seen_at,
    StaffToken.expires_at,
    Staff.user_id,
    Staff.username,
    Staff.merchant_id,
)
"""What a list of sessions shows of each."""


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which sessions are wanted; None leaves a condition out."""

    username: str | None = None
    ip: str | None = None


async def renew_session(
    session: AsyncSession, token_id: Id, *, seen_before: datetime, now: datetime, expires_at: datetime
) -> None:
    """Note that a session is in use; of several nodes that do so at once one writes."""
    await session.execute(
        update(StaffToken)
        .where(StaffToken.token_id == token_id, StaffToken.last_seen_at == seen_before)
        .values(last_seen_at=now, expires_at=expires_at)
    )


async def delete_session(session: AsyncSession, token_id: Id) -> bool:
    """End a session; False when it had ended."""
    removed: Any = await session.execute(delete(StaffToken).where(StaffToken.token_id == token_id))
    return int(removed.rowcount) == 1


async def delete_sessions_of(session: AsyncSession, staff_id: Id, *, besides: Id | None = None) -> int:
    """End every session of an account, or every one `besides` one; how many ended."""
    statement = delete(StaffToken).where(StaffToken.user_id == staff_id)
    if besides is not None:
        statement = statement.where(StaffToken.token_id != besides)
    removed: Any = await session.execute(statement)
    return int(removed.rowcount)


async def delete_ended_sessions(session: AsyncSession, staff_id: Id, now: datetime) -> None:
    """Forget sessions of an account that nobody can use any more."""
    ended = or_(StaffToken.expires_at <= now, StaffToken.ends_at <= now)
    await session.execute(delete(StaffToken).where(StaffToken.user_id == staff_id, ended))


async def list_sessions_of(session: AsyncSession, staff_id: Id, now: datetime) -> Sequence[StaffToken]:
    """The live sessions of one account, the last used first."""
    statement = (
        select(StaffToken)
        .where(StaffToken.user_id == staff_id, *_live(now))
        .order_by(StaffToken.last_seen_at.desc(), StaffToken.token_id.desc())
    )
    return (await session.execute(statement)).scalars().all()


async def find_session_of(session: AsyncSession, staff_id: Id, token_id: Id) -> StaffToken | None:
    """One session of an account."""
    statement = select(StaffToken).where(StaffToken.user_id == staff_id, StaffToken.token_id == token_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def count_sessions_of(session: AsyncSession, staff_id: Id, now: datetime) -> int:
    """How many live sessions an account has."""
    statement = select(func.count()).where(StaffToken.user_id == staff_id, *_live(now))
    return (await session.execute(statement)).scalar_one()


async def list_online(
    session: AsyncSession, scope: Scope, wanted: SessionFilter, ask: PageAsk, now: datetime
) -> tuple[Sequence[Row[Any]], int]:
    """One page of the live sessions of a scope's accounts, and how many there are."""
    everybodys: Select[Any] = (
        select(*SHOWN).join(Staff, Staff.user_id == StaffToken.user_id).where(*_live(now))
    )
    statement = scope.narrow(everybodys, Staff)
    if wanted.username is not None:
        statement = statement.where(Staff.username == wanted.username)
    if wanted.ip is not None:
        statement = statement.where(StaffToken.ip == wanted.ip)
    return await read_page(session, statement, ask, sorts=SORTS, last=StaffToken.token_id.expression)


async def find_session_in(
    session: AsyncSession, scope: Scope, token_id: Id
) -> tuple[StaffToken, Staff] | None:
    """A session of one of a scope's accounts, and the account."""
    entities: tuple[Any, ...] = (StaffToken, Staff)
    statement: Select[Any] = (
        select(*entities)
        .join(Staff, Staff.user_id == StaffToken.user_id)
        .where(StaffToken.token_id == token_id)
    )
    row = (await session.execute(scope.narrow(statement, Staff))).first()
    return None if row is None else (row[0], row[1])


def _live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return StaffToken.expires_at > now, StaffToken.ends_at > now
