"""CSV that spreadsheets open as it was meant."""

from datetime import UTC, datetime

import pytest

from wanpu.system.exports.csv_text import Words, csv_lines, guarded


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        "  =1",
        "\u00a0=1",
        "\uff1d1",
        "\uff0b1",
        "=cmd|' /C calc'!A0",
    ],
)
def test_what_a_spreadsheet_would_run_stands_behind_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "plain", "a=b", "3-4", "123456789012345", "名字", "{}"])
def test_other_text_is_left_alone(text: str) -> None:
    assert guarded(text) == text


def test_a_number_that_a_spreadsheet_would_round_stays_text() -> None:
    assert guarded("9007199254740993") == "'9007199254740993"


def test_cells_are_shown_in_the_readers_language_and_in_beijing_time() -> None:
    words = Words("成功", "Succeeded")
    cells = [words, True, None, -5, datetime(2026, 11, 22, 16, 30, tzinfo=UTC)]

    assert csv_lines([cells], "zh") == "成功,是,,-5,2026-11-23 00:30:00\r\n"
    assert csv_lines([cells], "en") == "Succeeded,Yes,,-5,2026-11-23 00:30:00\r\n"


def test_quotes_commas_and_line_breaks_stay_within_their_cell() -> None:
    assert csv_lines([['a"b', "c,d", "e\r\nf", "🛒"]], "zh") == '"a""b","c,d","e\r\nf",🛒\r\n'
