"""Nodes that fall silent: found out in time, their runs taken over once, their late writes refused."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from tests.wanpu.infra.jobs.scheduling import Bench, Held, firings, job_of, logs, nodes

from wanpu.infra.jobs import claims, queries
from wanpu.infra.jobs import nodes as watching
from wanpu.infra.jobs.errors import FiringLost
from wanpu.infra.jobs.models import MAX_ATTEMPTS, Firing
from wanpu.infra.jobs.running import Claim, Run
from wanpu.infra.jobs.states import FIRING_MOVES, JOB_MOVES, FiringStatus, JobStatus, LogStatus
from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.states import IllegalMove

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
START = datetime(2026, 11, 22, 8, tzinfo=UTC)
INTERVAL = 20 * SECOND
LEASE = 35 * SECOND  # 1.75 intervals


async def begin(bench: Bench, node: str = "dead") -> Claim:
    """A node checks in, takes what is due, and is never heard of again."""
    async with bench.app.db.reading() as session:
        [seen] = await queries.list_due(session, bench.clock.now(), ["noted"], 1)
    await watching.check_in(bench.app, node, 20)
    _, claim = await claims.claim_due(bench.app, seen, node, LEASE, MINUTE)
    assert claim is not None
    return claim


@pytest.fixture
def recoverable(services: Services, clock: ManualClock) -> Bench:
    return Bench(services, clock, requests_recovery=True)


@pytest.fixture
def fragile(services: Services, clock: ManualClock) -> Bench:
    return Bench(services, clock, requests_recovery=False)


@pytest.mark.requirement("S0-194")
async def test_a_recoverable_run_of_a_dead_node_runs_again_once_elsewhere(recoverable: Bench) -> None:
    bench = recoverable
    await bench.create(params="p")
    bench.clock.advance(MINUTE)
    await begin(bench)
    other = bench.node("b")

    bench.clock.advance(LEASE - SECOND)
    assert await other.run_once() == 0
    bench.clock.advance(SECOND)
    assert await other.run_once() == 1
    assert await other.run_once() == 0

    [run] = bench.job.runs
    assert (run.fire_time, run.params, run.attempt, run.fence) == (START + MINUTE, "p", 2, 2)
    lost, done = await logs(bench.app)
    assert (lost.status, lost.node, lost.times) == (LogStatus.FAILED, "dead", 35_000)
    assert lost.error == "node dead fell silent; it runs again elsewhere"
    assert (done.status, done.node, done.attempt) == (LogStatus.SUCCESS, "b", 2)
    [firing] = await firings(bench.app)
    assert (firing.status, firing.node) == (FiringStatus.SUCCEEDED, "b")


async def test_a_run_that_may_not_be_repeated_is_written_off_and_makes_way(fragile: Bench) -> None:
    bench = fragile
    job = await bench.create()
    bench.clock.advance(MINUTE)
    await begin(bench)
    bench.clock.advance(LEASE)

    assert await bench.node("b").run_once() == 0

    [firing] = await firings(bench.app)
    [line] = await logs(bench.app)
    assert firing.status is FiringStatus.ABANDONED
    assert (line.status, line.error) == (LogStatus.FAILED, "node dead fell silent")
    after = await job_of(bench.app, job.job_id)
    assert (after.running_fire_time, after.due_at) == (None, START + 2 * MINUTE)
    bench.clock.advance(MINUTE)
    assert await bench.node("b").run_once() == 1


async def test_a_job_that_kills_every_node_is_given_up_in_the_end(recoverable: Bench) -> None:
    bench = recoverable
    job = await bench.create()
    bench.clock.advance(MINUTE)
    claim: Claim | None = await begin(bench)

    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert claim is not None
        assert claim.attempt == attempt
        bench.clock.advance(LEASE)
        await watching.watch(bench.app)
        claim = await claims.claim_waiting(bench.app, job.job_id, claim.fire_time, "next", LEASE)

    assert claim is None
    [firing] = await firings(bench.app)
    assert (firing.status, firing.attempt) == (FiringStatus.ABANDONED, MAX_ATTEMPTS)
    assert [line.error for line in await logs(bench.app)][-1] == "node next fell silent"


@pytest.mark.requirement("S0-192")
async def test_a_dead_node_is_noticed_within_two_intervals(bench: Bench) -> None:
    await watching.check_in(bench.app, "dead", 20)
    await watching.check_in(bench.app, "alive", 20)
    [alive, dead] = await nodes(bench.app)
    assert (alive.check_in_s, alive.last_check_in, alive.lost_at) == (20, bench.clock.now(), None)
    died = bench.clock.now()

    bench.clock.advance(INTERVAL)
    await watching.check_in(bench.app, "alive", 20)
    look_again = await watching.watch(bench.app)
    assert look_again == died + LEASE
    bench.clock.advance(look_again - bench.clock.now())
    await watching.watch(bench.app)

    [alive, dead] = await nodes(bench.app)
    assert (alive.lost_at, dead.lost_at) == (None, died + LEASE)
    assert dead.lost_at - died < 2 * INTERVAL


async def test_a_node_that_was_given_up_and_checks_in_is_back(bench: Bench) -> None:
    await watching.check_in(bench.app, "a", 20)
    bench.clock.advance(LEASE)
    await watching.watch(bench.app)
    await watching.check_in(bench.app, "a", 20)

    [node] = await nodes(bench.app)
    assert (node.lost_at, node.last_check_in) == (None, bench.clock.now())


@pytest.mark.requirement("S0-191")
async def test_a_running_firing_shows_its_node_and_start(bench: Bench) -> None:
    await bench.create()
    bench.clock.advance(MINUTE)
    await begin(bench, "worker-1")

    async with bench.app.db.reading() as session:
        [firing] = await queries.list_running(session, 10)

    assert (firing.bean_name, firing.node, firing.started_at) == ("noted", "worker-1", bench.clock.now())
    assert (firing.fire_time, firing.lease_until) == (START + MINUTE, bench.clock.now() + LEASE)


@pytest.mark.parametrize("is_taken_over", [False, True])
async def test_a_node_that_stalled_past_its_lease_writes_nothing_when_it_wakes(
    recoverable: Bench, is_taken_over: bool
) -> None:
    bench = recoverable
    await bench.create()
    bench.clock.advance(MINUTE)
    claim = await begin(bench, "stalled")
    run: Run[Any] = Run(claim, "", bench.app.time, {})
    bench.clock.advance(LEASE)
    if is_taken_over:
        await bench.node("b").run_once()
    before = [line.log_id for line in await logs(bench.app)]

    for write in (run.ensure_held, run.settle):
        with pytest.raises(FiringLost):
            async with bench.app.db.transaction() as session:
                await write(session)
    assert await claims.complete(bench.app, claim, FiringStatus.FAILED, error="late") is False
    await claims.hand_back(bench.app, claim)
    assert await claims.renew(bench.app, claim, LEASE) is False

    assert [line.log_id for line in await logs(bench.app)] == before
    [firing] = await firings(bench.app)
    assert firing.status is (FiringStatus.SUCCEEDED if is_taken_over else FiringStatus.RUNNING)


async def test_checking_in_keeps_what_a_node_holds(bench: Bench) -> None:
    await bench.create()
    bench.clock.advance(MINUTE)
    claim = await begin(bench)

    for _ in range(5):
        bench.clock.advance(INTERVAL)
        await watching.check_in(bench.app, "dead", 20)
        assert await claims.renew(bench.app, claim, LEASE) is True
        await watching.watch(bench.app)

    [firing] = await firings(bench.app)
    assert (firing.status, firing.lease_until) == (FiringStatus.RUNNING, bench.clock.now() + LEASE)


async def test_a_run_that_was_refused_its_write_is_not_written_down_as_failed(recoverable: Bench) -> None:
    """Its lease ended, and a renewal that was under way before that moved the end: it is still to be run."""
    bench = recoverable

    async def write_too_late(run: Run[Any]) -> None:
        bench.clock.advance(LEASE)
        try:
            async with bench.app.db.transaction() as session:
                await run.ensure_held(session)
        finally:
            async with bench.app.db.transaction() as session:
                await session.execute(update(Firing).values(lease_until=bench.clock.now() + LEASE))

    await bench.create()
    bench.clock.advance(MINUTE)
    bench.job.inside = write_too_late
    assert await bench.node("a").run_once() == 1
    assert await logs(bench.app) == []
    bench.job.inside = None

    bench.clock.advance(LEASE)
    assert await bench.node("b").run_once() >= 1

    first = next(firing for firing in await firings(bench.app) if firing.fire_time == START + MINUTE)
    assert (first.status, first.node, first.attempt) == (FiringStatus.SUCCEEDED, "b", 2)


async def test_a_node_that_learns_of_its_loss_cancels_the_run(recoverable: Bench) -> None:
    bench = recoverable
    held = Held()
    bench.job.inside = held
    await bench.create()
    bench.clock.advance(MINUTE)
    stalled = bench.node("stalled")
    working = asyncio.create_task(stalled.run_once())
    await held.is_inside.wait()
    async with bench.app.db.transaction() as session:
        await session.execute(update(Firing).values(lease_until=bench.clock.now()))

    assert await stalled._renew(bench.job.runs[0].claim) is False
    await asyncio.gather(working, return_exceptions=True)

    [firing] = await firings(bench.app)
    assert (firing.status, firing.attempt) == (FiringStatus.RUNNING, 1)  # Left for whoever recovers it.
    assert await logs(bench.app) == []


async def test_a_node_that_stops_hands_back_what_it_runs(recoverable: Bench) -> None:
    bench = recoverable
    held = Held()
    bench.job.inside = held
    await bench.create()
    bench.clock.advance(MINUTE)
    working = asyncio.create_task(bench.node("leaving").run())
    await held.is_inside.wait()

    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    assert await nodes(bench.app) == []
    [firing] = await firings(bench.app)
    assert (firing.status, firing.attempt) == (FiringStatus.WAITING, 0)
    held.let_go.set()
    assert await bench.node("b").run_once() == 1
    first, second = await logs(bench.app)
    assert (first.status, first.error) == (
        LogStatus.FAILED,
        "node leaving was stopped; it runs again elsewhere",
    )
    assert (second.status, second.attempt, second.node) == (LogStatus.SUCCESS, 1, "b")


async def test_a_node_that_stops_logs_a_run_that_may_not_be_repeated(fragile: Bench) -> None:
    bench = fragile
    held = Held()
    bench.job.inside = held
    await bench.create()
    bench.clock.advance(MINUTE)
    working = asyncio.create_task(bench.node("leaving").run())
    await held.is_inside.wait()

    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    [line] = await logs(bench.app)
    assert (line.status, line.error) == (LogStatus.FAILED, "node leaving was stopped")
    assert [firing.status for firing in await firings(bench.app)] == [FiringStatus.FAILED]


@pytest.mark.parametrize("status", list(FiringStatus))
def test_only_listed_moves_of_a_firing_happen(status: FiringStatus) -> None:
    allowed = {
        FiringStatus.WAITING: {FiringStatus.RUNNING},
        FiringStatus.RUNNING: {
            FiringStatus.WAITING,
            FiringStatus.SUCCEEDED,
            FiringStatus.FAILED,
            FiringStatus.ABANDONED,
        },
    }.get(status, set())
    for target in FiringStatus:
        if target is status:
            assert FIRING_MOVES.move(status, target) is False
        elif target in allowed:
            assert FIRING_MOVES.move(status, target) is True
        else:
            with pytest.raises(IllegalMove):
                FIRING_MOVES.move(status, target)


def test_a_job_is_paused_and_resumed() -> None:
    assert JOB_MOVES.move(JobStatus.NORMAL, JobStatus.PAUSED) is True
    assert JOB_MOVES.move(JobStatus.PAUSED, JobStatus.NORMAL) is True
    assert JOB_MOVES.move(JobStatus.NORMAL, JobStatus.NORMAL) is False
