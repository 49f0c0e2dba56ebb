"""Rules of `kernel/states.py`: an entity moves as its table says, or not at all."""

from enum import Enum
from itertools import product

import pytest

from wanpu.kernel.states import IllegalMove, TransitionTable


class Lamp(Enum):
    OFF = 0
    ON = 1
    BROKEN = 2


MOVES = TransitionTable[Lamp]({Lamp.OFF: {Lamp.ON}, Lamp.ON: {Lamp.OFF, Lamp.BROKEN}, Lamp.BROKEN: set()})
LISTED = {(Lamp.OFF, Lamp.ON), (Lamp.ON, Lamp.OFF), (Lamp.ON, Lamp.BROKEN)}


@pytest.mark.parametrize(("current", "target"), list(product(Lamp, Lamp)))
def test_listed_moves_go_repeats_change_nothing_and_the_rest_raise(current, target):
    if current is target:
        assert MOVES.move(current, target) is False
    elif (current, target) in LISTED:
        assert MOVES.move(current, target) is True
    else:
        with pytest.raises(IllegalMove):
            MOVES.move(current, target)


def test_a_final_status_leads_nowhere():
    assert [status for status in Lamp if MOVES.is_final(status)] == [Lamp.BROKEN]


def test_a_table_that_forgets_a_status_is_refused():
    with pytest.raises(ValueError, match="no line for"):
        TransitionTable[Lamp]({Lamp.OFF: {Lamp.ON}, Lamp.ON: set()})
