"""Back-office accounts (后台用户)."""

import re
from collections.abc import Mapping
from typing import Any

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.services import Services
from wanpu.kernel.ids import Id
from wanpu.system.callers import Origin
from wanpu.system.errors import StaffNameInvalid, StaffNameTaken
from wanpu.system.models import Staff
from wanpu.system.models.staff import SUPER_ADMINISTRATOR
from wanpu.system.queries import staff as queries
from wanpu.system.queries.sessions import delete_sessions_of
from wanpu.system.rules.sign_in import require_strength
from wanpu.system.service.login_log import note
from wanpu.system.states import LoginEvent

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
    """Write an operator's account. The first one of a database is the super administrator.

    Raises:
        StaffNameInvalid, PasswordTooWeak, StaffNameTaken: nothing was written.
    """
    if not _USERNAME.fullmatch(username):
        raise StaffNameInvalid
    require_strength(password, username)
    hashed = await services.passwords.hash(password)
    columns = {
        "user_id": await draw_staff_id(services),
        "username": username,
        "password": hashed,
        "email": email,
        "mobile": mobile,
        "must_change_password": must_change_password,
        "create_user_id": created_by,
    }
    return await _add_staff(services.db, columns)


async def draw_staff_id(services: Services) -> Id:
    """The id of an account that is not the first one."""
    [staff_id] = await services.serials.take("sys_user")
    if staff_id == SUPER_ADMINISTRATOR:
        [staff_id] = await services.serials.take("sys_user")
    return Id(staff_id)


async def reset_staff(services: Services, username: str, password: str) -> bool:
    """Let the owner of an account in again from the machine itself: another password, which must be changed
    at the next sign-in; no lock, no second factor, no allowed addresses; every session ends.

    For the super administrator, whom nobody else may help. False when there is no such account.

    Raises:
        PasswordTooWeak: nothing was changed.
    """
    require_strength(password, username)
    return await _reset(services.db, username, await services.passwords.hash(password))


async def has_staff(services: Services, username: str) -> bool:
    """Whether an account of this name exists, whatever its status."""
    async with services.db.reading() as session:
        return await queries.find_staff_by_username(session, username) is not None


@rerun_on_conflict
async def _add_staff(db: Database, columns: Mapping[str, Any]) -> Id:
    """When another creation takes the name or the first id, the unique key makes this run again."""
    async with db.transaction() as session:
        if await queries.find_staff_by_username(session, columns["username"]) is not None:
            raise StaffNameTaken(details={"field": "username"})
        is_first = not await queries.has_any_staff(session)
        staff_id = SUPER_ADMINISTRATOR if is_first else columns["user_id"]
        session.add(Staff(**{**columns, "user_id": staff_id}))
    return Id(staff_id)


@rerun_on_conflict
async def _reset(db: Database, username: str, hashed: str) -> bool:
    async with db.transaction() as session:
        found = await queries.find_staff_by_username(session, username)
        staff = None if found is None else await queries.lock_staff(session, found.user_id)
        if staff is None:
            return False
        staff.password = hashed
        staff.salt = None
        staff.must_change_password = True
        staff.password_changed_at = db.clock.now()
        staff.allowed_ips = None
        staff.known_addresses = None
        staff.drop_second_factor()
        staff.forget_failures()
        await delete_sessions_of(session, staff.user_id)
        await note(
            session,
            LoginEvent.PASSWORD_CHANGED,
            Origin("wanpu staff reset"),
            username=staff.username,
            account=staff,
            reason="command_line",
        )
    return True
