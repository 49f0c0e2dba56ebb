"""Scheduled jobs over HTTP: looked at, changed, paused, run, and never anything that is not registered."""

import copy
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import select
from tests.http import Answer, Caller, room_app, serving
from tests.wanpu.system.people import make_staff

from wanpu.infra.database_time import SimulatedTime
from wanpu.infra.jobs.models import Job
from wanpu.infra.jobs.registry import JobRegistry
from wanpu.infra.jobs.running import Run
from wanpu.infra.jobs.scheduler import Pace, Scheduler
from wanpu.infra.jobs.services import JobServices, open_jobs
from wanpu.kernel.clock import ManualClock
from wanpu.system.api import jobs
from wanpu.system.models import OperationLog
from wanpu.system.services import SystemServices

JOBS = "/platform/v1/jobs"
ACTS = ("list", "info", "save", "update", "delete", "pause", "resume", "run", "log")
ALL = [f"sys:schedule:{act}" for act in ACTS]
HALF_HOURLY: dict[str, Any] = {
    "bean_name": "testTask",
    "trigger": {"kind": "cron", "expression": "0 0/30 * * * ?"},
    "params": "renren",
    "remark": "参数测试😀",
}


class Limits(BaseModel):
    """Parameters of the job "purge"."""

    days: int = 30


class Ran:
    """What jobs were told."""

    def __init__(self) -> None:
        self.params: list[Any] = []
        self.error: Exception | None = None
        self.inside: Callable[[], Awaitable[None]] | None = None


@pytest.fixture
def ran() -> Ran:
    return Ran()


@pytest.fixture
def app(system: SystemServices, clock: ManualClock, ran: Ran) -> JobServices:
    clock.advance(timedelta(minutes=1))  # 08:01
    registry = JobRegistry()

    @registry.job("testTask", title_zh="参数测试", title_en="Parameter test")
    async def test_task(run: Run[str]) -> None:
        if ran.inside is not None:
            await ran.inside()
        if ran.error is not None:
            raise ran.error
        ran.params.append(run.params)

    @registry.job("purge", title_zh="清理", title_en="Purge", params=Limits)
    async def purge(run: Run[Limits]) -> None:
        ran.params.append(run.params.days)

    return open_jobs(system, registry, time=SimulatedTime(clock))


@pytest.fixture
def node(app: JobServices) -> Scheduler:
    return Scheduler(app, Pace(), node="node-1")


@pytest.fixture
async def http(system: SystemServices, app: JobServices) -> AsyncIterator[Caller]:
    """Somebody who may do everything with jobs."""
    made = room_app(system, [jobs.router])
    made.state.system = system
    made.state.jobs = app
    person = await make_staff(system, "operator", ALL)
    async with serving(made) as caller:
        yield caller.with_token(person.token)


async def create(http: Caller, **changes: Any) -> dict[str, Any]:
    answer = await http.post(JOBS, HALF_HOURLY | changes)
    assert answer.status == 201, answer.body
    return dict(answer.body)


async def stored(system: SystemServices) -> list[dict[str, Any]]:
    async with system.db.reading() as session:
        rows = await session.execute(select(Job.__table__).order_by(Job.job_id))
        return [dict(row._mapping) for row in rows]


async def operations(system: SystemServices) -> list[tuple[str, str]]:
    async with system.db.reading() as session:
        log = select(OperationLog.operation, OperationLog.subject).order_by(OperationLog.id)
        return [(row.operation, row.subject) for row in await session.execute(log)]


@pytest.mark.requirement("S0-126", "S0-184")
async def test_a_job_is_added_shown_changed_and_deleted(http: Caller, system: SystemServices) -> None:
    job = await create(http)
    path = f"{JOBS}/{job['job_id']}"
    assert (job["bean_name"], job["params"], job["status"]) == ("testTask", "renren", 0)
    assert (job["cron_expression"], job["remark"]) == ("0 0/30 * * * ?", "参数测试😀")
    assert (job["next_fire_time"], job["prev_fire_time"]) == ("2026-11-22T08:30:00Z", None)
    assert job["words"]["zh"] != job["words"]["en"]
    assert (await http.get(path)).body == job

    changed = await http.send(
        "PUT", path, HALF_HOURLY | {"trigger": {"kind": "interval", "every_s": 90}, "priority": 9}
    )
    assert (changed.status, changed.body["cron_expression"], changed.body["priority"]) == (200, None, 9)
    assert changed.body["trigger"] == {"kind": "interval", "every_s": 90, "repeat_count": None}

    assert (await http.delete(path)).status == 204
    assert (await http.get(path)).refusal == (404, "job.not_found")
    assert await stored(system) == []
    assert await operations(system) == [
        ("job.create", f"job:{job['job_id']}"),
        ("job.change", f"job:{job['job_id']}"),
        ("job.delete", f"job:{job['job_id']}"),
    ]


