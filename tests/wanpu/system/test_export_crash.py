"""Exports over processes: one that dies or stalls in the middle loses no row and doubles none."""

import asyncio
import dataclasses
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from tests.conftest import TEST_MASTER_KEY
from tests.processes import kill_now, note, notes, start, stop_all, wait_until
from tests.wanpu.system.exports import read_csv, write_all
from tests.wanpu.system.operations import write_operations
from tests.wanpu.system.people import make_staff

from wanpu.infra import due_work
from wanpu.infra.due_work_runner import Runner
from wanpu.infra.services import close_services, open_services
from wanpu.infra.settings import Settings
from wanpu.infra.storage.errors import StorageUnavailable
from wanpu.infra.storage.stores import ObjectStores
from wanpu.infra.storage.targets import Target
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.system.callers import Origin, StaffCaller
from wanpu.system.exports.csv_text import Words
from wanpu.system.exports.kinds import ExportColumn, ExportKind
from wanpu.system.exports.lists.logs import OPERATION_LOGS
from wanpu.system.jobs import due_work_handlers
from wanpu.system.models import ListExport, ListExportPart, StoredFile
from wanpu.system.queries import exports as queries
from wanpu.system.queries.exports import Step
from wanpu.system.service import export_runs, files
from wanpu.system.service.exports import EXPORT_WORK, StartExport, start_export
from wanpu.system.service.file_links import Variant
from wanpu.system.service.files import read_private
from wanpu.system.services import SystemServices, open_system_services
from wanpu.system.states import ExportStatus

ROWS = 130
PAGE = 20
STUCK_AT = "thing:50"
LEASE_S = 2.0


def numbered(on_row: Callable[[str], None] = lambda _subject: None) -> ExportKind[Any]:
    """The operation log with one column; `on_row` hears of each row that is written."""

    def cell(row: Any) -> str:
        on_row(row.subject)
        return str(row.subject)

    return ExportKind(
        name="numbered",
        title=Words("编号", "Numbers"),
        audience=OPERATION_LOGS.audience,
        permission=OPERATION_LOGS.permission,
        filters=OPERATION_LOGS.filters,
        rows=OPERATION_LOGS.rows,
        sorts=OPERATION_LOGS.sorts,
        default_sort=OPERATION_LOGS.default_sort,
        last=OPERATION_LOGS.last,
        columns=[ExportColumn(Words("对象", "Subject"), cell)],
    )


def settings_of(url: str, folder: str) -> Settings:
    return Settings(
        _env_file=None, data_dir=Path(folder), database_url=url, master_key=SecretStr(TEST_MASTER_KEY)
    )


def write_as_a_process(url: str, folder: str, name: str, sticks: bool) -> None:
    """Write exports for ever. A process that sticks stands still at one row until it is let go."""
    log = Path(folder) / "log"

    def on_row(subject: str) -> None:
        if sticks and subject == STUCK_AT:
            note(log, f"stuck {name}")
            while not (Path(folder) / "go").exists():
                time.sleep(0.05)

    async def work() -> None:
        services = await open_services(settings_of(url, folder))
        system = open_system_services(services)
        system.exports.register(numbered(on_row))
        export_runs.PAGE_ROWS = PAGE
        write = due_work_handlers(system)[EXPORT_WORK]

        async def noted(ref: str, attempt: int) -> datetime | None:
            try:
                return await write(ref, attempt)
            finally:
                note(log, f"turn {name}")

        try:
            await Runner(services, {EXPORT_WORK: noted}, lease_s=LEASE_S).run()
        finally:
            await close_services(services)

    asyncio.run(work())


def on_a_node(url: str, folder: str, act: Callable[[SystemServices], Any]) -> Any:
    """Do something over the same database and files."""

    async def run() -> Any:
        services = await open_services(settings_of(url, folder))
        system = open_system_services(services)
        system.exports.register(numbered())
        try:
            return await act(system)
        finally:
            await close_services(services)

    return asyncio.run(run())


async def ask(system: SystemServices) -> Id:
    person = await make_staff(system, "clerk", [OPERATION_LOGS.permission])
    await write_operations(system, ROWS)
    caller = StaffCaller(
        staff_id=person.staff_id,
        username=person.username,
        merchant_id=None,
        token_id=Id(1),
        permissions=frozenset([OPERATION_LOGS.permission]),
        must_change_password=False,
        origin=Origin("POST /console/v1/exports"),
    )
    wanted = StartExport("numbered", {"operation": "thing.create"}, is_descending=False)
    return (await start_export(system, caller, wanted)).id


async def found(system: SystemServices) -> ListExport:
    async with system.db.reading() as session:
        return (await session.execute(select(ListExport))).scalar_one()


