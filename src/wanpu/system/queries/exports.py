"""Statements about exports, and the pages of the lists that they write."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.columns import UtcDateTime
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system.models import ListExport, ListExportPart
from wanpu.system.states import ExportStatus

EXPORT = table_of(ListExport)
PART = table_of(ListExportPart)

_OPEN = (ExportStatus.WAITING, ExportStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class RowOrder:
    """The order of an export's rows: by `column`, empty values last; equal ones by `last`, a unique one."""

    column: ColumnElement[Any]
    last: ColumnElement[Any]
    is_descending: bool

    @property
    def columns(self) -> list[ColumnElement[Any]]:
        """What ORDER BY says."""
        turned = [self.last] if self.column is self.last else [self.column, self.last]
        ordered: list[ColumnElement[Any]] = [
            column.desc() if self.is_descending else column.asc() for column in turned
        ]
        return [self.column.is_(None), *ordered] if self._may_be_empty else ordered

    def after(self, position: Sequence[Any]) -> ColumnElement[bool]:
        """Rows behind a position, so that a page costs the same wherever it lies."""
        value, last = self._read(position[0]), position[1]
        beyond_last = self._beyond(self.last, last)
        if self.column is self.last:
            return beyond_last
        if value is None:
            return and_(self.column.is_(None), beyond_last)
        at_least = self.column <= value if self.is_descending else self.column >= value
        behind = and_(at_least, or_(self._beyond(self.column, value), beyond_last))
        return or_(behind, self.column.is_(None)) if self._may_be_empty else behind

    def position_of(self, row: Row[Any]) -> list[Any]:
        """Where a row of `list_rows` stands, as JSON."""
        value = row.export_sort
        return [value.isoformat() if isinstance(value, datetime) else value, row.export_last]

    def _beyond(self, column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:
        beyond: ColumnElement[bool] = column < value if self.is_descending else column > value
        return beyond

    def _read(self, value: Any) -> Any:
        is_time = isinstance(self.column.type, UtcDateTime) and value is not None
        return datetime.fromisoformat(value) if is_time else value

    @property
    def _may_be_empty(self) -> bool:
        return bool(getattr(self.column, "nullable", True))


@dataclass(frozen=True, slots=True)
class Step:
    """One page that was written: its rows, its bytes, where the next one begins, and whether none is left."""

    rows: int
    size: int
    position: Sequence[Any] | None
    is_last: bool


async def count_rows(session: AsyncSession, rows: Select[Any], last: ColumnElement[Any], limit: int) -> int:
    """How many rows a list has; more than `limit` are not counted."""
    some = rows.with_only_columns(last).order_by(None).limit(limit + 1)
    return (await session.execute(select(func.count()).select_from(some.subquery()))).scalar_one()


async def list_rows(
    session: AsyncSession, rows: Select[Any], order: RowOrder, position: Sequence[Any] | None, limit: int
) -> Sequence[Row[Any]]:
    """The next rows of a list behind a position; from its beginning without one."""
    statement = rows.add_columns(order.column.label("export_sort"), order.last.label("export_last"))
    if position is not None:
        statement = statement.where(order.after(position))
    return (await session.execute(statement.order_by(*order.columns).limit(limit))).all()


async def find_export(session: AsyncSession, export_id: Id) -> ListExport | None:
    """One export, whosever it is."""
    return await session.get(ListExport, export_id)


async def find_own(session: AsyncSession, staff_id: Id, export_id: Id) -> ListExport | None:
    """One export of an account."""
    statement = select(ListExport).where(ListExport.staff_id == staff_id, ListExport.id == export_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_own(session: AsyncSession, staff_id: Id, export_id: Id) -> ListExport | None:
    """One export of an account, locked."""
    statement = select(ListExport).where(ListExport.staff_id == staff_id, ListExport.id == export_id)
    return (await session.execute(statement.with_for_update())).scalar_one_or_none()


async def lock_export(session: AsyncSession, export_id: Id) -> ListExport | None:
    """One export, locked."""
    statement = select(ListExport).where(ListExport.id == export_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def find_open(session: AsyncSession, open_key: str) -> ListExport | None:
    """The export of just this that is not over."""
    return (
        await session.execute(select(ListExport).where(ListExport.open_key == open_key))
    ).scalar_one_or_none()


async def list_own(session: AsyncSession, staff_id: Id, limit: int) -> Sequence[ListExport]:
    """The exports of an account, newest first."""
    statement = (
        select(ListExport)
        .where(ListExport.staff_id == staff_id)
        .order_by(ListExport.created_at.desc(), ListExport.id.desc())
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def lock_all_of(session: AsyncSession, staff_id: Id) -> Sequence[ListExport]:
    """The exports of an account, locked in the order of their ids."""
    statement = select(ListExport).where(ListExport.staff_id == staff_id).order_by(ListExport.id)
    return (await session.execute(statement.with_for_update())).scalars().all()


async def count_own(session: AsyncSession, staff_id: Id) -> tuple[int, int]:
    """How many exports of an account are not over, and how many it has in all."""
    statement = select(EXPORT.c.status, func.count().label("total")).where(EXPORT.c.staff_id == staff_id)
    found = await session.execute(statement.group_by(EXPORT.c.status))
    counts = {row.status: row.total for row in found}
    return sum(counts.get(status, 0) for status in _OPEN), sum(counts.values())


async def add_part(session: AsyncSession, export_id: Id, part_no: int, content: str) -> None:
    """Keep one piece of the file."""
    row = {
        "export_id": export_id,
        "part_no": part_no,
        "content": content,
        "created_at": session.info["clock"].now(),
    }
    await session.execute(insert(PART).values(**row))


async def advance(session: AsyncSession, export_id: Id, parts: int, step: Step) -> bool:
    """Note one more piece behind `parts` of them; False when another process wrote it, or the export is
    over."""
    values = {
        "parts": parts + 1,
        "rows_done": EXPORT.c.rows_done + step.rows,
        "bytes_done": EXPORT.c.bytes_done + step.size,
        "position": None if step.position is None else list(step.position),
        "is_read": step.is_last,
        "updated_at": session.info["clock"].now(),
    }
    statement = update(EXPORT).where(
        EXPORT.c.id == export_id, EXPORT.c.status == ExportStatus.RUNNING, EXPORT.c.parts == parts
    )
    result: Any = await session.execute(statement.values(**values))
    return int(result.rowcount) == 1


async def find_part(session: AsyncSession, export_id: Id, part_no: int) -> str | None:
    """One piece of the file."""
    statement = select(PART.c.content).where(PART.c.export_id == export_id, PART.c.part_no == part_no)
    return (await session.execute(statement)).scalar_one_or_none()


async def delete_parts(session: AsyncSession, export_id: Id) -> None:
    """Forget the pieces of an export."""
    await session.execute(delete(PART).where(PART.c.export_id == export_id))


async def list_ids_before(session: AsyncSession, moment: datetime, limit: int) -> Sequence[Id]:
    """Exports that were asked for before a moment, oldest first."""
    statement = (
        select(EXPORT.c.id).where(EXPORT.c.created_at < moment).order_by(EXPORT.c.created_at).limit(limit)
    )
    return (await session.execute(statement)).scalars().all()
