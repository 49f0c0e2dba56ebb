"""What both consoles say and hear about files."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row

from wanpu.infra.http.fields import Body, IdText, Out, PageOut, UtcTime
from wanpu.system.service.file_links import Variant, sign_link
from wanpu.system.service.files import kinds_for
from wanpu.system.services import SystemServices
from wanpu.system.states import FileFolder


class FileOut(Out):
    """One file. `url` is its lasting address, which other rows keep; `open_url` opens it now: the same for
    public files, a link signed for ten minutes for private ones."""

    file_id: IdText
    url: str
    open_url: str
    thumbnail_url: str | None
    name: str
    folder: str
    content_type: str
    size_bytes: int
    sha256: str
    width: int | None
    height: int | None
    is_private: bool
    storage: str
    merchant_id: IdText | None
    created_by: IdText | None
    created_at: UtcTime

    @classmethod
    def of(cls, app: SystemServices, row: Row[Any]) -> "FileOut":
        """A row of `sys_oss`, with links that open."""
        open_url, thumbnail_url = row.url, row.thumbnail_url
        if row.is_private:
            open_url = sign_link(app, row.id).url
            thumbnail_url = sign_link(app, row.id, Variant.THUMBNAIL).url if row.thumbnail_key else None
        return cls(
            file_id=row.id,
            url=row.url,
            open_url=open_url,
            thumbnail_url=thumbnail_url,
            name=row.original_name,
            folder=row.folder,
            content_type=row.content_type,
            size_bytes=row.size,
            sha256=row.sha256,
            width=row.width,
            height=row.height,
            is_private=row.is_private,
            storage=row.storage,
            merchant_id=row.merchant_id,
            created_by=row.created_by,
            created_at=row.created_at,
        )


class FileList(PageOut[FileOut]):
    """One page of files."""


class UploadFolderOut(Out):
    """A folder that the caller may upload to, with the content types that it takes."""

    folder: str
    is_private: bool
    content_types: list[str]


class UploadLimitsOut(Out):
    """What an upload may be: at most so many bytes, and of a type that its folder takes."""

    limit_bytes: int
    folders: list[UploadFolderOut]

    @classmethod
    def of(cls, limit_bytes: int, folders: Iterable[FileFolder]) -> "UploadLimitsOut":
        """The limit of this mall, and the folders of one console."""
        return cls(
            limit_bytes=limit_bytes,
            folders=[
                UploadFolderOut(
                    folder=folder,
                    is_private=folder.is_private,
                    content_types=[kind.content_type for kind in kinds_for(folder)],
                )
                for folder in folders
            ],
        )


class StorageProbe(Body):
    """Which storage is tried; null: the one that new files go to."""

    type: Annotated[int | None, Field(ge=0, le=4)] = None


class StorageProbeOut(Out):
    """The storage that took, gave back and removed a small object."""

    storage: str
