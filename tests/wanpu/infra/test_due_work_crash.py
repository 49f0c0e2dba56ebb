"""Due work over processes: the work of one that was killed is done by another."""

import asyncio
import os
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import func, select
from tests.conftest import TEST_MASTER_KEY
from tests.processes import kill_now, note, notes, start, stop_all, wait_until

from wanpu.infra import due_work
from wanpu.infra.database import Database
from wanpu.infra.due_work_runner import Runner
from wanpu.infra.models import DueWork
from wanpu.infra.services import close_services, open_services
from wanpu.infra.settings import Settings

PIECES = 30
LEASE_S = 2.0


def work_as_a_process(url: str, folder: str, hangs: bool) -> None:
    """Take work for ever; a process that hangs notes that it began and never comes back."""

    async def work() -> None:
        log = Path(folder) / "log"

        async def handler(ref: str, attempt: int) -> None:
            note(log, f"begin {ref} {os.getpid()}")
            if hangs:
                await asyncio.Event().wait()
            note(log, f"done {ref} {os.getpid()}")

        settings = Settings(
            _env_file=None, data_dir=Path(folder), database_url=url, master_key=SecretStr(TEST_MASTER_KEY)
        )
        services = await open_services(settings)
        try:
            await Runner(services, {"close": handler}, lease_s=LEASE_S, concurrency=4).run()
        finally:
            await close_services(services)

    asyncio.run(work())


async def schedule_pieces(url: str) -> None:
    db = Database(url, pool_size=1)
    async with db.transaction() as session:
        for number in range(PIECES):
            await due_work.schedule(session, "close", str(number), db.clock.now())
    await db.close()


async def count_left(url: str) -> int:
    db = Database(url, pool_size=1)
    try:
        async with db.reading() as session:
            return (await session.execute(select(func.count()).select_from(DueWork))).scalar_one()
    finally:
        await db.close()


def test_work_of_a_process_killed_in_the_middle_is_finished_by_the_others(db_url, tmp_path):
    log = tmp_path / "log"
    asyncio.run(schedule_pieces(db_url))
    victim = start(work_as_a_process, db_url, str(tmp_path), True)
    workers = []
    try:
        wait_until(lambda: len(notes(log)) == 4)
        begun_by_victim = {line.split()[1] for line in notes(log)}
        kill_now(victim)

        workers = [start(work_as_a_process, db_url, str(tmp_path), False) for _ in range(2)]
        wait_until(lambda: len({line for line in notes(log) if line.startswith("done")}) >= PIECES)
        wait_until(lambda: asyncio.run(count_left(db_url)) == 0)
    finally:
        stop_all([victim, *workers])

    done = [line.split()[1] for line in notes(log) if line.startswith("done")]
    assert sorted(done, key=int) == [str(number) for number in range(PIECES)]
    assert begun_by_victim <= set(done)
