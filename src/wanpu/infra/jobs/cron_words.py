"""A cron expression in words, Chinese or English, for people who do not read cron."""

from wanpu.infra.jobs.cron import Cron
from wanpu.infra.jobs.cron_days import (
    Days,
    LastDay,
    LastWeekDay,
    MonthDays,
    NthWeekDay,
    Span,
    Spans,
    WeekdayNear,
    WeekDays,
    numbers,
)

MAX_CLOCK_TIMES = 8
_WEEK_ZH = ("日", "一", "二", "三", "四", "五", "六")
_WEEK_EN = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTH_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_ORDINAL_EN = ("first", "second", "third", "fourth", "fifth")


def describe(cron: Cron, language: str) -> str:
    """What the expression says: `language` is "zh" or "en". "每月倒数第 3 天 10:15" for 0 15 10 L-2 * ?"""
    return _in_chinese(cron) if language == "zh" else _in_english(cron)


def _clock_times(cron: Cron) -> list[str]:
    """The times of day when they are few and named one by one; else nothing."""
    fields = cron.fields
    spans = (*fields.seconds, *fields.minutes, *fields.hours)
    if not all(span.is_single for span in spans):
        return []
    times = [
        f"{hour:02d}:{minute:02d}" + (f":{second:02d}" if second else "")
        for hour in numbers(fields.hours)
        for minute in numbers(fields.minutes)
        for second in numbers(fields.seconds)
    ]
    return times if len(times) <= MAX_CLOCK_TIMES else []


def _is_whole(spans: Spans) -> bool:
    return any(span.is_whole for span in spans)


def _is_zero(spans: Spans) -> bool:
    return numbers(spans) == (0,)


def _steps_through(spans: Spans) -> Span | None:
    """The one span that goes on in steps to the end of its field."""
    [span, *others] = spans
    return span if not others and span.step > 1 and span.last == span.high else None


def _names_every_day(days: Days) -> bool:
    return isinstance(days, MonthDays | WeekDays) and _is_whole(days.spans)


# Chinese: from the large to the small, "2026 年 1 月 每周一至五 10:15".


def _in_chinese(cron: Cron) -> str:
    fields = cron.fields
    parts = []
    years = fields.years
    if not _is_whole(years):
        parts.append("、".join(_item_zh(span, "{} 年") for span in years))
    if not _is_whole(fields.months):
        parts.append("、".join(_item_zh(span, "{} 月") for span in fields.months))
    times = _clock_times(cron)
    if not _names_every_day(fields.days):
        parts.append(_days_zh(fields.days))
    elif times:
        parts.append("每天")
    parts += ["、".join(times)] if times else _time_zh(cron)
    return "，".join(parts)


def _time_zh(cron: Cron) -> list[str]:
    fields = cron.fields
    parts = []
    if not _is_whole(fields.hours):
        parts.append(_level_zh(fields.hours, "小时", "点"))
    if not (_is_whole(fields.minutes) and not _is_zero(fields.seconds)):
        parts.append(_level_zh(fields.minutes, "分钟", "分", outer="每小时" if not parts else ""))
    if not _is_zero(fields.seconds):
        parts.append(_level_zh(fields.seconds, "秒", "秒", outer="每分钟" if not parts else ""))
    return parts


def _level_zh(spans: Spans, unit: str, mark: str, *, outer: str = "") -> str:
    if _is_whole(spans):
        return f"每{unit}"
    step = _steps_through(spans)
    if step is not None:
        every = f"每 {step.step} {unit}"
        return every if step.first == step.low else f"{outer}从第 {step.first} {mark}起{every}"
    return outer + "、".join(_item_zh(span, f"第 {{}} {mark}") for span in spans)


