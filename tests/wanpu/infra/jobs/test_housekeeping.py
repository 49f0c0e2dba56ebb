"""The jobs that come with Wanpu: the sample, and those that remove old rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from structlog.testing import capture_logs
from tests.wanpu.infra.jobs.scheduling import PACE, logs, rows

from wanpu.crm.jobs import register_jobs as register_crm_jobs
from wanpu.crm.models import MemberToken
from wanpu.infra.database_time import SimulatedTime
from wanpu.infra.jobs import housekeeping, service
from wanpu.infra.jobs.models import Firing, Job, JobLog, JobNode
from wanpu.infra.jobs.registry import JobRegistry
from wanpu.infra.jobs.scheduler import Scheduler
from wanpu.infra.jobs.services import JobServices, open_jobs
from wanpu.infra.jobs.states import FiringCause, FiringStatus, LogStatus
from wanpu.infra.models import DeadLetter, IdempotencyKey, InboxEvent, OutboxEvent
from wanpu.infra.services import Services
from wanpu.infra.tables import table_of
from wanpu.kernel.clock import ManualClock

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)
MANY = 2 * housekeeping.BATCH + 7


@pytest.fixture
def app(services: Services, clock: ManualClock) -> JobServices:
    clock.advance(timedelta(microseconds=1))  # Past the full hour, at which the sample job would fire.
    registry = JobRegistry()
    housekeeping.register_jobs(registry, services)
    register_crm_jobs(registry, services)
    return open_jobs(services, registry, time=SimulatedTime(clock))


async def run(app: JobServices, name: str) -> None:
    """Run one of the planted jobs by hand."""
    await service.plant_jobs(app)
    [job] = [job for job in await rows(app, Job) if job.bean_name == name]
    await service.run_job_now(app, job.job_id)
    assert await Scheduler(app, PACE, node="a").run_once() == 1
    assert [line.error for line in await logs(app) if line.bean_name == name] == [None]


async def write(app: JobServices, model: type[Any], lines: list[dict[str, Any]]) -> None:
    async with app.db.transaction() as session:
        await session.execute(insert(table_of(model)), lines)


async def left(app: JobServices, column: Any) -> list[Any]:
    async with app.db.reading() as session:
        return list((await session.execute(select(column).order_by(column))).scalars())


@pytest.mark.requirement("S0-167")
async def test_the_sample_job_is_registered_runs_every_half_hour_and_logs_its_parameter(
    app: JobServices, clock: ManualClock
) -> None:
    clock.advance(timedelta(minutes=1))
    await service.plant_jobs(app)
    [job] = [job for job in await rows(app, Job) if job.bean_name == "testTask"]
    assert (job.params, job.cron_expression, job.next_fire_time) == (
        "renren",
        "0 0/30 * * * ?",
        START + timedelta(minutes=30),
    )
    node = Scheduler(app, PACE, node="a")

    with capture_logs() as lines:
        for _ in range(3):
            clock.advance(timedelta(minutes=30))
            await node.run_once()

    assert [line["params"] for line in lines if line["event"] == "job.test_task"] == ["renren"] * 3
    written = [line for line in await logs(app) if line.bean_name == "testTask"]
    assert [line.fire_time for line in written] == [START + n * timedelta(minutes=30) for n in (1, 2, 3)]


async def test_delivered_events_go_and_pending_dead_and_young_ones_stay(app: JobServices) -> None:
    old, young = START - 8 * DAY, START - 6 * DAY

    def event(name: str, **times: Any) -> dict[str, Any]:
        state = {"pending": None, "delivered_at": None, "dead_at": None} | times
        return {
            "name": name,
            "aggregate": "a:1",
            "payload": {},
            "request_id": "",
            "attempts": 1,
            "due_at": old,
            "created_at": old,
        } | state

    await write(
        app,
        OutboxEvent,
        [event("old", delivered_at=old) for _ in range(MANY)]
        + [event("young", delivered_at=young), event("pending", pending=1), event("dead", dead_at=old)],
    )
    taken = [
        {"handler": handler, "event_id": n, "created_at": at}
        for handler in ("a", "b")
        for n, at in enumerate([START - 15 * DAY] * MANY + [START - 13 * DAY], start=1)
    ]
    await write(app, InboxEvent, taken)

    await run(app, "purge_events")

    assert await left(app, OutboxEvent.name) == ["dead", "pending", "young"]
    async with app.db.reading() as session:
        kept = (await session.execute(select(InboxEvent).order_by(InboxEvent.handler))).scalars().all()
    assert [(row.handler, row.event_id) for row in kept] == [("a", MANY + 1), ("b", MANY + 1)]


async def test_events_with_an_open_letter_stay_and_so_does_who_took_them(app: JobServices) -> None:
    """A broker takes an event over, so that the outbox calls it delivered, and a handler refuses it later."""
    long_ago = START - 30 * DAY
    events = [
        {
            "id": number,
            "name": name,
            "aggregate": "a:1",
            "payload": {},
            "attempts": 1,
            "due_at": long_ago,
            "delivered_at": long_ago,
            "created_at": long_ago,
        }
        for number, name in enumerate(["open", "replayed"], start=1)
    ]
    letters = [
        {
            "event_id": number,
            "handler": "a",
            "name": "x",
            "payload": {},
            "error": "",
            "attempts": 10,
            "replayed_at": replayed_at,
            "created_at": long_ago,
            "updated_at": long_ago,
        }
        for number, replayed_at in ((1, None), (2, long_ago))
    ]
    taken = [{"handler": "b", "event_id": number, "created_at": long_ago} for number in (1, 2)]
    await write(app, OutboxEvent, events)
    await write(app, DeadLetter, letters)
    await write(app, InboxEvent, taken)

    await run(app, "purge_events")

    assert await left(app, OutboxEvent.name) == ["open"]
    assert await left(app, InboxEvent.event_id) == [1]


async def test_idempotency_keys_live_as_long_as_the_settings_say(app: JobServices) -> None:
    def key(name: str, at: datetime) -> dict[str, Any]:
        return {
            "scope": "s",
            "key": name,
            "fingerprint": "f",
            "status": 201,
            "body": "{}",
            "created_at": at,
        }

    old = [key(f"old-{n}", START - 401 * DAY) for n in range(MANY)]
    await write(app, IdempotencyKey, [*old, key("young", START - 399 * DAY)])

    await run(app, "purge_idempotency_keys")

    assert await left(app, IdempotencyKey.key) == ["young"]


async def test_old_logs_firings_and_lost_nodes_go(app: JobServices) -> None:
    def log(n: int, at: datetime) -> dict[str, Any]:
        return {
            "job_id": n,
            "bean_name": "x",
            "params": "",
            "status": LogStatus.SUCCESS,
            "times": 1,
            "fire_time": at,
            "attempt": 1,
            "cause": FiringCause.SCHEDULE,
            "created_at": at,
            "updated_at": at,
        }

    def firing(n: int, ended_at: datetime | None) -> dict[str, Any]:
        return {
            "job_id": n,
            "fire_time": START - 40 * DAY,
            "bean_name": "x",
            "params": "",
            "cause": FiringCause.SCHEDULE,
            "status": FiringStatus.SUCCEEDED,
            "attempt": 1,
            "fence": 1,
            "ended_at": ended_at,
            "created_at": START,
            "updated_at": START,
        }

    def node(name: str, lost_at: datetime | None) -> dict[str, Any]:
        stamps = {"created_at": START, "updated_at": START}
        return {"name": name, "last_check_in": START, "check_in_s": 20, "lost_at": lost_at} | stamps

    old, young = START - 31 * DAY, START - 29 * DAY
    await write(app, JobLog, [log(1, old) for _ in range(MANY)] + [log(2, young)])
    await write(
        app, Firing, [firing(n, old) for n in range(9, 9 + MANY)] + [firing(2, young), firing(1, None)]
    )
    await write(app, JobNode, [node("old", START - 2 * DAY), node("lost", START), node("alive", None)])

    await run(app, "purge_job_history")

    names = {line.bean_name for line in await logs(app)}
    assert names == {"x", "purge_job_history"}
    assert [job_id for job_id in await left(app, JobLog.job_id) if job_id == 1] == []
    assert (await left(app, Firing.job_id))[:2] == [1, 2]
    assert len(await left(app, Firing.job_id)) == 3  # The third is this very run.
    assert await left(app, JobNode.name) == ["a", "alive", "lost"]


async def test_sessions_that_have_been_over_for_a_week_go(app: JobServices) -> None:
    def token(digest: str, expires_at: datetime) -> dict[str, Any]:
        return {"token_hash": digest, "user_id": 1, "expires_at": expires_at, "created_at": START - 60 * DAY}

    old = [token(f"old-{n}", START - 8 * DAY) for n in range(MANY)]
    await write(app, MemberToken, [*old, token("just-over", START - 6 * DAY), token("live", START + DAY)])

    await run(app, "forget_expired_sessions")

    assert await left(app, MemberToken.token_hash) == ["just-over", "live"]
