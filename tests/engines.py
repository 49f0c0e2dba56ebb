"""Databases for tests: one per engine and worker, built from the schema once, emptied between tests."""

import asyncio
import os
import shutil
from pathlib import Path

from sqlalchemy import Table, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from tests.schema import prepare_schema, tables
from wanpu.infra.database import Database

ENGINES = ("sqlite", "mariadb", "postgresql")
SERVER_URLS = {
    "mariadb": os.environ.get("WANPU_TEST_MARIADB_URL", "mariadb+asyncmy://root@127.0.0.1:3306/mysql"),
    "postgresql": os.environ.get(
        "WANPU_TEST_POSTGRESQL_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
    ),
}


class ServerAbsent(Exception):
    """The database server of an engine does not answer on this machine."""


class TestDatabases:
    """Makes the databases of one test process when they are first asked for, and drops them at the end."""

    __test__ = False

    def __init__(self, worker: str, folder: Path) -> None:
        self._name = f"wanpu_test_{os.getpid()}_{worker}"
        self._folder = folder
        self._ready: dict[str, URL] = {}
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._cleaners: dict[str, AsyncEngine] = {}
        self._absent: dict[str, ServerAbsent] = {}
        self._copies = 0

    def url_of(self, engine: str) -> str:
        """The address of a database with the whole schema and no rows.

        Raises:
            ServerAbsent: the engine's server does not answer.
        """
        if engine in self._absent:
            raise self._absent[engine]
        if engine not in self._ready:
            try:
                self._ready[engine] = asyncio.run(self._create(engine))
            except OSError as error:
                self._absent[engine] = ServerAbsent(f"{engine}: {error}")
                raise self._absent[engine] from error
        if engine == "sqlite":
            return self._copy_of_sqlite()
        url = self._ready[engine]
        if engine not in self._cleaners:  # Its one connection stays, since a new one plans everything anew.
            self._cleaners[engine] = create_async_engine(url, pool_size=1, pool_pre_ping=True)
        self._runner.run(_empty(self._cleaners[engine]))
        return url.render_as_string(hide_password=False)

    def drop_all(self) -> None:
        """Drop what was made."""
        for cleaner in self._cleaners.values():
            self._runner.run(cleaner.dispose())
        self._runner.close()
        for engine in self._ready:
            if engine != "sqlite":
                asyncio.run(_on_server(engine, f"DROP DATABASE IF EXISTS {self._name}"))

    async def _create(self, engine: str) -> URL:
        if engine == "sqlite":
            url = make_url(f"sqlite+aiosqlite:///{self._folder / 'template.sqlite3'}")
        else:
            await _on_server(engine, f"DROP DATABASE IF EXISTS {self._name}")
            await _on_server(engine, f"CREATE DATABASE {self._name}{_CREATE_OPTIONS[engine]}")
            if engine == "postgresql":
                await _on_server(engine, f"ALTER DATABASE {self._name} SET synchronous_commit = off")
            url = make_url(SERVER_URLS[engine]).set(database=self._name)
        db = Database(url.render_as_string(hide_password=False), pool_size=1)
        try:
            await prepare_schema(db)
        finally:
            await db.close()
        return url

    def _copy_of_sqlite(self) -> str:
        self._copies += 1
        path = self._folder / f"{self._copies}.sqlite3"
        shutil.copyfile(self._folder / "template.sqlite3", path)
        return f"sqlite+aiosqlite:///{path}"


_CREATE_OPTIONS = {
    "mariadb": " CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
    "postgresql": " TEMPLATE template0 ENCODING 'UTF8'",
}


async def _on_server(engine: str, statement: str) -> None:
    server = create_async_engine(SERVER_URLS[engine], poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        async with server.connect() as connection:
            await connection.execute(
                text(statement + (" WITH (FORCE)" if _must_force(engine, statement) else ""))
            )
    except Exception as error:
        if isinstance(error.__cause__, OSError) or "Can't connect" in str(error):
            raise OSError(str(error)) from error
        raise
    finally:
        await server.dispose()


def _must_force(engine: str, statement: str) -> bool:
    return engine == "postgresql" and statement.startswith("DROP DATABASE")


async def _empty(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        for table in await _filled_tables(connection):
            await connection.execute(table.delete())


async def _filled_tables(connection: AsyncConnection) -> list[Table]:
    quote = connection.dialect.identifier_preparer.quote
    known = {table.name: table for table in tables()}
    union = " UNION ALL ".join(
        f"SELECT '{name}' AS name WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in known
    )
    return [known[name] for (name,) in await connection.execute(text(union))]
