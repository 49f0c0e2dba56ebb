"""Back-office accounts (后台用户)."""

import re
from collections.abc import Mapping
from typing import Any

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.passwords import check_strength
from wanpu.infra.services import Services
from wanpu.kernel.ids import Id
from wanpu.system.errors import StaffNameInvalid, StaffNameTaken
from wanpu.system.models import Staff
from wanpu.system.queries import staff as queries

_USERNAME = re.compile(r"[A-Za-z0-9_.-]{2,50}")


async def create_staff(
    services: Services,
    username: str,
    password: str,
    *,
    email: str | None = None,
    mobile: str | None = None,
    must_change_password: bool = False,
    created_by: Id | None = None,
) -> Id:
    """Write an operator's account.

    Raises:
        StaffNameInvalid, PasswordTooWeak, StaffNameTaken: nothing was written.
    """
    if not _USERNAME.fullmatch(username):
        raise StaffNameInvalid
    check_strength(password)
    hashed = await services.passwords.hash(password)
    [staff_id] = await services.serials.take("sys_user")
    columns = {
        "user_id": Id(staff_id),
        "username": username,
        "password": hashed,
        "email": email,
        "mobile": mobile,
        "must_change_password": must_change_password,
        "create_user_id": created_by,
    }
    await _add_staff(services.db, columns)
    return Id(staff_id)


async def has_staff(services: Services, username: str) -> bool:
    """Whether an account of this name exists, whatever its status."""
    async with services.db.reading() as session:
        return await queries.find_staff_by_username(session, username) is not None


@rerun_on_conflict
async def _add_staff(db: Database, columns: Mapping[str, Any]) -> None:
    """When another creation takes the name first, the unique key makes this run again and refuse."""
    async with db.transaction() as session:
        if await queries.find_staff_by_username(session, columns["username"]) is not None:
            raise StaffNameTaken(details={"field": "username"})
        session.add(Staff(**columns))
