"""Where transactions open and close, and what never happens while one is open."""

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, calls_in, modules, receiver_of

MAY_COMMIT = {"wanpu.infra.database", "wanpu.infra.migrations"}

OUTSIDE = {"http", "channel", "channels", "payments", "publisher", "connector", "signed_http"}
"""Whoever is called by one of these names sits beyond our own database."""

SLOW = OUTSIDE | {"serials", "numbers", "passwords", "cache"}
"""These open transactions of their own, hash for long, or wait for another server."""

OPENERS = {"transaction", "reading", "snapshot"}


def is_opener(item: ast.withitem, names: set[str]) -> bool:
    call = item.context_expr
    return isinstance(call, ast.Call) and receiver_of(call)[-1:] != [] and receiver_of(call)[-1] in names


def transaction_blocks(module: Module) -> Iterator[ast.AsyncWith]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.AsyncWith) and any(is_opener(i, {"transaction"}) for i in node.items):
            yield node


def awaited_calls(node: ast.AST) -> Iterator[ast.Call]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Await) and isinstance(inner.value, ast.Call):
            yield inner.value


def at(module: Module, node: ast.stmt | ast.expr, what: str) -> str:
    return f"{module.name}:{node.lineno} {what}"


def test_only_the_database_commits_and_rolls_back() -> None:
    found = [
        at(module, call, ".".join(receiver_of(call)))
        for module in modules("wanpu")
        if module.name not in MAY_COMMIT
        for call in calls_in(module.tree)
        if receiver_of(call)[-1:] in (["commit"], ["rollback"], ["begin"], ["begin_nested"])
    ]

    assert found == []


def test_the_tests_of_this_file_see_the_transactions() -> None:
    assert sum(1 for module in modules("wanpu") for _ in transaction_blocks(module)) >= 40


def test_nothing_outside_is_called_while_a_transaction_is_open() -> None:
    found = [
        at(module, call, ".".join(receiver_of(call)))
        for module in modules("wanpu")
        if module.room != "infra"
        for block in transaction_blocks(module)
        for call in awaited_calls(block)
        if SLOW & {name.lstrip("_") for name in receiver_of(call)[:-1]} or receiver_of(call)[-1:] == ["sleep"]
    ]

    assert found == []


def test_no_transaction_opens_inside_another() -> None:
    found = [
        at(module, inner, "opens inside a transaction")
        for module in modules("wanpu")
        for block in transaction_blocks(module)
        for statement in block.body
        for inner in ast.walk(statement)
        if isinstance(inner, ast.AsyncWith) and any(is_opener(item, OPENERS) for item in inner.items)
    ]

    assert found == []


def test_a_function_that_takes_a_session_opens_no_transaction() -> None:
    found = []
    for module in modules("wanpu"):
        for function in module.functions():
            arguments = [*function.args.args, *function.args.kwonlyargs]
            if not any(_is_session(argument) for argument in arguments):
                continue
            found += [
                at(module, call, ".".join(receiver_of(call)))
                for call in calls_in(function)
                if receiver_of(call)[-1:] and receiver_of(call)[-1] in OPENERS
            ]

    assert found == []


def _is_session(argument: ast.arg) -> bool:
    return isinstance(argument.annotation, ast.Name) and argument.annotation.id == "AsyncSession"


def test_only_use_cases_and_the_infrastructure_open_transactions() -> None:
    rooms = ("system", "crm", "product", "payment", "order")
    found = [
        at(module, block, "opens a transaction")
        for module in modules("wanpu")
        if module.room in rooms and ".service" not in module.name
        for block in transaction_blocks(module)
    ]

    assert found == []


def test_what_is_run_again_after_a_conflict_calls_nobody_outside() -> None:
    """Followed through every function of ours that it calls by name."""
    functions = _functions_by_name()
    rerun = [name for name, (_, function) in functions.items() if _is_rerun(function)]
    assert len(rerun) >= 40

    reaches: dict[str, list[str]] = {}
    for start in rerun:
        seen: set[str] = set()
        ahead = [start]
        while ahead:
            name = ahead.pop()
            if name in seen:
                continue
            seen.add(name)
            module, function = functions[name]
            outside = [".".join(receiver_of(call)) for call in awaited_calls(function) if _is_outside(call)]
            if outside:
                reaches.setdefault(start, []).extend(f"{name} calls {one}" for one in outside)
            ahead += [called for called in _called_by(module, function) if called in functions]

    assert reaches == {}


def _functions_by_name() -> dict[str, tuple[Module, ast.AsyncFunctionDef | ast.FunctionDef]]:
    return {
        f"{module.name}.{node.name}": (module, node)
        for module in modules("wanpu")
        for node in module.tree.body
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
    }


def _is_rerun(function: ast.AsyncFunctionDef | ast.FunctionDef) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "rerun_on_conflict" for d in function.decorator_list)


def _is_outside(call: ast.Call) -> bool:
    return bool(OUTSIDE & {name.lstrip("_") for name in receiver_of(call)[:-1]})


def _called_by(module: Module, function: ast.AST) -> Iterator[str]:
    """Full names of the functions that one calls: its module's own, and imported ones."""
    imported = {name: f"{source}.{name}" for source, name in module.imports() if name}
    for call in calls_in(function):
        names = receiver_of(call)
        if len(names) == 1:
            yield imported.get(names[0], f"{module.name}.{names[0]}")
        elif len(names) == 2 and names[0] in imported:
            yield f"{imported[names[0]]}.{names[1]}"
