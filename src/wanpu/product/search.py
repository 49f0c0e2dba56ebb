"""Search terms (二元分词): Chinese text by pairs of characters, everything else by words. Pure."""

import unicodedata
from collections.abc import Iterator, Mapping
from itertools import pairwise

MAX_TERM_LENGTH = 16
MAX_QUERY_TERMS = 32


def index_terms(weights: Mapping[str, int]) -> dict[str, int]:
    """Terms under which a product is found, each with the largest weight of a text that holds it.

    `weights` maps texts (title, keyword …) to weights. Chinese runs give every character and every pair.
    """
    terms: dict[str, int] = {}
    for text, weight in weights.items():
        for run, is_chinese in _runs(text):
            found = [*run, *_pairs(run)] if is_chinese else [run[:MAX_TERM_LENGTH]]
            for term in found:
                terms[term] = max(weight, terms.get(term, 0))
    return terms


def query_terms(text: str) -> list[str]:
    """Terms that a product must all have: the pairs of a Chinese run, a single character, whole words.

    Empty when the text holds neither letters nor digits.
    """
    terms: dict[str, None] = {}
    for run, is_chinese in _runs(text):
        found = _pairs(run) if is_chinese and len(run) > 1 else [run[:MAX_TERM_LENGTH]]
        terms.update(dict.fromkeys(found))
    return list(terms)[:MAX_QUERY_TERMS]


def _pairs(run: str) -> list[str]:
    return [first + second for first, second in pairwise(run)]


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Runs of one kind, with whether they are Chinese: full-width forms and capitals are folded."""
    run, run_is_chinese = "", False
    for character in unicodedata.normalize("NFKC", text).casefold():
        if not character.isalnum():
            if run:
                yield run, run_is_chinese
            run = ""
            continue
        is_chinese = _is_chinese(character)
        if run and is_chinese is not run_is_chinese:
            yield run, run_is_chinese
            run = ""
        run, run_is_chinese = run + character, is_chinese
    if run:
        yield run, run_is_chinese


def _is_chinese(character: str) -> bool:
    """Scripts written without spaces: Han, kana, Hangul."""
    return (
        "\u3040" <= character <= "\u30ff"
        or "\u3400" <= character <= "\u9fff"
        or "\uac00" <= character <= "\ud7a3"
        or "\uf900" <= character <= "\ufaff"
        or character >= "\U00020000"
    )
