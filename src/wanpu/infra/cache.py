"""Cache (缓存): bytes by key, loaded once however many ask, refreshed before they expire.

An entry carries a stamp: the versions of its key and tags when its load began. Dropping a key or a
tag gives it a new random version, so a value that was read before the drop is never served after
it, even when its load ends later or in another process.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from structlog import get_logger

from wanpu.infra import metrics
from wanpu.infra.cache_stores import CacheStore, StoreAway
from wanpu.kernel.clock import Clock

VERSION_TTL_S = 7 * 86_400
MAX_TTL_S = 86_400
PAUSE_S = 1.0
"""How long a store that did not answer is left alone."""

_STAMP_BYTES = 8
_TIME_BYTES = 8

_READS = {result: metrics.CACHE_READS.labels(result) for result in ("hit", "early", "miss", "away")}
_HITS = _READS["hit"]

log = get_logger(__name__)

Loader = Callable[[], Awaitable[bytes]]


@dataclass(frozen=True)
class _Read:
    """What the store holds for one key: the value while its stamp is current, and the stamp to store with."""

    stamp: bytes
    value: bytes | None = None
    early_at_ms: int = 0


@dataclass(frozen=True)
class _Job:
    """One load; without a stamp its value is given and not kept."""

    key: str
    loader: Loader
    stamp: bytes | None
    ttl_s: float
    early_s: float
    tags: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset([f"key:{self.key}", *(f"tag:{tag}" for tag in self.tags)])


@dataclass(frozen=True)
class _Load:
    task: asyncio.Task[bytes]
    names: frozenset[str]
    stamp: bytes | None


class Cache:
    """Get or load bytes. A store that is away makes reads slower, never wrong."""

    def __init__(self, store: CacheStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._loads: dict[str, _Load] = {}
        self._loads_ended = 0
        self._owed_drops: set[str] = set()
        self._paused_until = 0.0

    async def get_or_load(
        self, key: str, loader: Loader, *, ttl_s: float, early_s: float, tags: Sequence[str] = ()
    ) -> bytes:
        """The bytes of `key`, at most `ttl_s` seconds old.

        Older than `early_s` seconds they are given once more while a fresh load runs behind. All who
        miss at once share one load; its error reaches each of them and nothing is kept.
        """
        if not 0 < early_s <= ttl_s <= MAX_TTL_S:
            raise ValueError("0 < early_s <= ttl_s <= one day")
        read = await self._read_settled(key, tags)
        if read is not None and read.value is not None and self._now_ms() < read.early_at_ms:
            _READS["hit"].value += 1
            return read.value
        job = _Job(key, loader, None if read is None else read.stamp, ttl_s, early_s, tuple(tags))
        if read is None or read.value is None:
            _READS["away" if read is None else "miss"].value += 1
            return await self._load_once(job)
        _READS["early"].value += 1
        self._start_load(job)
        return read.value

    def ready(self, key: str, *, tags: Sequence[str] = ()) -> bytes | None:
        """What `get_or_load` would give without waiting: fresh bytes that lie in this process.

        None says nothing about the key: ask `get_or_load`.
        """
        if self._owed_drops or self._paused_until:
            return None
        names = [f"entry:{key}", f"version:key:{key}", *(f"version:tag:{tag}" for tag in tags)]
        entry, *versions = self._store.look(names)
        if entry is None or None in versions:
            return None
        stamp = b"".join(version for version in versions if version)
        head = len(stamp) + _TIME_BYTES
        if entry[: len(stamp)] != stamp:
            return None
        if self._now_ms() >= int.from_bytes(entry[len(stamp) : head]):
            return None
        _HITS.value += 1
        return entry[head:]

    async def drop(self, *keys: str) -> None:
        """Forget these keys: whoever asks from now on gets what the loader reads from now on."""
        await self._renew_versions([f"key:{key}" for key in keys])

    async def drop_tag(self, tag: str) -> None:
        """Forget every key that was loaded with this tag."""
        await self._renew_versions([f"tag:{tag}"])

    async def is_ready(self) -> bool:
        """Whether the store answers."""
        try:
            await self._store.get_many(["ready"])
        except StoreAway:
            return False
        return True

    async def close(self) -> None:
        """Stop background loads and close the store."""
        for load in list(self._loads.values()):
            load.task.cancel()
        await asyncio.gather(*(load.task for load in self._loads.values()), return_exceptions=True)
        await self._store.close()

    async def _read_settled(self, key: str, tags: Sequence[str]) -> _Read | None:
        """Read again when a load ended while the answer was on its way: it may have brought the value."""
        ended = self._loads_ended
        read = await self._read(key, tags)
        if read is not None and read.value is None and ended != self._loads_ended:
            read = await self._read(key, tags)
        return read

    async def _read(self, key: str, tags: Sequence[str]) -> _Read | None:
        """What the store says; None while it is away."""
        if not await self._is_usable():
            return None
        names = [f"key:{key}", *(f"tag:{tag}" for tag in tags)]
        try:
            entry, *versions = await self._store.get_many(
                [f"entry:{key}", *(f"version:{name}" for name in names)]
            )
            stamp = b"".join(
                [
                    version or await self._first_version(name)
                    for name, version in zip(names, versions, strict=True)
                ]
            )
        except StoreAway as error:
            self._pause(error)
            return None
        if entry is None:
            return _Read(stamp)
        head = len(stamp) + _TIME_BYTES
        if entry[: len(stamp)] != stamp or len(entry) < head:
            return _Read(stamp)
        return _Read(stamp, entry[head:], int.from_bytes(entry[len(stamp) : head]))

    async def _first_version(self, name: str) -> bytes:
        """A version for a name that has none, so that a lost version never revives an old entry."""
        return await self._store.put_if_absent(
            f"version:{name}", secrets.token_bytes(_STAMP_BYTES), VERSION_TTL_S
        )

    async def _load_once(self, job: _Job) -> bytes:
        return await asyncio.shield(self._start_load(job).task)

    def _start_load(self, job: _Job) -> _Load:
        """One load per key and stamp: who has seen a newer version never waits for an older load."""
        running = self._loads.get(job.key)
        if running is not None and running.stamp == job.stamp:
            return running
        load = _Load(asyncio.create_task(self._load(job)), job.names, job.stamp)
        self._loads[job.key] = load
        load.task.add_done_callback(lambda task: self._end_load(job.key, load, task))
        return load

    def _end_load(self, key: str, load: _Load, task: asyncio.Task[bytes]) -> None:
        self._loads_ended += 1
        if self._loads.get(key) is load:
            del self._loads[key]
        if not task.cancelled() and (error := task.exception()):
            log.info("cache.load_failed", key=key, error=f"{type(error).__name__}: {error}")

    async def _load(self, job: _Job) -> bytes:
        value = await job.loader()
        if job.stamp is not None:
            early_at = (self._now_ms() + round(job.early_s * 1000)).to_bytes(_TIME_BYTES)
            try:
                await self._store.put(f"entry:{job.key}", job.stamp + early_at + value, job.ttl_s)
            except StoreAway as error:
                self._pause(error)
        return value

    async def _renew_versions(self, names: Sequence[str]) -> None:
        dropped = set(names)
        for key, load in list(self._loads.items()):
            if load.names & dropped:
                del self._loads[key]
        self._owed_drops |= dropped
        await self._is_usable()

    async def _is_usable(self) -> bool:
        """Whether the store may be read: it answers, and every drop has reached it."""
        if self._paused_until:
            if self._paused_until > asyncio.get_running_loop().time():
                return False
            self._paused_until = 0.0
        for name in list(self._owed_drops):
            try:
                await self._store.put(f"version:{name}", secrets.token_bytes(_STAMP_BYTES), VERSION_TTL_S)
            except StoreAway as error:
                self._pause(error)
                return False
            self._owed_drops.discard(name)
        return True

    def _pause(self, error: Exception) -> None:
        self._paused_until = asyncio.get_running_loop().time() + PAUSE_S
        log.warning("cache.store_away", error=str(error))

    def _now_ms(self) -> int:
        return int(self._clock.now().timestamp() * 1000)