@pytest.mark.requirement("S0-127")
async def test_a_paused_job_does_not_fire_and_a_resumed_one_does(
    http: Caller, node: Scheduler, clock: ManualClock, ran: Ran
) -> None:
    job = await create(http, misfire="skip")
    path = f"{JOBS}/{job['job_id']}"

    assert (await http.post(f"{path}/pause")).body["status"] == 1
    clock.advance(timedelta(minutes=29))  # 08:30
    await node.run_once()
    assert ran.params == []

    assert (await http.post(f"{path}/resume")).body["status"] == 0
    await node.run_once()
    assert ran.params == ["renren"]


@pytest.mark.requirement("S0-128", "S0-129")
async def test_every_run_has_a_line_in_the_log_and_a_failed_one_says_why(
    http: Caller, node: Scheduler, ran: Ran
) -> None:
    job = await create(http)
    run = f"{JOBS}/{job['job_id']}/run"

    asked = await http.post(run)
    assert (asked.status, asked.body["cause"], asked.body["status"]) == (202, "by_hand", "waiting")
    await node.run_once()
    ran.error = RuntimeError("no ink for 13800138000")
    await http.post(run)
    await node.run_once()

    assert ran.params == ["renren"]
    logs = (await http.get("/platform/v1/job-logs")).body
    assert [(row["status"], row["params"], row["node"]) for row in logs["items"]] == [
        (1, "renren", "node-1"),
        (0, "renren", "node-1"),
    ]
    failed = logs["items"][0]
    assert failed["error"] == "RuntimeError: no ink for 138****8000"
    assert (await http.get(f"/platform/v1/job-logs/{failed['log_id']}")).body == failed
    for query, total in (
        ({"status": "1"}, 1),
        ({"job_id": job["job_id"]}, 2),
        ({"job_id": "404"}, 0),
        ({"bean_name": "purge"}, 0),
        ({"until": "2026-11-22T08:00:00Z"}, 0),
        ({"since": "2026-11-22T08:00:00Z"}, 2),
    ):
        assert (await http.get("/platform/v1/job-logs", query=query)).body["total"] == total, query
    assert (await http.get("/platform/v1/job-logs/404")).refusal == (404, "job_log.not_found")


@pytest.mark.requirement("S0-190")
async def test_a_paused_group_rests_with_the_jobs_that_join_it(
    http: Caller, node: Scheduler, clock: ManualClock, ran: Ran
) -> None:
    await create(http, group="night", misfire="skip")
    assert (await http.post("/platform/v1/job-groups/night/pause")).status == 204
    joined = await create(http, group="night", misfire="skip")
    assert joined["is_group_paused"] is True
    assert {"name": "night", "is_paused": True} in (await http.get("/platform/v1/job-groups")).body["items"]

    clock.advance(timedelta(minutes=29))  # 08:30
    await node.run_once()
    assert ran.params == []
    await http.post("/platform/v1/job-groups/night/resume")
    await node.run_once()
    assert ran.params == ["renren", "renren"]


@pytest.mark.requirement("S0-189")
async def test_a_holiday_calendar_keeps_days_off_and_cannot_go_while_a_job_obeys_it(http: Caller) -> None:
    path = "/platform/v1/job-calendars/national"
    saved = await http.send("PUT", path, {"days": {"dates": ["2026-11-22"]}, "remark": "国庆"})
    assert saved.status == 204
    [calendar] = (await http.get("/platform/v1/job-calendars")).body["items"]
    assert (calendar["name"], calendar["days"]["dates"]) == ("national", ["2026-11-22"])

    job = await create(http, calendar_name="national")

    assert job["next_fire_time"] == "2026-11-22T16:00:00Z"  # midnight in Shanghai
    in_use = await http.delete(path)
    assert (in_use.refusal, in_use.body["details"]) == ((409, "job.calendar_in_use"), {"jobs": 1})
    await http.delete(f"{JOBS}/{job['job_id']}")
    assert (await http.delete(path)).status == 204
    assert (await http.delete(path)).refusal == (404, "job.calendar_not_found")


