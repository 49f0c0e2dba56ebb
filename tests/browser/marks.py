"""How tests of this folder run: one after the other in one process, in the loop that the browser lives in."""

import pytest

BROWSER_TEST = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.asyncio(loop_scope="session"),
]
