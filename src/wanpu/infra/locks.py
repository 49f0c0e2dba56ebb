"""Lease locks (租约锁): one holder at a time, and a number that tells a late holder it has lost.

A lock alone cannot stop a holder that was paused past its lease. So every holder gets a number that
is larger than all before it, and the write that needs the lock calls `guard` in its own transaction:
there the newest number is compared, and stays locked until that transaction ends.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from structlog import get_logger

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.models import FencingNumber
from wanpu.infra.statements import insert_if_absent
from wanpu.infra.tables import table_of
from wanpu.kernel.clock import Clock

REDIS_TIMEOUT_S = 0.5

log = get_logger(__name__)
_table = table_of(FencingNumber)


class LeaseLost(Exception):
    """Somebody holds the lock with a newer number; the guarded write must not happen."""


@dataclass(frozen=True)
class Lease:
    """The right to work on `name` until `until`, proved by `number`."""

    name: str
    holder: str
    number: int
    until: datetime


class LeaseLocks(Protocol):
    """Where leases come from."""

    async def acquire(self, name: str, holder: str, lease_s: float) -> Lease | None:
        """Take the lock for `lease_s` seconds; None while another holds it."""
        ...

    async def renew(self, lease: Lease, lease_s: float) -> Lease | None:
        """Hold it `lease_s` seconds from now; None when it is lost."""
        ...

    async def release(self, lease: Lease) -> None:
        """Let the next holder in at once; nothing happens when it is lost."""
        ...


async def guard(session: AsyncSession, lease: Lease) -> None:
    """Prove in the session's transaction that no newer holder exists, and keep it so until it ends.

    Raises:
        LeaseLost: a newer number was handed out.
    """
    found = await session.execute(
        select(_table.c.number).where(_table.c.name == lease.name).with_for_update()
    )
    newest = found.scalar_one_or_none()
    if newest != lease.number:
        raise LeaseLost(f"{lease.name}: held with number {lease.number}, the newest is {newest}")


class DatabaseLeaseLocks:
    """Leases as rows: holder, end and number change together."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def acquire(self, name: str, holder: str, lease_s: float) -> Lease | None:
        now = self._clock.now()
        until = now + timedelta(seconds=lease_s)
        number = await _take_row(self._db, name, holder, now, until)
        return None if number is None else Lease(name, holder, number, until)

    async def renew(self, lease: Lease, lease_s: float) -> Lease | None:
        now = self._clock.now()
        until = now + timedelta(seconds=lease_s)
        if not await _change_row(self._db, lease, now, until):
            return None
        return Lease(lease.name, lease.holder, lease.number, until)

    async def release(self, lease: Lease) -> None:
        await _change_row(self._db, lease, self._clock.now(), None)


class RedisLeaseLocks:
    """Leases as Redis keys that expire; the number still comes from the database, so that it keeps
    growing when Redis forgets everything. Redis away: nobody gets a lease."""

    def __init__(self, db: Database, clock: Clock, url: str, *, prefix: str) -> None:
        self._db = db
        self._clock = clock
        self._redis: Redis = Redis.from_url(
            url, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S
        )
        self._prefix = f"{prefix}lock:"
        self._replace_if_mine = self._redis.register_script(_REPLACE_IF_MINE)
        self._release_if_mine = self._redis.register_script(_RELEASE_IF_MINE)

    async def acquire(self, name: str, holder: str, lease_s: float) -> Lease | None:
        until = self._clock.now() + timedelta(seconds=lease_s)
        key = self._prefix + name
        claim = f"{holder}#{secrets.token_hex(8)}"
        try:
            if not await self._redis.set(key, claim, px=_milliseconds(lease_s), nx=True):
                return None
        except (RedisError, OSError) as error:
            log.warning("lock.store_away", lock=name, error=str(error))
            return None
        lease = Lease(name, holder, await _draw_number(self._db, name, holder, until), until)
        return lease if await self._replace(lease, claim, lease_s) else None

    async def renew(self, lease: Lease, lease_s: float) -> Lease | None:
        until = self._clock.now() + timedelta(seconds=lease_s)
        kept = await self._replace(lease, _proof(lease), lease_s)
        return Lease(lease.name, lease.holder, lease.number, until) if kept else None

    async def release(self, lease: Lease) -> None:
        try:
            await self._release_if_mine(keys=[self._prefix + lease.name], args=[_proof(lease)])
        except (RedisError, OSError) as error:
            log.warning("lock.store_away", lock=lease.name, error=str(error))

    async def close(self) -> None:
        """Close connections."""
        await self._redis.aclose()

    async def _replace(self, lease: Lease, standing: str, lease_s: float) -> bool:
        """Write the lease's proof where `standing` still is, for `lease_s` seconds from now."""
        key = self._prefix + lease.name
        try:
            replaced = await self._replace_if_mine(
                keys=[key], args=[standing, _proof(lease), _milliseconds(lease_s)]
            )
        except (RedisError, OSError) as error:
            log.warning("lock.store_away", lock=lease.name, error=str(error))
            return False
        return bool(replaced)


_REPLACE_IF_MINE = """
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'px', ARGV[3])
return 1
"""
_RELEASE_IF_MINE = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0
"""


def _proof(lease: Lease) -> str:
    return f"{lease.holder}#{lease.number}"


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


@rerun_on_conflict
async def _take_row(db: Database, name: str, holder: str, now: datetime, until: datetime) -> int | None:
    """Draw the next number if nobody holds the lock at `now`."""
    is_free = or_(_table.c.held_until.is_(None), _table.c.held_until <= now)
    async with db.transaction() as session:
        return await _next_number(session, name, holder, now, until, is_free)


@rerun_on_conflict
async def _draw_number(db: Database, name: str, holder: str, until: datetime) -> int:
    """Draw the next number whoever is written as the holder."""
    async with db.transaction() as session:
        number = await _next_number(session, name, holder, db.clock.now(), until, true())
    assert number is not None
    return number


async def _next_number(
    session: AsyncSession,
    name: str,
    holder: str,
    now: datetime,
    until: datetime,
    condition: ColumnElement[bool],
) -> int | None:
    take = (
        update(_table)
        .where(_table.c.name == name, condition)
        .values(number=_table.c.number + 1, holder=holder, held_until=until, updated_at=now)
    )
    taken: Any = await session.execute(take)
    if taken.rowcount != 1:
        new = {"name": name, "number": 0, "holder": None, "held_until": None, "updated_at": now}
        await insert_if_absent(session, _table, new, key=["name"])
        taken = await session.execute(take)
    if taken.rowcount != 1:
        return None
    found = await session.execute(select(_table.c.number).where(_table.c.name == name))
    return int(found.scalar_one())


@rerun_on_conflict
async def _change_row(db: Database, lease: Lease, now: datetime, until: datetime | None) -> bool:
    """Move the end of a lease that is still the newest; whether it was."""
    async with db.transaction() as session:
        is_mine = (
            _table.c.name == lease.name,
            _table.c.number == lease.number,
            _table.c.held_until.is_not(None),
        )
        found = await session.execute(select(_table.c.number).where(*is_mine).with_for_update())
        if found.first() is None:
            return False
        await session.execute(
            update(_table)
            .where(*is_mine)
            .values(held_until=until, holder=lease.holder if until else None, updated_at=now)
        )
    return True