async def test_a_preview_tells_a_trigger_in_words_and_its_next_moments_and_writes_nothing(
    http: Caller, system: SystemServices
) -> None:
    answer = await http.post(f"{JOBS}/preview", {"job": HALF_HOURLY, "count": 3})

    assert answer.body["next_fire_times"] == [
        "2026-11-22T08:30:00Z",
        "2026-11-22T09:00:00Z",
        "2026-11-22T09:30:00Z",
    ]
    assert answer.body["words"]["en"]
    assert await stored(system) == []


async def test_the_registered_jobs_are_listed_with_what_they_take(http: Caller) -> None:
    listed = (await http.get(f"{JOBS}/registered")).body["items"]

    assert [(job["name"], job["title_zh"]) for job in listed] == [
        ("purge", "清理"),
        ("testTask", "参数测试"),
    ]
    assert listed[0]["params_schema"]["properties"]["days"]["type"] == "integer"
    assert listed[1]["params_schema"] is None


@pytest.mark.requirement("S0-191", "S0-192")
async def test_runs_and_nodes_are_shown(http: Caller, node: Scheduler, ran: Ran) -> None:
    job = await create(http)
    seen: list[Answer] = []

    async def look() -> None:
        seen.append(await http.get(f"{JOBS}/running"))

    ran.inside = look
    await http.post(f"{JOBS}/{job['job_id']}/run")
    await node.run_once()
    nodes = (await http.get(f"{JOBS}/nodes")).body["items"]

    [running] = seen[0].body["items"]
    assert (running["node"], running["bean_name"], running["status"]) == ("node-1", "testTask", "running")
    assert running["started_at"] == "2026-11-22T08:01:00Z"
    assert (await http.get(f"{JOBS}/running")).body == {"items": []}
    assert [(row["name"], row["lost_at"]) for row in nodes] == [("node-1", None)]


@pytest.mark.requirement("S0-180")
async def test_jobs_are_paged_sorted_and_searched(http: Caller) -> None:
    await create(http)
    await create(http, bean_name="purge", params="", group="night")

    for query, names in (
        ({"sort": "bean_name", "order": "asc"}, ["purge", "testTask"]),
        ({"sort": "bean_name", "size": "1", "page": "2"}, ["purge"]),
        ({"name": "Task"}, ["testTask"]),
        ({"group": "night"}, ["purge"]),
        ({"status": "1"}, []),
        ({"status": "0", "name": "urg"}, ["purge"]),
    ):
        answer = await http.get(JOBS, query=query)
        assert [job["bean_name"] for job in answer.body["items"]] == names, query


BAD_JOBS: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (lambda job: job | {"bean_name": "os.system"}, "job.name_unknown"),
    (lambda job: job | {"bean_name": ""}, "request.invalid"),
    (lambda job: job | {"bean_name": "purge", "params": "{"}, "job.params_invalid"),
    (lambda job: job | {"bean_name": "purge", "params": '{"days": "many"}'}, "job.params_invalid"),
    (lambda job: job | {"params": "x" * 2001}, "request.invalid"),
    (lambda job: job | {"trigger": {"kind": "cron", "expression": "nonsense"}}, "job.cron_invalid"),
    (lambda job: job | {"trigger": {"kind": "cron", "expression": "0 0 0 ? * ?"}}, "job.cron_invalid"),
    (lambda job: job | {"trigger": {"kind": "cron", "expression": "* * * * *"}}, "job.cron_invalid"),
    (lambda job: job | {"trigger": {"kind": "cron", "expression": "0 0 0 30 2 ?"}}, "job.never_fires"),
    (lambda job: job | {"trigger": {"kind": "cron", "expression": 5}}, "request.invalid"),
    (lambda job: job | {"trigger": {"kind": "shell", "expression": "ls"}}, "request.invalid"),
    (lambda job: job | {"trigger": {"kind": "interval", "every_s": 0}}, "request.invalid"),
    (lambda job: job | {"trigger": {"kind": "interval", "every_s": "60"}}, "request.invalid"),
    (lambda job: job | {"trigger": {"kind": "interval", "every_s": 1.0}}, "request.invalid"),
    (lambda job: job | {"trigger": {"kind": "interval", "every_s": True}}, "request.invalid"),
    (lambda job: job | {"trigger": {"kind": "once", "at": "2026-11-22T07:00:00Z"}}, "job.never_fires"),
    (lambda job: job | {"trigger": {"kind": "once", "at": "2026-11-23T07:00:00"}}, "request.invalid"),
    (lambda job: job | {"zone": "Mars/Olympus"}, "job.zone_unknown"),
    (lambda job: job | {"zone": "../../etc/passwd"}, "job.zone_unknown"),
    (lambda job: job | {"calendar_name": "none"}, "job.calendar_not_found"),
    (lambda job: job | {"priority": 11}, "request.invalid"),
    (lambda job: job | {"misfire": "sometimes"}, "request.invalid"),
    (lambda job: job | {"job_id": "7"}, "request.invalid"),
    (lambda job: job | {"fence": 7}, "request.invalid"),
    (lambda job: [job], "request.invalid"),
]


