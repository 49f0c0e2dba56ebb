"""The sandbox's SQLite file: one connection, one writer at a time, everything in WAL."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

SCHEMA_VERSION = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_SETTING_TABLE = """
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
"""


class SchemaMismatch(Exception):
    """The file was written by another version of the sandbox."""


class Database:
    """A SQLite file that several threads of one process may use.

    A commit survives the end of the process at any moment. `synchronous=NORMAL` leaves a power loss out,
    which a test server can afford, and spares each commit its wait for the disk. So the event loop calls
    it directly: a rule takes half a millisecond here, less than the signature of its answer.
    """

    def __init__(self, path: Path, *schemas: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._create_tables(path, "".join((_SETTING_TABLE, *schemas)))

    def _create_tables(self, path: Path, schema: str) -> None:
        with self.transaction() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == SCHEMA_VERSION:
                return
            if version != 0:
                raise SchemaMismatch(
                    f"{path} has schema {version}, this sandbox needs {SCHEMA_VERSION}: remove the file"
                )
            for statement in schema.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One writer at a time, here and in other processes; an exception undoes everything."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite ends it by itself when the disk is full.
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent state for several reads; anything written would be undone."""
        with self._lock:
            self._connection.execute("BEGIN DEFERRED")
            try:
                yield self._connection
            finally:
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Give the file back; the object cannot be used again."""
        with self._lock:
            self._connection.close()


def to_milliseconds(moment: datetime) -> int:
    """How times are stored: whole milliseconds since 1970, UTC."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(value: int) -> datetime:
    """The aware UTC time of a stored value."""
    return _EPOCH + timedelta(milliseconds=value)


def read_setting(connection: sqlite3.Connection, name: str) -> str | None:
    """The stored value, or None when it was never written."""
    row = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row["value"])


def write_setting(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Store the value in place of an earlier one."""
    connection.execute(
        "INSERT INTO setting (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