def _days_zh(days: Days) -> str:
    match days:
        case MonthDays(spans):
            return "每月 " + "、".join(_item_zh(span, "{} 日") for span in spans)
        case WeekDays(spans):
            return "每周" + "、".join(_week_item_zh(span) for span in spans)
        case LastDay(0, False):
            return "每月最后一天"
        case LastDay(0, True):
            return "每月最后一个工作日"
        case LastDay(back, is_weekday):
            return f"每月倒数第 {back + 1} 天" + ("最近的工作日" if is_weekday else "")
        case WeekdayNear(day):
            return f"每月 {day} 日最近的工作日"
        case LastWeekDay(weekday):
            return f"每月最后一个星期{_WEEK_ZH[weekday - 1]}"
        case NthWeekDay(weekday, nth):
            return f"每月第 {nth} 个星期{_WEEK_ZH[weekday - 1]}"


def _item_zh(span: Span, pattern: str) -> str:
    if span.is_single:
        return pattern.format(span.first)
    text = f"{pattern.format(span.first)}至{pattern.format(span.last)}"
    return text if span.step == 1 else f"{text}每隔 {span.step}"


def _week_item_zh(span: Span) -> str:
    if span.is_single:
        return _WEEK_ZH[span.first - 1]
    if span.step == 1:
        return f"{_WEEK_ZH[span.first - 1]}至{_WEEK_ZH[span.last - 1]}"
    return "、".join(_WEEK_ZH[day - 1] for day in span.values())


# English: from the small to the large, "at 10:15, on Monday to Friday, in January".


def _in_english(cron: Cron) -> str:
    fields = cron.fields
    times = _clock_times(cron)
    parts = [f"at {', '.join(times)}"] if times else _time_en(cron)
    if isinstance(fields.days, LastDay) and fields.days.back:
        parts.append(_days_en(fields.days))
    elif not _names_every_day(fields.days):
        parts.append(f"on {_days_en(fields.days)}")
    elif times:
        parts[0] = f"every day {parts[0]}"
    if not _is_whole(fields.months):
        parts.append("in " + ", ".join(_item_en(span, _MONTH_EN) for span in fields.months))
    if not _is_whole(fields.years):
        parts.append("in " + ", ".join(_item_en(span, ()) for span in fields.years))
    return ", ".join(parts)


def _time_en(cron: Cron) -> list[str]:
    fields = cron.fields
    parts = []
    if not _is_zero(fields.seconds):
        parts.append(_level_en(fields.seconds, "second"))
    if not (_is_whole(fields.minutes) and parts):
        parts.append(_level_en(fields.minutes, "minute"))
    if not _is_whole(fields.hours):
        parts.append(_level_en(fields.hours, "hour"))
    elif parts[-1].startswith("in "):
        parts[-1] += " of every " + ("minute" if _is_whole(fields.minutes) else "hour")
    return parts


def _level_en(spans: Spans, unit: str) -> str:
    if _is_whole(spans):
        return f"every {unit}"
    step = _steps_through(spans)
    if step is not None:
        every = f"every {step.step} {unit}s"
        return every if step.first == step.low else f"{every} from {unit} {step.first} on"
    return f"in {unit} " + ", ".join(_item_en(span, ()) for span in spans)


def _days_en(days: Days) -> str:
    match days:
        case MonthDays(spans):
            return "day " + ", ".join(_item_en(span, ()) for span in spans) + " of the month"
        case WeekDays(spans):
            return ", ".join(_item_en(span, _WEEK_EN) for span in spans)
        case LastDay(0, False):
            return "the last day of the month"
        case LastDay(0, True):
            return "the last weekday of the month"
        case LastDay(back, is_weekday):
            day = f"{'day' if back == 1 else 'days'} before the last day of the month"
            return ("on the weekday nearest to " if is_weekday else "") + f"{back} {day}"
        case WeekdayNear(day):
            return f"the weekday nearest to day {day} of the month"
        case LastWeekDay(weekday):
            return f"the last {_WEEK_EN[weekday - 1]} of the month"
        case NthWeekDay(weekday, nth):
            return f"the {_ORDINAL_EN[nth - 1]} {_WEEK_EN[weekday - 1]} of the month"


def _item_en(span: Span, names: tuple[str, ...]) -> str:
    def word(number: int) -> str:
        return names[number - 1] if names else str(number)

    if span.is_single:
        return word(span.first)
    text = f"{word(span.first)} to {word(span.last)}"
    return text if span.step == 1 else f"{text} in steps of {span.step}"
