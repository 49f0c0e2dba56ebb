"""What an uploaded file really is: told by its bytes, never by its name or the type that came with it."""

import io
import zipfile
from enum import StrEnum

from wanpu.infra.storage.errors import ContentRefused, FileEmpty

MAX_ENTRIES = 5000
"""Parts of a workbook at most."""
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_UNPACKED_FACTOR = 200
"""How many times larger than the file itself a workbook may claim to be, unpacked."""

_TAIL = 1024


class Kind(StrEnum):
    """The kinds of file that are kept; the value is the ending of its name."""

    JPEG = "jpg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"  # written by the mall itself; no upload is taken for one

    @property
    def is_picture(self) -> bool:
        """Whether it is drawn anew before it is kept."""
        return self in _PICTURES

    @property
    def content_type(self) -> str:
        """The media type that it is given out with."""
        return _CONTENT_TYPES[self]


_PICTURES = (Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.GIF)
_CONTENT_TYPES = {
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.WEBP: "image/webp",
    Kind.GIF: "image/gif",
    Kind.PDF: "application/pdf",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.CSV: "text/csv; charset=utf-8",
}

UPLOADED_KINDS = tuple(kind for kind in Kind if kind is not Kind.CSV)
"""What `kind_of` may say of an upload."""


def kind_of(content: bytes) -> Kind:
    """The kind of a file by its first bytes, and by its parts where those say too little.

    Raises:
        FileEmpty: there is no byte.
        ContentRefused: programs, web pages, drawings with scripts, macros, archives, anything unknown.
    """
    if not content:
        raise FileEmpty
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Kind.WEBP
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return Kind.GIF
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-_TAIL:]:
        return Kind.PDF
    if content.startswith(b"PK\x03\x04") and _is_workbook(content):
        return Kind.XLSX
    raise ContentRefused


def _is_workbook(content: bytes) -> bool:
    """Whether an archive is a spreadsheet without macros that unpacks to a sane size."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    names = {entry.filename for entry in entries}
    unpacked = sum(entry.file_size for entry in entries)
    return (
        {"[Content_Types].xml", "xl/workbook.xml"} <= names
        and len(entries) <= MAX_ENTRIES
        and unpacked <= min(MAX_UNPACKED_BYTES, len(content) * MAX_UNPACKED_FACTOR)
        and not any(name.lower().endswith("vbaproject.bin") for name in names)
        and not any(name.startswith("/") or ".." in name.split("/") for name in names)
        and not any(entry.flag_bits & 0x1 for entry in entries)
    )
