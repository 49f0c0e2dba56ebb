"""What engines spell differently: insert if absent, upsert, and a column among many values."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Boolean, Column, FromClause, String, Table, Text, any_, bindparam, insert, select
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal

Key = TypeVar("Key", bound=int | str | tuple[str, str])


async def insert_if_absent(
    session: AsyncSession, table: FromClause, row: Mapping[str, Any], *, key: Sequence[str]
) -> bool:
    """Insert one row unless its unique `key` stands already; True when it was inserted.

    Waits for a transaction that is inserting the same key, and never ends the transaction. A row that
    breaks another unique key of the table raises, as any insert does.
    """
    assert isinstance(table, Table)
    dialect = session.get_bind().dialect.name
    if dialect not in ("postgresql", "sqlite"):
        return await _insert_or_find(session, table, row, key)
    dialect_insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = dialect_insert(table).values(**row).on_conflict_do_nothing(index_elements=list(key))
    result: Any = await session.execute(statement)
    return int(result.rowcount) == 1


async def _insert_or_find(
    session: AsyncSession, table: Table, row: Mapping[str, Any], key: Sequence[str]
) -> bool:
    """MariaDB and MySQL: look with a lock, then insert; a duplicate undoes its statement alone.

    A refused insert leaves a shared lock on the row, and two holders of it that go on to change the row
    are a deadlock; so that is the way for a lost race only. INSERT IGNORE would hide other mistakes as
    well, and the row count of ON DUPLICATE KEY UPDATE is 1 for a new row and for an unchanged one.
    """
    standing = select(table.c[key[0]]).where(*(table.c[name] == row[name] for name in key))
    if (await session.execute(standing.with_for_update())).first() is not None:
        return False
    try:
        await session.execute(insert(table).values(**row))
    except IntegrityError:
        if (await session.execute(standing)).first() is None:
            raise
        return False
    return True


async def upsert(
    session: AsyncSession,
    table: FromClause,
    row: Mapping[str, Any],
    *,
    key: Sequence[str],
    changes: Mapping[str, Any],
) -> None:
    """Insert one row, or apply `changes` to the row that holds the same unique `key`.

    `changes` may use the table's columns: {"quantity": table.c.quantity + 2}. For tables whose only
    unique key is `key`, since MariaDB applies the changes whichever unique key the row meets.
    """
    assert isinstance(table, Table)
    dialect = session.get_bind().dialect.name
    statement: Any
    if dialect == "postgresql":
        statement = (
            postgresql.insert(table)
            .values(**row)
            .on_conflict_do_update(index_elements=list(key), set_=dict(changes))
        )
    elif dialect == "sqlite":
        statement = (
            sqlite.insert(table)
            .values(**row)
            .on_conflict_do_update(index_elements=list(key), set_=dict(changes))
        )
    else:
        statement = mysql.insert(table).values(**row).on_duplicate_key_update(**dict(changes))
    await session.execute(statement)


def padded(ids: Collection[Key]) -> list[Key]:
    """Distinct values for an IN list, in ascending order, its length rounded up to a power of two by
    repeating the last one: the engine then sees few different statements and keeps their plans."""
    values = sorted(set(ids))
    room = 1 << max(len(values) - 1, 0).bit_length()
    return values + values[-1:] * (room - len(values))


class Among(ColumnElement[bool]):
    """`column IN` the list given as parameter `name` when the statement is executed.

    A statement of a hot path is then a constant, built once: PostgreSQL takes the list as one array, so
    that text and plan are the same for every length; for others give a `padded` list. Benchmark: place
    order, where building and compiling such statements cost more than sending them.
    """

    type = Boolean()
    _traverse_internals = [
        ("_array", InternalTraversal.dp_clauseelement),
        ("_list", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: InstrumentedAttribute[Any] | Column[Any], name: str) -> None:
        # A length would make PostgreSQL cut longer values short before it compares them.
        kind = Text() if isinstance(column.type, String) else column.type
        self._array = column == any_(bindparam(name, type_=postgresql.ARRAY(kind)))
        self._list = column.in_(bindparam(name, expanding=True))

    @property
    def _from_objects(self) -> list[FromClause]:
        return self._list._from_objects


@compiles(Among)
def _in_list(element: Among, compiler: SQLCompiler, **kwargs: Any) -> str:
    return compiler.process(element._list, **kwargs)


@compiles(Among, "postgresql")
def _in_array(element: Among, compiler: SQLCompiler, **kwargs: Any) -> str:
    return compiler.process(element._array, **kwargs)