@pytest.mark.parametrize("fate", ["killed", "stalled"])
def test_what_a_lost_process_began_is_finished_by_another(db_url: str, tmp_path: Path, fate: str) -> None:
    folder = str(tmp_path)
    log = tmp_path / "log"
    on_a_node(db_url, folder, ask)
    victim = start(write_as_a_process, db_url, folder, "victim", True)
    other = None
    try:
        wait_until(lambda: "stuck victim" in notes(log))
        assert on_a_node(db_url, folder, found).rows_done == 2 * PAGE
        if fate == "killed":
            kill_now(victim)
        other = start(write_as_a_process, db_url, folder, "other", False)
        wait_until(lambda: on_a_node(db_url, folder, found).status is ExportStatus.DONE)
        if fate == "stalled":
            (tmp_path / "go").touch()
            wait_until(lambda: "turn victim" in notes(log))
    finally:
        stop_all([process for process in (victim, other) if process is not None])

    done = on_a_node(db_url, folder, found)
    assert (done.status, done.rows_done) == (ExportStatus.DONE, ROWS)
    given = on_a_node(db_url, folder, lambda system: read_private(system, done.file_id, Variant.ORIGINAL))
    assert read_csv(given.content) == [["对象"], *([f"thing:{number}"] for number in range(1, ROWS + 1))]
    assert on_a_node(db_url, folder, counts) == (0, 1)


async def counts(system: SystemServices) -> tuple[int, int]:
    """How many pieces and files there are."""
    async with system.db.reading() as session:
        parts = (await session.execute(select(func.count()).select_from(ListExportPart))).scalar_one()
        files = (await session.execute(select(func.count()).select_from(StoredFile))).scalar_one()
    return parts, files


async def test_of_two_that_write_the_same_page_one_moves_the_export_on(system: SystemServices) -> None:
    system.exports.register(numbered())
    export_id = await ask(system)
    async with system.db.transaction() as session:
        export = await session.get_one(ListExport, export_id)
        export.status = ExportStatus.RUNNING
        await due_work.cancel(session, EXPORT_WORK, str(export_id))

    async with system.db.transaction() as session:
        first = await queries.advance(session, export_id, 0, Step(20, 9, ["a", 20], is_last=False))
    async with system.db.transaction() as session:
        late = await queries.advance(session, export_id, 0, Step(20, 9, ["a", 20], is_last=True))

    assert (first, late) == (True, False)
    after = await found(system)
    assert (after.parts, after.rows_done, after.bytes_done, after.position) == (1, 20, 9, ["a", 20])
    assert after.is_read is False


class Broken(ObjectStores):
    """A storage that takes nothing until it is mended."""

    is_mended = False

    async def put(self, target: Target, key: str, content: bytes, content_type: str) -> None:
        if not self.is_mended:
            raise StorageUnavailable(details={"problem": "unreachable"})
        await super().put(target, key, content, content_type)


async def test_a_file_that_cannot_be_stored_is_tried_again_without_reading_another_page(
    system: SystemServices, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_runs, "PAGE_ROWS", PAGE)
    stores = Broken()
    system = dataclasses.replace(system, stores=stores)
    seen: list[str] = []
    system.exports.register(numbered(seen.append))
    await ask(system)
    runner = Runner(system, due_work_handlers(system))

    assert await runner.run_once() == 1
    read = await found(system)
    assert (read.status, read.is_read, read.rows_done) == (ExportStatus.RUNNING, True, ROWS)
    for _ in range(3):
        assert await runner.run_once() == 1
        clock.advance(timedelta(minutes=10))
    await write_operations(system, 1)
    assert (await found(system)).parts == read.parts
    stores.is_mended = True
    assert await runner.run_once() == 1

    done = await found(system)
    assert (done.status, done.rows_total, len(seen)) == (ExportStatus.DONE, ROWS, ROWS)
    given = await read_private(system, done.file_id, Variant.ORIGINAL)
    assert len(read_csv(given.content)) == ROWS + 1


class Slow(ObjectStores):
    """A storage so slow that the file is given up before its bytes lie there."""

    def __init__(self, system: SystemServices, clock: ManualClock) -> None:
        super().__init__()
        self.system, self.clock = system, clock

    async def put(self, target: Target, key: str, content: bytes, content_type: str) -> None:
        self.clock.advance(files.GIVEN_UP_AFTER + timedelta(seconds=1))
        await files.purge_unfinished(self.system)
        await super().put(target, key, content, content_type)


async def test_of_a_file_that_was_given_up_meanwhile_no_byte_stays(
    system: SystemServices, clock: ManualClock
) -> None:
    system.exports.register(numbered())
    await ask(system)

    await write_all(dataclasses.replace(system, stores=Slow(system, clock)))

    failed = await found(system)
    assert (failed.status, failed.error_code) == (ExportStatus.FAILED, "file.upload_abandoned")
    folder = system.settings.data_dir
    assert [path for path in folder.rglob("*") if path.is_file() and "export" in path.parts] == []
    assert await counts(system) == (0, 0)
