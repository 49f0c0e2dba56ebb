"""Pages of the consoles' lists: a count and one page of rows, sorted by a column that the list allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class PageAsk:
    """Which page of a list is wanted: `page` counts from 1, `sort` is a name that the list allows."""

    page: int = 1
    size: int = 20
    sort: str = ""
    is_descending: bool = True


async def read_page(
    session: AsyncSession,
    statement: Select[Any],
    ask: PageAsk,
    *,
    sorts: Mapping[str, ColumnElement[Any]],
    last: ColumnElement[Any],
) -> tuple[Sequence[Row[Any]], int]:
    """The rows of one page, and how many rows there are in all.

    Names reach SQL only through `sorts`. `last` is a unique column that decides between equal rows, so
    that no row stands on two pages.
    """
    total = await session.execute(select(func.count()).select_from(statement.order_by(None).subquery()))
    columns = [sorts[ask.sort], last] if ask.sort and sorts[ask.sort] is not last else [last]
    ordered = [column.desc() if ask.is_descending else column.asc() for column in columns]
    rows = await session.execute(
        statement.order_by(*ordered).limit(ask.size).offset((ask.page - 1) * ask.size)
    )
    return rows.all(), total.scalar_one()


def select_logged(table: FromClause, wanted: Any, *, equal: Sequence[str]) -> Select[Any]:
    """The rows of a log that match, in no order.

    `wanted` names a value or None for each column of `equal`, and `since` and `until`, between which rows
    were written; `until` itself is left out.
    """
    statement = select(table)
    for name in equal:
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(table.c[name] == value)
    if wanted.since is not None:
        statement = statement.where(table.c.created_at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(table.c.created_at < wanted.until)
    return statement
