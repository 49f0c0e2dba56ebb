"""What use cases receive: one value that holds every shared part of the infrastructure."""

import asyncio
from dataclasses import dataclass

from wanpu.infra import tracing
from wanpu.infra.cache import Cache
from wanpu.infra.cache_stores import CacheStore, MemoryStore, RedisStore
from wanpu.infra.database import Database
from wanpu.infra.gathered_reads import GatheredReads
from wanpu.infra.heartbeats import Heartbeats
from wanpu.infra.http_client import AiohttpClient, HttpClient
from wanpu.infra.passwords import Passwords
from wanpu.infra.serials import Serials
from wanpu.infra.settings import Settings, ensure_master_key
from wanpu.infra.signals import Signals
from wanpu.infra.slow_statements import SlowStatements
from wanpu.infra.tokens import Tokens
from wanpu.infra.vault import Vault
from wanpu.kernel.clock import Clock, SystemClock


@dataclass(frozen=True)
class Services:
    """The parts that rooms share; made once per process by the composition root."""

    settings: Settings
    db: Database
    gathered: GatheredReads
    clock: Clock
    serials: Serials
    vault: Vault
    cache: Cache
    http: HttpClient
    tokens: Tokens
    passwords: Passwords
    signals: Signals
    heartbeats: Heartbeats
    slow_statements: SlowStatements


async def open_services(settings: Settings, *, clock: Clock | None = None) -> Services:
    """Build every part from the settings; connections open when they are first used.

    Raises:
        SettingsRefused: the settings are incomplete or unsafe.
    """
    settings.require_sound()
    master_key = ensure_master_key(settings)
    if settings.is_embedded:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    tracing.start_as_configured(settings)
    clock = clock or SystemClock()
    signals = Signals()
    db = Database(settings.database_url, pool_size=settings.database_pool_size, clock=clock, signals=signals)
    slow_statements = SlowStatements(clock, least_ms=settings.slow_statement_ms)
    for engine in db.engines:
        slow_statements.watch(engine.sync_engine)
    return Services(
        settings=settings,
        db=db,
        gathered=GatheredReads(db),
        clock=clock,
        serials=Serials(db),
        vault=Vault(
            master_key, retired_keys=[key.get_secret_value() for key in settings.retired_master_keys]
        ),
        cache=Cache(_cache_store(settings, clock), clock),
        http=AiohttpClient(),
        tokens=Tokens(),
        passwords=Passwords(),
        signals=signals,
        heartbeats=Heartbeats(clock),
        slow_statements=slow_statements,
    )


async def close_services(services: Services) -> None:
    """Close every connection and send the spans that are still held."""
    await services.cache.close()
    if isinstance(services.http, AiohttpClient):
        await services.http.close()
    await services.db.close()
    if tracing.is_on():
        await asyncio.to_thread(tracing.stop)


def _cache_store(settings: Settings, clock: Clock) -> CacheStore:
    if settings.redis_url:
        return RedisStore(settings.redis_url, prefix=settings.redis_prefix)
    return MemoryStore(clock)
