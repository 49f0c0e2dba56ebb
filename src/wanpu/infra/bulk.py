"""Many rows of one table in one statement, handed to the driver as they are.

SQLAlchemy prepares every row of an insert by itself, and so does PostgreSQL's driver, which cost more than
all the rest of an order (benchmark: place order). Here PostgreSQL is given one JSON text, which it reads by
the table's own types: one plan for any number of rows, and a quarter of the time in this process. MariaDB's
driver is given the rows as one parameter, SQLite's as they are; converters were looked up once. Everything
happens inside the session's transaction, and refusals of the database are SQLAlchemy's errors, as everywhere.
"""
# ruff: noqa: S608 - Names in the texts are those of our own tables; every value is a parameter.

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import JSON, Boolean, Column, Dialect, FromClause, Integer, String, Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from wanpu.infra.columns import IntStatus, TextStatus, UtcDateTime
from wanpu.infra.value_rows import ValueRows

Row = dict[str, Any]
Converter = Callable[[Any], Any]

MARIADB_ROWS = 500
"""Rows in one statement at most: it is sent as one packet, which the server limits (16 MiB by default)."""

_TYPES = (Integer, String, Boolean, JSON, UtcDateTime, IntStatus, TextStatus)
"""What PostgreSQL reads from JSON as our column types would have written it."""


class RowsMissing(RuntimeError):
    """Rows that were to be changed are not there: code changed what it had not locked."""


async def insert_rows(session: AsyncSession, table: FromClause, rows: Sequence[Row]) -> None:
    """Insert rows of one table by themselves; see `BulkWrites.insert`."""
    writes = BulkWrites()
    writes.insert(table, rows)
    await writes.send(session)


class BulkWrites:
    """What one transaction writes to many rows of several tables, where no table needs another's rows.

    PostgreSQL takes all of it as one statement, the other engines one statement a table.
    """

    def __init__(self) -> None:
        self._inserts: list[tuple[Table, Sequence[Row]]] = []
        self._additions: list[_Addition] = []

    def insert(self, table: FromClause, rows: Sequence[Row]) -> None:
        """New rows, which all name the same columns. A column that they leave out gets NULL, or the key that
        the database draws; None is NULL, for JSON too. Statuses and times are checked by their column types
        when they are sent."""
        assert isinstance(table, Table)
        if rows:
            self._inserts.append((table, rows))

    def add_to_rows(self, table: FromClause, rows: Sequence[Row], *, key: str, values: Row) -> None:
        """Add whole numbers to columns of standing rows, and set `values` on each.

        Each of `rows` names its own `key` and what is added: {"sku_id": 7, "held": 2}; all name the same
        columns. Lock the rows first, in the order of their keys.
        """
        assert isinstance(table, Table)
        if rows:
            self._additions.append(_Addition(table, key, rows, values))

    async def send(self, session: AsyncSession) -> None:
        """Write everything.

        Raises:
            ValueError: new rows differ in their columns, or leave out one that has a default; a status or a
                time that its column refuses.
            RowsMissing: a row that is to be added to is not there.
        """
        if not self._inserts and not self._additions:
            return
        connection = await session.connection()
        dialect = connection.dialect
        inserts = [(_shape(table, tuple(rows[0]), dialect), rows) for table, rows in self._inserts]
        if dialect.name == "postgresql":
            await _send_at_once(connection, inserts, self._additions)
            return
        for addition in self._additions:
            text, parameters = _ADDITIONS[dialect.name](addition, dialect)
            addition.require_all((await connection.exec_driver_sql(text, parameters)).rowcount)
        for shape, rows in inserts:
            if dialect.name == "sqlite":
                values = list(zip(*shape.columns_of(rows), strict=True))
                await connection.exec_driver_sql(shape.insert_row, values)
            else:
                for start in range(0, len(rows), MARIADB_ROWS):
                    some = ValueRows(shape.columns_of(rows[start : start + MARIADB_ROWS]))
                    await connection.exec_driver_sql(shape.insert_values, (some,))


