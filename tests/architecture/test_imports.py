"""Rooms and their doors: imports point down, and a room is entered by its public face alone."""

import ast
import importlib

import pytest
from tests.architecture.source import Module, modules

from wanpu.tables import Base

RANKS = {
    "kernel": 0,
    "infra": 1,
    "system": 2,
    "crm": 4,
    "product": 5,
    "payment": 5,
    "order": 6,
}
"""How high a room stands; equals never import each other."""

ROOMS = ("system", "crm", "product", "payment", "order")
ROOTS = ("", "tables", "mall", "app", "worker", "audit", "demo", "cli", "__main__")
"""Composition roots: they put rooms together, so they alone reach inside."""

PORT_MODULES = {f"wanpu.payment.{name}" for name in ("port", "errors", "events", "states")}
"""What the order room may know of payments: the door, its refusals, its events and its statuses."""


def room_of(imported: str) -> str:
    parts = imported.split(".")
    return parts[1] if parts[0] == "wanpu" and len(parts) > 1 else ""


def test_every_part_of_the_mall_is_a_room_or_a_composition_root() -> None:
    assert {module.room for module in modules("wanpu")} <= {*RANKS, *ROOTS}


def test_imports_point_down_and_neighbours_never_import_each_other() -> None:
    upward = [
        f"{module.name} imports {imported}"
        for module in modules("wanpu")
        if module.room in RANKS
        for imported, _ in module.imports()
        if imported.split(".")[0] == "wanpu" and room_of(imported) != module.room
        if room_of(imported) and RANKS.get(room_of(imported), 99) >= RANKS[module.room]
    ]

    assert upward == []


@pytest.mark.requirement("S3-058")
def test_a_room_is_entered_by_its_public_face_alone() -> None:
    inside = [
        f"{module.name} imports {imported}"
        for module in modules("wanpu")
        if module.room not in ROOTS
        for imported, _ in module.imports()
        if room_of(imported) in ROOMS and room_of(imported) != module.room
        if imported != f"wanpu.{room_of(imported)}"
    ]

    assert inside == []


def test_a_public_face_holds_names_and_no_code() -> None:
    for room in ROOMS:
        [face] = [module for module in modules("wanpu") if module.name == f"wanpu.{room}"]
        kinds = {type(node) for node in face.tree.body}
        assert kinds <= {ast.Expr, ast.ImportFrom, ast.Assign}, room
        [names] = [node for node in face.tree.body if isinstance(node, ast.Assign)]
        offered = ast.literal_eval(names.value)
        assert offered == sorted(offered), room
        assert offered == sorted(name for _, name in face.imports() if name), room


def test_orders_know_payments_only_by_the_port() -> None:
    face = importlib.import_module("wanpu.payment")
    beyond = [
        f"{module.name} imports {name}"
        for module in modules("wanpu")
        if module.room == "order"
        for imported, name in module.imports()
        if imported == "wanpu.payment" and name is not None
        if getattr(face, name).__module__ not in PORT_MODULES
    ]

    assert beyond == []


def test_rows_point_across_rooms_by_id_without_a_foreign_key_or_relationship() -> None:
    assert [str(key) for table in Base.metadata.tables.values() for key in table.foreign_keys] == []
    assert [mapper.class_.__name__ for mapper in Base.registry.mappers if mapper.relationships] == []


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [("wanpu_wire", ("wanpu", "wanpu_sandbox")), ("wanpu_sandbox", ("wanpu",))],
)
def test_the_wire_formats_know_nobody_and_the_sandbox_never_knows_the_mall(
    package: str, forbidden: tuple[str, ...]
) -> None:
    known = [
        f"{module.name} imports {imported}"
        for module in modules(package)
        for imported, _ in module.imports()
        if imported.split(".")[0] in forbidden
    ]

    assert known == []


def test_only_the_composition_roots_know_the_sandbox() -> None:
    def knows(module: Module) -> bool:
        return any(imported.split(".")[0] == "wanpu_sandbox" for imported, _ in module.imports())

    assert {module.room for module in modules("wanpu") if knows(module)} <= {"cli", "demo"}
