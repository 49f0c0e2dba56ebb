"""Signing in and out, and who a token belongs to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from wanpu.crm import queries
from wanpu.crm.errors import MemberDisabled
from wanpu.crm.models import Member, MemberToken
from wanpu.crm.states import MemberStatus
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.services import Services
from wanpu.infra.sign_in.errors import TokenExpired, TokenInvalid, WrongCredentials
from wanpu.infra.sign_in.throttle import count_try, forgive_try
from wanpu.kernel.contacts import is_mobile
from wanpu.kernel.ids import Id

REALM = "member"
CACHED_FOR_S = 10.0
REFRESHED_AFTER_S = 7.0
EXPIRED_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. The token is shown this once; we keep only its digest."""

    token: str
    expires_at: datetime
    member: Member


@dataclass(frozen=True, slots=True)
class Caller:
    """The member behind a request."""

    member_id: Id


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that a transaction is about to make valid."""

    token: str
    digest: str
    expires_at: datetime

    def row_for(self, member_id: Id, now: datetime) -> MemberToken:
        """What is kept of it."""
        return MemberToken(
            token_hash=self.digest, user_id=member_id, expires_at=self.expires_at, created_at=now
        )


def draw_token(services: Services) -> NewToken:
    """A fresh token with the life that the settings give."""
    token, digest = services.tokens.new()
    life = timedelta(days=services.settings.member_token_days)
    return NewToken(token, digest, services.clock.now() + life)


async def sign_in(services: Services, account: str, password: str, *, client_ip: str) -> SignedIn:
    """Sign in by username or mobile number; an unknown account costs as much time as a wrong password.

    Raises:
        TooManyAttempts: the password was not looked at.
        WrongCredentials: account or password is wrong.
        MemberDisabled: both are right, but the account is switched off.
    """
    account = account.strip()
    limit = services.settings.login_rate_per_minute
    await count_try(services.db, REALM, account, client_ip, limit=limit)

    member = await _find_by_account(services.db, account)
    if member is None or member.password is None:
        await services.passwords.verify_dummy(password)
        raise WrongCredentials
    if not await services.passwords.verify(password, member.password):
        raise WrongCredentials
    if member.status is not MemberStatus.NORMAL:
        raise MemberDisabled

    await forgive_try(services.db, REALM, account, client_ip)
    token = draw_token(services)
    await _open_session(services.db, member.user_id, token)
    return SignedIn(token.token, token.expires_at, member)


async def sign_out(services: Services, token: str) -> None:
    """End the session of a token; a token that is none of ours changes nothing."""
    digest = services.tokens.digest(token)
    await _end_session(services.db, digest)
    await services.cache.drop(_cache_key(digest))


async def identify(services: Services, token: str) -> Caller:
    """Who a token belongs to. A look-up may be as old as ten seconds; the expiry is checked every time.

    Raises:
        TokenInvalid: no such session, or its member is switched off.
        TokenExpired: the session is over.
    """
    digest = services.tokens.digest(token)

    async def load() -> bytes:
        found = await services.gathered.find(queries.find_sessions, digest)
        if found is None:
            raise TokenInvalid
        member_id, expires_at, status = found
        if status is not MemberStatus.NORMAL:
            raise TokenInvalid
        return orjson.dumps([member_id, expires_at.timestamp()])

    cached = await services.cache.get_or_load(
        _cache_key(digest), load, ttl_s=CACHED_FOR_S, early_s=REFRESHED_AFTER_S
    )
    member_id, expires_at = orjson.loads(cached)
    if expires_at <= services.clock.now().timestamp():
        raise TokenExpired
    return Caller(Id(member_id))


@rerun_on_conflict
async def forget_expired_sessions(services: Services, limit: int) -> int:
    """Remove some sessions that have been over for a week; how many. Until then their owners are told that
    they have expired."""
    async with services.db.transaction() as session:
        over = services.clock.now() - EXPIRED_KEPT
        return await queries.delete_tokens_expired_before(session, over, limit)


async def _find_by_account(db: Database, account: str) -> Member | None:
    async with db.reading() as session:
        if is_mobile(account):
            return await queries.find_member_by_mobile(session, account)
        return await queries.find_member_by_username(session, account)


@rerun_on_conflict
async def _open_session(db: Database, member_id: Id, token: NewToken) -> None:
    now = db.clock.now()
    async with db.transaction() as session:
        await queries.delete_expired_tokens(session, member_id, now)
        session.add(token.row_for(member_id, now))


@rerun_on_conflict
async def _end_session(db: Database, digest: str) -> None:
    async with db.transaction() as session:
        await queries.delete_token(session, digest)


def _cache_key(digest: str) -> str:
    return f"member-token:{digest}"
