"""JSON as WeChat Pay writes it, and a reader that accepts only one meaning for each body."""

import json
import math
from typing import Any, NoReturn

from wanpu_wire.wechatpay.errors import MalformedBody


def dump(value: Any) -> bytes:
    """Compact JSON in UTF-8, with no escapes for non-ASCII text; members keep their order."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")


def load_strict(body: bytes) -> Any:
    """Read one JSON value.

    Raises:
        MalformedBody: the body is not UTF-8 or not JSON, repeats a name inside an object, holds NaN, an
            infinity or half of a surrogate pair, or nests too deeply. Readers differ on such bodies, and a
            signature over an ambiguous body proves nothing.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object_without_duplicates,
            parse_constant=_refuse_constant,
            parse_float=_finite_float,
        )
        if b"\\u" in body:
            dump(value)  # An unpaired surrogate can only come from an escape, and cannot be encoded.
    except (ValueError, RecursionError) as error:
        raise MalformedBody(f"not one unambiguous JSON value: {type(error).__name__}") from error
    return value


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedBody("an object repeats a name")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedBody(f"{name} is not JSON")


def _finite_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise MalformedBody("a number is out of range")
    return number