@dataclass(frozen=True, slots=True)
class _Addition:
    """What is added to standing rows of a table, and what is set on each."""

    table: Table
    key: str
    rows: Sequence[Row]
    values: Row

    def shapes(self, dialect: Dialect) -> "tuple[_Shape, _Shape]":
        """The columns that are added to, the key first, and those that are set."""
        added = (self.key, *(name for name in self.rows[0] if name != self.key))
        return _shape(self.table, added, dialect), _shape(self.table, tuple(self.values), dialect)

    def require_all(self, changed: int) -> None:
        if changed != len(self.rows):
            missing = len(self.rows) - changed
            raise RowsMissing(f"{self.table.name}: {missing} of {len(self.rows)} rows are missing")


async def _send_at_once(
    connection: AsyncConnection,
    inserts: Sequence[tuple["_Shape", Sequence[Row]]],
    additions: Sequence[_Addition],
) -> None:
    """PostgreSQL: one statement that answers how many rows each addition changed."""
    parameters: list[str] = []
    parts: list[str] = []
    for n, addition in enumerate(additions):
        added, new = addition.shapes(connection.dialect)
        parameters += [added.json_of(addition.rows), new.json_of([addition.values])]
        changed = _addition_by_join(added, new, f"${len(parameters) - 1}", f"${len(parameters)}")
        parts.append(f"changed_{n} AS ({changed} RETURNING 1)")
    for n, (shape, rows) in enumerate(inserts):
        parameters.append(shape.json_of(rows))
        parts.append(f"inserted_{n} AS ({shape.insert_from(f'${len(parameters)}')})")
    counts = [f"(SELECT count(*) FROM changed_{n})" for n in range(len(additions))] or ["0"]
    text = f"WITH {', '.join(parts)} SELECT {', '.join(counts)}"
    found = (await connection.exec_driver_sql(text, tuple(parameters))).one()
    for addition, changed in zip(additions, found, strict=False):
        addition.require_all(changed)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Some columns of a table, as one engine writes them and its driver takes them.

    `left_out` are the table's other columns that have a default.
    """

    table: str
    names: tuple[str, ...]
    quoted: tuple[str, ...]
    converters: tuple[Converter | None, ...]
    left_out: tuple[str, ...]

    @property
    def insert_row(self) -> str:
        """SQLite: the insert of one row of values."""
        places = ", ".join(["?"] * len(self.names))
        return f"INSERT INTO {self.table} ({self._inserted}) VALUES ({places})"

    @property
    def insert_values(self) -> str:
        """MariaDB: the insert of all rows in a parameter."""
        return f"INSERT INTO {self.table} ({self._inserted}) VALUES %s"

    def insert_from(self, parameter: str) -> str:
        """PostgreSQL: the insert of all rows in a parameter."""
        names = self._inserted
        return f"INSERT INTO {self.table} ({names}) SELECT {names} FROM {self.recordset(parameter)}"

    @property
    def _inserted(self) -> str:
        if self.left_out:
            raise ValueError(f"{self.table}: columns with a default are left out: {self.left_out}")
        return ", ".join(self.quoted)

    def columns_of(self, rows: Sequence[Row]) -> list[list[Any]]:
        """The rows' values as the driver takes them, column by column."""
        self._require_alike(rows)
        return [
            [row[name] for row in rows] if convert is None else [convert(row[name]) for row in rows]
            for name, convert in zip(self.names, self.converters, strict=True)
        ]

    def json_of(self, rows: Sequence[Row]) -> str:
        """The rows as JSON. Converters refuse what is wrong; what is right needs no converting here."""
        self._require_alike(rows)
        for name, check in zip(self.names, self.converters, strict=True):
            if check is not None:
                for value in {row[name] for row in rows}:
                    check(value)
        return orjson.dumps(rows).decode()

    def recordset(self, parameter: str) -> str:
        """PostgreSQL: rows of the table's type from the JSON in a parameter."""
        return f"json_populate_recordset(NULL::{self.table}, {parameter}::text::json)"

    def _require_alike(self, rows: Sequence[Row]) -> None:
        names = set(self.names)
        if any(row.keys() != names for row in rows):
            raise ValueError(f"{self.table}: rows differ in their columns")


