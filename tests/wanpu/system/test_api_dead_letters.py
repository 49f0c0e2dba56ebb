"""Dead letters over HTTP: looked at, and delivered again."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import insert, select
from tests.http import Caller, room_app, serving
from tests.wanpu.system.people import make_staff

from wanpu.infra.models import DeadLetter, OutboxEvent
from wanpu.infra.tables import table_of
from wanpu.system.api import dead_letters
from wanpu.system.models import OperationLog
from wanpu.system.services import SystemServices


@pytest.fixture
async def http(system: SystemServices) -> AsyncIterator[Caller]:
    """Somebody who may look and replay."""
    app = room_app(system, [dead_letters.router])
    app.state.system = system
    person = await make_staff(system, "li", ["sys:dead-letter:list", "sys:dead-letter:replay"])
    async with serving(app) as caller:
        yield caller.with_token(person.token)


async def bury(system: SystemServices, name: str) -> None:
    """An event that a handler refused for good."""
    now = system.clock.now()
    async with system.db.transaction() as session:
        await session.execute(
            insert(table_of(OutboxEvent)).values(
                name=name,
                aggregate=f"thing:{name}",
                payload={"n": 1},
                request_id="r",
                pending=None,
                attempts=10,
                due_at=now,
                dead_at=now,
                created_at=now,
            )
        )
        event_id = (
            await session.execute(select(OutboxEvent.id).where(OutboxEvent.name == name))
        ).scalar_one()
        await session.execute(
            insert(table_of(DeadLetter)).values(
                event_id=event_id,
                handler="order.settle",
                name=name,
                payload={"n": 1},
                error="RuntimeError: poison",
                attempts=10,
                created_at=now,
                updated_at=now,
            )
        )


async def test_letters_are_listed_and_a_replay_makes_the_event_due_again(
    http: Caller, system: SystemServices
) -> None:
    await bury(system, "thing.made")
    await bury(system, "thing.gone")

    listed = (await http.get("/platform/v1/dead-letters?order=asc")).body
    assert (listed["total"], [row["name"] for row in listed["items"]]) == (2, ["thing.made", "thing.gone"])
    letter_id = listed["items"][0]["dead_letter_id"]

    answer = await http.post(f"/platform/v1/dead-letters/{letter_id}/replay")

    assert (answer.status, answer.body["replayed_at"]) == (202, "2026-11-22T08:00:00Z")
    again = await http.post(f"/platform/v1/dead-letters/{letter_id}/replay")
    assert again.refusal == (409, "dead_letter.replayed")
    assert (await http.get("/platform/v1/dead-letters?is_open=true")).body["total"] == 1
    assert (await http.get("/platform/v1/dead-letters?is_open=false&name=thing.made")).body["total"] == 1
    async with system.db.reading() as session:
        states = (
            await session.execute(select(OutboxEvent.name, OutboxEvent.pending).order_by(OutboxEvent.id))
        ).all()
        logged = (await session.execute(select(OperationLog.operation, OperationLog.subject))).all()
    assert [tuple(row) for row in states] == [("thing.made", 1), ("thing.gone", None)]
    assert [tuple(row) for row in logged] == [("dead_letter.replay", f"dead_letter:{letter_id}")]


async def test_an_unknown_letter_is_not_found_and_looking_is_not_replaying(
    http: Caller, system: SystemServices
) -> None:
    await bury(system, "thing.made")
    [row] = (await http.get("/platform/v1/dead-letters")).body["items"]
    looker = http.with_token((await make_staff(system, "looker", ["sys:dead-letter:list"])).token)
    path = f"/platform/v1/dead-letters/{row['dead_letter_id']}"

    assert (await looker.get(path)).body["error"] == "RuntimeError: poison"
    assert (await looker.post(f"{path}/replay")).refusal == (403, "auth.forbidden")
    assert (await http.post("/platform/v1/dead-letters/404/replay")).refusal == (404, "dead_letter.not_found")
    assert (await http.get("/platform/v1/dead-letters/404")).refusal == (404, "dead_letter.not_found")
    assert (await http.get(path)).body["replayed_at"] is None


@pytest.mark.parametrize("text", ["' OR 1=1 --", "%", "<script>"])
async def test_text_of_an_attack_finds_nothing(http: Caller, system: SystemServices, text: str) -> None:
    await bury(system, "thing.made")

    assert (await http.get("/platform/v1/dead-letters", query={"name": text})).body["total"] == 0
    for name in ("sort", "order", "is_open"):
        refused = await http.get("/platform/v1/dead-letters", query={name: text})
        assert refused.refusal == (422, "request.invalid")
