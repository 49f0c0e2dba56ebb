"""Staff sessions (登录会话): who a token belongs to, how long it lasts, and how it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.pages import PageAsk
from wanpu.infra.settings import Settings
from wanpu.infra.sign_in.errors import TokenExpired, TokenInvalid
from wanpu.kernel.ids import Id
from wanpu.system.callers import Origin, StaffCaller
from wanpu.system.errors import SessionNotFound
from wanpu.system.models import StaffToken
from wanpu.system.queries import access
from wanpu.system.queries import sessions as queries
from wanpu.system.queries.access import OpenSession
from wanpu.system.queries.sessions import SessionFilter
from wanpu.system.scopes import Scope
from wanpu.system.service.login_log import note
from wanpu.system.service.operation_log import record
from wanpu.system.services import SystemServices
from wanpu.system.states import Audience, LoginEvent, StaffStatus

RENEWED_AFTER = timedelta(minutes=1)
"""A session in use is written to at most this often, so that reads stay reads."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that a transaction is about to open. The token is shown once; its digest is kept."""

    token_id: Id
    token: str
    digest: str


async def draw_session(app: SystemServices) -> NewSession:
    """A fresh token with its number; it opens nothing yet."""
    [token_id] = await app.serials.take("sys_user_token")
    token, digest = app.tokens.new()
    return NewSession(Id(token_id), token, digest)


async def open_session(
    session: AsyncSession, settings: Settings, staff_id: Id, new: NewSession, origin: Origin
) -> datetime:
    """Let an account in from now on; when the session ends if it is not used."""
    now = session.info["clock"].now()
    ends_at = now + timedelta(hours=settings.staff_session_max_hours)
    expires_at = _idle_end(settings, now, ends_at)
    await queries.delete_ended_sessions(session, staff_id, now)
    session.add(
        StaffToken(
            token_id=new.token_id,
            token_hash=new.digest,
            user_id=staff_id,
            expires_at=expires_at,
            ends_at=ends_at,
            last_seen_at=now,
            ip=origin.ip,
            user_agent=origin.user_agent,
            created_at=now,
        )
    )
    return expires_at


async def identify(app: SystemServices, token: str, origin: Origin, *, is_use: bool = True) -> StaffCaller:
    """The account behind a token, read anew each time: a session that was ended, an account that was
    switched off and a permission that was taken away are gone at once on every node.

    Use renews the session: it ends when nobody used it for the hours that the settings give, and in any
    case at the end it was born with. A page that asks by itself is no use.

    Raises:
        TokenInvalid: no such session, or its account is switched off.
        TokenExpired: the session is over.
    """
    async with app.db.reading() as session:
        found = await access.find_open_session(session, app.tokens.digest(token))
    if found is None or found.status is not StaffStatus.NORMAL:
        raise TokenInvalid
    now = app.clock.now()
    if min(found.expires_at, found.ends_at) <= now:
        raise TokenExpired
    if is_use and now - found.last_seen_at >= RENEWED_AFTER:
        await _renew(app.db, found, now, _idle_end(app.settings, now, found.ends_at))
    audience = Audience.PLATFORM if found.merchant_id is None else Audience.MERCHANT
    return StaffCaller(
        staff_id=found.staff_id,
        username=found.username,
        merchant_id=found.merchant_id,
        token_id=found.token_id,
        permissions=await app.permissions.permissions_of(app.db, found.staff_id, audience, epoch=found.epoch),
        must_change_password=found.must_change_password,
        origin=origin,
    )


async def list_own_sessions(app: SystemServices, caller: StaffCaller) -> Sequence[StaffToken]:
    """The caller's live sessions, the last used first."""
    async with app.db.reading() as session:
        return await queries.list_sessions_of(session, caller.staff_id, app.clock.now())


@rerun_on_conflict
async def sign_out(db: Database, caller: StaffCaller) -> None:
    """End the session of this request, on every node at once; a repeat changes nothing."""
    async with db.transaction() as session:
        if await queries.delete_session(session, caller.token_id):
            await _note_end(session, caller)


@rerun_on_conflict
async def sign_out_everywhere(db: Database, caller: StaffCaller) -> int:
    """End every session of the caller, this one too; how many ended."""
    async with db.transaction() as session:
        ended = await queries.delete_sessions_of(session, caller.staff_id)
        await _note_end(session, caller, reason="everywhere")
    return ended


@rerun_on_conflict
async def end_own_session(db: Database, caller: StaffCaller, token_id: Id) -> None:
    """End one of the caller's sessions.

    Raises:
        SessionNotFound: it has ended, or is another's.
    """
    async with db.transaction() as session:
        if await queries.find_session_of(session, caller.staff_id, token_id) is None:
            raise SessionNotFound
        await queries.delete_session(session, token_id)
        await _note_end(session, caller, reason="" if token_id == caller.token_id else "from_another_session")


async def list_online(
    app: SystemServices, caller: StaffCaller, wanted: SessionFilter, ask: PageAsk
) -> tuple[Sequence[Row[Any]], int]:
    """在线会话: one page of the live sessions that an operator may see, and how many there are.

    The super administrator sees all; others see those of accounts that they created.
    """
    async with app.db.reading() as session:
        return await queries.list_online(session, Scope.of(caller), wanted, ask, app.clock.now())


@rerun_on_conflict
async def kick(db: Database, caller: StaffCaller, token_id: Id) -> None:
    """下线: end a session that the caller may see.

    Raises:
        SessionNotFound: it has ended, or its account is out of the caller's sight.
    """
    async with db.transaction() as session:
        found = await queries.find_session_in(session, Scope.of(caller), token_id)
        if found is None:
            raise SessionNotFound
        token, staff = found
        await queries.delete_session(session, token_id)
        reason = f"by {caller.username}"
        await note(
            session, LoginEvent.KICKED, caller.origin, username=staff.username, account=staff, reason=reason
        )
        before = {"user_id": str(staff.user_id), "username": staff.username, "ip": token.ip}
        await record(session, caller, "session.kick", f"session:{token_id}", before=before)


def _idle_end(settings: Settings, now: datetime, ends_at: datetime) -> datetime:
    return min(now + timedelta(hours=settings.staff_session_hours), ends_at)


async def _note_end(session: AsyncSession, caller: StaffCaller, *, reason: str = "") -> None:
    await note(
        session,
        LoginEvent.SIGNED_OUT,
        caller.origin,
        username=caller.username,
        account=caller,
        reason=reason,
    )


@rerun_on_conflict
async def _renew(db: Database, found: OpenSession, now: datetime, expires_at: datetime) -> None:
    async with db.transaction() as session:
        await queries.renew_session(
            session, found.token_id, seen_before=found.last_seen_at, now=now, expires_at=expires_at
        )
