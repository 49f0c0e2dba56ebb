"""Rules of `infra/cache.py` in memory and in Redis: loaded once, refreshed early, never old after a drop."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from wanpu.infra.cache import Cache
from wanpu.infra.cache_stores import MemoryStore, RedisStore, StoreAway
from wanpu.infra.metrics import CACHE_READS
from wanpu.kernel.clock import ManualClock

TTL_S, EARLY_S = 60, 45


class Source:
    """What is cached: counts its loads and may be held back."""

    def __init__(self, value=b"v1"):
        self.value = value
        self.loads = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.has_read = asyncio.Event()

    async def __call__(self):
        self.loads += 1
        value = self.value
        self.has_read.set()
        await self.gate.wait()
        if isinstance(value, Exception):
            raise value
        return value


@pytest.fixture(params=["memory", "redis"])
async def caches(request, clock):
    """Two caches over one store, as two processes have them with Redis."""
    if request.param == "memory":
        store = MemoryStore(clock)
        yield Cache(store, clock), Cache(store, clock)
        return
    url, prefix = request.getfixturevalue("redis_url"), request.getfixturevalue("redis_prefix")
    both = [Cache(RedisStore(url, prefix=prefix, timeout_s=20), clock) for _ in range(2)]
    yield tuple(both)
    for cache in both:
        await cache.close()


async def get(cache, source, *, key="spu:1", tags=()):
    return await cache.get_or_load(key, source, ttl_s=TTL_S, early_s=EARLY_S, tags=tags)


async def test_a_value_is_loaded_once_and_then_given_from_the_store(caches):
    here, there = caches
    source = Source("万铺\0".encode())

    values = [await get(here, source) for _ in range(3)] + [await get(there, source)]

    assert values == ["万铺\0".encode()] * 4
    assert source.loads == 1


async def test_all_who_miss_at_once_share_one_load(caches):
    here, _ = caches
    source = Source()

    values = await asyncio.gather(*(get(here, source) for _ in range(50)))

    assert values == [b"v1"] * 50
    assert source.loads == 1


async def test_keys_do_not_touch_each_other(caches):
    here, _ = caches
    first, second = Source(b"a"), Source(b"b")

    assert [await get(here, first, key="spu:1"), await get(here, second, key="spu:2")] == [b"a", b"b"]


async def test_a_loader_that_fails_is_told_to_every_waiter_and_nothing_is_kept(caches):
    here, _ = caches
    source = Source(ValueError("no"))
    source.gate.clear()
    waiting = [asyncio.create_task(get(here, source)) for _ in range(3)]
    await asyncio.sleep(0.2)
    source.gate.set()

    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [str(answer) for answer in answers] == ["no"] * 3
    assert source.loads == 1

    source.value = b"v2"
    assert await get(here, source) == b"v2"


async def test_a_waiter_that_is_cancelled_does_not_stop_the_load_of_the_others(caches):
    here, _ = caches
    source = Source()
    source.gate.clear()
    waiting = [asyncio.create_task(get(here, source)) for _ in range(3)]
    await source.has_read.wait()
    await asyncio.sleep(0.2)

    waiting[0].cancel()
    await asyncio.gather(waiting[0], return_exceptions=True)
    source.gate.set()

    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert answers[1:] == [b"v1", b"v1"]


async def test_near_its_end_a_value_is_given_at_once_and_refreshed_behind(caches, clock):
    here, _ = caches
    source = Source()
    await get(here, source)
    clock.advance(timedelta(seconds=EARLY_S - 1))
    source.value = b"v2"
    assert await get(here, source) == b"v1"
    assert source.loads == 1

    clock.advance(timedelta(seconds=1))
    source.gate.clear()
    source.has_read.clear()
    assert [await get(here, source) for _ in range(5)] == [b"v1"] * 5
    await source.has_read.wait()
    assert source.loads == 2

    source.gate.set()
    async with asyncio.timeout(10):
        while await get(here, source) != b"v2":
            await asyncio.sleep(0.005)
    assert source.loads == 2


async def test_a_refresh_that_fails_leaves_the_value_that_stands(caches, clock):
    here, _ = caches
    source = Source()
    await get(here, source)
    clock.advance(timedelta(seconds=EARLY_S))
    source.value = RuntimeError("database away")

    assert await get(here, source) == b"v1"
    await asyncio.sleep(0.02)
    assert await get(here, source) == b"v1"


async def test_a_dropped_key_is_loaded_again_by_everybody(caches):
    here, there = caches
    source = Source()
    await get(here, source)
    source.value = b"v2"

    await there.drop("spu:1", "spu:2")

    assert await get(here, source) == b"v2"
    assert await get(there, source) == b"v2"
    assert source.loads == 2


async def test_a_dropped_tag_takes_its_keys_and_no_others(caches):
    here, there = caches
    tagged, other = Source(), Source()
    await get(here, tagged, key="list:1", tags=("lists", "home"))
    await get(here, other, key="spu:9", tags=("home2",))
    tagged.value = other.value = b"v2"

    await there.drop_tag("lists")

    assert await get(here, tagged, key="list:1", tags=("lists", "home")) == b"v2"
    assert await get(here, other, key="spu:9", tags=("home2",)) == b"v1"


@pytest.mark.parametrize("how", ["key", "tag"])
async def test_what_was_read_before_a_drop_is_never_served_after_it(caches, how):
    """The load began before the change and ends after it, in another process than the drop."""
    here, there = caches
    source = Source(b"old")
    source.gate.clear()
    slow = asyncio.create_task(get(here, source, tags=("lists",)))
    await source.has_read.wait()

    source.value = b"new"
    await (there.drop("spu:1") if how == "key" else there.drop_tag("lists"))
    late = [asyncio.create_task(get(cache, source, tags=("lists",))) for cache in (here, there)]
    await asyncio.sleep(0.05)
    source.gate.set()

    assert await asyncio.gather(slow, *late) == [b"old", b"new", b"new"]
    assert await get(there, source, tags=("lists",)) == b"new"
    assert await get(here, source, tags=("lists",)) == b"new"


async def test_after_a_drop_in_the_same_process_nobody_joins_the_old_load(caches):
    here, _ = caches
    source = Source(b"old")
    source.gate.clear()
    slow = asyncio.create_task(get(here, source))
    await source.has_read.wait()

    source.value = b"new"
    await here.drop("spu:1")
    late = asyncio.create_task(get(here, source))
    source.gate.set()

    assert await asyncio.gather(slow, late) == [b"old", b"new"]
    assert await get(here, source) == b"new"


@pytest.mark.parametrize(("ttl_s", "early_s"), [(0, 0), (60, 0), (60, 61), (90_000, 10)])
async def test_a_lifetime_that_makes_no_sense_is_refused(caches, ttl_s, early_s):
    with pytest.raises(ValueError, match="early_s"):
        await caches[0].get_or_load("k", Source(), ttl_s=ttl_s, early_s=early_s)


async def test_a_memory_store_forgets_at_the_end_of_the_lifetime(clock):
    cache, source = Cache(MemoryStore(clock), clock), Source()
    await get(cache, source)
    source.value = b"v2"

    clock.advance(timedelta(seconds=TTL_S))

    assert await get(cache, source) == b"v2"


async def test_a_redis_key_has_a_lifetime_and_the_prefix(clock, redis_url, redis_prefix):
    cache = Cache(RedisStore(redis_url, prefix=redis_prefix, timeout_s=20), clock)
    await get(cache, Source())

    async with Redis.from_url(redis_url) as redis:
        keys = [key async for key in redis.scan_iter(f"{redis_prefix}*")]
        assert {key.decode() for key in keys} == {
            f"{redis_prefix}cache:entry:spu:1",
            f"{redis_prefix}cache:version:key:spu:1",
        }
        assert 0 < await redis.pttl(f"{redis_prefix}cache:entry:spu:1") <= TTL_S * 1000
    await cache.close()


async def test_a_memory_store_throws_away_what_was_used_longest_ago():
    clock = ManualClock(datetime(2026, 11, 22, tzinfo=UTC))
    store = MemoryStore(clock, max_bytes=3 * 1200)
    for name in ("a", "b", "c"):
        await store.put(name, b"x" * 1000, 60)
    await store.get_many(["a"])

    await store.put("d", b"x" * 1000, 60)

    assert [value is not None for value in await store.get_many(["a", "b", "c", "d"])] == [
        True,
        False,
        True,
        True,
    ]


async def test_a_value_larger_than_the_store_is_given_and_not_kept():
    clock = ManualClock(datetime(2026, 11, 22, tzinfo=UTC))
    cache, source = Cache(MemoryStore(clock, max_bytes=1000), clock), Source(b"x" * 2000)

    assert [await get(cache, source) for _ in range(2)] == [b"x" * 2000] * 2
    assert source.loads == 2


@pytest.fixture
def cache(clock):
    return Cache(MemoryStore(clock), clock)


async def test_a_value_lies_ready_while_it_is_fresh(cache, clock):
    before = cache.ready("spu:1")
    await get(cache, Source())

    clock.advance(timedelta(seconds=EARLY_S) - timedelta(milliseconds=1))
    fresh = cache.ready("spu:1")
    clock.advance(timedelta(milliseconds=1))

    assert (before, fresh, cache.ready("spu:1")) == (None, b"v1", None)
    assert cache.ready("spu:2") is None


async def test_nothing_lies_ready_after_its_key_or_tag_was_dropped(cache):
    await get(cache, Source(), key="spu:1")
    await get(cache, Source(), key="list", tags=["lists", "home"])
    assert cache.ready("list", tags=["lists", "home"]) == b"v1"

    await cache.drop("spu:1")
    await cache.drop_tag("home")

    assert cache.ready("spu:1") is None
    assert cache.ready("list", tags=["lists", "home"]) is None


async def test_a_load_that_began_before_a_drop_never_lies_ready(cache):
    source = Source(b"old")
    source.gate.clear()
    loading = asyncio.create_task(get(cache, source))
    await source.has_read.wait()

    await cache.drop("spu:1")
    source.gate.set()

    assert await loading == b"old"
    assert cache.ready("spu:1") is None


async def test_what_lies_ready_counts_as_a_hit_and_as_used(clock):
    kept = Source(b"x" * 250)
    cache = Cache(MemoryStore(clock, max_bytes=1700), clock)
    await get(cache, kept, key="kept")
    before = CACHE_READS.labels("hit").value

    for number in range(5):
        assert cache.ready("kept") == kept.value
        await get(cache, Source(b"y" * 250), key=f"other:{number}")

    assert cache.ready("kept") == kept.value
    assert CACHE_READS.labels("hit").value == before + 6


async def test_nothing_lies_ready_in_redis_or_while_a_drop_has_not_reached_the_store(clock, impatient):
    shared = Cache(RedisStore("redis://127.0.0.1:1/0", prefix="x:"), clock)
    store = Flaky(clock)
    cache = Cache(store, clock)
    await get(cache, Source())
    store.is_away = True
    await cache.drop("spu:1")

    assert shared.ready("spu:1") is None
    assert cache.ready("spu:1") is None
    await shared.close()


class Flaky(MemoryStore):
    """A store that can be switched off."""

    is_away = False

    async def get_many(self, keys):
        self._answer()
        return await super().get_many(keys)

    async def put(self, key, value, ttl_s):
        self._answer()
        await super().put(key, value, ttl_s)

    def _answer(self):
        if self.is_away:
            raise StoreAway("switched off")


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr("wanpu.infra.cache.PAUSE_S", 0)


async def test_while_the_store_is_away_every_read_is_loaded_and_right(clock, impatient):
    store = Flaky(clock)
    cache, source = Cache(store, clock), Source()
    await get(cache, source)
    store.is_away = True
    source.value = b"v2"

    assert [await get(cache, source) for _ in range(3)] == [b"v2"] * 3
    assert await asyncio.gather(*(get(cache, source) for _ in range(20))) == [b"v2"] * 20
    assert source.loads == 5
    assert await cache.is_ready() is False


async def test_a_drop_that_the_store_did_not_hear_is_made_good_before_it_is_read_again(clock, impatient):
    store = Flaky(clock)
    cache, source = Cache(store, clock), Source(b"old")
    await get(cache, source)
    source.value = b"new"
    store.is_away = True

    await cache.drop("spu:1")
    store.is_away = False

    assert await get(cache, source) == b"new"


async def test_a_store_that_did_not_answer_is_left_alone_for_a_moment(clock):
    store = Flaky(clock)
    cache, source = Cache(store, clock), Source()
    store.is_away = True
    await get(cache, source)
    store.is_away = False

    await get(cache, source)

    assert source.loads == 2


async def test_a_redis_that_is_not_there_makes_reads_slower_and_never_wrong(clock):
    cache = Cache(RedisStore("redis://127.0.0.1:1/0", prefix="x:"), clock)

    assert await get(cache, Source(b"right")) == b"right"
    await cache.drop("spu:1")
    assert await cache.is_ready() is False
    await cache.close()
