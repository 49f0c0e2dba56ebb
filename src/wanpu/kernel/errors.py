"""The kinds of refusal. A domain error subclasses one and fixes its public, permanent code."""

from collections.abc import Mapping
from typing import Any, ClassVar


class WanpuError(Exception):
    """A refusal that its caller can understand: `code` for machines, text in two languages.

    `message_zh` and `message_en` are templates filled from `details`.
    """

    code: ClassVar[str]
    message_zh: ClassVar[str]
    message_en: ClassVar[str]

    def __init__(self, note: str = "", *, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(note or self.message_en)
        self.details: dict[str, Any] = dict(details or {})

    def message(self, language: str) -> str:
        """The sentence for people: `language` is "zh" or "en"."""
        return self.message_zh if language == "zh" else self.message_en


class Invalid(WanpuError):
    """422: the input is malformed or breaks a rule that no state can change."""

    code = "request.invalid"
    message_zh = "请求内容有误"
    message_en = "The request is not valid"


class Unauthenticated(WanpuError):
    """401: nobody is known to be calling."""

    code = "auth.required"
    message_zh = "请先登录"
    message_en = "Please sign in first"


class Forbidden(WanpuError):
    """403: the caller is known and lacks a permission."""

    code = "auth.forbidden"
    message_zh = "没有权限"
    message_en = "You may not do this"


class NotFound(WanpuError):
    """404: no such thing, or it is another's."""

    code = "request.not_found"
    message_zh = "内容不存在"
    message_en = "There is no such thing"


class Conflict(WanpuError):
    """409: the request is sound but the present state refuses it."""

    code = "request.conflict"
    message_zh = "当前状态不允许此操作"
    message_en = "The present state does not allow this"


class TooLarge(WanpuError):
    """413: the body passes the limit."""

    code = "request.too_large"
    message_zh = "请求内容过大"
    message_en = "The request is too large"


class TooMany(WanpuError):
    """429: too many requests."""

    code = "request.too_many"
    message_zh = "操作过于频繁，请稍后再试"
    message_en = "Too many requests; try again later"


class Unavailable(WanpuError):
    """503: a part we need is away; the same request may be repeated."""

    code = "service.unavailable"
    message_zh = "服务暂时不可用，请稍后重试"
    message_en = "The service is busy; repeat the same request in a moment"
