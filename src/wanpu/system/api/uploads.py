"""Reading one uploaded file out of a form, after the caller was let in."""

from collections.abc import Collection, Mapping
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from wanpu.infra.http.json_body import UnsupportedMediaType
from wanpu.infra.settings import Settings
from wanpu.kernel.errors import TooLarge
from wanpu.system.errors import UploadMalformed
from wanpu.system.service.files import Upload
from wanpu.system.states import UPLOAD_FOLDERS, FileFolder

UPLOAD_PATHS = ("/platform/v1/files", "/merchant/v1/files")
_FORM_BYTES = 64 * 1024
"""What a form may have around its file."""

UPLOAD_BODY: Mapping[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "folder"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "folder": {"type": "string", "enum": [str(folder) for folder in UPLOAD_FOLDERS]},
                    },
                }
            }
        },
    }
}
"""How the document describes these routes."""


def body_limits(settings: Settings) -> dict[str, int]:
    """The sizes that bodies of uploads may have, by path."""
    return dict.fromkeys(UPLOAD_PATHS, settings.upload_limit_bytes + _FORM_BYTES)


async def read_upload(request: Request, settings: Settings, folders: Collection[FileFolder]) -> Upload:
    """The file of a form; parts beyond a megabyte wait on disk while they arrive.

    Raises:
        UnsupportedMediaType, UploadMalformed: the body is something else.
        TooLarge: the file is larger than any may be.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "multipart/form-data":
        raise UnsupportedMediaType
    try:
        async with request.form(max_files=1, max_fields=1, max_part_size=1024) as form:
            file, folder = form.get("file"), form.get("folder")
            if len(form.multi_items()) != 2 or not isinstance(file, UploadFile):
                raise UploadMalformed
            if not isinstance(folder, str) or folder not in [str(one) for one in folders]:
                raise UploadMalformed(details={"folders": sorted(folders)})
            if (file.size or 0) > settings.upload_limit_bytes:
                raise TooLarge(details={"limit_bytes": settings.upload_limit_bytes})
            return Upload(file.filename or "", FileFolder(folder), await file.read())
    except (HTTPException, UnicodeError) as error:
        raise UploadMalformed(str(error)) from error
