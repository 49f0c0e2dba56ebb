"""Uploads for tests: honest ones, and those of an attacker."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from PIL import Image

PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 200
PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MARK = b"<script>alert('hidden')</script>"


def picture(
    kind: str = "PNG",
    size: tuple[int, int] = (40, 30),
    *,
    mode: str = "RGB",
    colour: Any = (200, 30, 30),
    **options: Any,
) -> bytes:
    """A picture of one colour."""
    target = io.BytesIO()
    Image.new(mode, size, colour).save(target, kind, **options)
    return target.getvalue()


def animation(kind: str = "GIF", frames: int = 3, size: tuple[int, int] = (20, 10)) -> bytes:
    """Frames that all differ from their neighbours."""
    drawn = [Image.new("RGB", size, (37 * number % 256, 0, 200)) for number in range(frames)]
    target = io.BytesIO()
    drawn[0].save(target, kind, save_all=True, append_images=drawn[1:], duration=120, loop=0)
    return target.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A small PNG whose header names any size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def workbook(parts: Mapping[str, bytes] | None = None) -> bytes:
    """An archive with the parts that make a spreadsheet, and others."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for name, body in (parts or {}).items():
            archive.writestr(name, body)
    return target.getvalue()
