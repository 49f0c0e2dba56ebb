"""Paging: an opaque cursor for shoppers' lists, page and size for the consoles'."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import Depends, Query

from wanpu.infra.http.fields import WholeNumber
from wanpu.infra.pages import PageAsk
from wanpu.kernel.errors import Invalid
from wanpu.kernel.ids import MAX_ID

DEFAULT_SIZE = 20
MAX_SIZE = 100
MAX_CURSOR_LENGTH = 512

Limit = Annotated[WholeNumber, Query(ge=1, le=MAX_SIZE, description="How many at most.")]
Cursor = Annotated[
    str | None, Query(max_length=MAX_CURSOR_LENGTH, description="`next_cursor` of the page before.")
]
Page = Annotated[WholeNumber, Query(ge=1, le=100_000, description="Page number, from 1.")]
Size = Annotated[WholeNumber, Query(ge=1, le=MAX_SIZE, description="Rows per page.")]


def sorted_by(*names: str, default: str) -> Any:
    """A dependency that reads `?page=&size=&sort=&order=` of a console's list into a `PageAsk`.

    `names` are all that a caller may sort by; anything else is refused with 422. Newest, largest or last
    comes first unless `order=asc`.
    """
    allowed: Any = Literal[(default, *(name for name in names if name != default))]

    def read(
        page: Page = 1,
        size: Size = DEFAULT_SIZE,
        sort: Annotated[allowed, Query(description="The column to sort by.")] = default,
        order: Annotated[Literal["asc", "desc"], Query(description="Its direction.")] = "desc",
    ) -> PageAsk:
        return PageAsk(page, size, sort, order == "desc")

    return Depends(read)


class CursorInvalid(Invalid):
    """The cursor is not one that a list gave."""

    code = "paging.cursor_invalid"
    message_zh = "分页游标无效"
    message_en = "The cursor is not valid"


def encode_cursor(position: Sequence[int | str]) -> str:
    """The sort values of the last row given, as text that clients send back unread."""
    text = json.dumps(list(position), separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type[int] | type[str]) -> list[int | str]:
    """Read a cursor back; `kinds` are the types its list sorts by. It decides nothing but a position.

    Raises:
        CursorInvalid: altered, or made for another list.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        position = json.loads(raw)
    except (ValueError, binascii.Error, RecursionError) as error:
        raise CursorInvalid from error
    if not isinstance(position, list) or len(position) != len(kinds):
        raise CursorInvalid
    for value, kind in zip(position, kinds, strict=True):
        if type(value) is not kind or (isinstance(value, int) and not -MAX_ID <= value <= MAX_ID):
            raise CursorInvalid
        if isinstance(value, str) and "\0" in value:
            raise CursorInvalid
    return position
