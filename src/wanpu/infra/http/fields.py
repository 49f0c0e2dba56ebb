"""Field types of request and answer models, and the two models that all of them extend."""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from wanpu.kernel.clock import iso_utc, require_aware
from wanpu.kernel.contacts import MAX_EMAIL_LENGTH, require_email, require_mobile
from wanpu.kernel.ids import MAX_ID, Id

Item = TypeVar("Item", bound=BaseModel)

_ID = re.compile(r"[1-9][0-9]{0,18}")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


class Body(BaseModel):
    """A request body: types are exact ("1" and 1.0 and true are no integers), unknown fields refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Out(BaseModel):
    """An answer; built by our own code from plain values."""

    model_config = ConfigDict(frozen=True)


class PageOut(Out, Generic[Item]):
    """One page of a console's list, and how many rows match in all. A list extends it under its own name."""

    items: list[Item]
    total: int


def _read_id(value: Any, info: ValidationInfo) -> int:
    is_strict = bool(info.config and info.config.get("strict"))
    if isinstance(value, int) and not isinstance(value, bool) and not is_strict and 0 < value <= MAX_ID:
        return value
    if isinstance(value, str) and _ID.fullmatch(value) and int(value) <= MAX_ID:
        return int(value)
    raise PydanticCustomError("id_text", "must be an id: text of digits")


def _read_whole_number(value: Any) -> Any:
    if isinstance(value, str) and not _WHOLE_NUMBER.fullmatch(value):
        raise PydanticKnownError("int_parsing")
    return value


def _read_time(value: Any) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return require_aware(value)
    if isinstance(value, str) and _TIME.fullmatch(value):
        try:
            return require_aware(datetime.fromisoformat(value))
        except (ValueError, OverflowError):
            pass
    raise PydanticCustomError("time_text", "must be an ISO 8601 time with its zone")


def _read_line(value: str) -> str:
    stripped = value.strip()
    if not stripped or any(
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in stripped
    ):
        raise PydanticCustomError("line_text", "must be one line of text without control characters")
    return stripped


IdText = Annotated[
    Id,
    BeforeValidator(_read_id),
    PlainSerializer(str, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,18}$", "examples": ["65601234"]}),
]
"""An id: text of digits in JSON, an integer inside; 1 to 2^63 - 1."""

WholeNumber = Annotated[int, BeforeValidator(_read_whole_number)]
"""A whole number in a query string: digits alone, where "1.0", "+1", "1_0" and " 1" would pass for an int."""

UtcTime = Annotated[
    datetime,
    BeforeValidator(_read_time),
    PlainSerializer(iso_utc, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-29T08:00:00Z"]}),
]
"""A moment: ISO 8601 with a zone in, whole seconds in UTC with Z out."""

Line = Annotated[str, AfterValidator(_read_line)]
"""One line of text that a person wrote: trimmed, not empty, no control characters."""


def checked_by(require: Callable[[str], str], name: str, problem_zh: str) -> AfterValidator:
    """A rule that raises ValueError as a check of a field; `problem_zh` is what Chinese readers see."""

    def check(value: str) -> str:
        try:
            return require(value)
        except ValueError as error:
            raise PydanticCustomError(name, "{en}", {"en": str(error), "zh": problem_zh}) from error

    return AfterValidator(check)


Mobile = Annotated[
    str,
    Field(min_length=11, max_length=11, examples=["13800138000"]),
    checked_by(require_mobile, "mobile", "须为 11 位手机号"),
]
"""A mainland mobile number."""

Email = Annotated[
    str, Field(max_length=MAX_EMAIL_LENGTH), checked_by(require_email, "email", "邮箱格式不正确")
]
"""An e-mail address."""
