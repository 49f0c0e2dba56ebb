"""Rules of `kernel/money.py`: fen inside, yuan text at the edges, shares that add up."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanpu.kernel.money import Fen, format_yuan, parse_yuan, share_of, split_by_largest_remainder

weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("19.9", 1990),
        ("19.90", 1990),
        ("0.01", 1),
        ("-3.05", -305),
        ("9999999999999.99", 10**15 - 1),
    ],
)
def test_yuan_text_is_read_as_whole_fen(text, fen):
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text", ["", "1.", ".5", "1.005", "1e3", "+1", " 1", "1 ", "1,000", "１", "NaN", "10000000000000", "--1"]
)
def test_text_that_would_need_a_guess_is_refused(text):
    with pytest.raises(ValueError, match="not an amount in yuan"):
        parse_yuan(text)


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_every_amount_survives_the_way_to_text_and_back(fen):
    assert parse_yuan(format_yuan(fen)) == fen


def test_yuan_text_always_has_two_decimals():
    assert [format_yuan(fen) for fen in (0, 5, 1990, -5, -1990)] == [
        "0.00",
        "0.05",
        "19.90",
        "-0.05",
        "-19.90",
    ]


@given(st.integers(0, 10**12), weights)
def test_shares_add_up_to_the_total_exactly(total, parts):
    assert sum(split_by_largest_remainder(total, parts)) == total


@given(st.integers(0, 10**12), weights.filter(any))
def test_no_share_is_a_whole_fen_away_from_its_exact_part(total, parts):
    shares = split_by_largest_remainder(total, parts)

    whole = sum(parts)
    assert all(abs(share * whole - total * part) < whole for share, part in zip(shares, parts, strict=True))


@given(st.integers(0, 10**12), weights.filter(any))
def test_a_weight_of_zero_receives_nothing(total, parts):
    shares = split_by_largest_remainder(total, parts)

    assert [share for share, part in zip(shares, parts, strict=True) if part == 0 and share] == []


@given(st.integers(0, 10**12), weights)
def test_a_larger_weight_never_receives_less(total, parts):
    shares = split_by_largest_remainder(total, parts)

    by_weight = sorted(zip(parts, shares, strict=True))
    assert all(low[1] <= high[1] for low, high in itertools.pairwise(by_weight) if low[0] < high[0])


def test_left_over_fen_go_to_the_largest_remainders_the_earlier_first():
    assert split_by_largest_remainder(100, [1, 1, 1]) == [34, 33, 33]
    assert split_by_largest_remainder(10, [1, 2, 3]) == [2, 3, 5]
    assert split_by_largest_remainder(2, [1, 1, 1]) == [1, 1, 0]


def test_with_all_weights_zero_the_first_share_takes_everything():
    assert split_by_largest_remainder(7, [0, 0]) == [7, 0]


@pytest.mark.parametrize(("total", "parts"), [(-1, [1]), (1, [-1, 2]), (1, [])])
def test_a_split_that_makes_no_sense_is_refused(total, parts):
    with pytest.raises(ValueError, match=r"negative|nobody"):
        split_by_largest_remainder(total, parts)


def test_nothing_is_split_between_nobody_without_a_word():
    assert split_by_largest_remainder(0, []) == []


def test_a_rate_takes_its_part_rounded_down():
    assert share_of(Fen(10_001), 30) == 30
    assert share_of(Fen(333), 1) == 0
    assert share_of(Fen(12_345), 10_000) == 12_345
