"""Strict JSON: one meaning for every body, so that a check and its use never read two values."""

import json
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from fastapi import Request, Response
from fastapi.params import Form
from fastapi.routing import APIRoute

from wanpu.kernel.errors import Invalid

MAX_DEPTH = 32
MAX_INTEGER_DIGITS = 100


class MalformedJson(Invalid):
    """The body is not JSON as we accept it; `details.problem` says why."""

    code = "request.malformed_json"
    message_zh = "请求内容不是合法的 JSON"
    message_en = "The body is not valid JSON"


class UnsupportedMediaType(Invalid):
    """A body was sent as something else than JSON."""

    code = "request.unsupported_media_type"
    message_zh = "请使用 Content-Type: application/json"
    message_en = "Use Content-Type: application/json"


def parse_json(body: bytes) -> Any:
    """Read a body.

    Raises:
        MalformedJson: invalid UTF-8 or syntax, a name twice in one object, NaN or Infinity, a lone
            surrogate or NUL, a number too long, or nesting deeper than 32.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed("invalid UTF-8") from error
    _check_depth(text)
    try:
        value = _decode(text)
    except (ValueError, RecursionError) as error:
        raise _malformed("invalid syntax") from error
    if "\\u" in text:
        _check_characters(value)
    return value


class StrictJsonRoute(APIRoute):
    """A FastAPI route whose JSON body is read by `parse_json`; routers take it as `route_class`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if self.body_field is None or isinstance(self.body_field.field_info, Form):
            return handle

        async def handle_strictly(request: Request) -> Response:
            request._json = await read_json(request)
            return await handle(request)

        return handle_strictly


async def read_json(request: Request) -> Any:
    """The strictly parsed body of a request; None when it is empty.

    Raises:
        UnsupportedMediaType, MalformedJson: it is something else.
    """
    body = await request.body()
    if not body:
        return None
    require_json_type(request.headers.get("content-type"))
    return parse_json(body)


def require_json_type(content_type: str | None) -> None:
    """Refuse a body that is not sent as JSON.

    Raises:
        UnsupportedMediaType: the header is missing or names another type.
    """
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UnsupportedMediaType


def _malformed(problem: str) -> MalformedJson:
    return MalformedJson(details={"problem": problem})


def _check_depth(text: str) -> None:
    """Count open brackets outside strings before the parser recurses into them."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    is_text = is_escaped = False
    for character in text:
        if is_text:
            if is_escaped:
                is_escaped = False
            elif character == "\\":
                is_escaped = True
            elif character == '"':
                is_text = False
        elif character == '"':
            is_text = True
        elif character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise _malformed(f"nested deeper than {MAX_DEPTH}")
        elif character in "]}":
            depth -= 1


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _malformed("a name stands twice in one object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise _malformed(f"{name} is not a number")


def _parse_int(digits: str) -> int:
    if len(digits) > MAX_INTEGER_DIGITS:
        raise _malformed("a number is too long")
    return int(digits)


def _parse_float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _malformed("a number is too large")
    return value


def _check_characters(value: Any) -> None:
    if isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" or character == "\0" for character in value):
            raise _malformed("a character that no database holds")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_characters(name)
            _check_characters(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_characters(inner)


_decode = json.JSONDecoder(
    object_pairs_hook=_unique_names,
    parse_constant=_refuse_constant,
    parse_int=_parse_int,
    parse_float=_parse_float,
).decode
"""Built once: building one takes longer than reading a small body with it."""
