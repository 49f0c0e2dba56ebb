"""Files (文件): upload, look for, give out, remove.

An upload is a row that is not whole yet, then the bytes, then the row made whole; a removal is the same
backwards. Whatever stops in between is finished by `purge_unfinished`.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from structlog import get_logger

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.outside_addresses import OutsideAddressRefused
from wanpu.infra.pages import PageAsk
from wanpu.infra.storage.content import UPLOADED_KINDS, Kind, kind_of
from wanpu.infra.storage.errors import ObjectMissing, StorageUnavailable
from wanpu.infra.storage.file_names import clean_name
from wanpu.infra.storage.pictures import Picture, redraw
from wanpu.infra.vault import SealBroken
from wanpu.kernel.errors import TooLarge
from wanpu.kernel.ids import Id
from wanpu.system.callers import StaffCaller
from wanpu.system.errors import (
    FileFolderMismatch,
    FileInUse,
    FileNotKnown,
    StorageNotConfigured,
    UploadAbandoned,
)
from wanpu.system.queries import files as queries
from wanpu.system.service.file_links import Variant, private_path
from wanpu.system.service.operation_log import record
from wanpu.system.service.storage_places import Place, place_of_new, target_of
from wanpu.system.services import SystemServices
from wanpu.system.states import FileFolder
from wanpu.system.storage_settings import StorageKind

GIVEN_UP_AFTER = timedelta(hours=1)
"""How long an upload may take; whatever is unfinished for longer is purged."""
PURGED_AT_ONCE = 100

_SEAL = "file"
_THUMBNAIL_TYPE = Kind.WEBP.content_type
_AWAY = (StorageUnavailable, StorageNotConfigured, OutsideAddressRefused)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Upload:
    """What somebody sends: a name to show, what it is for, and the bytes as they came."""

    name: str
    folder: FileFolder
    content: bytes


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A private file as it is given out."""

    name: str
    content_type: str
    content: bytes


def kinds_for(folder: FileFolder) -> Sequence[Kind]:
    """What a folder takes: pictures, and where files are private documents as well."""
    return [kind for kind in UPLOADED_KINDS if kind.is_picture or folder.is_private]


async def upload_file(app: SystemServices, caller: StaffCaller, upload: Upload) -> Row[Any]:
    """Take a file in: looked at, drawn anew when it is a picture, stored; of the caller's merchant if it
    has one.

    Raises:
        TooLarge, FileEmpty, ContentRefused, PictureBroken, PictureTooLarge, FileFolderMismatch: nothing
            was written.
        StorageNotConfigured, OutsideAddressRefused: there is nowhere to put it.
        StorageUnavailable, UploadAbandoned: it is not to be found; what is left of it will be purged.
    """
    if len(upload.content) > app.settings.upload_limit_bytes:
        raise TooLarge(details={"limit_bytes": app.settings.upload_limit_bytes})
    kind = kind_of(upload.content)
    if kind not in kinds_for(upload.folder):
        raise FileFolderMismatch
    picture = await _redraw(app, upload.content, kind) if kind.is_picture else None
    row = await place_file(app, caller, upload, kind, picture)
    try:
        return await _finish(app.db, caller, row)
    except UploadAbandoned:
        await remove_objects(app, row)
        raise


