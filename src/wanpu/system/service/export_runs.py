"""Writing exports: a few pages at a turn, each kept with the place where the next one begins; then, in a turn
of its own, the file.

A process that dies leaves its pages; whoever takes the work next goes on behind them. Two that write the
same export at once, after a lease ran out, cannot both move it on, so no row is lost or doubled.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.storage.content import Kind
from wanpu.kernel.clock import CHINA
from wanpu.kernel.errors import Unavailable, WanpuError
from wanpu.kernel.ids import Id
from wanpu.system.callers import Origin, StaffCaller
from wanpu.system.errors import UploadAbandoned
from wanpu.system.exports.csv_text import BYTE_ORDER_MARK, csv_lines
from wanpu.system.exports.errors import (
    ExportGivenUp,
    ExportNotAllowed,
    ExportTooLarge,
    ExportTooManyRows,
)
from wanpu.system.exports.kinds import ExportKind
from wanpu.system.models import ListExport
from wanpu.system.queries import exports as queries
from wanpu.system.queries import files as file_queries
from wanpu.system.queries.exports import RowOrder
from wanpu.system.queries.staff import find_staff
from wanpu.system.service import files
from wanpu.system.service.exports import end_export
from wanpu.system.service.navigation import get_navigation
from wanpu.system.services import SystemServices
from wanpu.system.states import EXPORT_MOVES, ExportStatus, FileFolder, StaffStatus

PAGE_ROWS = 500
PAGES_A_TURN = 20
MAX_BYTES = 64 * 1024 * 1024
GIVEN_UP_AFTER = timedelta(hours=6)
LATER = timedelta(seconds=1)
"""How long an export waits while the process writes as many as it may."""


async def write_turn(app: SystemServices, export_id: Id) -> datetime | None:
    """Write the next pages of an export, or its file when no page is left; when to go on, None when it is
    over.

    A refusal ends the export with its code; a part that is away, a turn that takes longer than its lease
    allows, and any defect let the work come due again until the export is given up.
    """
    if app.exporting.locked():
        return app.clock.now() + LATER
    async with app.exporting:
        try:
            return await _take_turn(app, export_id)
        except Unavailable:
            raise
        except WanpuError as refusal:
            await _fail(app.db, export_id, refusal.code)
            return None


async def _take_turn(app: SystemServices, export_id: Id) -> datetime | None:
    found = await _begin(app.db, export_id)
    if found is None:
        return None
    if app.clock.now() - found.created_at > GIVEN_UP_AFTER:
        raise ExportGivenUp
    kind = app.exports.of_export(found.kind)
    caller = await _owner_of(app, found, kind)
    if found.is_read:
        await _store(app, found, kind, caller)
        return None
    return app.clock.now() if await _write_pages(app, found, kind, caller) else None


async def _write_pages(
    app: SystemServices, found: ListExport, kind: ExportKind[Any], caller: StaffCaller
) -> bool:
    """Read and keep some pages; False when the export is over or another process goes on with it."""
    rows = kind.rows(caller, kind.read_filters(found.filters))
    order = RowOrder(kind.sorts[found.sort], kind.last, found.is_descending)
    for _ in range(PAGES_A_TURN):
        async with app.db.reading() as session:
            page = await queries.list_rows(session, rows, order, found.position, PAGE_ROWS)
        kept = await _keep_page(app, found, kind, page, order)
        if kept is None:
            return False
        if kept.is_read:
            return True
        found = kept
    return True


async def _owner_of(app: SystemServices, found: ListExport, kind: ExportKind[Any]) -> StaffCaller:
    """Whoever asked, with the rights of this moment.

    Raises:
        ExportNotAllowed: the account is gone or switched off, or may no longer see the list.
    """
    async with app.db.reading() as session:
        staff = await find_staff(session, found.staff_id)
    if staff is None or staff.status is not StaffStatus.NORMAL or staff.merchant_id != found.merchant_id:
        raise ExportNotAllowed
    caller = StaffCaller(
        staff_id=staff.user_id,
        username=staff.username,
        merchant_id=staff.merchant_id,
        token_id=Id(0),
        permissions=frozenset(),
        must_change_password=False,
        origin=Origin(method=f"export {found.id}"),
    )
    caller = replace(caller, permissions=frozenset((await get_navigation(app, caller)).permissions))
    if not kind.is_for(caller):
        raise ExportNotAllowed
    return caller


@rerun_on_conflict
async def _begin(db: Database, export_id: Id) -> ListExport | None:
    """The export, running from now on; None when it is over."""
    async with db.transaction() as session:
        found = await queries.lock_export(session, export_id)
        if found is None or found.status.is_over:
            return None
        if EXPORT_MOVES.move(found.status, ExportStatus.RUNNING):
            found.status = ExportStatus.RUNNING
    return found


async def _keep_page(
    app: SystemServices, found: ListExport, kind: ExportKind[Any], page: Sequence[Row[Any]], order: RowOrder
) -> ListExport | None:
    """Keep a page, the first one below the titles; the export as it stands behind it, None when it is over
    or another process goes on with it.

    Raises:
        ExportTooManyRows, ExportTooLarge: it may not become that long.
    """
    if found.rows_done + len(page) > app.settings.export_max_rows:
        raise ExportTooManyRows
    text = csv_lines(([column.cell(row) for column in kind.columns] for row in page), found.language)
    if found.parts == 0:
        titles = csv_lines([[column.title for column in kind.columns]], found.language)
        text = BYTE_ORDER_MARK + titles + text
    size = len(text.encode())
    if found.bytes_done + size > MAX_BYTES:
        raise ExportTooLarge
    position = order.position_of(page[-1]) if page else found.position
    step = queries.Step(len(page), size, position, is_last=len(page) < PAGE_ROWS)
    return await _advance(app.db, found, text, step)


@rerun_on_conflict
async def _advance(db: Database, found: ListExport, text: str, step: queries.Step) -> ListExport | None:
    async with db.transaction() as session:
        if not await queries.advance(session, found.id, found.parts, step):
            return None
        await queries.add_part(session, found.id, found.parts, text)
        return await queries.find_export(session, found.id)


async def _store(app: SystemServices, found: ListExport, kind: ExportKind[Any], caller: StaffCaller) -> None:
    """Put the pieces together as one sealed file; an export that was cancelled meanwhile keeps none.

    Raises:
        UploadAbandoned: it took so long that the file was given up; nothing of it is kept.
    """
    content = await _join(app.db, found)
    moment = app.clock.now().astimezone(CHINA)
    name = f"{kind.title.of(found.language)} {moment:%Y%m%d-%H%M%S}.csv"
    upload = files.Upload(name, FileFolder.EXPORT, content)
    row = await files.place_file(app, caller, upload, Kind.CSV)
    try:
        is_kept = await _settle(app.db, found.id, row["id"])
    except UploadAbandoned:
        await files.remove_objects(app, row)
        raise
    if not is_kept:
        await files.remove_objects(app, row)


async def _join(db: Database, found: ListExport) -> bytes:
    pieces = []
    for part_no in range(found.parts):
        async with db.reading() as session:
            piece = await queries.find_part(session, found.id, part_no)
        pieces.append((piece or "").encode())
    return b"".join(pieces)


@rerun_on_conflict
async def _settle(db: Database, export_id: Id, file_id: Id) -> bool:
    """Give the export its file; False when it is over already."""
    async with db.transaction() as session:
        found = await queries.lock_export(session, export_id)
        if found is None or found.status is not ExportStatus.RUNNING:
            return False
        if not await file_queries.finish_upload(session, file_id):
            raise UploadAbandoned
        found.file_id = file_id
        found.rows_total = found.rows_done
        await end_export(session, found, ExportStatus.DONE)
    return True


@rerun_on_conflict
async def _fail(db: Database, export_id: Id, code: str) -> None:
    async with db.transaction() as session:
        found = await queries.lock_export(session, export_id)
        if found is not None and not found.status.is_over:
            await end_export(session, found, ExportStatus.FAILED, code)
