"""System health and the SQL monitor over HTTP."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from tests.http import Caller, room_app, serving
from tests.wanpu.system.people import make_staff

from wanpu.infra.models import DueWork
from wanpu.infra.tables import table_of
from wanpu.kernel.clock import ManualClock
from wanpu.system.api import health
from wanpu.system.models import OperationLog
from wanpu.system.services import SystemServices

PERMISSIONS = ["sys:health:list", "sys:sql:list", "sys:sql:delete"]


@pytest.fixture
async def http(system: SystemServices) -> AsyncIterator[Caller]:
    app = room_app(system, [health.router])
    app.state.system = system
    person = await make_staff(system, "li", PERMISSIONS)
    async with serving(app) as caller:
        yield caller.with_token(person.token)


async def test_health_tells_of_parts_and_of_what_waits(
    http: Caller, system: SystemServices, clock: ManualClock
) -> None:
    overdue_since = clock.now() - timedelta(minutes=5)
    async with system.db.transaction() as session:
        await session.execute(
            insert(table_of(DueWork)),
            [
                {"kind": "test", "ref": ref, "due_at": due_at, "attempts": 0, "failures": 0}
                | {"created_at": clock.now(), "lease_token": None}
                for ref, due_at in (("late", overdue_since), ("later", clock.now() + timedelta(hours=1)))
            ],
        )
    system.slow_statements.count("SELECT slow", 1.5)
    await system.slow_statements.keep(system.db)

    found = (await http.get("/platform/v1/health")).body

    assert found["database"] == system.db.dialect
    assert (found["cache"], found["events"]) == ("memory", "in-process")
    assert {part["name"]: part["is_sound"] for part in found["parts"]} == {
        "cache": True,
        "database": True,
        "loops": True,
    }
    assert (found["overdue_work"], found["oldest_overdue_at"]) == (1, "2026-11-22T07:55:00Z")
    assert (found["pending_events"], found["open_dead_letters"], found["pending_approvals"]) == (0, 0, 0)
    assert found["slow_statements"] == 1


async def test_a_part_that_fails_is_named_with_its_cause(
    http: Caller, system: SystemServices, clock: ManualClock
) -> None:
    system.heartbeats.beat("relay")
    clock.advance(timedelta(minutes=2))

    parts = {part["name"]: part for part in (await http.get("/platform/v1/health")).body["parts"]}

    assert parts["loops"]["is_sound"] is False
    assert "relay last passed at" in parts["loops"]["problem"]
    assert parts["database"]["is_sound"] is True


async def test_slow_statements_are_shown_with_count_and_time_and_cleared(
    http: Caller, system: SystemServices
) -> None:
    for statement, took_s in (("SELECT a", 0.3), ("SELECT a", 0.5), ("SELECT b", 2.0)):
        system.slow_statements.count(statement, took_s)
    await system.slow_statements.keep(system.db)

    shown = (await http.get("/platform/v1/slow-statements?sort=longest_ms")).body
    assert [(row["statement"], row["runs"], row["longest_ms"]) for row in shown["items"]] == [
        ("SELECT b", 1, 2000),
        ("SELECT a", 2, 500),
    ]
    assert (shown["total"], shown["items"][1]["average_ms"]) == (2, 400)

    assert (await http.delete("/platform/v1/slow-statements")).status == 204
    assert (await http.get("/platform/v1/slow-statements")).body["total"] == 0
    async with system.db.reading() as session:
        logged = (await session.execute(select(OperationLog.operation, OperationLog.before))).one()
    assert tuple(logged) == ("slow_statement.clear", {"count": 2})


async def test_each_takes_its_permission_and_only_known_columns_sort(
    http: Caller, system: SystemServices
) -> None:
    for permission in PERMISSIONS:
        others = [other for other in PERMISSIONS if other != permission]
        lacking = http.with_token((await make_staff(system, permission.replace(":", "-"), others)).token)
        method, path = {
            "sys:health:list": ("GET", "/platform/v1/health"),
            "sys:sql:list": ("GET", "/platform/v1/slow-statements"),
            "sys:sql:delete": ("DELETE", "/platform/v1/slow-statements"),
        }[permission]
        assert (await lacking.send(method, path)).refusal == (403, "auth.forbidden")
    for text in ("statement", "runs; DROP TABLE slow_statement", "' OR 1=1"):
        refused = await http.get("/platform/v1/slow-statements", query={"sort": text})
        assert refused.refusal == (422, "request.invalid")
