"""Rules of `infra/lane.py`: together in one commit, yet to each its own answer."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanpu.infra.database import DatabaseAway
from wanpu.infra.lane import Lane, LaneFull


class Books:
    """A commit function that doubles numbers, refuses "bad" ones, and notes its batches."""

    def __init__(self, *, is_held=False):
        self.batches = []
        self.gate = asyncio.Event()
        if not is_held:
            self.gate.set()

    async def commit(self, commands):
        self.batches.append(list(commands))
        await self.gate.wait()
        return [ValueError(f"{c} is odd") if c % 2 else c * 2 for c in commands]


async def test_an_idle_lane_commits_one_command_at_once():
    books = Books()

    assert await Lane(books.commit).submit(4) == 8
    assert books.batches == [[4]]


async def test_what_gathers_during_a_commit_is_committed_together_in_its_order():
    books = Books(is_held=True)
    lane = Lane(books.commit)
    first = asyncio.create_task(lane.submit(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(lane.submit(number)) for number in (4, 6, 8)]
    await asyncio.sleep(0)

    books.gate.set()

    assert await asyncio.gather(first, *others) == [4, 8, 12, 16]
    assert books.batches == [[2], [4, 6, 8]]


async def test_two_batches_may_be_committed_beside_each_other_while_a_third_gathers():
    books = Books(is_held=True)
    lane = Lane(books.commit, parallel=2)
    callers = []
    for numbers in ((2,), (4, 6), (8, 10)):
        callers += [asyncio.create_task(lane.submit(number)) for number in numbers]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert books.batches == [[2], [4, 6]]

    books.gate.set()

    assert await asyncio.gather(*callers) == [4, 8, 12, 16, 20]
    assert books.batches == [[2], [4, 6], [8, 10]]


async def test_a_command_that_follows_an_answer_at_once_finds_a_worker():
    lane = Lane(Books().commit)

    async with asyncio.timeout(5):
        assert [await lane.submit(2) for _ in range(3)] == [4, 4, 4]


async def test_each_caller_gets_its_own_refusal():
    lane = Lane(Books().commit)

    answers = await asyncio.gather(*(lane.submit(number) for number in range(6)), return_exceptions=True)

    assert answers[::2] == [0, 4, 8]
    assert [str(answer) for answer in answers[1::2]] == ["1 is odd", "3 is odd", "5 is odd"]


async def test_a_batch_never_passes_its_size():
    books = Books()
    lane = Lane(books.commit, max_batch=3)

    await asyncio.gather(*(lane.submit(number * 2) for number in range(10)))

    assert [len(batch) for batch in books.batches] == [3, 3, 3, 1]


async def test_a_batch_that_fails_as_a_whole_is_tried_one_by_one():
    batches = []

    async def commit(commands):
        batches.append(list(commands))
        if 13 in commands:
            raise RuntimeError("unlucky")
        return [command * 2 for command in commands]

    lane = Lane(commit)
    answers = await asyncio.gather(*(lane.submit(c) for c in (1, 13, 2)), return_exceptions=True)

    assert answers[0] == 2
    assert str(answers[1]) == "unlucky"
    assert answers[2] == 4
    assert batches == [[1, 13, 2], [1], [13], [2]]


async def test_a_database_that_is_away_is_told_to_all_without_trying_each():
    batches = []

    async def commit(commands):
        batches.append(list(commands))
        raise DatabaseAway("refused")

    lane = Lane(commit)
    answers = await asyncio.gather(*(lane.submit(c) for c in (1, 2, 3)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [DatabaseAway] * 3
    assert batches == [[1, 2, 3]]


async def test_a_commit_that_answers_too_few_is_a_mistake_and_answers_nobody_wrongly():
    async def commit(commands):
        return [] if len(commands) > 1 else commands

    lane = Lane(commit)

    assert await asyncio.gather(*(lane.submit(c) for c in (1, 2))) == [1, 2]


async def test_a_cancelled_caller_disturbs_nobody():
    books = Books(is_held=True)
    lane = Lane(books.commit)
    callers = [asyncio.create_task(lane.submit(number)) for number in (2, 4, 6, 8)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    late = asyncio.create_task(lane.submit(10))
    await asyncio.sleep(0)

    callers[1].cancel()
    late.cancel()
    await asyncio.sleep(0)
    books.gate.set()

    answers = await asyncio.gather(*callers, late, return_exceptions=True)
    assert [answers[0], answers[2], answers[3]] == [4, 12, 16]
    assert isinstance(answers[1], asyncio.CancelledError)
    assert isinstance(answers[4], asyncio.CancelledError)
    assert books.batches == [[2, 4, 6, 8]]


async def test_a_full_lane_refuses_new_commands_and_keeps_its_promises():
    books = Books(is_held=True)
    lane = Lane(books.commit, max_queue=2)
    first = asyncio.create_task(lane.submit(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(lane.submit(number)) for number in (4, 6)]
    await asyncio.sleep(0)

    with pytest.raises(LaneFull) as refusal:
        await lane.submit(8)
    books.gate.set()

    assert refusal.value.code == "service.busy"
    assert await asyncio.gather(first, *waiting) == [4, 8, 12]
    assert books.batches == [[2], [4, 6]]


async def test_closing_waits_for_every_answer():
    lane = Lane(Books().commit)
    callers = [asyncio.create_task(lane.submit(number)) for number in (2, 4)]
    await asyncio.sleep(0)

    await lane.close()

    assert all(caller.done() for caller in callers) or await asyncio.gather(*callers) == [4, 8]


@given(
    st.lists(st.integers(-50, 50), min_size=1, max_size=60), st.integers(1, 20), st.sets(st.integers(-50, 50))
)
def test_together_the_answers_are_those_of_one_by_one(commands, max_batch, poison):
    async def commit(batch):
        if poison & set(batch):
            raise RuntimeError("the whole batch")
        return [ValueError(f"{c} is odd") if c % 2 else c * 2 for c in batch]

    async def together():
        lane = Lane(commit, max_batch=max_batch)
        return await asyncio.gather(*(lane.submit(c) for c in commands), return_exceptions=True)

    async def one_by_one():
        lane = Lane(commit)
        return [(await asyncio.gather(lane.submit(c), return_exceptions=True))[0] for c in commands]

    assert [repr(one) for one in asyncio.run(together())] == [repr(one) for one in asyncio.run(one_by_one())]
