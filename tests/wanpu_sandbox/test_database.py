"""The sandbox's SQLite file: whole transactions or none, and one version of its tables."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from wanpu_sandbox.database import Database, SchemaMismatch

SCHEMA = """
CREATE TABLE shelf (id INTEGER PRIMARY KEY) STRICT;
CREATE TABLE book (shelf_id INTEGER REFERENCES shelf (id) DEFERRABLE INITIALLY DEFERRED) STRICT
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "sandbox.sqlite3", SCHEMA)
    yield opened
    opened.close()


def shelves(database: Database) -> list[int]:
    with database.reading() as connection:
        return [row["id"] for row in connection.execute("SELECT id FROM shelf ORDER BY id")]


def write(database: Database, *statements: str) -> None:
    with database.transaction() as connection:
        for statement in statements:
            connection.execute(statement)


def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError):
        write(database, "INSERT INTO shelf VALUES (1)", "INSERT INTO nowhere VALUES (2)")

    assert shelves(database) == []


def test_a_commit_that_is_refused_undoes_everything_and_the_next_one_is_made(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        write(database, "INSERT INTO shelf VALUES (1)", "INSERT INTO book VALUES (2)")

    write(database, "INSERT INTO shelf VALUES (3)")
    assert shelves(database) == [3]


def test_what_is_written_while_reading_is_undone(database: Database) -> None:
    with database.reading() as connection:
        connection.execute("INSERT INTO shelf VALUES (1)")

    assert shelves(database) == []


def test_a_file_of_another_version_is_refused_with_a_way_out(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite3"
    Database(path, SCHEMA).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")

    with pytest.raises(SchemaMismatch, match="has schema 99, this sandbox needs 1: remove the file"):
        Database(path, SCHEMA)
