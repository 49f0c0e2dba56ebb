"""Asking for exports in tests, and reading what came of them."""

import csv
import io
from typing import Any

from sqlalchemy import select
from tests.http import Answer, Caller

from wanpu.infra.due_work_runner import Runner
from wanpu.system.jobs import due_work_handlers
from wanpu.system.models import ListExport, ListExportPart
from wanpu.system.services import SystemServices

EXPORTS = "/console/v1/exports"
LINK_OF = EXPORTS + "/{}/link"


async def ask_for(caller: Caller, kind: str = "operation_log", **ask: Any) -> Answer:
    """Ask for an export with English titles."""
    return await caller.post(EXPORTS, {"kind": kind, **ask}, headers={"Accept-Language": "en"})


async def write_all(system: SystemServices) -> None:
    """Do due work until there is none."""
    runner = Runner(system, due_work_handlers(system))
    while await runner.run_once():
        pass


async def file_of(caller: Caller, export_id: str) -> bytes:
    """The bytes of a finished export, by its link, which needs no session."""
    link = await caller.get(LINK_OF.format(export_id))
    assert link.status == 200, link.body
    opened = await caller.with_token(None).get(link.body["url"])
    assert opened.status == 200, opened.body
    return bytes(opened.body)


def read_csv(content: bytes) -> list[list[str]]:
    """The cells of a file."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def stored_export(system: SystemServices, export_id: str) -> ListExport:
    """An export as the database holds it."""
    async with system.db.reading() as session:
        return await session.get_one(ListExport, int(export_id))


async def stored_parts(system: SystemServices) -> list[int]:
    """The numbers of all pieces that the database holds."""
    async with system.db.reading() as session:
        return list((await session.execute(select(ListExportPart.part_no))).scalars())
