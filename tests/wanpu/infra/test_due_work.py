"""Rules of due work on every engine: nothing wanted is lost, nothing is done by two at once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from wanpu.infra import due_work
from wanpu.infra.due_work_runner import FIRST_RETRY_S, LAST_RETRY_S, Runner
from wanpu.infra.models import DueWork
from wanpu.infra.signals import DUE_WORK
from wanpu.infra.tables import table_of

WORK = table_of(DueWork)
MINUTE = timedelta(minutes=1)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


async def schedule(db, ref, due_at, kind="close"):
    async with db.transaction() as session:
        await due_work.schedule(session, kind, ref, due_at)


async def hasten(db, ref, due_at, kind="close"):
    async with db.transaction() as session:
        await due_work.hasten(session, kind, ref, due_at)


async def row_of(db, ref, kind="close"):
    async with db.reading() as session:
        found = await session.execute(select(WORK).where(WORK.c.kind == kind, WORK.c.ref == ref))
        return found.first()


class Recorder:
    """A handler that notes its calls and gives the answers it was told to, then None."""

    def __init__(self, *answers):
        self.calls = []
        self._answers = list(answers)

    async def __call__(self, ref, attempt):
        self.calls.append((ref, attempt))
        answer = self._answers.pop(0) if self._answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer


class Held:
    """A handler that waits inside until it is let go."""

    def __init__(self, answer=None):
        self.is_inside = asyncio.Event()
        self.let_go = asyncio.Event()
        self.answer = answer
        self.runs = 0

    async def __call__(self, ref, attempt):
        self.runs += 1
        self.is_inside.set()
        await self.let_go.wait()
        return self.answer


async def test_work_runs_when_it_is_due_and_is_forgotten_when_it_is_done(services, clock):
    handler = Recorder()
    runner = Runner(services, {"close": handler})
    await schedule(services.db, "1", clock.now() + MINUTE)

    assert await runner.run_once() == 0
    clock.advance(MINUTE)
    assert await runner.run_once() == 1
    assert await runner.run_once() == 0

    assert handler.calls == [("1", 1)]
    assert await row_of(services.db, "1") is None


async def test_a_second_schedule_keeps_the_earlier_time(db, clock):
    now = clock.now()
    await schedule(db, "1", now + 2 * MINUTE)
    await schedule(db, "1", now + 3 * MINUTE)
    assert (await row_of(db, "1")).due_at == now + 2 * MINUTE

    await schedule(db, "1", now + MINUTE)
    assert (await row_of(db, "1")).due_at == now + MINUTE


async def test_hasten_moves_work_forward_only_and_makes_none(db, clock):
    now = clock.now()
    await hasten(db, "1", now)
    assert await row_of(db, "1") is None

    await schedule(db, "1", now + MINUTE)
    await hasten(db, "1", now + 2 * MINUTE)
    assert (await row_of(db, "1")).due_at == now + MINUTE

    await hasten(db, "1", now)
    assert (await row_of(db, "1")).due_at == now


async def test_cancelled_work_never_runs(services, clock):
    handler = Recorder()
    await schedule(services.db, "1", clock.now())
    async with services.db.transaction() as session:
        await due_work.cancel(session, "close", "1")

    assert await Runner(services, {"close": handler}).run_once() == 0
    assert handler.calls == []


async def test_work_of_a_rolled_back_transaction_is_not_there(db, clock):
    async def fail():
        async with db.transaction() as session:
            await due_work.schedule(session, "close", "1", clock.now())
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await fail()

    assert await row_of(db, "1") is None
    assert await db.signals.wait(DUE_WORK, 0.01) is False


async def test_a_commit_wakes_the_runner_for_work_that_is_due_and_for_no_other(db, clock):
    await schedule(db, "later", clock.now() + MINUTE)
    assert await db.signals.wait(DUE_WORK, 0.01) is False

    await schedule(db, "now", clock.now())
    assert await db.signals.wait(DUE_WORK, 0.01) is True

    await hasten(db, "later", clock.now())
    assert await db.signals.wait(DUE_WORK, 0.01) is True


async def test_an_answered_time_schedules_the_next_run_and_counts_attempts(services, clock):
    handler = Recorder(clock.now() + MINUTE, clock.now() + 2 * MINUTE)
    runner = Runner(services, {"close": handler})
    await schedule(services.db, "1", clock.now())

    for _ in range(3):
        assert await runner.run_once() == 1
        clock.advance(MINUTE)

    assert handler.calls == [("1", 1), ("1", 2), ("1", 3)]
    assert await row_of(services.db, "1") is None


async def test_a_handler_that_answers_a_past_time_runs_once_in_a_pass(services, clock):
    handler = Recorder(*[clock.now() - MINUTE] * 5)
    await schedule(services.db, "1", clock.now())

    assert await Runner(services, {"close": handler}).run_once() == 1
    assert handler.calls == [("1", 1)]


async def test_work_that_a_handler_schedules_for_now_is_done_in_the_same_pass(services, clock):
    done = Recorder()

    async def start(ref, attempt):
        await schedule(services.db, "child", clock.now(), kind="finish")

    await schedule(services.db, "1", clock.now())

    assert await Runner(services, {"close": start, "finish": done}).run_once() == 2
    assert done.calls == [("child", 1)]


async def test_failures_wait_longer_each_time_and_a_success_forgets_them(services, clock):
    handler = Recorder(*[RuntimeError(f"no {n}") for n in range(9)], clock.now() + timedelta(days=9))
    runner = Runner(services, {"close": handler})
    await schedule(services.db, "1", clock.now())

    waits = []
    for _ in range(9):
        assert await runner.run_once() == 1
        row = await row_of(services.db, "1")
        waits.append((row.due_at - clock.now()).total_seconds())
        clock.advance(row.due_at - clock.now())
    assert waits == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    assert waits[0] == FIRST_RETRY_S
    assert waits[-1] == LAST_RETRY_S
    assert (row.failures, row.last_error) == (9, "RuntimeError: no 8")

    await runner.run_once()
    row = await row_of(services.db, "1")
    assert (row.failures, row.last_error, row.lease_token) == (0, None, None)


async def test_one_failing_piece_does_not_stop_the_others(services, clock):
    async def handler(ref, attempt):
        if ref == "bad":
            raise RuntimeError("no")

    for ref in ("1", "bad", "2"):
        await schedule(services.db, ref, clock.now())

    assert await Runner(services, {"close": handler}).run_once() == 3
    assert [await row_of(services.db, ref) is None for ref in ("1", "bad", "2")] == [True, False, True]


async def test_work_without_a_handler_here_is_left_for_a_process_that_has_one(services, clock):
    await schedule(services.db, "1", clock.now(), kind="unknown")

    assert await Runner(services, {"close": Recorder()}).run_once() == 0
    row = await row_of(services.db, "1", kind="unknown")
    assert (row.due_at, row.attempts) == (clock.now(), 0)


async def test_a_handler_past_its_lease_is_stopped_and_counted_as_failed(services, clock):
    async def endless(ref, attempt):
        await asyncio.Event().wait()

    await schedule(services.db, "1", clock.now())

    assert await Runner(services, {"close": endless}, lease_s=0.1).run_once() == 1
    row = await row_of(services.db, "1")
    assert (row.failures, row.last_error, row.lease_token) == (1, "TimeoutError: ", None)


async def test_two_runners_at_once_do_each_piece_once(services, clock):
    handler = Recorder()
    runners = [Runner(services, {"close": handler}, concurrency=4) for _ in range(2)]
    for number in range(20):
        await schedule(services.db, str(number), clock.now())

    counts = await asyncio.gather(*(runner.run_once() for runner in runners))

    assert sum(counts) == 20
    assert sorted(ref for ref, _ in handler.calls) == sorted(str(number) for number in range(20))


async def test_claimed_work_is_nobody_elses_until_its_lease_ends(services, clock):
    held, other = Held(), Recorder()
    await schedule(services.db, "1", clock.now())
    first = asyncio.create_task(Runner(services, {"close": held}, lease_s=60).run_once())
    await held.is_inside.wait()

    clock.advance(seconds(59))
    assert await Runner(services, {"close": other}).run_once() == 0
    clock.advance(seconds(1))
    assert await Runner(services, {"close": other}).run_once() == 1

    assert other.calls == [("1", 2)]
    held.let_go.set()
    await first


async def test_a_runner_that_lost_its_claim_changes_nothing_any_more(services, clock):
    held = Held(answer=clock.now() + timedelta(days=1))
    successor = Recorder(clock.now() + timedelta(hours=1))
    await schedule(services.db, "1", clock.now())
    first = asyncio.create_task(Runner(services, {"close": held}, lease_s=60).run_once())
    await held.is_inside.wait()
    clock.advance(seconds(60))
    await Runner(services, {"close": successor}).run_once()
    after = await row_of(services.db, "1")

    held.let_go.set()
    await first

    assert await row_of(services.db, "1") == after


@pytest.mark.parametrize("ask", [schedule, hasten])
async def test_a_wish_that_comes_while_the_work_runs_makes_it_run_again(services, clock, ask):
    held = Held()
    await schedule(services.db, "1", clock.now())
    running = asyncio.create_task(Runner(services, {"close": held}).run_once())
    await held.is_inside.wait()

    await ask(services.db, "1", clock.now() + seconds(3))
    assert (await row_of(services.db, "1")).due_at == clock.now() + seconds(60)
    held.let_go.set()
    await running

    row = await row_of(services.db, "1")
    assert (row.due_at, row.again_at, row.lease_token) == (clock.now() + seconds(3), None, None)


async def test_the_earliest_of_answer_and_wishes_is_the_next_time(services, clock):
    now = clock.now()
    held = Held(answer=now + seconds(30))
    await schedule(services.db, "1", now)
    running = asyncio.create_task(Runner(services, {"close": held}).run_once())
    await held.is_inside.wait()

    await hasten(services.db, "1", now + seconds(40))
    await hasten(services.db, "1", now + seconds(20))
    await hasten(services.db, "1", now + seconds(25))
    held.let_go.set()
    await running

    assert (await row_of(services.db, "1")).due_at == now + seconds(20)


async def test_a_wish_during_a_run_that_fails_is_heard_after_the_first_back_off(services, clock):
    now = clock.now()

    async def fail(ref, attempt):
        await hasten(services.db, ref, now)
        raise RuntimeError("no")

    await schedule(services.db, "1", now)
    assert await Runner(services, {"close": fail}).run_once() == 1

    row = await row_of(services.db, "1")
    assert (row.due_at, row.failures) == (now + seconds(5), 1)


async def test_a_wish_survives_the_death_of_the_runner_that_was_working(services, clock):
    held, successor = Held(), Recorder()
    await schedule(services.db, "1", clock.now())
    lost = asyncio.create_task(Runner(services, {"close": held}).run_once())
    await held.is_inside.wait()
    await hasten(services.db, "1", clock.now() + seconds(1))

    clock.advance(seconds(60))
    await Runner(services, {"close": successor}).run_once()

    row = await row_of(services.db, "1")
    assert successor.calls == [("1", 2)]
    assert row.due_at == clock.now() - seconds(59)
    held.let_go.set()
    await lost


async def test_a_cancelled_runner_hands_its_work_back_at_once(services, clock):
    held, successor = Held(), Recorder()
    await schedule(services.db, "1", clock.now())
    running = asyncio.create_task(Runner(services, {"close": held}).run())
    await held.is_inside.wait()

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    row = await row_of(services.db, "1")
    assert (row.due_at, row.lease_token) == (clock.now(), None)
    assert await Runner(services, {"close": successor}).run_once() == 1
    assert successor.calls == [("1", 2)]


async def test_the_running_loop_takes_new_work_while_slow_work_goes_on(services, clock):
    held, quick = Held(), Recorder()
    await schedule(services.db, "slow", clock.now(), kind="slow")
    running = asyncio.create_task(Runner(services, {"slow": held, "quick": quick}, concurrency=2).run())
    await held.is_inside.wait()

    await schedule(services.db, "1", clock.now(), kind="quick")
    async with asyncio.timeout(20):
        while await row_of(services.db, "1", kind="quick") is not None:
            await asyncio.sleep(0.02)

    assert quick.calls == [("1", 1)]
    assert held.runs == 1
    held.let_go.set()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
