"""Exports that end with their account or with their time, and what of them must be gone then."""

from datetime import timedelta

from sqlalchemy import func, select
from tests.http import Caller
from tests.wanpu.system.exports import ask_for, stored_parts, write_all
from tests.wanpu.system.people import make_staff

from wanpu.infra.models import DueWork
from wanpu.kernel.clock import ManualClock
from wanpu.system.models import ListExport, StoredFile
from wanpu.system.queries import exports as queries
from wanpu.system.service import exports
from wanpu.system.service.files import purge_unfinished
from wanpu.system.services import SystemServices

LISTS = ["sys:log:list", "sys:user:list"]


async def test_exports_go_with_their_account(
    console: Caller, system: SystemServices, clock: ManualClock
) -> None:
    boss = await make_staff(system, "boss", [*LISTS, "sys:user:delete"])
    person = await make_staff(system, "gone", LISTS, created_by=boss.staff_id)
    await ask_for(console.with_token(person.token))
    await write_all(system)
    await ask_for(console.with_token(person.token), filters={"username": "li"})
    async with system.db.transaction() as session:
        going = (await session.execute(select(ListExport).where(ListExport.file_id.is_(None)))).scalar_one()
        await queries.add_part(session, going.id, 0, "a")
    others = await ask_for(console.with_token(boss.token))

    gone = await console.with_token(boss.token).delete(f"/platform/v1/staff/{person.staff_id}")

    assert gone.status == 204
    async with system.db.reading() as session:
        assert (await session.execute(select(ListExport.id))).scalars().all() == [
            int(others.body["export_id"])
        ]
        due = (await session.execute(select(DueWork.ref).where(DueWork.kind == exports.EXPORT_WORK))).all()
    assert [row.ref for row in due] == [others.body["export_id"]]
    assert await stored_parts(system) == []
    clock.advance(timedelta(hours=2))
    assert await purge_unfinished(system) == 1
    folder = system.settings.data_dir
    assert [path for path in folder.rglob("*") if path.is_file() and "export" in path.parts] == []


async def test_old_exports_go_with_their_files(
    console: Caller, system: SystemServices, clock: ManualClock
) -> None:
    clerk = await make_staff(system, "clerk", LISTS)
    await ask_for(console.with_token(clerk.token))
    await write_all(system)
    clock.advance(timedelta(days=7))
    assert await exports.purge_exports(system) == 0
    clock.advance(timedelta(seconds=1))

    assert await exports.purge_exports(system) == 1
    clock.advance(timedelta(hours=2))
    assert await purge_unfinished(system) == 1

    async with system.db.reading() as session:
        assert (await session.execute(select(func.count()).select_from(StoredFile))).scalar_one() == 0
    folder = system.settings.data_dir
    assert [path for path in folder.rglob("*") if path.is_file() and "export" in path.parts] == []
