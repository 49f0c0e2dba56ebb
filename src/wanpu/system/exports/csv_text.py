"""Rows as CSV that spreadsheets open: UTF-8 with a byte order mark, and no cell that is run as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from wanpu.kernel.clock import CHINA, require_aware

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as the machine's own code page."""

_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_LONG_NUMBER = re.compile(r"\d{16,}")
"""Spreadsheets keep 15 digits of a number."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages of the consoles."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """The text in "zh" or "en"."""
        return self.zh if language == "zh" else self.en


Cell = str | int | datetime | Words | None
"""What a cell may hold; a moment is shown in Beijing time."""

YES_NO = (Words("否", "No"), Words("是", "Yes"))


def csv_lines(rows: Iterable[Sequence[Cell]], language: str) -> str:
    """Some rows, each ending with CR LF."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(
        [_shown(cell, language) for cell in cells] for cells in rows
    )
    return text.getvalue()


def guarded(text: str) -> str:
    """The text as a spreadsheet shows it unchanged: an apostrophe stands before what it would run as a
    formula, or would round as a number."""
    if _FORMULA.match(text) or _LONG_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _shown(cell: Cell, language: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Words):
        return cell.of(language)
    if isinstance(cell, bool):
        return YES_NO[cell].of(language)
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, datetime):
        return require_aware(cell).astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    return guarded(cell)
