"""The scheduler on every engine: what is due runs once, is logged, and waits its turn."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import update
from tests.wanpu.infra.jobs.scheduling import MINUTELY, TICK, Bench, Held, firings, job_of, logs

from wanpu.infra.jobs import groups, service
from wanpu.infra.jobs.errors import FiringLost
from wanpu.infra.jobs.models import Job
from wanpu.infra.jobs.running import Run
from wanpu.infra.jobs.service import JobSpec
from wanpu.infra.jobs.states import FiringCause, FiringStatus, JobStatus, LogStatus, Misfire
from wanpu.infra.jobs.triggers import CronTrigger, IntervalTrigger, OnceTrigger
from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
START = datetime(2026, 11, 22, 8, tzinfo=UTC)


async def test_a_job_runs_when_it_is_due_and_not_before(bench: Bench) -> None:
    job = await bench.create(params="renren")
    node = bench.node()

    assert await node.run_once() == 0
    bench.clock.advance(MINUTE)
    assert await node.run_once() == 1
    assert await node.run_once() == 0

    [run] = bench.job.runs
    assert (run.fire_time, run.params, run.attempt, run.fence) == (START + MINUTE, "renren", 1, 1)
    after = await job_of(bench.app, job.job_id)
    assert (after.prev_fire_time, after.next_fire_time) == (START + MINUTE, START + 2 * MINUTE)
    assert after.times_triggered == 1


@pytest.mark.requirement("S0-128", "S0-129")
async def test_every_run_leaves_one_line_with_its_result_and_time(bench: Bench) -> None:
    async def fail(_run: Run[Any]) -> None:
        raise RuntimeError("bank 13800138000 away, " + "x" * 3000)

    job = await bench.create(params="renren")
    bench.clock.advance(MINUTE)
    await bench.node().run_once()
    bench.job.inside = fail
    bench.clock.advance(MINUTE)
    await bench.node().run_once()

    good, bad = await logs(bench.app)
    assert (good.job_id, good.bean_name, good.params) == (job.job_id, "noted", "renren")
    assert (good.status, good.error, good.created_at) == (LogStatus.SUCCESS, None, START + MINUTE + TICK)
    assert 0 <= good.times < 60_000
    assert bad.status is LogStatus.FAILED
    assert (int(good.status), int(bad.status)) == (0, 1)
    assert bad.error is not None
    assert bad.error.startswith("RuntimeError: bank 138****8000 away, xxx")
    assert len(bad.error) == 2000
    assert [firing.status for firing in await firings(bench.app)] == [
        FiringStatus.SUCCEEDED,
        FiringStatus.FAILED,
    ]


@pytest.mark.requirement("S0-127")
async def test_a_paused_job_does_not_fire_and_a_resumed_one_does(bench: Bench) -> None:
    job = await bench.create(misfire=Misfire.SKIP)
    paused = await service.pause_job(bench.app, job.job_id)
    assert (paused.status, int(paused.status)) == (JobStatus.PAUSED, 1)

    bench.clock.advance(5 * MINUTE)
    assert await bench.node().run_once() == 0

    resumed = await service.resume_job(bench.app, job.job_id)
    assert (resumed.status, int(resumed.status)) == (JobStatus.NORMAL, 0)
    assert await bench.node().run_once() == 0  # What passed meanwhile is skipped.
    bench.clock.advance(MINUTE)
    assert await bench.node().run_once() == 1
    assert bench.job.fire_times == [START + 6 * MINUTE]


async def test_pausing_and_resuming_twice_changes_nothing(bench: Bench) -> None:
    job = await bench.create()

    once = await service.pause_job(bench.app, job.job_id)
    twice = await service.pause_job(bench.app, job.job_id)
    assert once.revision == twice.revision
    once = await service.resume_job(bench.app, job.job_id)
    twice = await service.resume_job(bench.app, job.job_id)
    assert once.revision == twice.revision


@pytest.mark.requirement("S0-190")
async def test_a_paused_group_rests_with_the_jobs_it_has_and_those_it_gets(bench: Bench) -> None:
    present = await bench.create(group="night", misfire=Misfire.FIRE_ONCE)
    await groups.pause_group(bench.app, "night")
    future = await bench.create(group="night", misfire=Misfire.FIRE_ONCE)
    other = await bench.create(group="day")

    bench.clock.advance(5 * MINUTE)
    await bench.node().run_once()
    assert [run.claim.job_id for run in bench.job.runs] == [other.job_id]

    await groups.resume_group(bench.app, "night")
    bench.clock.advance(MINUTE)
    await bench.node().run_once()
    assert sorted(run.claim.job_id for run in bench.job.runs[1:]) == sorted(
        [present.job_id, future.job_id, other.job_id]
    )


async def test_a_resumed_group_leaves_a_job_paused_that_was_paused_by_itself(bench: Bench) -> None:
    job = await bench.create(group="night")
    await service.pause_job(bench.app, job.job_id)
    await groups.pause_group(bench.app, "night")
    await groups.resume_group(bench.app, "night")
    bench.clock.advance(MINUTE)

    assert await bench.node().run_once() == 0


@pytest.mark.requirement("S0-184")
async def test_of_jobs_due_at_one_moment_the_higher_priority_goes_first(bench: Bench) -> None:
    for priority in (3, 9, 1, 10):
        await bench.create(priority=priority, params=str(priority))
    late = await bench.create("30 * * * * ?", priority=10, params="later")
    bench.clock.advance(MINUTE)
    node = bench.node(concurrency=1)

    await node.run_once()

    assert [run.params for run in bench.job.runs] == ["later", "10", "9", "3", "1"]
    assert late.next_fire_time == START + 30 * SECOND


@pytest.mark.requirement("S0-185")
async def test_an_interval_with_a_repeat_count_stops_after_it(bench: Bench) -> None:
    job = await bench.create(IntervalTrigger(every_s=10, repeat_count=2))

    for _ in range(6):
        await bench.node().run_once()
        bench.clock.advance(10 * SECOND)

    assert bench.job.fire_times == [START + TICK + n * SECOND for n in (0, 10, 20)]
    ended = await job_of(bench.app, job.job_id)
    assert (ended.next_fire_time, ended.due_at, ended.times_triggered) == (None, None, 3)


@pytest.mark.requirement("S0-188")
async def test_custom_data_of_a_trigger_reaches_its_runs(bench: Bench) -> None:
    data = {"shops": [1, "二"], "deep": {"a": None}}
    await bench.create(OnceTrigger(at=START + SECOND), trigger_data=data)
    bench.clock.advance(SECOND)

    await bench.node().run_once()

    assert bench.job.runs[0].trigger_data == data


MISSED = [
    (Misfire.FIRE_ONCE, [1, 6]),
    (Misfire.SKIP, [6]),
    (Misfire.CATCH_UP, [1, 2, 3, 4, 5, 6]),
]


@pytest.mark.requirement("S0-195")
@pytest.mark.parametrize(("policy", "minutes"), MISSED)
async def test_after_an_outage_a_job_obeys_its_misfire_policy(
    bench: Bench, policy: Misfire, minutes: list[int]
) -> None:
    await bench.create(misfire=policy)

    bench.clock.advance(5 * MINUTE + 59 * SECOND)
    await bench.node(misfire_after_s=58).run_once()
    bench.clock.advance(SECOND)
    await bench.node(misfire_after_s=58).run_once()

    assert bench.job.fire_times == [START + n * MINUTE for n in minutes]


@pytest.mark.parametrize(("policy", "runs"), [(Misfire.FIRE_ONCE, 1), (Misfire.SKIP, 0)])
async def test_a_one_shot_that_was_missed_runs_late_or_never(
    bench: Bench, policy: Misfire, runs: int
) -> None:
    await bench.create(OnceTrigger(at=START + SECOND), misfire=policy)
    bench.clock.advance(timedelta(days=1))

    assert await bench.node().run_once() == runs


async def test_a_little_late_is_not_missed(bench: Bench) -> None:
    await bench.create(misfire=Misfire.SKIP)
    bench.clock.advance(MINUTE + 59 * SECOND)

    assert await bench.node().run_once() == 1


async def test_a_job_that_may_not_overlap_waits_for_its_own_run(bench: Bench) -> None:
    held = Held()
    job = await bench.create("* * * * * ?")
    bench.job.inside = held
    first, second = bench.node("a"), bench.node("b")
    bench.clock.advance(SECOND)
    running = asyncio.create_task(first.run_once())
    await held.is_inside.wait()
    bench.clock.advance(3 * SECOND)

    assert await second.run_once() == 0
    assert len(bench.job.runs) == 1
    seen = await job_of(bench.app, job.job_id)
    assert (seen.running_fire_time, seen.due_at) == (START + SECOND, None)

    bench.job.inside = None
    held.let_go.set()
    await running
    assert bench.job.fire_times == [START + n * SECOND for n in range(1, 5)]


async def test_runs_of_a_concurrent_job_may_overlap(services: Services, clock: ManualClock) -> None:
    bench = Bench(services, clock, is_concurrent=True)
    held = Held()
    await bench.create("* * * * * ?")
    bench.job.inside = held
    clock.advance(SECOND)
    first = asyncio.create_task(bench.node("a").run_once())
    await held.is_inside.wait()
    clock.advance(SECOND)
    second = asyncio.create_task(bench.node("b").run_once())
    while len(bench.job.runs) < 2:
        await asyncio.sleep(0)
    held.let_go.set()
    await asyncio.gather(first, second)

    assert bench.job.fire_times[:2] == [START + SECOND, START + 2 * SECOND]


async def test_a_node_runs_no_more_at_once_than_it_may(services: Services, clock: ManualClock) -> None:
    bench = Bench(services, clock, is_concurrent=True)
    held = Held()
    bench.job.inside = held
    for _ in range(7):
        await bench.create()
    clock.advance(MINUTE)

    working = asyncio.create_task(bench.node(concurrency=3).run_once())
    while len(bench.job.runs) < 3:
        await asyncio.sleep(0)
    for _ in range(5):
        assert await logs(bench.app) == []
    assert len(bench.job.runs) == 3
    held.let_go.set()

    assert await working == 7


async def test_a_job_run_by_hand_runs_once_beside_its_schedule_even_when_paused(bench: Bench) -> None:
    job = await bench.create(params="now")
    await service.pause_job(bench.app, job.job_id)

    asked = await service.run_job_now(bench.app, job.job_id)
    again = await service.run_job_now(bench.app, job.job_id)
    await bench.node().run_once()

    assert again.fire_time == asked.fire_time + timedelta(microseconds=1)
    assert bench.job.fire_times == [asked.fire_time, again.fire_time]
    assert [line.cause for line in await logs(bench.app)] == [FiringCause.BY_HAND] * 2
    after = await job_of(bench.app, job.job_id)
    assert (after.next_fire_time, after.times_triggered) == (START + MINUTE, 0)


async def test_a_job_that_is_not_done_in_its_time_has_failed(bench: Bench) -> None:
    await bench.create(timeout_s=1)
    bench.job.inside = Held()
    bench.app = _faster(bench)
    bench.clock.advance(MINUTE)

    await bench.node().run_once()

    [line] = await logs(bench.app)
    assert (line.status, line.error) == (LogStatus.FAILED, "not done within 1 s")


def _faster(bench: Bench) -> Any:
    """The same services with a clock whose second takes ten milliseconds of the test."""
    bench.app.time.pace = 100
    return bench.app


async def test_a_job_keeps_its_data_from_one_good_run_to_the_next(
    services: Services, clock: ManualClock
) -> None:
    bench = Bench(services, clock, updates_data=True)
    seen: list[dict[str, Any]] = []

    async def count(run: Run[Any]) -> None:
        seen.append(dict(run.data))
        run.data["runs"] = run.data.get("runs", 0) + 1
        if len(seen) == 2:
            raise RuntimeError("this count is not kept")

    bench.job.inside = count
    await bench.create()
    for _ in range(4):
        clock.advance(MINUTE)
        await bench.node().run_once()

    assert seen == [{}, {"runs": 1}, {"runs": 1}, {"runs": 2}]


async def test_a_run_that_settles_in_its_own_transaction_is_done_with_it(bench: Bench) -> None:
    async def settle_and_fail(run: Run[Any]) -> None:
        async with bench.app.db.transaction() as session:
            await run.ensure_held(session)
            await run.settle(session)
        raise RuntimeError("after the fact")

    job = await bench.create()
    bench.job.inside = settle_and_fail
    bench.clock.advance(MINUTE)
    await bench.node().run_once()

    [firing] = await firings(bench.app)
    [line] = await logs(bench.app)
    assert (firing.status, line.status) == (FiringStatus.SUCCEEDED, LogStatus.SUCCESS)
    assert (await job_of(bench.app, job.job_id)).running_fire_time is None


async def test_a_run_that_is_over_may_write_no_more(bench: Bench) -> None:
    await bench.create()
    bench.clock.advance(MINUTE)
    await bench.node().run_once()
    [run] = bench.job.runs

    with pytest.raises(FiringLost):
        async with bench.app.db.transaction() as session:
            await run.ensure_held(session)
    with pytest.raises(FiringLost):
        async with bench.app.db.transaction() as session:
            await run.settle(session)
    assert len(await logs(bench.app)) == 1


class Shop(BaseModel):
    """Parameters of a job as a model."""

    shop: int
    dry: bool = False


async def test_parameters_are_read_as_the_jobs_model(services: Services, clock: ManualClock) -> None:
    bench = Bench(services, clock, params=Shop)
    await bench.create(params='{"shop": 7}')
    clock.advance(MINUTE)

    await bench.node().run_once()

    assert bench.job.runs[0].params == Shop(shop=7)


async def test_a_moment_that_was_fired_before_is_not_fired_again(bench: Bench) -> None:
    """A database clock that was set back, and a job that was edited since."""
    job = await bench.create()
    for _ in range(2):
        bench.clock.advance(MINUTE)
        await bench.node().run_once()
    async with bench.app.db.transaction() as session:
        again = START + MINUTE
        await session.execute(update(Job).values(next_fire_time=again, due_at=again))

    assert await bench.node().run_once() == 0
    assert bench.job.fire_times == [START + MINUTE, START + 2 * MINUTE]
    after = await job_of(bench.app, job.job_id)
    assert (after.next_fire_time, after.running_fire_time) == (START + 3 * MINUTE, None)


async def test_a_job_whose_trigger_cannot_be_read_is_paused_and_holds_up_nobody(bench: Bench) -> None:
    broken = await bench.create()
    async with bench.app.db.transaction() as session:
        await session.execute(update(Job).values(zone="Mars/Olympus"))
    await bench.create("0 * * * * ?", params="good")
    bench.clock.advance(MINUTE)

    assert await bench.node(concurrency=1).run_once() == 1
    assert [run.params for run in bench.job.runs] == ["good"]
    assert (await job_of(bench.app, broken.job_id)).status is JobStatus.PAUSED
    line = next(line for line in await logs(bench.app) if line.job_id == broken.job_id)
    assert (line.status, line.error) == (LogStatus.FAILED, "ZoneUnknown: Mars/Olympus")


async def test_jobs_that_this_process_does_not_know_are_left_to_others(bench: Bench) -> None:
    await bench.create()
    async with bench.app.db.transaction() as session:
        await session.execute(update(Job).values(bean_name="of_a_newer_version"))
    bench.clock.advance(MINUTE)

    assert await bench.node().run_once() == 0


async def test_the_loop_runs_what_comes_due_and_stops_when_it_is_told(bench: Bench) -> None:
    await bench.create(IntervalTrigger(every_s=3600))
    node = bench.node()
    working = asyncio.create_task(node.run())
    while not bench.job.runs:
        await asyncio.sleep(0.01)
    job = await bench.create(CronTrigger(expression=MINUTELY).expression, params="second")
    await service.run_job_now(bench.app, job.job_id)
    while len(bench.job.runs) < 2:
        await asyncio.sleep(0.01)

    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    assert [run.params for run in bench.job.runs] == ["", "second"]


def test_a_spec_refuses_what_the_tables_cannot_hold() -> None:
    trigger = CronTrigger(expression=MINUTELY)
    for wrong in ({"priority": 11}, {"group": ""}, {"params": "x" * 2001}, {"params": "a\0b"}, {"x": 1}):
        with pytest.raises(ValueError, match="validation error"):
            JobSpec(bean_name="noted", trigger=trigger, **wrong)
