"""Files (文件上传) as operators work with them, and private files for whoever holds a signed link."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from wanpu.infra.http.access import public
from wanpu.infra.http.fields import IdText, UtcTime, WholeNumber
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.infra.http.paging import sorted_by
from wanpu.infra.pages import PageAsk
from wanpu.system.api.identity import SystemDep, needs
from wanpu.system.api.schemas_files import FileList, FileOut, StorageProbe, StorageProbeOut, UploadLimitsOut
from wanpu.system.api.uploads import UPLOAD_BODY, read_upload
from wanpu.system.callers import StaffCaller
from wanpu.system.queries.files import FileFilter
from wanpu.system.service import files
from wanpu.system.service.file_links import Variant, require_link
from wanpu.system.states import UPLOAD_FOLDERS, FileFolder
from wanpu.system.storage_settings import StorageKind

router = APIRouter(route_class=StrictJsonRoute, tags=["files"])

MayDoAll = Annotated[StaffCaller, needs("sys:oss:all")]
Word = Annotated[str | None, Query(min_length=1, max_length=100, description="Exactly this.")]
Part = Annotated[str | None, Query(min_length=1, max_length=100, description="A part of the name.")]
Time = Annotated[UtcTime | None, Query(description="ISO 8601 with a zone.")]
Order = Annotated[PageAsk, sorted_by("size", "original_name", default="created_at")]

PRIVATE_HEADERS = {
    "cache-control": "private, no-store",
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
}


@router.post("/platform/v1/files", status_code=201, openapi_extra=dict(UPLOAD_BODY))
async def upload_file(request: Request, app: SystemDep, caller: MayDoAll) -> FileOut:
    """上传文件: one file and the folder that it is for. Pictures are drawn anew."""
    upload = await read_upload(request, app.settings, UPLOAD_FOLDERS)
    return FileOut.of(app, await files.upload_file(app, caller, upload))


@router.get("/platform/v1/files")
async def list_files(
    app: SystemDep,
    caller: MayDoAll,
    ask: Order,
    folder: Annotated[FileFolder | None, Query(description="What it was uploaded for.")] = None,
    content_type: Word = None,
    storage: Word = None,
    sha256: Word = None,
    name: Part = None,
    merchant_id: Annotated[IdText | None, Query(description="Whose it is.")] = None,
    since: Time = None,
    until: Time = None,
) -> FileList:
    """文件列表: everybody's, newest first. `until` itself is left out."""
    wanted = FileFilter(folder, content_type, name, storage, sha256, merchant_id, since, until)
    rows, total = await files.list_files(app.db, None, wanted, ask)
    return FileList(items=[FileOut.of(app, row) for row in rows], total=total)


@router.post("/platform/v1/files/storage-test")
async def probe_storage(body: StorageProbe, app: SystemDep, caller: MayDoAll) -> StorageProbeOut:
    """测试存储连接: write, read and remove a small object."""
    kind = None if body.type is None else StorageKind(body.type)
    return StorageProbeOut(storage=await files.probe_storage(app, kind))


@router.get("/platform/v1/files/limits")
async def get_upload_limits(app: SystemDep, caller: MayDoAll) -> UploadLimitsOut:
    """上传限制: how large a file may be, and what each folder takes."""
    return UploadLimitsOut.of(app.settings.upload_limit_bytes, UPLOAD_FOLDERS)


@router.get("/platform/v1/files/{file_id}")
async def get_file(file_id: IdText, app: SystemDep, caller: MayDoAll) -> FileOut:
    """文件详情."""
    return FileOut.of(app, await files.get_file(app.db, caller.merchant_id, file_id))


@router.delete("/platform/v1/files/{file_id}", status_code=204)
async def delete_file(file_id: IdText, app: SystemDep, caller: MayDoAll) -> Response:
    """删除文件: refused while something shows it."""
    await files.delete_file(app, caller, file_id)
    return Response(status_code=204)


@router.get(
    "/files/p/{file_id}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file"}},
)
@public
async def open_private_file(
    file_id: IdText,
    app: SystemDep,
    variant: Variant = Variant.ORIGINAL,
    expires: Annotated[WholeNumber, Query(ge=0)] = 0,
    signature: Annotated[str, Query(max_length=128)] = "",
) -> Response:
    """打开私有文件: for whoever holds a link that was signed within the last ten minutes."""
    require_link(app, file_id, variant, expires, signature)
    given = await files.read_private(app, file_id, variant)
    name = quote(given.name, safe="")
    headers = PRIVATE_HEADERS | {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(given.content, media_type=given.content_type, headers=headers)
