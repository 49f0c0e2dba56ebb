"""What the lists of the operations base ask of a database with many rows: look-ups by index."""

from datetime import timedelta

import pytest
from sqlalchemy import insert
from tests.plans import analyze, plan_of, sorts_by_hand
from tests.wanpu.system.operations import make_caller

from wanpu.infra.database import Database
from wanpu.infra.pages import PageAsk
from wanpu.kernel.clock import ManualClock
from wanpu.system.exports.lists.logs import OPERATION_LOGS, OperationFilters
from wanpu.system.queries import logs
from wanpu.system.queries.exports import RowOrder, list_rows
from wanpu.system.queries.logs import LogFilter
from wanpu.system.service.export_runs import PAGE_ROWS

ROWS = 30_000
CHUNK = 5_000
OPERATORS = 500


async def fill_log(db: Database, clock: ManualClock) -> None:
    """Rows of many operators and as many operations, one a second."""
    start = clock.now() - timedelta(seconds=ROWS)
    for first in range(0, ROWS, CHUNK):
        rows = [
            {
                "username": f"op.{number % OPERATORS}",
                "operation": f"thing.{number % OPERATORS}",
                "subject": f"thing:{number % OPERATORS}",
                "method": "POST /things",
                "ip": f"10.0.{number % OPERATORS}.1",
                "request_id": f"r{number}",
                "time": number % 50,
                "created_at": start + timedelta(seconds=number),
            }
            for number in range(first, first + CHUNK)
        ]
        async with db.transaction() as session:
            await session.execute(insert(logs.LOG), rows)
    await analyze(db, "sys_log")


@pytest.mark.timeout(300)
async def test_the_operation_log_is_read_through_an_index_by_what_people_look_for(
    db: Database, clock: ManualClock
) -> None:
    await fill_log(db, clock)
    hour = {"since": clock.now() - timedelta(minutes=2), "until": clock.now()}
    last_page = PageAsk(page=3, size=20, sort="created_at")

    async with db.reading() as session:
        plans = {
            str(wanted): await plan_of(
                db, lambda wanted=wanted: logs.list_operations(session, wanted, last_page)
            )
            for wanted in (
                LogFilter(username="op.7"),
                LogFilter(operation="thing.7"),
                LogFilter(subject="thing:7"),
                LogFilter(ip="10.0.7.1"),
                LogFilter(request_id="r7"),
                LogFilter(**hour),
                LogFilter(username="op.7", **hour),
            )
        }

    for what, plan in plans.items():
        assert "uses an index" in plan, f"{what}: {plan}"
    page = await page_plan(db, ROWS // 2, clock)
    assert "uses an index" in page, page
    assert not sorts_by_hand(page), page


async def page_plan(db: Database, behind: int, clock: ManualClock) -> str:
    """How an export reads a page of the operation log that begins in the middle of it."""
    kind = OPERATION_LOGS
    rows = kind.rows(make_caller(), OperationFilters())
    order = RowOrder(kind.sorts[kind.default_sort], kind.last, is_descending=True)
    position = [(clock.now() - timedelta(seconds=behind)).isoformat(), behind]
    async with db.reading() as session:
        return await plan_of(db, lambda: list_rows(session, rows, order, position, PAGE_ROWS))
