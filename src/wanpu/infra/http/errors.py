"""Every refusal as one body: `{code, message, details, request_id}`, in the caller's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope
from structlog import get_logger

from wanpu.infra.database import DatabaseAway, is_conflict, is_disconnect
from wanpu.infra.http.field_problems import problem_text
from wanpu.infra.http.json_answer import json_answer
from wanpu.infra.http.json_body import MalformedJson, UnsupportedMediaType
from wanpu.infra.lane import LaneFull
from wanpu.kernel.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    WanpuError,
)

STATUS_OF_KIND: Mapping[type[WanpuError], int] = {
    Invalid: 422,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    TooMany: 429,
    Unavailable: 503,
}
RETRY_AFTER_S = 1

log = get_logger(__name__)


class PathNotFound(NotFound):
    """No route has this path."""

    code = "request.path_not_found"
    message_zh = "该地址不存在"
    message_en = "There is nothing at this address"


class MethodNotAllowed(Invalid):
    """The path exists, the method does not."""

    code = "request.method_not_allowed"
    message_zh = "该地址不支持此方法"
    message_en = "This address does not take this method"


class InternalError(WanpuError):
    """A defect of ours; its cause stands in the log under the same request id."""

    code = "service.internal_error"
    message_zh = "服务器内部错误"
    message_en = "Something went wrong on our side"


def add_error_handlers(app: FastAPI) -> None:
    """Answer every refusal of this application in the one form."""
    app.add_exception_handler(WanpuError, _answer_refusal)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(ValidationError, _answer_invalid_model)
    app.add_exception_handler(HTTPException, _answer_http_error)
    app.add_exception_handler(DBAPIError, _answer_database_error)


def status_of(error: type[WanpuError]) -> int:
    """The HTTP status of a refusal's kind."""
    if issubclass(error, UnsupportedMediaType):
        return 415
    if issubclass(error, MethodNotAllowed):
        return 405
    return next((status for kind, status in STATUS_OF_KIND.items() if issubclass(error, kind)), 500)


def error_answer(scope: Scope, error: WanpuError, *, headers: Mapping[str, str] | None = None) -> Response:
    """The response for a refusal."""
    sent = dict(headers or {})
    status = status_of(type(error))
    if status in (429, 503):
        sent.setdefault("retry-after", str(error.details.get("retry_after_s", RETRY_AFTER_S)))
    if status == 401:
        sent.setdefault("www-authenticate", "Bearer")
    body = {
        "code": error.code,
        "message": error.message(language_of(scope)),
        "details": error.details,
        "request_id": request_id_of(scope),
    }
    return json_answer(body, status=status, headers=sent)


def request_id_of(scope: Scope) -> str:
    """The id that the middleware gave this request."""
    return str(scope.get("state", {}).get("request_id", ""))


def language_of(scope: Scope) -> str:
    """ "zh" or "en", by Accept-Language; Chinese when it names neither."""
    for name, value in scope["headers"]:
        if name == b"accept-language":
            return _preferred_language(value.decode("latin-1"))
    return "zh"


def _preferred_language(header: str) -> str:
    best, best_weight = "zh", 0.0
    for choice in header.split(",")[:20]:
        tag, _, parameters = choice.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        weight = _weight_of(parameters)
        if language in ("zh", "en") and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight_of(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def invalid_fields(problems: Sequence[Mapping[str, Any]], language: str) -> Invalid:
    """What pydantic found, as one refusal that names each field."""
    fields = [
        {"field": _field_of(found["loc"]), "problem": problem_text(found, language)} for found in problems
    ]
    return Invalid(details={"fields": fields})


def _field_of(location: Sequence[str | int]) -> str:
    parts = list(location)
    if parts and parts[0] in ("body", "query", "path", "header", "cookie"):
        parts = parts[1:] or parts
    return ".".join(str(part) for part in parts) or "body"


async def _answer_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, WanpuError)
    if isinstance(error, Unavailable):
        log.warning("request.unavailable", code=error.code, error=str(error))
    return error_answer(request.scope, error)


async def _answer_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if any(found["type"] == "json_invalid" for found in error.errors()):
        return error_answer(request.scope, MalformedJson(details={"problem": "invalid syntax"}))
    return error_answer(request.scope, invalid_fields(error.errors(), language_of(request.scope)))


async def _answer_invalid_model(request: Request, error: Exception) -> Response:
    """A hot route validated its body itself; anything else is a defect and never the caller's fault."""
    assert isinstance(error, ValidationError)
    log.error("request.model_invalid", error=str(error), exc_info=error)
    return error_answer(request.scope, InternalError())


async def _answer_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refusals: dict[int, WanpuError] = {
        401: Unauthenticated(),
        403: Forbidden(),
        404: PathNotFound(),
        405: MethodNotAllowed(),
        413: TooLarge(),
        415: UnsupportedMediaType(),
    }
    refusal = refusals.get(error.status_code) or (InternalError() if error.status_code >= 500 else Invalid())
    return error_answer(request.scope, refusal, headers=error.headers)


async def _answer_database_error(request: Request, error: Exception) -> Response:
    """A conflict that outlived its re-runs, or a lost connection: the caller may repeat the request."""
    if is_disconnect(error):
        log.error("request.database_lost", error=str(error.__cause__ or error))
        return error_answer(request.scope, DatabaseAway())
    if is_conflict(error):
        log.error("request.database_conflict", error=str(error.__cause__ or error))
        return error_answer(request.scope, LaneFull())
    raise error
