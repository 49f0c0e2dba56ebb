"""How tests of this folder run: in the loop that the browser lives in."""

import pytest

BROWSER_TEST = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]
