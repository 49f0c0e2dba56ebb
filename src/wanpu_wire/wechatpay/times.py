"""Times as WeChat Pay v3 writes them: RFC 3339 in Beijing time, to the second.

Source: WeChat Pay API v3, 数据格式 and the recorded answers (`2021-01-19T16:18:12+08:00`).
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from wanpu_wire.wechatpay.errors import MalformedBody

BEIJING = timezone(timedelta(hours=8))
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
_OFFSET = r"(?:Z|[+-][0-9]{2}:[0-9]{2})"
_RFC3339 = re.compile(f"{_DAY}T{_TIME}{_OFFSET}")


def format_time(moment: datetime) -> str:
    """Write an aware time as `yyyy-MM-ddTHH:mm:ss+08:00`; fractions of a second are cut off."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone has no wire form")
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")


def parse_time(text: str) -> datetime:
    """Read an RFC 3339 time with any offset and answer it in UTC.

    Raises:
        MalformedBody: another format, a day that does not exist, or no offset.
    """
    if not _RFC3339.fullmatch(text):
        raise MalformedBody("a time is not RFC 3339")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise MalformedBody("a time does not exist") from error
