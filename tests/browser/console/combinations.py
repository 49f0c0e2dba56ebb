"""Which of the console's screens a journey walks in the everyday suite, and which only in the long one."""

import pytest
from tests.browser.console.operator import CONSOLE_SCREENS, DESK, POCKET
from tests.browser.screens import Screen


def first_on(everyday: Screen) -> pytest.MarkDecorator:
    """Every day on this screen; on the others in the long suite."""
    screens = [
        pytest.param(one, id=one.name, marks=() if one is everyday else pytest.mark.long)
        for one in CONSOLE_SCREENS
    ]
    return pytest.mark.parametrize("screen", screens, indirect=True)


FIRST_AT_DESK = first_on(DESK)
FIRST_IN_POCKET = first_on(POCKET)
