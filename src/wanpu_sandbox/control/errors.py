"""Refusals of the control API, in the same body as every error of this project."""

import uuid
from typing import Any

from starlette.responses import JSONResponse


class ControlRefusal(Exception):
    """`code` is permanent; `status` is 404 for unknown things, 409 for wrong states, 422 for bad input."""

    def __init__(self, status: int, code: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details or {}


def error_response(refusal: ControlRefusal) -> JSONResponse:
    """The body `{code, message, details, request_id}`."""
    return JSONResponse(
        {
            "code": refusal.code,
            "message": refusal.message,
            "details": refusal.details,
            "request_id": uuid.uuid4().hex,
        },
        status_code=refusal.status,
    )
