"""Names and sizes: a file says what it holds, and is short enough to be read."""

import ast
import re

from tests.architecture.source import ROOT, modules

PACKAGES = ("wanpu", "wanpu_wire", "wanpu_sandbox")
NO_HOME = re.compile(r"(^|_)(utils?|commons?|helpers?|base|misc)$")
MAX_LINES = 500
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def test_no_module_is_a_drawer_for_what_found_no_home() -> None:
    homeless = [
        module.name
        for package in PACKAGES
        for module in modules(package)
        if any(NO_HOME.search(part) for part in module.name.split("."))
    ]

    assert homeless == []


def test_no_file_is_longer_than_a_reader_bears() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for folder in ("src", "tests", "tools", "bench")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }

    assert long == {}


def test_every_module_says_what_it_is() -> None:
    silent = [
        module.name
        for package in PACKAGES
        for module in modules(package)
        if module.tree.body and ast.get_docstring(module.tree) is None
    ]

    assert silent == []


def test_every_public_function_and_class_says_what_it_does() -> None:
    silent = []
    for package in PACKAGES:
        for module in modules(package):
            for node in module.tree.body:
                if isinstance(node, ast.ClassDef | ast.AsyncFunctionDef | ast.FunctionDef):
                    is_error = isinstance(node, ast.ClassDef) and _is_only_a_code(node)
                    if not node.name.startswith("_") and not is_error and ast.get_docstring(node) is None:
                        silent.append(f"{module.name}.{node.name}")

    assert silent == []


def _is_only_a_code(node: ast.ClassDef) -> bool:
    """Error classes whose code and messages say everything."""
    names = {
        t.id for s in node.body if isinstance(s, ast.Assign) for t in s.targets if isinstance(t, ast.Name)
    }
    return "code" in names or all(isinstance(statement, ast.Pass) for statement in node.body)


def test_nothing_is_left_for_later() -> None:
    found = [
        f"{module.name}:{number}"
        for package in PACKAGES
        for module in modules(package)
        for number, line in enumerate(module.path.read_text(encoding="utf-8").splitlines(), start=1)
        if UNFINISHED.search(line)
    ]

    assert found == []


def test_nothing_is_promised_and_not_built() -> None:
    for package in PACKAGES:
        for module in modules(package):
            raised = [
                node.lineno
                for node in ast.walk(module.tree)
                if isinstance(node, ast.Raise)
                and isinstance(node.exc, ast.Name | ast.Call)
                and "NotImplementedError" in ast.dump(node.exc)
            ]
            assert raised == [], module.name