@pytest.mark.parametrize(("spoil", "code"), BAD_JOBS)
async def test_nonsense_is_refused_and_nothing_is_written(
    http: Caller, system: SystemServices, spoil: Callable[[dict[str, Any]], Any], code: str
) -> None:
    standing = await create(http)
    before = await stored(system)
    body = spoil(copy.deepcopy(HALF_HOURLY))

    for answer in (
        await http.post(JOBS, body),
        await http.send("PUT", f"{JOBS}/{standing['job_id']}", body),
    ):
        assert answer.body["code"] == code, answer.body
        assert answer.status == (404 if code == "job.calendar_not_found" else 422)

    assert await stored(system) == before
    assert await operations(system) == [("job.create", f"job:{standing['job_id']}")]


async def test_each_act_takes_its_own_permission(http: Caller, system: SystemServices) -> None:
    job = await create(http)
    path = f"{JOBS}/{job['job_id']}"
    acts: dict[str, tuple[str, str, Any]] = {
        "list": ("GET", JOBS, None),
        "info": ("GET", path, None),
        "save": ("POST", JOBS, HALF_HOURLY),
        "update": ("PUT", path, HALF_HOURLY),
        "pause": ("POST", f"{path}/pause", None),
        "resume": ("POST", f"{path}/resume", None),
        "run": ("POST", f"{path}/run", None),
        "log": ("GET", "/platform/v1/job-logs", None),
        "delete": ("DELETE", path, None),
    }
    for act, (method, target, body) in acts.items():
        others = [permission for permission in ALL if permission != f"sys:schedule:{act}"]
        lacking = http.with_token((await make_staff(system, f"no-{act}", others)).token)
        having = http.with_token((await make_staff(system, f"only-{act}", [f"sys:schedule:{act}"])).token)

        assert (await lacking.send(method, target, body)).refusal == (403, "auth.forbidden"), act
        assert (await having.send(method, target, body)).status < 300, act


@pytest.mark.parametrize("text", ["' OR 1=1 --", "%", "_", "testTask'; DROP TABLE schedule_job; --"])
async def test_text_of_an_attack_finds_nothing_and_changes_nothing(
    http: Caller, system: SystemServices, text: str
) -> None:
    await create(http)

    for name in ("name", "group"):
        assert (await http.get(JOBS, query={name: text})).body == {"items": [], "total": 0}
    assert (await http.get("/platform/v1/job-logs", query={"bean_name": text})).body["total"] == 0
    for path, name in ((JOBS, "sort"), (JOBS, "order"), (JOBS, "status"), ("/platform/v1/job-logs", "sort")):
        assert (await http.get(path, query={name: text})).refusal == (422, "request.invalid")
    assert len(await stored(system)) == 1


async def test_unknown_jobs_are_not_found(http: Caller) -> None:
    for method, path, body in (
        ("GET", f"{JOBS}/404", None),
        ("PUT", f"{JOBS}/404", HALF_HOURLY),
        ("DELETE", f"{JOBS}/404", None),
        ("POST", f"{JOBS}/404/pause", None),
        ("POST", f"{JOBS}/404/resume", None),
        ("POST", f"{JOBS}/404/run", None),
    ):
        assert (await http.send(method, path, body)).refusal == (404, "job.not_found"), (method, path)
