"""Every write of the consoles leaves its line in the operation log: all routes walked, later ones as well."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Row, select
from tests.architecture import staff_writes_accounts, staff_writes_lists, staff_writes_operations
from tests.architecture.staff_stage import MUST_NOT_BE_KEPT, Stage
from tests.architecture.staff_writes import AFTER, BEFORE, WRITES, Write
from tests.http import Answer, Caller, serving
from tests.ways import Way, staff_ways

from wanpu.app import create_app
from wanpu.infra.settings import Settings
from wanpu.infra.tables import table_of
from wanpu.kernel.clock import ManualClock
from wanpu.mall import Mall, open_mall
from wanpu.system import lay_base_rows
from wanpu.system.models import OperationLog
from wanpu.system.states import Audience

_FILLED_BY = (staff_writes_accounts, staff_writes_lists, staff_writes_operations)

WITHOUT_A_LINE = {
    "POST /console/v1/auth/logout": "the login log tells who came and went",
    "POST /console/v1/auth/logout-everywhere": "the login log tells who came and went",
    "DELETE /console/v1/me/sessions/{token_id}": "the login log tells who came and went",
    "POST /console/v1/auth/totp": "proposes a second factor, which counts once it is confirmed",
    "POST /platform/v1/files/storage-test": "takes away again what it wrote to try the storage",
    "POST /platform/v1/jobs/preview": "works out moments and writes nothing",
}
"""Writing methods of staff that the log leaves out, and why."""


@pytest.fixture
async def mall(settings: Settings, clock: ManualClock) -> Mall:
    """The whole mall, with the menus of an installation."""
    opened = await open_mall(settings, clock=clock)
    await lay_base_rows(opened.services)
    return opened


@pytest.fixture
async def app(mall: Mall) -> FastAPI:
    return create_app(mall, works_in_background=False)


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[Caller]:
    async with serving(app) as caller:
        yield caller


def writing_ways(app: FastAPI) -> dict[str, Way]:
    """Every writing route that staff can call, by method and path."""
    return {way.name: way for way in staff_ways(app) if way.method != "GET"}


async def lines_after(mall: Mall, last: int) -> Sequence[Row[Any]]:
    table = table_of(OperationLog)
    async with mall.system.db.reading() as session:
        return (await session.execute(select(table).where(table.c.id > last).order_by(table.c.id))).all()


async def send(stage: Stage, way: Way, write: Write) -> Answer:
    caller = stage.caller(write.by or stage.worker(way.console or Audience.PLATFORM))
    form = {} if write.form is None else {"raw": write.form[0], "headers": {"Content-Type": write.form[1]}}
    return await caller.send(way.method, way.address(**write.ids), write.body, query=write.query, **form)


def faults_of(stage: Stage, way: Way, write: Write, answer: Answer, line: Row[Any]) -> dict[str, Any]:
    """What a line says otherwise than it should: the field, and what it says."""
    by = write.by or stage.worker(way.console or Audience.PLATFORM)
    fields = write.ids | (answer.body if isinstance(answer.body, dict) else {})
    wanted = {
        "operation": write.operation,
        "subject": write.subject.format_map(fields),
        "method": f"{way.method} {way.address(**write.ids)}",
        "user_id": by.staff_id,
        "username": by.username,
        "merchant_id": stage.merchant_id if by is stage.seller else None,
        "ip": "127.0.0.1",
        "request_id": answer.headers["x-request-id"],
        "created_at": stage.mall.system.clock.now(),
    }
    said = {name: getattr(line, name) for name in wanted}
    faults = {name: value for name, value in said.items() if value != wanted[name]}
    if not 0 <= line.time < 60_000:
        faults["time"] = line.time
    told = {name for name in (BEFORE, AFTER) if getattr(line, name) is not None}
    if told != write.told:
        faults["told"] = sorted(told)
    if isinstance(write.body, dict) and json.loads(line.params).keys() != write.body.keys():
        faults["params"] = line.params
    return faults


async def test_every_write_of_staff_has_a_request_here_or_a_reason_why_no_line_tells_of_it(
    app: FastAPI,
) -> None:
    ways = writing_ways(app)

    assert len(ways) >= 60
    assert sorted(ways.keys() - WRITES.keys() - WITHOUT_A_LINE.keys()) == []
    assert sorted((WRITES.keys() | WITHOUT_A_LINE.keys()) - ways.keys()) == []
    assert WRITES.keys() & WITHOUT_A_LINE.keys() == set()


@pytest.mark.requirement("S0-124")
async def test_every_write_leaves_one_line_with_who_what_and_from_where_and_no_secret(
    app: FastAPI, mall: Mall, http: Caller
) -> None:
    stage = await Stage.of(mall, http)
    ways = writing_ways(app)
    wrong: dict[str, Any] = {}

    for name, preparation in WRITES.items():
        if name not in ways:
            continue  # Reported by the test above.
        write = await preparation(stage)
        known = await lines_after(mall, 0)
        answer = await send(stage, ways[name], write)
        assert answer.status < 300, (name, answer.status, answer.body)
        lines = await lines_after(mall, known[-1].id if known else 0)
        if len(lines) != 1:
            wrong[name] = f"{len(lines)} lines"
        elif faults := faults_of(stage, ways[name], write, answer, lines[0]):
            wrong[name] = faults

    assert wrong == {}
    kept = "\n".join(str(tuple(line)) for line in await lines_after(mall, 0))
    assert [one for one in MUST_NOT_BE_KEPT if one in kept] == []
    assert "139****5678" in kept
