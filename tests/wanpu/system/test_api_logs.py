"""The operation log over HTTP."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from tests.http import Caller, room_app, serving
from tests.wanpu.system.operations import make_caller, write_operations
from tests.wanpu.system.people import make_staff

from wanpu.kernel.clock import ManualClock
from wanpu.system.api import logs
from wanpu.system.service.log_seals import seal_operations
from wanpu.system.services import SystemServices

INJECTIONS = ["' OR 1=1 --", "li'; DROP TABLE sys_log; --", "%", "<script>alert(1)</script>", "li\\"]


@pytest.fixture
async def http(system: SystemServices) -> AsyncIterator[Caller]:
    """Somebody who may read the log."""
    app = room_app(system, [logs.router])
    app.state.system = system
    reader = await make_staff(system, "reader", ["sys:log:list"])
    async with serving(app) as caller:
        yield caller.with_token(reader.token)


@pytest.mark.requirement("S0-124", "S0-180")
async def test_the_log_is_paged_sorted_and_searched(
    http: Caller, system: SystemServices, clock: ManualClock
) -> None:
    await write_operations(system, 3, caller=make_caller(username="li", ip="203.0.113.1", request_id="r-1"))
    clock.advance(timedelta(hours=1))
    await write_operations(system, 2, caller=make_caller(8, "wang"), operation="thing.delete")
    start = clock.now() - timedelta(minutes=1)

    newest = (await http.get("/platform/v1/logs?size=2")).body
    assert (newest["total"], [row["username"] for row in newest["items"]]) == (5, ["wang", "wang"])
    second = (await http.get("/platform/v1/logs?size=2&page=2&order=asc")).body
    assert [row["subject"] for row in second["items"]] == ["thing:3", "thing:1"]

    for query, total in (
        ({"username": "li"}, 3),
        ({"operation": "thing.delete"}, 2),
        ({"subject": "thing:1"}, 2),
        ({"subject": "thing:1", "username": "wang"}, 1),
        ({"ip": "203.0.113.1"}, 3),
        ({"request_id": "r-1"}, 3),
        ({"since": start.isoformat()}, 2),
        ({"until": start.isoformat()}, 3),
        ({"username": "nobody"}, 0),
    ):
        assert (await http.get("/platform/v1/logs", query=query)).body["total"] == total, query


@pytest.mark.requirement("S0-124")
async def test_one_row_shows_what_was_changed(http: Caller, system: SystemServices) -> None:
    await write_operations(system, 1, caller=make_caller(username="li", params='{"name": "名1"}'))
    [row] = (await http.get("/platform/v1/logs")).body["items"]

    detail = (await http.get(f"/platform/v1/logs/{row['log_id']}")).body

    assert (detail["username"], detail["before"], detail["after"]) == ("li", None, {"name": "名1"})
    assert detail["params"] == '{"name": "名1"}'
    assert (await http.get("/platform/v1/logs/999999")).refusal == (404, "operation_log.not_found")
    assert (await http.get("/platform/v1/logs/abc")).refusal == (422, "request.invalid")


async def test_the_newest_seal_can_be_kept_elsewhere(http: Caller, system: SystemServices) -> None:
    assert (await http.get("/platform/v1/logs/seal")).body is None
    await write_operations(system, 2)
    await seal_operations(system.db, system.vault)

    seal = (await http.get("/platform/v1/logs/seal")).body

    assert (seal["seal_no"], len(seal["hash"])) == (1, 64)
    assert {row["seal_no"] for row in (await http.get("/platform/v1/logs")).body["items"]} == {1}


@pytest.mark.parametrize("text", INJECTIONS)
async def test_text_of_an_attack_finds_nothing_and_changes_nothing(
    http: Caller, system: SystemServices, text: str
) -> None:
    await write_operations(system, 2)

    for name in ("username", "operation", "subject", "ip", "request_id"):
        answer = await http.get("/platform/v1/logs", query={name: text})
        assert (answer.status, answer.body) == (200, {"items": [], "total": 0})
    for name in ("sort", "order"):
        assert (await http.get("/platform/v1/logs", query={name: text})).refusal == (422, "request.invalid")
    assert (await http.get("/platform/v1/logs")).body["total"] == 2


@pytest.mark.parametrize(
    "query",
    ["size=101", "size=0", "page=0", "page=-1", "size=1.0", "sort=username", "since=yesterday", "username="],
)
async def test_a_malformed_question_is_refused(http: Caller, query: str) -> None:
    assert (await http.get(f"/platform/v1/logs?{query}")).refusal == (422, "request.invalid")
