"""Statements about uploaded files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.pages import PageAsk, read_page
from wanpu.infra.storage.file_names import composed
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system.models import StoredFile
from wanpu.system.states import FileFolder

FILE = table_of(StoredFile)

UPLOADING = 1
REMOVING = 2
"""What `pending` holds while a file is not whole."""

_SHOWN = (FILE.c.pending.is_(None), FILE.c.folder != FileFolder.EXPORT)

FILE_SORTS = {"created_at": FILE.c.created_at, "size": FILE.c.size, "original_name": FILE.c.original_name}


@dataclass(frozen=True, slots=True)
class FileFilter:
    """Which files are wanted; None leaves a condition out. `name` is a part of the name."""

    folder: str | None = None
    content_type: str | None = None
    name: str | None = None
    storage: str | None = None
    sha256: str | None = None
    merchant_id: Id | None = None
    since: datetime | None = None
    until: datetime | None = None


async def list_files(
    session: AsyncSession, owner: Id | None, wanted: FileFilter, ask: PageAsk
) -> tuple[Sequence[Row[Any]], int]:
    """One page of the whole files, and how many match. `owner` is the merchant that they must belong to;
    None: the platform, which sees everybody's. Exports stand in no list but their owner's."""
    statement = select(FILE).where(*_SHOWN)
    if owner is not None:
        statement = statement.where(FILE.c.merchant_id == owner)
    for name in ("folder", "content_type", "storage", "sha256", "merchant_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(FILE.c[name] == value)
    if wanted.name is not None:
        statement = statement.where(FILE.c.original_name.contains(composed(wanted.name), autoescape=True))
    if wanted.since is not None:
        statement = statement.where(FILE.c.created_at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(FILE.c.created_at < wanted.until)
    return await read_page(session, statement, ask, sorts=FILE_SORTS, last=FILE.c.id)


async def find_file(session: AsyncSession, owner: Id | None, file_id: Id) -> Row[Any] | None:
    """One whole file that is no export; of one merchant when `owner` is set."""
    statement = select(FILE).where(FILE.c.id == file_id, *_SHOWN)
    if owner is not None:
        statement = statement.where(FILE.c.merchant_id == owner)
    return (await session.execute(statement)).first()


async def find_private_file(session: AsyncSession, file_id: Id) -> Row[Any] | None:
    """One whole private file, exports included."""
    statement = select(FILE).where(FILE.c.id == file_id, FILE.c.pending.is_(None), FILE.c.is_private)
    return (await session.execute(statement)).first()


async def add_file(session: AsyncSession, row: Mapping[str, Any]) -> None:
    """Write the row of a file whose bytes are still to come."""
    await session.execute(insert(FILE).values(**row))


async def finish_upload(session: AsyncSession, file_id: Id) -> bool:
    """Make an upload whole; False when it was given up meanwhile."""
    return await _move(session, FILE.c.id == file_id, FILE.c.pending == UPLOADING, pending=None)


async def begin_removal(session: AsyncSession, file_id: Id) -> bool:
    """Mark a whole file as being removed; False when it is gone or being removed already."""
    return await _move(session, FILE.c.id == file_id, FILE.c.pending.is_(None), pending=REMOVING)


async def give_up(session: AsyncSession, file_id: Id, before: datetime) -> bool:
    """Mark an unfinished file as being removed, unless somebody has touched it since `before`."""
    standing = FILE.c.pending.in_([UPLOADING, REMOVING]) & (FILE.c.updated_at < before)
    return await _move(session, FILE.c.id == file_id, standing, pending=REMOVING)


async def _move(session: AsyncSession, *standing: ColumnElement[bool], pending: int | None) -> bool:
    now = session.info["clock"].now()
    result: Any = await session.execute(update(FILE).where(*standing).values(pending=pending, updated_at=now))
    return int(result.rowcount) == 1


async def delete_removed(session: AsyncSession, file_id: Id) -> None:
    """Remove the row of a file whose bytes are gone."""
    await session.execute(delete(FILE).where(FILE.c.id == file_id, FILE.c.pending == REMOVING))


async def list_unfinished(
    session: AsyncSession, before: datetime, after: Id, limit: int
) -> Sequence[Row[Any]]:
    """Files that are still unfinished although they were last touched before a moment, by id."""
    statement = (
        select(FILE)
        .where(FILE.c.pending.in_([UPLOADING, REMOVING]), FILE.c.updated_at < before, FILE.c.id > after)
        .order_by(FILE.c.id)
        .limit(limit)
    )
    return (await session.execute(statement)).all()
