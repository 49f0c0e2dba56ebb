"""Rules of `infra/http/paging.py` and `bearer.py`."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from wanpu.infra.http.bearer import bearer_token, find_bearer_token
from wanpu.infra.http.paging import CursorInvalid, decode_cursor, encode_cursor
from wanpu.kernel.errors import Unauthenticated
from wanpu.kernel.ids import MAX_ID


@given(
    st.integers(-MAX_ID, MAX_ID), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
)
def test_a_cursor_gives_back_the_position_it_was_made_from(number, text):
    cursor = encode_cursor([number, text])

    assert decode_cursor(cursor, int, str) == [number, text]
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def pack(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "!",
        "abc",
        "万",
        pack("{}"),
        pack("[]"),
        pack("[1]"),
        pack('["1",2]'),
        pack("[1,2,3]"),
        pack("[true,2]"),
        pack("[1.5,2]"),
        pack(f"[{2**63},2]"),
        pack(f"[{-(2**63) - 1},2]"),
        pack("[[1],2]"),
        pack("[null,2]"),
        pack("[" * 100_000),
        "=" * 10,
    ],
)
def test_a_cursor_that_no_list_gave_is_refused(cursor):
    with pytest.raises(CursorInvalid) as refusal:
        decode_cursor(cursor, int, int)
    assert refusal.value.code == "paging.cursor_invalid"


def test_a_text_that_no_database_holds_is_no_position():
    with pytest.raises(CursorInvalid):
        decode_cursor(pack('["a\\u0000"]'), str)


@given(st.text(max_size=80))
def test_any_text_is_a_cursor_or_refused(text):
    try:
        decode_cursor(text, int)
    except CursorInvalid:
        return


def request_with(*values: str) -> Request:
    headers = [(b"authorization", value.encode("latin-1")) for value in values]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers})


@pytest.mark.parametrize("sent", ["Bearer " + "a" * 64, "bearer  " + "a" * 64, "BEARER " + "a" * 64 + " "])
def test_the_token_of_a_bearer_header_is_found(sent):
    assert bearer_token(request_with(sent)) == "a" * 64


@pytest.mark.parametrize(
    "sent",
    [
        (),
        ("",),
        ("a" * 64,),
        ("Basic " + "a" * 64,),
        ("Bearer",),
        ("Bearer short",),
        ("Bearer " + "a" * 257,),
        ("Bearer " + "a" * 20 + " " + "a" * 20,),
        ("Bearer " + "ä" * 64,),
        ("Bearer " + "a" * 64, "Bearer " + "b" * 64),
    ],
)
def test_anything_else_is_nobody(sent):
    assert find_bearer_token(request_with(*sent)) is None
    with pytest.raises(Unauthenticated):
        bearer_token(request_with(*sent))
