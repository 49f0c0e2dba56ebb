"""Files as a merchant's staff work with them: those of their own merchant alone."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from wanpu.infra.http.fields import IdText
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.system.api.files import Order, Part, Time, Word
from wanpu.system.api.identity import SystemDep, needs
from wanpu.system.api.schemas_files import FileList, FileOut, UploadLimitsOut
from wanpu.system.api.uploads import UPLOAD_BODY, read_upload
from wanpu.system.callers import StaffCaller
from wanpu.system.queries.files import FileFilter
from wanpu.system.service import files
from wanpu.system.states import MERCHANT_FOLDERS, Audience, FileFolder

router = APIRouter(prefix="/merchant/v1/files", route_class=StrictJsonRoute, tags=["files"])

MayDoAll = Annotated[StaffCaller, needs("merchant:file:all", audience=Audience.MERCHANT)]


@router.post("", status_code=201, openapi_extra=dict(UPLOAD_BODY))
async def upload_file(request: Request, app: SystemDep, caller: MayDoAll) -> FileOut:
    """上传文件: one file and the folder that it is for. Pictures are drawn anew."""
    upload = await read_upload(request, app.settings, MERCHANT_FOLDERS)
    return FileOut.of(app, await files.upload_file(app, caller, upload))


@router.get("")
async def list_files(
    app: SystemDep,
    caller: MayDoAll,
    ask: Order,
    folder: Annotated[FileFolder | None, Query(description="What it was uploaded for.")] = None,
    content_type: Word = None,
    name: Part = None,
    since: Time = None,
    until: Time = None,
) -> FileList:
    """文件列表: the merchant's own, newest first. `until` itself is left out."""
    wanted = FileFilter(folder=folder, content_type=content_type, name=name, since=since, until=until)
    rows, total = await files.list_files(app.db, caller.merchant_id, wanted, ask)
    return FileList(items=[FileOut.of(app, row) for row in rows], total=total)


@router.get("/limits")
async def get_upload_limits(app: SystemDep, caller: MayDoAll) -> UploadLimitsOut:
    """上传限制: how large a file may be, and what each folder of a merchant takes."""
    return UploadLimitsOut.of(app.settings.upload_limit_bytes, MERCHANT_FOLDERS)


@router.get("/{file_id}")
async def get_file(file_id: IdText, app: SystemDep, caller: MayDoAll) -> FileOut:
    """文件详情."""
    return FileOut.of(app, await files.get_file(app.db, caller.merchant_id, file_id))


@router.delete("/{file_id}", status_code=204)
async def delete_file(file_id: IdText, app: SystemDep, caller: MayDoAll) -> Response:
    """删除文件: refused while something shows it."""
    await files.delete_file(app, caller, file_id)
    return Response(status_code=204)
