"""Rules of lease locks, in the database and in Redis: one holder, a growing number, no late write."""

import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from sqlalchemy import update
from tests.wanpu.infra.segments import SEGMENTS, add_segments, serial_of

from wanpu.infra.database import Database
from wanpu.infra.locks import DatabaseLeaseLocks, LeaseLost, RedisLeaseLocks, guard
from wanpu.kernel.clock import ManualClock


class Passing:
    """Time for both kinds: the test's clock, and Redis keys that expire when it says so."""

    def __init__(self, clock: ManualClock, redis: Redis | None, prefix: str) -> None:
        self._clock = clock
        self._redis = redis
        self._prefix = prefix

    async def pass_by(self, seconds: float) -> None:
        self._clock.advance(timedelta(seconds=seconds))
        if self._redis is None:
            return
        async for key in self._redis.scan_iter(f"{self._prefix}*"):
            left = await self._redis.pttl(key)
            if left <= seconds * 1000:
                await self._redis.delete(key)
            else:
                await self._redis.pexpire(key, round(left - seconds * 1000))


@pytest.fixture(params=["database", "redis"])
async def store(request, db, clock):
    """A pair of lock managers of two processes over one store, and the passing of time."""
    if request.param == "database":
        yield DatabaseLeaseLocks(db, clock), DatabaseLeaseLocks(db, clock), Passing(clock, None, "")
        return
    url, prefix = request.getfixturevalue("redis_url"), request.getfixturevalue("redis_prefix")
    redis = Redis.from_url(url)
    managers = [RedisLeaseLocks(db, clock, url, prefix=prefix) for _ in range(2)]
    yield managers[0], managers[1], Passing(clock, redis, prefix)
    for manager in managers:
        await manager.close()
    await redis.aclose()


async def test_while_one_holds_the_lock_nobody_else_gets_it(store):
    here, there, time = store

    lease = await here.acquire("settle", "A", 10)
    assert (lease.holder, lease.number) == ("A", 1)
    assert await there.acquire("settle", "B", 10) is None
    assert await here.acquire("settle", "A", 10) is None
    assert (await there.acquire("other", "B", 10)).number == 1

    await time.pass_by(5)
    assert await there.acquire("settle", "B", 10) is None
    await time.pass_by(5.1)
    assert (await there.acquire("settle", "B", 10)).number == 2


async def test_of_many_who_ask_at_once_one_gets_it(store):
    here, there, _ = store

    answers = await asyncio.gather(
        *(manager.acquire("settle", str(n), 10) for n in range(6) for manager in (here, there))
    )

    assert sum(answer is not None for answer in answers) == 1


async def test_a_renewed_lease_lasts_from_the_renewal_and_keeps_its_number(store, clock):
    here, there, time = store
    lease = await here.acquire("settle", "A", 10)

    await time.pass_by(6)
    renewed = await here.renew(lease, 10)
    await time.pass_by(6)

    assert (renewed.number, renewed.until) == (lease.number, clock.now() + timedelta(seconds=4))
    assert await there.acquire("settle", "B", 10) is None
    await time.pass_by(4.1)
    assert (await there.acquire("settle", "B", 10)).number == 2


async def test_a_lost_lease_cannot_be_renewed_nor_take_the_lock_from_its_successor(store):
    here, there, time = store
    lost = await here.acquire("settle", "A", 10)
    await time.pass_by(10.1)
    held = await there.acquire("settle", "B", 10)

    assert await here.renew(lost, 10) is None
    await here.release(lost)

    assert await here.acquire("settle", "A", 10) is None
    assert await there.renew(held, 10) is not None


async def test_a_released_lock_is_free_at_once_and_the_number_still_grows(store):
    here, there, _ = store
    numbers = []
    for manager in (here, there, here):
        lease = await manager.acquire("settle", "X", 10)
        numbers.append(lease.number)
        await manager.release(lease)

    assert numbers == [1, 2, 3]


async def write_guarded(db, lease, value):
    async with db.transaction() as session:
        await guard(session, lease)
        await session.execute(update(SEGMENTS).values(next_serial=value))


@pytest.mark.requirement("S3-049")
async def test_a_holder_that_was_paused_past_its_lease_cannot_write(store, db):
    here, there, time = store
    await add_segments(db, "books")
    paused = await here.acquire("settle", "A", 10)
    await write_guarded(db, paused, 2)

    await time.pass_by(10.1)
    successor = await there.acquire("settle", "B", 10)
    await write_guarded(db, successor, 3)

    with pytest.raises(LeaseLost):
        await write_guarded(db, paused, 99)
    assert await serial_of(db, "books") == 3


@pytest.mark.requirement("S3-049")
async def test_the_number_cannot_change_between_the_guard_and_the_commit(db, db_url, clock):
    """The successor waits for the guarded transaction, or that transaction fails: never both write."""
    other_db = Database(db_url, pool_size=1, clock=clock)
    here, there = DatabaseLeaseLocks(db, clock), DatabaseLeaseLocks(other_db, clock)
    await add_segments(db, "books")
    lease = await here.acquire("settle", "A", 10)
    clock.advance(timedelta(seconds=10.1))

    async with db.transaction() as session:
        await guard(session, lease)
        taking_over = asyncio.create_task(there.acquire("settle", "B", 10))
        done, _ = await asyncio.wait({taking_over}, timeout=0.3)
        assert done == set()
        await session.execute(update(SEGMENTS).values(next_serial=7))

    assert (await taking_over).number == lease.number + 1
    assert await serial_of(db, "books") == 7
    with pytest.raises(LeaseLost):
        await write_guarded(db, lease, 99)
    await other_db.close()


async def test_numbers_keep_growing_when_redis_forgets_everything(db, clock, redis_url, redis_prefix):
    locks = RedisLeaseLocks(db, clock, redis_url, prefix=redis_prefix)
    before = await locks.acquire("settle", "A", 10)
    async with Redis.from_url(redis_url) as redis:
        async for key in redis.scan_iter(f"{redis_prefix}*"):
            await redis.delete(key)

    after = await locks.acquire("settle", "B", 10)

    assert after.number > before.number
    with pytest.raises(LeaseLost):
        async with db.transaction() as session:
            await guard(session, before)
    await locks.close()


async def test_without_redis_nobody_gets_a_lease(db, clock):
    locks = RedisLeaseLocks(db, clock, "redis://127.0.0.1:1/0", prefix="x:")

    assert await locks.acquire("settle", "A", 10) is None
    await locks.close()


async def test_a_guard_without_any_lock_row_is_refused(db, clock):
    lease = await DatabaseLeaseLocks(db, clock).acquire("settle", "A", 10)
    imagined = type(lease)("never", "A", 1, lease.until)

    with pytest.raises(LeaseLost):
        async with db.transaction() as session:
            await guard(session, imagined)
