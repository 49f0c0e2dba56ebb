"""Rules of `infra/serials.py`: unique over tasks, processes and restarts."""

import asyncio
import itertools
from datetime import UTC, datetime

import pytest
from tests.processes import context, start, stop_all
from tests.wanpu.infra.segments import SEGMENTS, add_segments, serial_of

from wanpu.infra.database import Database
from wanpu.infra.serials import Serials
from wanpu.kernel.ids import IdOutOfRange, stamped_id


async def test_serials_of_one_counter_grow_and_never_repeat(db):
    serials = Serials(db, block=10)

    taken = [serial for _ in range(20) for serial in await serials.take("order", 3)]

    assert len(set(taken)) == 60
    assert taken == sorted(taken)
    assert taken[0] == 1


async def test_counters_do_not_touch_each_other(db):
    serials = Serials(db)

    assert await serials.take("order") == [1]
    assert await serials.take("sku") == [1]
    assert await serials.take("order") == [2]


async def test_a_restart_continues_after_the_block_and_gives_nothing_twice(db):
    before = await Serials(db, block=100).take("order", 5)
    after = await Serials(db, block=100).take("order", 5)

    assert before == [1, 2, 3, 4, 5]
    assert 101 <= after[0] <= 113


async def test_gaps_between_blocks_are_random(db):
    serials = Serials(db, block=1000)
    firsts = [(await serials.take("order", 1000))[0] for _ in range(20)]

    gaps = {later - earlier - 1000 for earlier, later in itertools.pairwise(firsts)}
    assert gaps <= set(range(126))
    assert len(gaps) > 5


async def test_more_than_a_block_at_once_is_one_request(db):
    taken = await Serials(db, block=10).take("order", 2500)

    assert len(set(taken)) == 2500


async def test_many_tasks_share_one_block_and_one_refill(db):
    serials = Serials(db, block=1000)

    taken = await asyncio.gather(*(serials.take("order") for _ in range(100)))

    assert sorted(serial for (serial,) in taken) == list(range(1, 101))
    assert 1001 <= await serial_of(db, "order") <= 1126


async def test_two_processes_that_refill_at_once_never_get_the_same_serials(db, db_url):
    other_db = Database(db_url, clock=db.clock)
    first, second = Serials(db, block=3), Serials(other_db, block=3)

    taken = await asyncio.gather(*(one.take("order", 2) for _ in range(20) for one in (first, second)))

    assert len({serial for some in taken for serial in some}) == 80
    await other_db.close()


async def test_a_counter_at_its_ceiling_hands_out_nothing(db):
    await add_segments(db, "order", next_serial=2**31 - 3)
    serials = Serials(db, block=1000)

    assert await serials.take("order", 2, ceiling=2**31 - 1) == [2**31 - 3, 2**31 - 2]
    assert await serials.take("order", 1, ceiling=2**31 - 1) == [2**31 - 1]
    for _ in range(2):
        with pytest.raises(IdOutOfRange):
            await serials.take("order", 1, ceiling=2**31 - 1)


async def test_a_counter_near_63_bits_refuses_before_it_overflows(db):
    await add_segments(db, "order", next_serial=2**63 - 10)

    with pytest.raises(IdOutOfRange):
        await Serials(db, block=1000).take("order")

    assert await serial_of(db, "order") == 2**63 - 10


async def test_a_refill_that_failed_is_tried_again_by_the_next_caller(db):
    await add_segments(db, "order", next_serial=2**63 - 10)
    serials = Serials(db, block=1000)
    with pytest.raises(IdOutOfRange):
        await serials.take("order")

    async with db.transaction() as session:
        await session.execute(SEGMENTS.update().values(next_serial=50))

    assert await serials.take("order") == [50]


IDS = 1_000_000
PROCESSES = 8
MOMENT = datetime(2026, 11, 22, 8, tzinfo=UTC)


def draw_goods_ids(url: str, count: int, barrier, path: str) -> None:
    """Runs in a process of its own: draw, form ids, write them as 8 bytes each."""

    async def draw() -> None:
        db = Database(url, pool_size=1)
        serials = Serials(db, block=5000)
        barrier.wait()
        with open(path, "wb") as file:
            for _ in range(count // 500):
                ids = [stamped_id(serial, MOMENT) for serial in await serials.take("sku", 500)]
                file.write(b"".join(one.to_bytes(8) for one in ids))
        await db.close()

    asyncio.run(draw())


@pytest.mark.requirement("S3-051")
def test_a_million_goods_ids_from_eight_processes_are_unique_and_follow_the_layout(db_url, tmp_path):
    barrier = context.Barrier(PROCESSES)
    paths = [str(tmp_path / f"{number}.ids") for number in range(PROCESSES)]
    processes = [start(draw_goods_ids, db_url, IDS // PROCESSES, barrier, path) for path in paths]
    try:
        for process in processes:
            process.join(150)
    finally:
        stop_all(processes)

    assert [process.exitcode for process in processes] == [0] * PROCESSES
    ids = set()
    for path in paths:
        with open(path, "rb") as file:
            while packed := file.read(8):
                ids.add(int.from_bytes(packed))
    assert len(ids) == IDS
    assert {one & 0xFFFF for one in ids} == {int(MOMENT.timestamp()) & 0xFFFF}
