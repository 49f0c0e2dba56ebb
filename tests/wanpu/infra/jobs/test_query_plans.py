"""What the scheduler asks the database, at size: every look-up goes through an index."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession
from tests.wanpu.infra.jobs.scheduling import Bench
from tests.wanpu.order.test_query_plans import analyze, plan_of

from wanpu.infra.database import Database
from wanpu.infra.jobs import queries
from wanpu.infra.jobs.models import Firing, Job, JobLog
from wanpu.infra.jobs.queries import JobFilter, JobLogFilter
from wanpu.infra.jobs.states import (
    FiringCause,
    FiringStatus,
    JobStatus,
    LogStatus,
    Misfire,
    TriggerKind,
)
from wanpu.infra.pages import PageAsk
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NAMES = [f"job_{n}" for n in range(20)]
OF_JOB_7 = JobLogFilter(job_id=Id(7))
CHUNK = 5_000
JOBS_WITH_LOGS = 50


@pytest.mark.requirement("S0-196")
@pytest.mark.timeout(900)
async def test_what_is_due_waits_or_has_ended_is_found_through_an_index(bench: Bench) -> None:
    db, now = bench.app.db, START + 30 * SECOND
    await fill(db, Job, job_row, 100_000)
    await fill(db, Firing, firing_row, 20_000)
    async with db.reading() as session:
        due = await queries.list_due(session, now, NAMES, 100)
        waiting = await queries.list_waiting(session, NAMES, 100)
        expired = await queries.list_expired(session, now, 100)
    assert [job.job_id for job in due] == list(range(1, 31))
    assert [job_id for job_id, _ in waiting] == [10_000, 20_000]
    assert [firing.job_id for firing in expired] == [5_000, 15_000]

    asked: dict[str, Callable[[AsyncSession], Awaitable[Any]]] = {
        "due": lambda s: queries.list_due(s, now, NAMES, 4),
        "next due": lambda s: queries.find_next_due(s, now, NAMES),
        "waiting": lambda s: queries.list_waiting(s, NAMES, 4),
        "expired": lambda s: queries.list_expired(s, now, 50),
        "first lease end": queries.find_first_lease_end,
        "running": lambda s: queries.list_running(s, 20),
        "old firings": lambda s: queries.delete_firings_before(s, START - timedelta(days=9999), 200),
        "group": lambda s: queries.list_jobs(s, JobFilter(group="group_7"), PageAsk(sort="job_id")),
        "calendar": lambda s: queries.count_jobs_of_calendar(s, "calendar_7"),
        "job": lambda s: queries.find_job(s, Id(7)),
        "key": lambda s: queries.find_job_by_key(s, "key_7"),
    }
    await assert_indexed(db, asked)


@pytest.mark.parametrize(
    "many", [100_000, pytest.param(1_000_000, marks=[pytest.mark.long, pytest.mark.requirement("S0-130")])]
)
@pytest.mark.timeout(1800)
async def test_the_log_of_one_job_is_read_through_an_index(bench: Bench, many: int) -> None:
    db = bench.app.db
    await fill(db, JobLog, log_row, many)
    async with db.reading() as session:
        page, count = await queries.list_job_logs(session, OF_JOB_7, PageAsk(page=2, sort="log_id"))
    assert [line.times for line in page] == [many - 50 * n - 43 for n in range(20, 40)]
    assert count == many // JOBS_WITH_LOGS

    asked: dict[str, Callable[[AsyncSession], Awaitable[Any]]] = {
        "first page": lambda s: queries.list_job_logs(s, OF_JOB_7, PageAsk(sort="log_id")),
        "later page": lambda s: queries.list_job_logs(s, OF_JOB_7, PageAsk(page=21, sort="log_id")),
        "old lines": lambda s: queries.delete_logs_before(s, START - timedelta(days=9999), 200),
    }
    await assert_indexed(db, asked)


async def assert_indexed(db: Database, asked: dict[str, Callable[[AsyncSession], Awaitable[Any]]]) -> None:
    plans = {}
    for what, ask in asked.items():
        async with db.transaction() as session:
            plans[what] = await plan_of(db, lambda session=session, ask=ask: ask(session))
    assert {what: plan for what, plan in plans.items() if "uses an index" not in plan} == {}


async def fill(db: Database, model: type[Any], row: Callable[[int], dict[str, Any]], many: int) -> None:
    for start in range(1, many + 1, CHUNK):
        async with db.transaction() as session:
            rows = [row(n) for n in range(start, min(start + CHUNK, many + 1))]
            await session.execute(insert(table_of(model)), rows)
    await analyze(db, table_of(model).name)


def job_row(n: int) -> dict[str, Any]:
    """Job n is due n seconds after the start."""
    at = START + n * SECOND
    return {
        "job_id": n,
        "bean_name": NAMES[n % len(NAMES)],
        "job_key": f"key_{n}",
        "job_group": f"group_{n % 1000}",
        "params": "",
        "status": JobStatus.NORMAL,
        "remark": "",
        "trigger_kind": TriggerKind.INTERVAL,
        "trigger_spec": {"every_s": 60},
        "trigger_data": None,
        "zone": "UTC",
        "start_at": START,
        "calendar_name": f"calendar_{n % 500}",
        "priority": 5,
        "misfire": Misfire.SKIP,
        "is_concurrent": False,
        "requests_recovery": True,
        "updates_data": False,
        "data": {},
        "next_fire_time": at,
        "due_at": at,
        "is_group_paused": False,
        "times_triggered": 0,
        "fence": 0,
        "revision": 0,
        "created_at": START,
        "updated_at": START,
    }


def firing_row(n: int) -> dict[str, Any]:
    """Two wait, two run, all others have ended."""
    is_waiting, is_running = n % 10_000 == 0, n % 10_000 == 5_000
    status = FiringStatus.WAITING if is_waiting else FiringStatus.SUCCEEDED
    return {
        "job_id": n,
        "fire_time": START,
        "bean_name": NAMES[n % len(NAMES)],
        "params": "",
        "cause": FiringCause.SCHEDULE,
        "status": FiringStatus.RUNNING if is_running else status,
        "attempt": 1,
        "fence": 1,
        "waiting_since": START if is_waiting else None,
        "lease_until": START if is_running else None,
        "started_at": START,
        "ended_at": None if is_waiting or is_running else START - n * SECOND,
        "created_at": START,
        "updated_at": START,
    }


def log_row(n: int) -> dict[str, Any]:
    """Fifty jobs take turns."""
    return {
        "job_id": n % JOBS_WITH_LOGS,
        "bean_name": "noted",
        "params": "",
        "status": LogStatus.SUCCESS,
        "times": n,
        "fire_time": START,
        "attempt": 1,
        "cause": FiringCause.SCHEDULE,
        "created_at": START + n * SECOND,
        "updated_at": START,
    }
