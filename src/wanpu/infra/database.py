"""One database behind three engines: where transactions open and close.

`transaction()` writes and commits (SQLite: BEGIN IMMEDIATE, one writer at a time; servers: READ
COMMITTED). `reading()` is for reads that decide nothing; each statement sees its own moment.
`snapshot()` is one consistent read-only view, for the audit.
"""

import functools
import random
from asyncio import sleep
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from wanpu.infra import tracing, value_rows
from wanpu.infra.outside_calls import no_outside_calls
from wanpu.infra.rested_connections import ping_rested
from wanpu.infra.signals import Signals
from wanpu.kernel.clock import Clock, SystemClock
from wanpu.kernel.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")

MAX_RERUNS = 8
_SNAPSHOT = "wanpu_snapshot"
_POSTGRESQL_CONFLICTS = {"40001", "40P01", "55P03", "23505"}
_MARIADB_SQL_MODE = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO"
_MARIADB_CONFLICTS = {1020, 1062, 1205, 1213, 3572}


class DatabaseAway(Unavailable):
    """The database cannot be reached or has no connection left; nothing was written."""

    code = "service.database_away"


class Database:
    """The connection pools of one database and the only place that commits."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        pool_timeout_s: float = 10,
        clock: Clock | None = None,
        signals: Signals | None = None,
    ) -> None:
        self.url = make_url(url)
        self._pool_timeout_s = pool_timeout_s
        self.clock = clock or SystemClock()
        self.signals = signals or Signals()
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writer = self._engine(pool_size=1 if self.is_sqlite else pool_size, writes=True)
        self._reader = self._engine(pool_size=pool_size, writes=False)
        self._new_writer = async_sessionmaker(self._writer, expire_on_commit=False)
        self._new_reader = async_sessionmaker(self._reader, expire_on_commit=False, autoflush=False)

    @property
    def dialect(self) -> str:
        """sqlite, mariadb, mysql or postgresql."""
        return self._writer.dialect.name

    @property
    def engine(self) -> AsyncEngine:
        """The writing engine, for migrations and probes."""
        return self._writer

    @property
    def engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        """The writing and the reading engine, for whoever watches statements."""
        return self._writer, self._reader

    def transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        """One transaction: commits at the end of the block, rolls back when it raises.

        Functions registered by `after_commit` run once the commit is durable.

        Raises:
            DatabaseAway: no connection could be had.
        """
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncSession]:
        session = self._new_writer()
        session.info["clock"] = self.clock
        session.info["signals"] = self.signals
        hooks: list[Callable[[], None]] = []
        session.info["after_commit"] = hooks
        try:
            with no_outside_calls(), tracing.span("transaction", db_system_name=self.dialect):
                await _open(session)
                yield session
                await session.commit()
        except BaseException:
            await session.rollback()
            raise
        finally:
            await session.close()
        for hook in hooks:
            hook()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Reads that decide nothing: read-only, no transaction held, from a pool of their own."""
        session = self._new_reader()
        try:
            await _open(session)
            yield session
        finally:
            await session.close()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """One consistent, read-only view over many statements."""
        options = {_SNAPSHOT: True} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        async with self._reader.connect() as connection:
            await connection.execution_options(**options)
            async with AsyncSession(connection, autoflush=False) as session:
                yield session
                await session.rollback()

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()
        await self._reader.dispose()

    def _engine(self, *, pool_size: int, writes: bool) -> AsyncEngine:
        options: dict[str, Any] = {"pool_timeout": self._pool_timeout_s}
        connect: dict[str, Any] = {}
        if self.is_sqlite:
            connect["timeout"] = 20
        else:
            options["isolation_level"] = "READ COMMITTED" if writes else "AUTOCOMMIT"
            options["skip_autocommit_rollback"] = True
        if self.url.get_backend_name() in ("mysql", "mariadb"):
            connect["charset"] = "utf8mb4"
            connect["conv"] = value_rows.CONVERSIONS
            connect["init_command"] = f"SET SESSION sql_mode='{_MARIADB_SQL_MODE}', time_zone='+00:00'" + (
                "" if writes else ", tx_read_only=1"
            )
        if self.url.get_backend_name() == "postgresql":
            connect["server_settings"] = {"timezone": "UTC"} | (
                {} if writes else {"default_transaction_read_only": "on"}
            )
        engine = create_async_engine(
            self.url,
            poolclass=AsyncAdaptedQueuePool,
            pool_size=pool_size,
            max_overflow=0,
            connect_args=connect,
            **options,
        )
        if self.is_sqlite:
            _prepare_sqlite(engine.sync_engine, writes=writes)
        else:
            ping_rested(engine.sync_engine)
        return engine


def after_commit(session: AsyncSession, hook: Callable[[], None]) -> None:
    """Run `hook` once this session's transaction is durable; never when it rolls back."""
    session.info["after_commit"].append(hook)


async def _open(session: AsyncSession) -> None:
    try:
        await session.connection()
    except (DBAPIError, PoolExhausted, OSError, TimeoutError) as error:
        if is_conflict(error):
            raise
        raise DatabaseAway(str(error)) from error


def _prepare_sqlite(engine: Engine, *, writes: bool) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA busy_timeout=20000")
        if not writes:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        if writes:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif connection.get_execution_options().get(_SNAPSHOT):
            connection.exec_driver_sql("BEGIN")


def is_conflict(error: BaseException) -> bool:
    """Whether running the same transaction again may succeed: a deadlock, a serialization failure,
    a locked SQLite file, or a unique key that another transaction took first."""
    if not isinstance(error, DBAPIError):
        return False
    original = error.orig
    if original is not None and original.args and isinstance(original.args[0], int):
        return original.args[0] in _MARIADB_CONFLICTS
    state = getattr(original, "sqlstate", None)
    if state is not None:
        return state in _POSTGRESQL_CONFLICTS
    text = str(original)
    return "database is locked" in text or "UNIQUE constraint failed" in text


def is_disconnect(error: BaseException) -> bool:
    """Whether the connection broke, so that the outcome of a commit is unknown."""
    return isinstance(error, InterfaceError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def rerun_on_conflict(function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Run a function again from its start when its transaction met a conflict; bounded.

    It decorates only functions that make no outside call, since they may run several times; one that
    tries is refused.
    """

    @functools.wraps(function)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(MAX_RERUNS):
            try:
                with no_outside_calls():
                    return await function(*args, **kwargs)
            except DBAPIError as error:
                if not is_conflict(error) or attempt == MAX_RERUNS - 1:
                    raise
            await sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - spreads retries, hides nothing
        raise AssertionError("unreachable")

    run.reruns_on_conflict = True  # type: ignore[attr-defined]
    return run
