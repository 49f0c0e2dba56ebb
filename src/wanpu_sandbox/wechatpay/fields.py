"""Field rules: which members a body may hold, of which type and size, and the provider's words when not.

Source: WeChat Pay API v3, request parameters of each endpoint; the recorded text for an amount below 1.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wanpu_sandbox.wechatpay.errors import ProviderRefusal, param_error
from wanpu_wire.wechatpay.errors import MalformedBody
from wanpu_wire.wechatpay.json_text import dump
from wanpu_wire.wechatpay.times import parse_time

_INT64_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A string of `shortest` to `longest` characters that matches `pattern` as a whole."""

    name: str
    label: str
    required: bool = False
    shortest: int = 0
    longest: int
    pattern: str | None = None

    def read(self, value: Any, at: str) -> str:
        """`value`, when it keeps the rule; `at` is its JSON pointer."""
        if not isinstance(value, str):
            raise _wrong_type(at, self.label, value, "字符串")
        if len(value) > self.longest:
            raise _broken_text(at, self.label, value, f"字符数 {len(value)}，大于最大值 {self.longest}")
        if len(value) < self.shortest:
            raise _broken_text(at, self.label, value, f"字符数 {len(value)}，小于最小值 {self.shortest}")
        if self.pattern is not None and not re.fullmatch(self.pattern, value):
            raise _broken_text(at, self.label, value, "字符串不符合要求的格式")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """An RFC 3339 time with its offset, such as `2026-11-24T10:00:00+08:00`; it stays a text."""

    name: str
    label: str
    required: bool = False

    def read(self, value: Any, at: str) -> str:
        """`value`, when it keeps the rule; `at` is its JSON pointer."""
        if not isinstance(value, str):
            raise _wrong_type(at, self.label, value, "字符串")
        try:
            parse_time(value)
        except MalformedBody as error:
            raise _broken_text(at, self.label, value, "不是合法的 RFC 3339 时间") from error
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole number from `smallest` to `largest`; `true`, `1.0` and `"1"` are of another type."""

    name: str
    label: str
    required: bool = False
    smallest: int = 0
    largest: int = _INT64_MAX

    def read(self, value: Any, at: str) -> int:
        """`value`, when it keeps the rule; `at` is its JSON pointer."""
        if type(value) is not int or abs(value) > _INT64_MAX:
            raise _wrong_type(at, self.label, value, " 64 位有符号整数")
        if value < self.smallest:
            raise _broken_number(at, self.label, value, f"值低于最小值 {self.smallest}")
        if value > self.largest:
            raise _broken_number(at, self.label, value, f"值高于最大值 {self.largest}")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """True or false."""

    name: str
    label: str
    required: bool = False

    def read(self, value: Any, at: str) -> bool:
        """`value`, when it keeps the rule; `at` is its JSON pointer."""
        if not isinstance(value, bool):
            raise _wrong_type(at, self.label, value, "布尔值")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An object with members of its own, of at most `most_bytes` as compact JSON."""

    name: str
    label: str
    fields: "Sequence[Field]"
    required: bool = False
    most_bytes: int | None = None

    def read(self, value: Any, at: str) -> dict[str, Any]:
        """The known members of `value`, checked; `at` is its JSON pointer."""
        if not isinstance(value, dict):
            raise _wrong_type(at, self.label, value, "对象")
        if self.most_bytes is not None and len(dump(value)) > self.most_bytes:
            raise _broken_size(
                at, self.label, "对象", f"字节数 {len(dump(value))}，大于最大值 {self.most_bytes}"
            )
        return read_members(self.fields, value, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list of `fewest` to `most` entries, all read by `entry`."""

    name: str
    label: str
    entry: "Field"
    required: bool = False
    fewest: int = 0
    most: int = 1000

    def read(self, value: Any, at: str) -> list[Any]:
        """`value`, when it keeps the rule; `at` is its JSON pointer."""
        if not isinstance(value, list):
            raise _wrong_type(at, self.label, value, "数组")
        if len(value) < self.fewest:
            raise _broken_size(at, self.label, "数组", f"元素个数 {len(value)}，小于最小值 {self.fewest}")
        if len(value) > self.most:
            raise _broken_size(at, self.label, "数组", f"元素个数 {len(value)}，大于最大值 {self.most}")
        return [self.entry.read(entry, f"{at}/{index}") for index, entry in enumerate(value)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A member that belongs to another way of paying: it is refused in the words of `reason`.

    Others that the schema does not know are passed over.
    """

    name: str
    label: str
    reason: str
    required: bool = False

    def read(self, value: Any, at: str) -> Any:
        """Refuse; `at` is the member's JSON pointer."""
        raise param_error(f"不支持“{self.label}”：{self.reason}", field=at, value=value)


Field = Text | Time | Whole | Flag | Group | Items | Foreign


def read_members(fields: Sequence[Field], members: Mapping[str, Any], at: str = "") -> dict[str, Any]:
    """The known members, checked, in the order of `fields`; null counts as absent, unknown ones are ignored.

    Raises:
        ProviderRefusal: 400 PARAM_ERROR for the first field that breaks its rule.
    """
    found: dict[str, Any] = {}
    for field in fields:
        value = members.get(field.name)
        pointer = f"{at}/{field.name}"
        if value is not None:
            found[field.name] = field.read(value, pointer)
        elif field.required:
            message = f"输入源“/body{pointer}”映射到字段“{field.label}”必填性规则校验失败，此字段为必填项"
            raise param_error(message, field=pointer)
    return found


def read_parameter(rule: Text, value: str | None, *, location: str) -> str:
    """Check one path (`url`) or query (`query`) parameter.

    Raises:
        ProviderRefusal: 400 PARAM_ERROR that names the parameter.
    """
    if value is None:
        message = f"输入源“/{location}/{rule.name}”映射到字段“{rule.label}”必填性规则校验失败，此字段为必填项"
        raise param_error(message, field=rule.name, location=location)
    is_known_form = rule.pattern is None or re.fullmatch(rule.pattern, value)
    if not rule.shortest <= len(value) <= rule.longest or not is_known_form:
        message = f"输入源“/{location}/{rule.name}”映射到值字段“{rule.label}”字符串规则校验失败"
        raise param_error(message, field=rule.name, value=value, location=location)
    return value


def _wrong_type(at: str, label: str, value: Any, wanted: str) -> ProviderRefusal:
    message = f"无法将 JSON 输入源“/body{at}”映射到目标字段“{label}”中，此字段需要一个合法的{wanted}"
    return param_error(message, field=at, value=value)


def _broken_text(at: str, label: str, value: str, reason: str) -> ProviderRefusal:
    message = f"输入源“/body{at}”映射到值字段“{label}”字符串规则校验失败，{reason}"
    return param_error(message, field=at, value=value)


def _broken_number(at: str, label: str, value: int, reason: str) -> ProviderRefusal:
    message = f"输入源“/body{at}”映射到数值字段“{label}”规则校验失败，{reason}"
    return param_error(message, field=at, value=value)


def _broken_size(at: str, label: str, kind: str, reason: str) -> ProviderRefusal:
    message = f"输入源“/body{at}”映射到{kind}字段“{label}”规则校验失败，{reason}"
    return param_error(message, field=at)
