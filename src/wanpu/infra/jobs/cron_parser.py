"""Reads the text of a Quartz cron expression: six fields, or seven with the year.

Source: Quartz 2.x, CronTrigger tutorial and CronExpression. Where Quartz silently passes over nonsense
(a field too many, an empty list item, a step of zero, `W` in a list), this refuses it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from wanpu.infra.jobs.cron_days import (
    SATURDAY,
    Days,
    LastDay,
    LastWeekDay,
    MonthDays,
    NthWeekDay,
    Span,
    Spans,
    WeekdayNear,
    WeekDays,
)
from wanpu.infra.jobs.errors import CronInvalid

FIRST_YEAR, LAST_YEAR = 1970, 2099
MAX_LENGTH = 200
MAX_DAYS_BACK = 30
MAX_NTH = 5
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

_PROBLEMS = {
    "too_few": ("表达式不完整，应有 6 或 7 个字段", "is missing: six or seven fields are needed"),
    "too_many": ("多余的字段，最多 7 个", "is one field too many: there are at most seven"),
    "too_long": ("表达式过长", "is beyond what an expression may be long"),
    "empty_item": ("缺少数值", "lacks a value"),
    "bad_character": ("有不能识别的内容", "holds something that cannot be read"),
    "unknown_name": ("名称不存在", "holds a name that does not exist"),
    "out_of_range": ("数值超出范围", "holds a number out of its range"),
    "bad_step": ("步长有误", "holds a step that is not possible"),
    "backwards": ("起始年份应早于结束年份", "must begin before it ends"),
    "not_here": ("此处不能使用该符号", "holds a sign that has no place here"),
    "stands_alone": ("该符号必须单独使用", "holds a sign that must stand alone"),
    "day_twice": ("日与周只能指定一个，另一个须为 ?", "and day of month: one of the two must be ?"),
    "day_missing": ("日与周不能同时为 ?", "and day of month: only one of the two may be ?"),
}


@dataclass(frozen=True)
class _Field:
    zh: str
    en: str
    low: int
    high: int
    max_step: int
    names: Mapping[str, int]


_SECOND = _Field("秒", "seconds", 0, 59, 59, {})
_MINUTE = _Field("分", "minutes", 0, 59, 59, {})
_HOUR = _Field("时", "hours", 0, 23, 23, {})
_MONTH_DAY = _Field("日", "day of month", 1, 31, 31, {})
_MONTH = _Field("月", "month", 1, 12, 12, {name: n for n, name in enumerate(_MONTHS, 1)})
_WEEK_DAY = _Field("周", "day of week", 1, 7, 7, {name: n for n, name in enumerate(_WEEKDAYS, 1)})
_YEAR = _Field("年", "year", FIRST_YEAR, LAST_YEAR, LAST_YEAR - FIRST_YEAR, {})
_FIELDS = (_SECOND, _MINUTE, _HOUR, _MONTH_DAY, _MONTH, _WEEK_DAY, _YEAR)


@dataclass(frozen=True)
class Fields:
    """A cron expression taken apart; of the two day fields the one that is not `?`."""

    seconds: Spans
    minutes: Spans
    hours: Spans
    days: Days
    months: Spans
    years: Spans


@dataclass(frozen=True)
class _Token:
    """A piece of the expression and where it stands (from 0)."""

    text: str
    at: int
    field: _Field

    def part(self, start: int, end: int | None = None) -> "_Token":
        return _Token(self.text[start:end], self.at + start, self.field)

    def refuse(self, problem: str, at: int = 0) -> NoReturn:
        zh, en = _PROBLEMS[problem]
        raise CronInvalid(self.field.zh, self.field.en, self.at + at + 1, problem, zh, en)


def read_fields(text: str) -> Fields:
    """Take an expression apart.

    Raises:
        CronInvalid: with the field, the position and the problem.
    """
    if len(text) > MAX_LENGTH:
        _Token(text, MAX_LENGTH, _SECOND).refuse("too_long")
    found = [(match.group().upper(), match.start()) for match in re.finditer(r"\S+", text)]
    if len(found) > len(_FIELDS):
        _Token("", found[len(_FIELDS)][1], _YEAR).refuse("too_many")
    tokens = [_Token(word, at, field) for (word, at), field in zip(found, _FIELDS, strict=False)]
    if len(tokens) < len(_FIELDS) - 1:
        _Token("", len(text.rstrip()), _FIELDS[len(tokens)]).refuse("too_few")
    second, minute, hour, month_day, month, week_day, *year = tokens
    seconds, minutes, hours = _spans(second), _spans(minute), _spans(hour)
    by_month = _month_days(month_day)
    months = _spans(month)
    by_week = _week_days(week_day)
    years = _spans(year[0]) if year else (Span(FIRST_YEAR, LAST_YEAR, 1, FIRST_YEAR, LAST_YEAR),)
    if by_month is not None and by_week is not None:
        week_day.refuse("day_twice")
    days = by_month or by_week
    if days is None:
        week_day.refuse("day_missing")
    return Fields(seconds, minutes, hours, days, months, years)


def _month_days(token: _Token) -> Days | None:
    """None stands for `?`."""
    if _is_question(token):
        return None
    if "L" in token.text:
        return _last_day(token)
    if "W" in token.text:
        number = re.fullmatch(r"(\d+)W", token.text)
        if number is None:
            token.refuse("stands_alone", token.text.index("W"))
        return WeekdayNear(_number(token.part(0, number.end(1))))
    return MonthDays(_spans(token))


def _last_day(token: _Token) -> Days:
    match = re.fullmatch(r"L(?:-(\d+))?(W)?", token.text)
    if match is None:
        token.refuse("stands_alone" if "," in token.text else "bad_character", token.text.index("L"))
    back = int(match.group(1) or 0)
    if back > MAX_DAYS_BACK:
        token.refuse("out_of_range", match.start(1))
    return LastDay(back, match.group(2) is not None)


def _week_days(token: _Token) -> Days | None:
    """None stands for `?`."""
    if _is_question(token):
        return None
    if token.text == "L":
        return WeekDays((Span(SATURDAY, SATURDAY, 1, 1, 7),))
    if "#" in token.text:
        match = re.fullmatch(r"(\d+|[A-Z]{3})#(\d+)", token.text)
        if match is None:
            token.refuse("stands_alone" if "," in token.text else "bad_character", token.text.index("#"))
        if not 1 <= int(match.group(2)) <= MAX_NTH:
            token.refuse("out_of_range", match.start(2))
        return NthWeekDay(_value(token.part(0, match.end(1))), int(match.group(2)))
    if token.text.endswith("L"):
        if re.search(r"[,/-]", token.text):
            token.refuse("stands_alone", len(token.text) - 1)
        return LastWeekDay(_value(token.part(0, len(token.text) - 1)))
    return WeekDays(_spans(token))


def _is_question(token: _Token) -> bool:
    if "?" not in token.text:
        return False
    if token.text != "?":
        token.refuse("stands_alone", token.text.index("?"))
    return True


def _spans(token: _Token) -> Spans:
    spans, at = [], 0
    for item in token.text.split(","):
        spans.append(_span(token.part(at, at + len(item))))
        at += len(item) + 1
    return tuple(spans)


def _span(item: _Token) -> Span:
    field = item.field
    if not item.text:
        item.refuse("empty_item")
    slash = item.text.find("/")
    body = item if slash < 0 else item.part(0, slash)
    step = 1 if slash < 0 else _step(item.part(slash + 1))
    if body.text in ("*", "") and (body.text or slash == 0):
        return Span(field.low, field.high, step, field.low, field.high)
    dash = body.text.find("-")
    if dash < 0:
        first = _value(body)
        return Span(first, first if slash < 0 else field.high, step, field.low, field.high)
    first, last = _value(body.part(0, dash)), _value(body.part(dash + 1))
    if field is _YEAR and first > last:
        body.refuse("backwards")
    return Span(first, last, step, field.low, field.high)


def _step(token: _Token) -> int:
    if not re.fullmatch(r"\d{1,4}", token.text, re.ASCII) or not 1 <= int(token.text) <= token.field.max_step:
        token.refuse("bad_step")
    return int(token.text)


def _value(token: _Token) -> int:
    """A number in the field's range, or a name of the field."""
    if not token.text:
        token.refuse("empty_item")
    if token.text.isascii() and token.text.isalpha():
        if token.text in token.field.names:
            return token.field.names[token.text]
        is_sign = set(token.text) <= {"L", "W", "C"}
        token.refuse("not_here" if is_sign else "unknown_name")
    return _number(token)


def _number(token: _Token) -> int:
    if not re.fullmatch(r"\d+", token.text, re.ASCII):
        bad = re.search(r"[^0-9]", token.text, re.ASCII)
        sign = token.text[bad.start()] if bad else ""
        token.refuse("not_here" if sign in {*"?LWC#*"} else "bad_character", bad.start() if bad else 0)
    if len(token.text) > 4 or not token.field.low <= int(token.text) <= token.field.high:
        token.refuse("out_of_range")
    return int(token.text)
