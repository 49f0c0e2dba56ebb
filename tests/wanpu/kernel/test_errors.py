"""Rules of `kernel/errors.py`: every refusal has a permanent code and a sentence in two languages."""

import pytest

from wanpu.kernel.errors import Conflict, Invalid, NotFound, TooMany, WanpuError

KINDS = WanpuError.__subclasses__()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_has_a_code_and_both_languages(kind):
    error = kind()

    assert error.code.count(".") == 1
    assert error.message("zh") != error.message("en")
    assert error.message("fr") == error.message("en")


def test_kinds_do_not_share_a_code():
    assert len({kind.code for kind in KINDS}) == len(KINDS)


def test_the_note_is_for_the_log_and_the_details_are_for_the_caller():
    error = Conflict("row 7 is locked", details={"left": 1})

    assert str(error) == "row 7 is locked"
    assert error.details == {"left": 1}
    assert error.message("en") == "The present state does not allow this"


def test_details_of_one_refusal_are_not_those_of_another():
    first, second = NotFound(), TooMany()
    first.details["seen"] = True

    assert second.details == {}
    assert Invalid().details == {}
