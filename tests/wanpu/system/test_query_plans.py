"""What the lists of the operations base ask of a database with many rows: look-ups by index."""

from datetime import timedelta

import pytest
from sqlalchemy import insert
from tests.plans import analyze, plan_of

from wanpu.infra.database import Database
from wanpu.infra.pages import PageAsk
from wanpu.kernel.clock import ManualClock
from wanpu.system.queries import logs
from wanpu.system.queries.logs import LogFilter

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
                "method": "POST /things",
                "time": number % 50,
                "created_at": start + timedelta(seconds=number),
            }
            for number in range(first, first + CHUNK)
        ]
        async with db.transaction() as session:
            await session.execute(insert(logs.LOG), rows)
    await analyze(db, "sys_log")


@pytest.mark.timeout(300)
@pytest.mark.xdist_group("query_plans")
async def test_the_operation_log_is_read_through_an_index_by_name_by_deed_and_by_time(
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
                LogFilter(**hour),
                LogFilter(username="op.7", **hour),
            )
        }

    for what, plan in plans.items():
        assert "uses an index" in plan, f"{what}: {plan}"
