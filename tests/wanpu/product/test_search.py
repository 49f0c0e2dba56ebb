"""Search terms: pairs of Chinese characters, whole words of everything else."""

from hypothesis import given
from hypothesis import strategies as some

from wanpu.product.search import MAX_QUERY_TERMS, MAX_TERM_LENGTH, index_terms, query_terms


def test_chinese_text_is_found_by_each_character_and_each_pair() -> None:
    assert index_terms({"蓝牙耳机": 4}) == {
        "蓝": 4,
        "牙": 4,
        "耳": 4,
        "机": 4,
        "蓝牙": 4,
        "牙耳": 4,
        "耳机": 4,
    }


def test_words_and_numbers_are_found_whole_in_small_half_width_letters() -> None:
    assert index_terms({"ＵＳＢ-C 65W": 1}) == {"usb": 1, "c": 1, "65w": 1}


def test_a_term_keeps_the_largest_weight_of_the_texts_that_hold_it() -> None:
    assert index_terms({"茶杯": 4, "白茶": 1}) == {"茶": 4, "杯": 4, "茶杯": 4, "白": 1, "白茶": 1}


def test_a_search_asks_for_pairs_and_for_a_single_character_only_alone() -> None:
    assert query_terms("蓝牙耳机") == ["蓝牙", "牙耳", "耳机"]
    assert query_terms("杯") == ["杯"]
    assert query_terms("蓝牙 USB 杯") == ["蓝牙", "usb", "杯"]


def test_a_run_ends_where_the_script_changes() -> None:
    assert query_terms("a4纸张2024款") == ["a4", "纸张", "2024", "款"]


def test_a_search_without_letters_or_digits_asks_for_nothing() -> None:
    assert query_terms(" %_-!，。'\"") == []


@given(some.text(max_size=80))
def test_whatever_a_title_holds_it_is_found_by_itself(title: str) -> None:
    indexed = index_terms({title: 1})
    asked = query_terms(title)

    assert set(asked) <= set(indexed)
    assert len(asked) <= MAX_QUERY_TERMS
    assert all(0 < len(term) <= MAX_TERM_LENGTH for term in indexed)
