"""What a file is: told by its bytes."""

import io
import zipfile

import pytest
from tests.wanpu.infra.storage.samples import DRAWING, PAGE, PDF, PROGRAM, animation, picture, workbook

from wanpu.infra.storage.content import MAX_ENTRIES, Kind, kind_of
from wanpu.infra.storage.errors import ContentRefused, FileEmpty


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture("JPEG"), Kind.JPEG),
        (picture("PNG"), Kind.PNG),
        (picture("WEBP"), Kind.WEBP),
        (animation("GIF"), Kind.GIF),
        (PDF, Kind.PDF),
        (workbook(), Kind.XLSX),
    ],
)
def test_the_bytes_tell_the_kind(content: bytes, kind: Kind) -> None:
    assert kind_of(content) is kind


def _plain_archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("run.exe", PROGRAM)
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        PROGRAM,
        b"\x7fELF" + b"\x00" * 100,
        b"#!/bin/sh\nrm -rf /\n",
        PAGE,
        b"\xef\xbb\xbf" + PAGE,
        DRAWING,
        b"<?xml version='1.0'?>" + DRAWING,
        PAGE + PDF,
        b"%PDF-1.4 and nothing more",
        _plain_archive(),
        b"PK\x03\x04" + b"\x00" * 60,
        workbook({"xl/vbaProject.bin": b"macro"}),
        workbook({"../../etc/cron.d/x": b"x"}),
        workbook({f"xl/{number}": b"" for number in range(MAX_ENTRIES)}),
        workbook({"xl/sheet1.xml": b"0" * 5_000_000}),
        b"hello",
        b"\x00",
        b"BM" + b"\x00" * 60,
    ],
    ids=[
        "program",
        "elf",
        "script",
        "page",
        "page with mark",
        "drawing",
        "drawing with prolog",
        "page before pdf",
        "pdf without end",
        "archive",
        "broken archive",
        "macros",
        "path outside",
        "many entries",
        "zip bomb",
        "text",
        "nul",
        "bmp",
    ],
)
def test_everything_else_is_refused(content: bytes) -> None:
    with pytest.raises(ContentRefused):
        kind_of(content)


def test_nothing_is_no_file() -> None:
    with pytest.raises(FileEmpty):
        kind_of(b"")