async def place_file(
    app: SystemServices, caller: StaffCaller, upload: Upload, kind: Kind, picture: Picture | None = None
) -> Mapping[str, Any]:
    """Write the row of a file and its bytes; it is not whole, and goes after an hour, until
    `queries.finish_upload` was called for the row.

    Raises:
        StorageNotConfigured, OutsideAddressRefused: there is nowhere to put it.
        StorageUnavailable: it is not to be found; what is left of it will be purged.
    """
    content = upload.content if picture is None else picture.content
    place = await place_of_new(app, is_private=upload.folder.is_private)
    [drawn] = await app.serials.take("sys_oss")
    row = _new_row(app, caller, Id(drawn), upload, kind, place) | {
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    if picture is not None:
        row |= _picture_columns(row, picture, place)
    await _begin(app.db, row)
    await _put(app, place, row, content, None if picture is None else picture.thumbnail)
    return row


async def list_files(
    db: Database, owner: Id | None, wanted: queries.FileFilter, ask: PageAsk
) -> tuple[Sequence[Row[Any]], int]:
    """One page of files, and how many match; `owner` None is the platform, which sees everybody's."""
    async with db.reading() as session:
        return await queries.list_files(session, owner, wanted, ask)


async def get_file(db: Database, owner: Id | None, file_id: Id) -> Row[Any]:
    """One file.

    Raises:
        FileNotKnown: there is none, or it is another's.
    """
    async with db.reading() as session:
        found = await queries.find_file(session, owner, file_id)
    if found is None:
        raise FileNotKnown
    return found


async def delete_file(app: SystemServices, caller: StaffCaller, file_id: Id) -> None:
    """Remove a file that nothing shows any more; a merchant's staff only its own.

    Something that begins to show it in this very moment shows a gap afterwards.

    Raises:
        FileNotKnown: there is none, or it is another's.
        FileInUse: nothing was removed.
    """
    row = await get_file(app.db, caller.merchant_id, file_id)
    urls = [url for url in (row.url, row.thumbnail_url) if url]
    for use in app.file_uses:
        if used_by := await use(urls):
            raise FileInUse(details={"used_by": used_by})
    await _begin_removal(app.db, caller, row)
    await _remove(app, row)


async def read_private(app: SystemServices, file_id: Id, variant: Variant) -> GivenFile:
    """A private file in clear, for whoever holds a good link.

    Raises:
        FileNotKnown: there is no such private file.
        ObjectMissing, StorageUnavailable, StorageNotConfigured: its bytes cannot be had.
    """
    async with app.db.reading() as session:
        row = await queries.find_private_file(session, file_id)
    if row is None:
        raise FileNotKnown
    key = row.object_key if variant is Variant.ORIGINAL else row.thumbnail_key
    if key is None:
        raise FileNotKnown
    target = await target_of(app, row.storage, row.bucket)
    sealed = await app.stores.get(target, key)
    try:
        content = await asyncio.to_thread(app.vault.open_bytes, sealed, purpose=_SEAL)
    except SealBroken as error:
        log.error("file.seal_broken", file_id=file_id, error=str(error))
        raise ObjectMissing from error
    content_type = row.content_type if variant is Variant.ORIGINAL else _THUMBNAIL_TYPE
    return GivenFile(row.original_name, content_type, content)


async def probe_storage(app: SystemServices, kind: StorageKind | None) -> str:
    """Write, read and remove a small object where files of `kind` go (None: the chosen storage); its name.

    Raises:
        StorageNotConfigured, OutsideAddressRefused, StorageUnavailable: with what is wrong in `details`.
    """
    place = await place_of_new(app, kind=kind)
    name, _ = app.tokens.new()
    await app.stores.probe(place.target, _key(place, f"probe-{name[:16]}"))
    return place.storage


async def purge_unfinished(app: SystemServices) -> int:
    """Finish every removal and clear away every upload that was given up; how many there were.

    What cannot be reached now is left for the next time.
    """
    before, after, purged = app.clock.now() - GIVEN_UP_AFTER, Id(0), 0
    while True:
        async with app.db.reading() as session:
            rows = await queries.list_unfinished(session, before, after, PURGED_AT_ONCE)
        if not rows:
            return purged
        for row in rows:
            if await _give_up(app.db, row.id, before):
                purged += await _remove(app, row)
        after = rows[-1].id


async def _redraw(app: SystemServices, content: bytes, kind: Kind) -> Picture:
    async with app.drawing:
        return await asyncio.to_thread(redraw, content, kind)


def _new_row(
    app: SystemServices, caller: StaffCaller, file_id: Id, upload: Upload, kind: Kind, place: Place
) -> dict[str, Any]:
    now = app.clock.now()
    secret, _ = app.tokens.new()
    key = _key(place, f"{upload.folder}/{now:%Y%m}/{secret[:32]}.{kind}")
    is_private = upload.folder.is_private
    return {
        "id": file_id,
        "url": private_path(file_id) if is_private else f"{place.base}/{key}",
        "storage": place.storage,
        "bucket": place.bucket,
        "object_key": key,
        "thumbnail_key": None,
        "thumbnail_url": None,
        "original_name": clean_name(upload.name, kind),
        "content_type": kind.content_type,
        "width": None,
        "height": None,
        "is_private": is_private,
        "folder": upload.folder,
        "merchant_id": caller.merchant_id,
        "created_by": caller.staff_id,
        "pending": queries.UPLOADING,
        "created_at": now,
        "updated_at": now,
    }


def _picture_columns(row: Mapping[str, Any], picture: Picture, place: Place) -> dict[str, Any]:
    key = f"{row['object_key'].rpartition('.')[0]}_small.{Kind.WEBP}"
    return {
        "width": picture.width,
        "height": picture.height,
        "thumbnail_key": key,
        "thumbnail_url": None if row["is_private"] else f"{place.base}/{key}",
    }


def _key(place: Place, name: str) -> str:
    return f"{place.prefix}/{name}" if place.prefix else name


async def _put(
    app: SystemServices, place: Place, row: Mapping[str, Any], content: bytes, thumbnail: bytes | None
) -> None:
    objects = [(row["object_key"], content, row["content_type"])]
    if thumbnail is not None:
        objects.append((row["thumbnail_key"], thumbnail, _THUMBNAIL_TYPE))
    for key, plain, content_type in objects:
        if row["is_private"]:
            sealed = await asyncio.to_thread(app.vault.seal_bytes, plain, purpose=_SEAL)
            await app.stores.put(place.target, key, sealed, "application/octet-stream")
        else:
            await app.stores.put(place.target, key, plain, content_type)


async def _remove(app: SystemServices, row: Row[Any]) -> bool:
    """Remove the bytes of a file that is being removed, then its row; False when its storage is out of
    reach."""
    if not await remove_objects(app, dict(row._mapping)):
        return False
    await _forget(app.db, row.id)
    return True


async def remove_objects(app: SystemServices, row: Mapping[str, Any]) -> bool:
    """Remove the bytes of a file; False when its storage is out of reach."""
    try:
        target = await target_of(app, row["storage"], row["bucket"])
        for key in filter(None, (row["object_key"], row["thumbnail_key"])):
            await app.stores.delete(target, key)
    except _AWAY as error:
        log.warning("file.removal_waits", file_id=row["id"], error=str(error))
        return False
    return True


@rerun_on_conflict
async def _begin(db: Database, row: Mapping[str, Any]) -> None:
    async with db.transaction() as session:
        await queries.add_file(session, row)


@rerun_on_conflict
async def _finish(db: Database, caller: StaffCaller, row: Mapping[str, Any]) -> Row[Any]:
    """Make an upload whole, unless it was given up meanwhile."""
    async with db.transaction() as session:
        if not await queries.finish_upload(session, row["id"]):
            raise UploadAbandoned
        shown = {name: row[name] for name in ("original_name", "folder", "url", "size", "sha256")}
        await record(session, caller, "file.upload", f"file:{row['id']}", after=shown)
        found = await queries.find_file(session, None, row["id"])
    assert found is not None
    return found


@rerun_on_conflict
async def _begin_removal(db: Database, caller: StaffCaller, row: Row[Any]) -> None:
    async with db.transaction() as session:
        if not await queries.begin_removal(session, row.id):
            raise FileNotKnown
        shown = {"original_name": row.original_name, "folder": row.folder, "url": row.url}
        await record(session, caller, "file.delete", f"file:{row.id}", before=shown)


@rerun_on_conflict
async def _give_up(db: Database, file_id: Id, before: datetime) -> bool:
    """From here on a late end of the upload is refused, so that no row without bytes becomes whole."""
    async with db.transaction() as session:
        return await queries.give_up(session, file_id, before)


@rerun_on_conflict
async def _forget(db: Database, file_id: Id) -> None:
    async with db.transaction() as session:
        await queries.delete_removed(session, file_id)
