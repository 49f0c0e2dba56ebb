"""Rules of `infra/http/json_body.py`: one meaning for every body."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanpu.infra.http.json_body import (
    MAX_DEPTH,
    MalformedJson,
    UnsupportedMediaType,
    parse_json,
    require_json_type,
)

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), inner, max_size=5
        )
    ),
    max_leaves=20,
)


@given(plain, st.booleans())
def test_every_plain_value_is_read_back(value, is_ascii):
    assert parse_json(json.dumps(value, ensure_ascii=is_ascii).encode()) == value


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused_and_never_break_the_parser(body):
    with contextlib.suppress(MalformedJson):
        assert parse_json(body) == json.loads(body)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "invalid syntax"),
        (b"{", "invalid syntax"),
        (b"{} {}", "invalid syntax"),
        (b"{'a': 1}", "invalid syntax"),
        (b'{"a": 01}', "invalid syntax"),
        (b"\xef\xbb\xbf{}", "invalid syntax"),
        (b'{"a": 1, "a": 1}', "a name stands twice in one object"),
        (b'[{"x": {"a": 1, "a": 2}}]', "a name stands twice in one object"),
        (b'{"a": 1, "\\u0061": 2}', "a name stands twice in one object"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b"[Infinity]", "Infinity is not a number"),
        (b"[-Infinity]", "-Infinity is not a number"),
        (b"[1e999]", "a number is too large"),
        (b"[" + b"9" * 101 + b"]", "a number is too long"),
        (b'{"a": "\xff"}', "invalid UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', "invalid UTF-8"),
        (b'{"a": "\\ud800"}', "a character that no database holds"),
        (b'{"\\u0000": 1}', "a character that no database holds"),
        (b'["x\\u0000y"]', "a character that no database holds"),
    ],
)
def test_a_body_with_no_meaning_or_two_is_refused(body, problem):
    with pytest.raises(MalformedJson) as refusal:
        parse_json(body)
    assert refusal.value.details == {"problem": problem}


def test_a_pair_of_surrogates_is_one_character():
    assert parse_json(b'["\\ud83d\\uded2"]') == ["🛒"]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_ends_at_a_depth_that_no_honest_body_reaches(opening, closing):
    deep = opening * MAX_DEPTH + "1" + closing * MAX_DEPTH
    parse_json(deep.encode())

    with pytest.raises(MalformedJson) as refusal:
        parse_json((opening + deep + closing).encode())
    assert refusal.value.details == {"problem": "nested deeper than 32"}


def test_half_a_million_open_brackets_are_refused_before_they_are_followed():
    with pytest.raises(MalformedJson) as refusal:
        parse_json(b"[" * 500_000)
    assert refusal.value.details == {"problem": "nested deeper than 32"}


def test_brackets_inside_text_and_beside_each_other_are_no_depth():
    body = {"text": '[{"' * 100 + "\\", "rows": [[1]] * 100}

    assert parse_json(json.dumps(body).encode()) == body


@pytest.mark.parametrize("sent", ["application/json", "Application/JSON; charset=utf-8", " application/json"])
def test_json_may_be_named_with_parameters_and_in_any_case(sent):
    require_json_type(sent)


@pytest.mark.parametrize(
    "sent", [None, "", "text/plain", "application/x-www-form-urlencoded", "application/json-patch+json"]
)
def test_any_other_type_is_unsupported(sent):
    with pytest.raises(UnsupportedMediaType):
        require_json_type(sent)
