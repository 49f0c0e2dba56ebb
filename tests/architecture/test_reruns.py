"""Functions that may run again after a conflict make no outside call: read from their source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import wanpu

OUTSIDE = {"http", "channel", "channels", "connector", "publisher", "serials", "cache", "passwords"}
"""Parts that call another server, open a transaction of their own, or take their time."""


def decorated() -> Iterator[tuple[str, ast.AsyncFunctionDef]]:
    """Every function under `@rerun_on_conflict`, with where it stands."""
    for path in sorted(Path(wanpu.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.AsyncFunctionDef) and any(
                isinstance(mark, ast.Name) and mark.id == "rerun_on_conflict" for mark in node.decorator_list
            ):
                yield f"{path.name}:{node.name}", node


def outside_calls(function: ast.AsyncFunctionDef) -> list[str]:
    """Awaited calls whose path leads through a part that must not be used: `app.http.send`."""
    found = []
    for node in ast.walk(function):
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Call):
            path = ast.unparse(node.value.func)
            if set(path.split(".")[:-1]) & OUTSIDE:
                found.append(path)
    return found


def test_no_function_that_may_run_again_calls_outside() -> None:
    functions = dict(decorated())

    assert len(functions) >= 20
    calls = {name: outside_calls(function) for name, function in functions.items()}
    assert {name: made for name, made in calls.items() if made} == {}


def test_an_outside_call_would_be_found() -> None:
    source = "async def f(app):\n    async with app.db.transaction():\n        await app.http.send('GET')\n"
    [function] = ast.parse(source).body

    assert isinstance(function, ast.AsyncFunctionDef)
    assert outside_calls(function) == ["app.http.send"]
