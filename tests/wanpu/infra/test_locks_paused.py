"""A holder that the machine really stops (SIGSTOP), and that wakes up after another has taken over."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.processes import note, notes, start, stop_all, wait_until
from tests.wanpu.infra.segments import SEGMENTS, add_segments, serial_of

from wanpu.infra.database import Database
from wanpu.infra.locks import DatabaseLeaseLocks, Lease, LeaseLost, guard
from wanpu.kernel.clock import SystemClock

LEASE_S = 1.0


async def write_guarded(db: Database, lease: Lease, value: int) -> None:
    async with db.transaction() as session:
        await guard(session, lease)
        await session.execute(update(SEGMENTS).values(next_serial=value))


def hold_and_write(url: str, holder: str, value: int, log: str, go: str) -> None:
    """Take the lock, wait for the word `go` in the log, write under the guard, note what came of it."""

    async def work() -> None:
        db = Database(url, pool_size=1)
        locks = DatabaseLeaseLocks(db, SystemClock())
        while (lease := await locks.acquire("settle", holder, LEASE_S)) is None:
            await asyncio.sleep(0.05)
        note(Path(log), f"{holder} holds")
        while go not in notes(Path(log)):
            await asyncio.sleep(0.02)
        try:
            await write_guarded(db, lease, value)
            note(Path(log), f"{holder} wrote")
        except LeaseLost:
            note(Path(log), f"{holder} lost")
        await db.close()

    asyncio.run(work())


async def prepare(url: str) -> None:
    db = Database(url, pool_size=1)
    await add_segments(db, "books")
    await db.close()


async def read(url: str) -> int | None:
    db = Database(url, pool_size=1)
    try:
        return await serial_of(db, "books")
    finally:
        await db.close()


@pytest.mark.requirement("S3-049")
def test_a_process_stopped_past_its_lease_writes_nothing_when_it_wakes(db_url, tmp_path):
    log = tmp_path / "log"
    asyncio.run(prepare(db_url))
    paused = start(hold_and_write, db_url, "paused", 99, str(log), "go paused")
    successor = None
    try:
        wait_until(lambda: "paused holds" in notes(log))
        os.kill(paused.pid, signal.SIGSTOP)

        successor = start(hold_and_write, db_url, "successor", 7, str(log), "go successor")
        wait_until(lambda: "successor holds" in notes(log))
        note(log, "go paused")
        os.kill(paused.pid, signal.SIGCONT)
        wait_until(lambda: {"paused lost", "paused wrote"} & set(notes(log)) != set())
        note(log, "go successor")
        wait_until(lambda: {"successor lost", "successor wrote"} & set(notes(log)) != set())
    finally:
        os.kill(paused.pid, signal.SIGCONT) if paused.is_alive() else None
        stop_all([process for process in (paused, successor) if process])

    assert notes(log) == [
        "paused holds",
        "successor holds",
        "go paused",
        "paused lost",
        "go successor",
        "successor wrote",
    ]
    assert asyncio.run(read(db_url)) == 7