@lru_cache(maxsize=256)
def _shape(table: FromClause, names: tuple[str, ...], dialect: Dialect) -> _Shape:
    assert isinstance(table, Table)
    columns = [table.c[name] for name in names]
    return _Shape(
        table=dialect.identifier_preparer.format_table(table),
        names=names,
        quoted=tuple(dialect.identifier_preparer.format_column(column) for column in columns),
        converters=tuple(_converter(column, dialect) for column in columns),
        left_out=tuple(c.name for c in table.columns if c.default is not None and c.name not in names),
    )


def _converter(column: Column[Any], dialect: Dialect) -> Converter | None:
    """What makes a value fit for the driver; None where values go as they are."""
    if not isinstance(column.type, _TYPES):
        raise TypeError(f"{column}: bulk statements do not know {column.type!r}")
    is_json = isinstance(column.type, JSON)
    if is_json and dialect.name == "postgresql":
        return None
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return None
    if is_json:
        return lambda value: None if value is None else convert(value)
    return lru_cache(maxsize=256)(convert)  # Rows of one batch share their times and statuses.


def _addition_by_join(added: _Shape, new: _Shape, rows: str, values: str) -> str:
    """PostgreSQL: the table beside the rows and the values in two parameters."""
    key, *columns = added.quoted
    sums = [f"{column} = old.{column} + added.{column}" for column in columns]
    sums += [f"{column} = new.{column}" for column in new.quoted]
    return (
        f"UPDATE {added.table} AS old SET {', '.join(sums)}"
        f" FROM {added.recordset(rows)} AS added, {new.recordset(values)} AS new"
        f" WHERE old.{key} = added.{key}"
    )


def _addition_by_values(addition: _Addition, dialect: Dialect) -> tuple[str, Any]:
    """MariaDB: the rows first, each with the table's row of that primary key. The first select, which fits no
    row, gives the columns their names."""
    added, new = addition.shapes(dialect)
    key, *columns = added.quoted
    sums = [f"old.{column} = old.{column} + added.{column}" for column in columns]
    sums += [f"old.{column} = %s" for column in new.quoted]
    named = ", ".join(f"NULL AS {name}" for name in added.quoted)
    text = (
        f"UPDATE (SELECT {named} UNION ALL VALUES %s) AS added"
        f" STRAIGHT_JOIN {added.table} AS old FORCE INDEX (PRIMARY) ON old.{key} = added.{key}"
        f" SET {', '.join(sums)}"
    )
    settings = [column[0] for column in new.columns_of([addition.values])]
    return text, (ValueRows(added.columns_of(addition.rows)), *settings)


def _addition_by_cases(addition: _Addition, dialect: Dialect) -> tuple[str, Any]:
    """SQLite: one CASE per column."""
    added, new = addition.shapes(dialect)
    rows, values = addition.rows, addition.values
    key, *columns = added.quoted
    keys, *amounts = added.columns_of(rows)
    cases = f"CASE {key}{' WHEN ? THEN ?' * len(rows)} END"
    sums = [f"{column} = {column} + {cases}" for column in columns]
    sums += [f"{column} = ?" for column in new.quoted]
    listed = ", ".join(["?"] * len(rows))
    text = f"UPDATE {added.table} SET {', '.join(sums)} WHERE {key} IN ({listed})"
    pairs = [part for column in amounts for pair in zip(keys, column, strict=True) for part in pair]
    return text, (*pairs, *(column[0] for column in new.columns_of([values])), *keys)


_ADDITIONS = {
    "mariadb": _addition_by_values,
    "mysql": _addition_by_values,
    "sqlite": _addition_by_cases,
}
