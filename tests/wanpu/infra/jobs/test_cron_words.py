"""Cron in words."""

import pytest

from wanpu.infra.jobs.cron import Cron
from wanpu.infra.jobs.cron_words import describe

WORDS = [
    ("* * * * * ?", "每秒", "every second"),
    ("0 * * * * ?", "每分钟", "every minute"),
    ("0 0/30 * * * ?", "每 30 分钟", "every 30 minutes"),
    ("0 15 * * * ?", "每小时第 15 分", "in minute 15 of every hour"),
    ("0/15 * 8 * * ?", "第 8 点，每 15 秒", "every 15 seconds, in hour 8"),
    (
        "0 5/10 8-18 ? * 2",
        "每周一，第 8 点至第 18 点，从第 5 分起每 10 分钟",
        "every 10 minutes from minute 5 on, in hour 8 to 18, on Monday",
    ),
    ("0 0 0,12 * * ?", "每天，00:00、12:00", "every day at 00:00, 12:00"),
    ("30 15 10 ? * MON-FRI", "每周一至五，10:15:30", "at 10:15:30, on Monday to Friday"),
    ("0 0 3 1,15 * ?", "每月 1 日、15 日，03:00", "at 03:00, on day 1, 15 of the month"),
    ("0 15 10 L * ?", "每月最后一天，10:15", "at 10:15, on the last day of the month"),
    ("0 15 10 L-2 * ?", "每月倒数第 3 天，10:15", "at 10:15, 2 days before the last day of the month"),
    ("0 15 10 LW * ?", "每月最后一个工作日，10:15", "at 10:15, on the last weekday of the month"),
    (
        "0 0 12 1W * ?",
        "每月 1 日最近的工作日，12:00",
        "at 12:00, on the weekday nearest to day 1 of the month",
    ),
    ("0 15 10 ? * 6L", "每月最后一个星期五，10:15", "at 10:15, on the last Friday of the month"),
    ("0 15 10 ? * 6#3", "每月第 3 个星期五，10:15", "at 10:15, on the third Friday of the month"),
    (
        "0 0 3 1 1,7 ? 2027-2030",
        "2027 年至2030 年，1 月、7 月，每月 1 日，03:00",
        "at 03:00, on day 1 of the month, in January, July, in 2027 to 2030",
    ),
]


@pytest.mark.parametrize(("text", "zh", "en"), WORDS)
def test_an_expression_is_told_in_both_languages(text: str, zh: str, en: str) -> None:
    cron = Cron(text)

    assert (describe(cron, "zh"), describe(cron, "en")) == (zh, en)
