"""Where cached bytes lie: in this process, or in Redis for all of them."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

from wanpu.kernel.clock import Clock

MAX_MEMORY_BYTES = 128 * 1024 * 1024
REDIS_TIMEOUT_S = 0.5
_ENTRY_OVERHEAD_BYTES = 200


class StoreAway(Exception):
    """The store did not answer; nothing is known about the key."""


class CacheStore(Protocol):
    """Bytes by key with an expiry. Every method raises `StoreAway` when it got no answer."""

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """One value per key, None where there is none."""
        ...

    def look(self, keys: Sequence[str]) -> list[bytes | None]:
        """What lies in this process, without waiting and whether it has expired or not."""
        ...

    async def put(self, key: str, value: bytes, ttl_s: float) -> None:
        """Keep the value for `ttl_s` seconds."""
        ...

    async def put_if_absent(self, key: str, value: bytes, ttl_s: float) -> bytes:
        """Keep the value unless the key has one; the value that stands then."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


class MemoryStore:
    """Inside the process; throws away what was used longest ago when it passes `max_bytes`."""

    def __init__(self, clock: Clock, *, max_bytes: int = MAX_MEMORY_BYTES) -> None:
        self._clock = clock
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[str, tuple[bytes, datetime]] = OrderedDict()

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        now = self._clock.now()
        return [self._get(key, now) for key in keys]

    def look(self, keys: Sequence[str]) -> list[bytes | None]:
        return [self._used(key) for key in keys]

    async def put(self, key: str, value: bytes, ttl_s: float) -> None:
        self._remove(key)
        self._entries[key] = (value, self._clock.now() + timedelta(seconds=ttl_s))
        self._bytes += len(value) + _ENTRY_OVERHEAD_BYTES
        while self._bytes > self._max_bytes:
            self._remove(next(iter(self._entries)))

    async def put_if_absent(self, key: str, value: bytes, ttl_s: float) -> bytes:
        standing = self._get(key, self._clock.now())
        if standing is not None:
            return standing
        await self.put(key, value, ttl_s)
        return value

    async def close(self) -> None:
        self._entries.clear()
        self._bytes = 0

    def _get(self, key: str, now: datetime) -> bytes | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, expires_at = entry
        if now >= expires_at:
            self._remove(key)
            return None
        self._entries.move_to_end(key)
        return value

    def _used(self, key: str) -> bytes | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def _remove(self, key: str) -> None:
        if removed := self._entries.pop(key, None):
            self._bytes -= len(removed[0]) + _ENTRY_OVERHEAD_BYTES


class RedisStore:
    """In Redis, shared by all processes; every key starts with `prefix`. A Redis that takes longer than
    `timeout_s` seconds counts as away."""

    def __init__(self, url: str, *, prefix: str, timeout_s: float = REDIS_TIMEOUT_S) -> None:
        self._redis: Redis = Redis.from_url(url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s)
        self._prefix = f"{prefix}cache:"

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        try:
            pipeline = self._redis.pipeline(transaction=False)
            for key in keys:
                pipeline.get(self._prefix + key)
            return list(await pipeline.execute())
        except (RedisError, OSError) as error:
            raise StoreAway(str(error)) from error

    def look(self, keys: Sequence[str]) -> list[bytes | None]:
        return [None] * len(keys)

    async def put(self, key: str, value: bytes, ttl_s: float) -> None:
        try:
            await self._redis.set(self._prefix + key, value, px=round(ttl_s * 1000))
        except (RedisError, OSError) as error:
            raise StoreAway(str(error)) from error

    async def put_if_absent(self, key: str, value: bytes, ttl_s: float) -> bytes:
        name = self._prefix + key
        try:
            if await self._redis.set(name, value, px=round(ttl_s * 1000), nx=True):
                return value
            standing = await self._redis.get(name)
        except (RedisError, OSError) as error:
            raise StoreAway(str(error)) from error
        return standing if isinstance(standing, bytes) else value

    async def close(self) -> None:
        await self._redis.aclose()
