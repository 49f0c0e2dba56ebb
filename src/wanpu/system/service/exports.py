"""Exports (导出) as their owners work with them: ask for one, look, cancel, fetch, remove.

The work itself is done behind the answer: see `service.export_runs`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra import due_work
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.kernel.errors import Forbidden
from wanpu.kernel.ids import Id
from wanpu.system.callers import StaffCaller
from wanpu.system.errors import StaffNotFound
from wanpu.system.exports.errors import (
    ExportHasNoFile,
    ExportNotFound,
    ExportNotOver,
    ExportOver,
    ExportsTooMany,
    ExportTooManyRows,
)
from wanpu.system.exports.kinds import ExportKind
from wanpu.system.models import ListExport
from wanpu.system.queries import exports as queries
from wanpu.system.queries import files
from wanpu.system.queries.staff import lock_staff
from wanpu.system.service.file_links import FileLink, sign_link
from wanpu.system.service.operation_log import record
from wanpu.system.services import SystemServices
from wanpu.system.states import EXPORT_MOVES, ExportStatus

EXPORT_WORK = "list_export.write"
RUNNING_AT_ONCE = 3
KEPT_AT_ONCE = 50
"""Exports that one account may have: not over, and in all."""
PURGED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class StartExport:
    """What somebody asks for: a list, its filters and order as its page has them, the titles' language.

    `sort` None is the list's own order, and so is one that no index helps with.
    """

    kind: str
    filters: Mapping[str, Any]
    sort: str | None = None
    is_descending: bool = True
    language: str = "zh"


async def start_export(app: SystemServices, caller: StaffCaller, ask: StartExport) -> ListExport:
    """Note an export, which is written behind this answer. The same request while the first is not over
    gives the first.

    Raises:
        ExportKindUnknown, ExportFiltersInvalid: there is no such list, or it has no such filter or order.
        Forbidden: the caller may not see the list.
        ExportTooManyRows: it is longer than an export may be.
        ExportsTooMany: the caller has as many exports as one may.
    """
    kind = app.exports.get(ask.kind)
    _require_sight(caller, kind)
    filters = kind.read_filters(ask.filters)
    sort, is_descending = kind.order_for(ask.sort, ask.is_descending)
    asked = {
        "staff_id": caller.staff_id,
        "kind": kind.name,
        "filters": dict(ask.filters),
        "sort": sort,
        "is_descending": is_descending,
        "language": ask.language,
    }
    async with app.db.reading() as session:
        if standing := await _find_standing(session, caller, _key_of(asked)):
            return standing
        total = await _count_rows(app, session, kind.rows(caller, filters), kind)
    [number] = await app.serials.take("list_export")
    row = {"id": Id(number), "merchant_id": caller.merchant_id, "rows_total": total}
    return await _open(app.db, caller, row | asked)


async def _count_rows(
    app: SystemServices, session: AsyncSession, rows: Select[Any], kind: ExportKind[Any]
) -> int:
    limit = app.settings.export_max_rows
    total = await queries.count_rows(session, rows, kind.last, limit)
    if total > limit:
        raise ExportTooManyRows(details={"limit": limit})
    return total


async def list_exports(db: Database, caller: StaffCaller) -> Sequence[ListExport]:
    """The caller's exports, newest first."""
    async with db.reading() as session:
        return await queries.list_own(session, caller.staff_id, KEPT_AT_ONCE)


async def get_export(db: Database, caller: StaffCaller, export_id: Id) -> ListExport:
    """One export of the caller.

    Raises:
        ExportNotFound: there is none, or it is another's.
    """
    async with db.reading() as session:
        found = await queries.find_own(session, caller.staff_id, export_id)
    if found is None:
        raise ExportNotFound
    return found


async def link_to_file(app: SystemServices, caller: StaffCaller, export_id: Id) -> FileLink:
    """An address that opens the file of an export for ten minutes.

    Raises:
        ExportNotFound: there is none, or it is another's.
        ExportHasNoFile: it is not done.
        ExportListGone: there is no such list any more.
        Forbidden: the caller may no longer see the list.
    """
    found = await get_export(app.db, caller, export_id)
    _require_sight(caller, app.exports.of_export(found.kind))
    if found.file_id is None:
        raise ExportHasNoFile(details={"status": found.status.value})
    return sign_link(app, found.file_id)


