"""Our own source as syntax trees, for tests that hold it to its rules."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"


@dataclass(frozen=True)
class Module:
    """One file of `src`. `name` is dotted: "wanpu.order.service.placing"."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def room(self) -> str:
        """The part of the mall that it belongs to: "order", "kernel", "app"."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""

    def imports(self) -> Iterator[tuple[str, str | None]]:
        """Every import, wherever it stands: the module, and the name taken from it (None: the module)."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, None) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name}: relative import"
                yield from ((node.module or "", alias.name) for alias in node.names)

    def functions(self) -> Iterator[ast.AsyncFunctionDef | ast.FunctionDef]:
        """Every function and method."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
                yield node


@cache
def modules(package: str) -> tuple[Module, ...]:
    """Every module of a package of `src`, by name."""
    found = []
    for path in sorted((SOURCE / package).rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))))
    assert found, f"no module in {package}"
    return tuple(found)


def receiver_of(call: ast.Call) -> list[str]:
    """The names of a call from the outside in: `app.payments.close(…)` is app, payments, close."""
    names: list[str] = []
    node: ast.expr = call.func
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        names.insert(0, node.id)
    return names


def calls_in(node: ast.AST) -> Iterator[ast.Call]:
    """Every call below a node."""
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))
