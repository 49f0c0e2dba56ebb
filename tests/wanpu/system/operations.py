"""Rows of the operation log for tests."""

from typing import Any

from wanpu.kernel.ids import Id
from wanpu.system.callers import Origin, StaffCaller
from wanpu.system.service.operation_log import record
from wanpu.system.services import SystemServices


def make_caller(
    staff_id: int = 5, username: str = "li", *, merchant_id: int | None = None, **origin: Any
) -> StaffCaller:
    """A signed-in account as a use case gets it."""
    return StaffCaller(
        staff_id=Id(staff_id),
        username=username,
        merchant_id=None if merchant_id is None else Id(merchant_id),
        token_id=Id(1),
        permissions=frozenset(),
        must_change_password=False,
        origin=Origin(**{"method": "POST /platform/v1/things", **origin}),
    )


async def write_operations(
    system: SystemServices, count: int, *, caller: StaffCaller | None = None, operation: str = "thing.create"
) -> None:
    """`count` rows, each in a transaction of its own: thing:1, thing:2, …"""
    for number in range(1, count + 1):
        async with system.db.transaction() as session:
            await record(
                session, caller or make_caller(), operation, f"thing:{number}", after={"name": f"名{number}"}
            )