@rerun_on_conflict
async def cancel_export(db: Database, caller: StaffCaller, export_id: Id) -> ListExport:
    """Stop an export; nothing of it is kept.

    Raises:
        ExportNotFound: there is none, or it is another's.
        ExportOver: it has ended.
    """
    async with db.transaction() as session:
        found = await queries.lock_own(session, caller.staff_id, export_id)
        if found is None:
            raise ExportNotFound
        if found.status.is_over:
            raise ExportOver(details={"status": found.status.value})
        await end_export(session, found, ExportStatus.CANCELLED)
        await due_work.cancel(session, EXPORT_WORK, str(export_id))
        await record(session, caller, "export.cancel", f"export:{export_id}")
    return found


@rerun_on_conflict
async def delete_export(db: Database, caller: StaffCaller, export_id: Id) -> None:
    """Remove an export that is over, with its file.

    Raises:
        ExportNotFound: there is none, or it is another's.
        ExportNotOver: it goes on.
    """
    async with db.transaction() as session:
        found = await queries.lock_own(session, caller.staff_id, export_id)
        if found is None:
            raise ExportNotFound
        if not found.status.is_over:
            raise ExportNotOver
        await _remove(session, found)
        await record(session, caller, "export.delete", f"export:{export_id}", before={"kind": found.kind})


async def purge_exports(app: SystemServices) -> int:
    """Remove exports that are older than they are kept, with their files; how many there were."""
    before = app.clock.now() - timedelta(days=app.settings.export_days)
    purged = 0
    while True:
        async with app.db.reading() as session:
            ids = await queries.list_ids_before(session, before, PURGED_AT_ONCE)
        if not ids:
            return purged
        for export_id in ids:
            await _purge(app.db, export_id)
        purged += len(ids)


async def remove_exports_of(session: AsyncSession, staff_id: Id) -> None:
    """Remove every export of an account that goes, whether over or not, with its file."""
    found = await queries.lock_all_of(session, staff_id)
    await due_work.cancel(session, EXPORT_WORK, *(str(one.id) for one in found))
    for one in found:
        await _remove(session, one)


async def end_export(
    session: AsyncSession, found: ListExport, status: ExportStatus, error_code: str = ""
) -> None:
    """Close a locked export: its pieces go, and the same may be asked for again."""
    if EXPORT_MOVES.move(found.status, status):
        found.status = status
    found.error_code = error_code
    found.open_key = None
    found.finished_at = session.info["clock"].now()
    await queries.delete_parts(session, found.id)


@rerun_on_conflict
async def _open(db: Database, caller: StaffCaller, row: Mapping[str, Any]) -> ListExport:
    open_key = _key_of(row)
    async with db.transaction() as session:
        if await lock_staff(session, caller.staff_id) is None:
            raise StaffNotFound
        if standing := await _find_standing(session, caller, open_key):
            return standing
        made = ListExport(**row, status=ExportStatus.WAITING, open_key=open_key)
        session.add(made)
        await due_work.schedule(session, EXPORT_WORK, str(made.id), db.clock.now())
        after = {name: row[name] for name in ("kind", "filters", "sort", "is_descending", "rows_total")}
        await record(session, caller, "export.create", f"export:{made.id}", after=after)
    return made


async def _find_standing(session: AsyncSession, caller: StaffCaller, open_key: str) -> ListExport | None:
    """The same request that goes on; None when it may begin."""
    if standing := await queries.find_open(session, open_key):
        return standing
    running, kept = await queries.count_own(session, caller.staff_id)
    if running >= RUNNING_AT_ONCE or kept >= KEPT_AT_ONCE:
        raise ExportsTooMany(details={"running": running, "kept": kept})
    return None


@rerun_on_conflict
async def _purge(db: Database, export_id: Id) -> None:
    async with db.transaction() as session:
        found = await queries.lock_export(session, export_id)
        if found is not None:
            await due_work.cancel(session, EXPORT_WORK, str(export_id))
            await _remove(session, found)


async def _remove(session: AsyncSession, found: ListExport) -> None:
    """The bytes go with the next purge of unfinished files."""
    if found.file_id is not None:
        await files.begin_removal(session, found.file_id)
    await queries.delete_parts(session, found.id)
    await session.delete(found)


def _key_of(row: Mapping[str, Any]) -> str:
    names = ("kind", "filters", "sort", "is_descending", "language")
    asked = [str(row["staff_id"]), *(row[name] for name in names)]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _require_sight(caller: StaffCaller, kind: ExportKind[Any]) -> None:
    if not kind.is_for(caller):
        raise Forbidden(details={"permission": kind.permission})
