"""JSON answers, encoded once."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

JSON_TYPE = "application/json"


def json_answer(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response of plain values; UTF-8, so that Chinese text stays readable."""
    return json_bytes(orjson.dumps(value), status=status, headers=headers)


def json_bytes(body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response whose bytes are ready."""
    return Response(body, status_code=status, headers=headers, media_type=JSON_TYPE)
