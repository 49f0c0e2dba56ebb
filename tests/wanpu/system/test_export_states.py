"""The life of an export: every pair of statuses."""

from itertools import product

import pytest

from wanpu.kernel.states import IllegalMove
from wanpu.system.states import EXPORT_MOVES, ExportStatus

ALLOWED = {
    ("waiting", "running"),
    ("waiting", "failed"),
    ("waiting", "cancelled"),
    ("running", "done"),
    ("running", "failed"),
    ("running", "cancelled"),
}


@pytest.mark.parametrize(("current", "target"), list(product(ExportStatus, repeat=2)))
def test_an_export_moves_only_as_its_table_says(current: ExportStatus, target: ExportStatus) -> None:
    if current is target:
        assert EXPORT_MOVES.move(current, target) is False
    elif (current.value, target.value) in ALLOWED:
        assert EXPORT_MOVES.move(current, target) is True
    else:
        with pytest.raises(IllegalMove):
            EXPORT_MOVES.move(current, target)


def test_what_has_ended_stays_ended() -> None:
    assert {status for status in ExportStatus if status.is_over} == {
        ExportStatus.DONE,
        ExportStatus.FAILED,
        ExportStatus.CANCELLED,
    }
