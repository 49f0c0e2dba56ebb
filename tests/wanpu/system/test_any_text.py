"""Whatever people type: every text that a list searches by and every name in an address, on three engines."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from tests.http import Caller, room_app, serving
from tests.wanpu.system.people import make_administrator

from wanpu.infra.database_time import SimulatedTime
from wanpu.infra.jobs.registry import JobRegistry
from wanpu.infra.jobs.services import open_jobs
from wanpu.kernel.clock import ManualClock
from wanpu.system import lay_base_rows
from wanpu.system.api import ROUTERS
from wanpu.system.services import SystemServices

RARE = "😀𠮷👩‍👧‍👦e\u0301"
"""An emoji, a character beyond the basic plane, a family of joined emoji, a letter and its accent."""


@pytest.fixture
def app(system: SystemServices, clock: ManualClock) -> FastAPI:
    """Every route of the operations base."""
    built = room_app(system, ROUTERS)
    built.state.system = system
    built.state.jobs = open_jobs(system, JobRegistry(), time=SimulatedTime(clock))
    return built


@pytest.fixture
async def admin(app: FastAPI, system: SystemServices) -> AsyncIterator[Caller]:
    """The super administrator of an installation."""
    await lay_base_rows(system)
    person = await make_administrator(system)
    async with serving(app) as caller:
        yield caller.with_token(person.token)


def takes_text(parameter: dict[str, Any]) -> bool:
    """Whether somebody can type anything there: neither a number, nor a choice, nor a time."""
    shapes = parameter["schema"].get("anyOf", [parameter["schema"]])
    return any(one.get("type") == "string" and not {"enum", "const", "format"} & set(one) for one in shapes)


def addresses(app: FastAPI, text: str) -> Iterator[str]:
    """Every readable address once per text that it takes, with `text` there and ids of nobody elsewhere."""
    for path, operations in app.openapi()["paths"].items():
        operation = operations.get("get")
        if operation is None or "console/v1/auth" in path:
            continue
        parameters = operation.get("parameters", [])
        names = [one["name"] for one in parameters if one["in"] == "path"]
        plain = path.format(**dict.fromkeys(names, "404"))
        for one in filter(takes_text, parameters):
            if one["in"] == "query":
                yield f"{plain}?{one['name']}={quote(text)}"
            elif one["in"] == "path":
                yield path.format(**dict.fromkeys(names, "404") | {one["name"]: quote(text)})


async def test_no_text_breaks_a_list_or_an_address(app: FastAPI, admin: Caller) -> None:
    asked = [one for text in (f"{RARE}%_\\'\"; --", f"{RARE}\0") for one in addresses(app, text)]
    assert len(asked) > 40

    answers = {address: (await admin.get(address)).status for address in asked}

    assert {address: status for address, status in answers.items() if status >= 500} == {}


async def test_rare_characters_are_kept_shown_and_told_apart_when_looked_for(admin: Caller) -> None:
    names = [f"角色 {RARE}", "角色 😁", "角色 𠮶"]
    for name in names:
        role = {"role_name": name, "remark": RARE, "menu_ids": []}
        assert (await admin.post("/platform/v1/roles", role)).status == 201
    setting = {"param_key": "rare.words", "param_value": RARE, "remark": f"备注 {RARE}"}
    menu = {"type": 0, "name": RARE, "name_en": RARE, "audience": "platform", "order_num": 0}
    assert (await admin.post("/platform/v1/configs", setting)).status == 201
    assert (await admin.post("/platform/v1/menus", menu)).status == 201
    days = {"remark": RARE, "days": {"dates": ["2027-01-01"]}}
    calendar = await admin.put(f"/platform/v1/job-calendars/{quote(RARE)}", days)
    assert calendar.status == 204

    for name, wanted in (("😀", names[0]), ("𠮷", names[0]), ("😁", names[1]), ("𠮶", names[2])):
        found = (await admin.get(f"/platform/v1/roles?role_name={quote(name)}")).body["items"]
        assert [(one["role_name"], one["remark"]) for one in found] == [(wanted, RARE)], name
    [kept] = (await admin.get("/platform/v1/configs?param_key=rare.words")).body["items"]
    assert (kept["param_value"], kept["remark"]) == (RARE, f"备注 {RARE}")
    tree = (await admin.get("/platform/v1/menus")).body["items"]
    assert (RARE, RARE) in [(one["name"], one["name_en"]) for one in tree]
    calendars = (await admin.get("/platform/v1/job-calendars")).body["items"]
    assert [(one["name"], one["remark"]) for one in calendars] == [(RARE, RARE)]
