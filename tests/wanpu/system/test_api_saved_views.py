"""Saved views over HTTP: bounded, replaced by title, and nobody else's business."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from tests.http import Caller, room_app, serving
from tests.wanpu.system.people import Person, make_administrator, make_staff

from wanpu.system.api import ROUTERS
from wanpu.system.models import SavedView
from wanpu.system.service import saved_views
from wanpu.system.services import SystemServices

VIEWS = "/console/v1/saved-views"


@pytest.fixture
async def nobody(system: SystemServices) -> AsyncIterator[Caller]:
    app = room_app(system, ROUTERS)
    app.state.system = system
    async with serving(app) as caller:
        yield caller


@pytest.fixture
async def clerk(system: SystemServices) -> Person:
    return await make_staff(system, "clerk")


@pytest.fixture
async def http(nobody: Caller, clerk: Person) -> Caller:
    return nobody.with_token(clerk.token)


def view(title: str = "急", list_name: str = "log", **query: str) -> dict[str, Any]:
    return {"list_name": list_name, "title": title, "query": query}


async def titles(caller: Caller, list_name: str = "log") -> list[str]:
    answer = await caller.get(VIEWS, query={"list_name": list_name})
    assert answer.status == 200
    return [item["title"] for item in answer.body["items"]]


async def count_all(system: SystemServices) -> int:
    async with system.db.reading() as session:
        return (await session.execute(select(func.count()).select_from(SavedView))).scalar_one()


async def test_views_are_kept_by_list_and_one_of_the_same_title_is_replaced(http: Caller) -> None:
    first = await http.post(VIEWS, view("急 🛒", status="open"))
    await http.post(VIEWS, view("b"))
    await http.post(VIEWS, view("B"))
    again = await http.post(VIEWS, view("急 🛒", status="closed", size="50"))
    await http.post(VIEWS, view("c", "staff"))

    assert (first.status, again.status) == (201, 201)
    assert again.body["view_id"] == first.body["view_id"]
    assert await titles(http) == ["急 🛒", "b", "B"]
    listed = await http.get(VIEWS, query={"list_name": "log"})
    assert listed.body["items"][0]["query"] == {"status": "closed", "size": "50"}
    assert await titles(http, "staff") == ["c"]

    assert (await http.delete(f"{VIEWS}/{first.body['view_id']}")).status == 204
    assert await titles(http) == ["b", "B"]
    assert (await http.delete(f"{VIEWS}/{first.body['view_id']}")).refusal == (404, "view.not_found")


async def test_nobody_else_sees_or_removes_a_view(
    http: Caller, nobody: Caller, system: SystemServices
) -> None:
    kept = await http.post(VIEWS, view())
    admin = nobody.with_token((await make_administrator(system)).token)

    assert await titles(admin) == []
    assert (await admin.delete(f"{VIEWS}/{kept.body['view_id']}")).refusal == (404, "view.not_found")
    assert (await nobody.get(VIEWS, query={"list_name": "log"})).refusal == (401, "auth.required")
    assert await titles(http) == ["急"]


async def test_views_are_few_even_when_they_are_saved_at_once(
    http: Caller, system: SystemServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = await asyncio.gather(*(http.post(VIEWS, view(f"view {number}")) for number in range(15)))

    assert sorted(answer.status for answer in answers) == [201] * 12 + [409] * 3
    refused = next(answer for answer in answers if answer.status == 409)
    assert (refused.refusal, refused.body["details"]) == ((409, "view.too_many"), {"limit": 12})
    assert await count_all(system) == 12
    monkeypatch.setattr(saved_views, "VIEWS_OF_AN_ACCOUNT", 12)
    in_all = await http.post(VIEWS, view("one more", "staff"))
    assert (in_all.refusal, in_all.body["details"]) == ((409, "view.too_many"), {"limit": 12})


async def test_an_account_that_has_views_of_many_lists_is_told_the_limit_of_all(
    http: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_views, "VIEWS_OF_AN_ACCOUNT", 2)
    for list_name in ("log", "staff"):
        assert (await http.post(VIEWS, view(list_name=list_name))).status == 201

    refused = await http.post(VIEWS, view(list_name="role"))

    assert (refused.refusal, refused.body["details"]) == ((409, "view.too_many"), {"limit": 2})


async def test_the_database_keeps_one_view_of_a_title_byte_by_byte(
    http: Caller, system: SystemServices, clerk: Person
) -> None:
    for title in ("a", "A", "á"):
        assert (await http.post(VIEWS, view(title))).status == 201

    with pytest.raises(IntegrityError):
        async with system.db.transaction() as session:
            session.add(SavedView(id=1, staff_id=clerk.staff_id, list_name="log", title="A", query={}))

    assert await count_all(system) == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (view("  "), "title"),
        (view("x" * 41), "title"),
        (view("two\nlines"), "title"),
        (view(list_name="Log; DROP TABLE"), "list_name"),
        (view(list_name="x" * 49), "list_name"),
        (view() | {"query": {f"name{number}": "x" for number in range(31)}}, "query"),
        (view() | {"query": {"name": "x" * 201}}, "query.name"),
        (view() | {"query": {"name": 7}}, "query.name"),
        (view() | {"staff_id": "1"}, "staff_id"),
    ],
)
async def test_what_is_no_view_is_refused(
    http: Caller, system: SystemServices, body: dict[str, Any], field: str
) -> None:
    answer = await http.post(VIEWS, body)

    assert answer.refusal == (422, "request.invalid")
    assert field in answer.bad_fields
    assert await count_all(system) == 0


async def test_views_go_with_their_account(http: Caller, nobody: Caller, system: SystemServices) -> None:
    boss = await make_staff(system, "boss", ["sys:user:delete"])
    person = await make_staff(system, "gone", created_by=boss.staff_id)
    await nobody.with_token(person.token).post(VIEWS, view())
    await http.post(VIEWS, view())

    gone = await nobody.with_token(boss.token).delete(f"/platform/v1/staff/{person.staff_id}")

    assert gone.status == 204
    assert await count_all(system) == 1
