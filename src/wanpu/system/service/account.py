"""The account centre (账号中心): what staff see and change of their own account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.sign_in.errors import TokenInvalid
from wanpu.system.callers import StaffCaller
from wanpu.system.errors import PasswordUnchanged, PasswordWrong, StaffAddressMissing
from wanpu.system.models import Staff
from wanpu.system.queries import sign_in
from wanpu.system.queries.sessions import count_sessions_of, delete_sessions_of
from wanpu.system.queries.staff import find_staff, lock_staff
from wanpu.system.rules.sign_in import is_allowed_address, require_strength
from wanpu.system.service.credentials import prove_password
from wanpu.system.service.login_log import note
from wanpu.system.service.operation_log import record
from wanpu.system.services import SystemServices
from wanpu.system.states import LoginEvent

CHANGEABLE = frozenset({"email", "mobile"})
SHOWN_LOGINS = 10


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """An account with what protects it; `recent` is the login log of its name, newest first."""

    staff: Staff
    sessions: int
    recent: Sequence[Row[Any]]


async def get_own_account(app: SystemServices, caller: StaffCaller) -> OwnAccount:
    """The caller's account.

    Raises:
        TokenInvalid: it is gone since the token was looked up.
    """
    async with app.db.reading() as session:
        staff = await find_staff(session, caller.staff_id)
        if staff is None:
            raise TokenInvalid
        return OwnAccount(
            staff=staff,
            sessions=await count_sessions_of(session, caller.staff_id, app.clock.now()),
            recent=await sign_in.list_logins_of(session, staff.username, SHOWN_LOGINS),
        )


@rerun_on_conflict
async def change_own_account(db: Database, caller: StaffCaller, changes: Mapping[str, Any]) -> None:
    """Change e-mail address or mobile number; other names are refused by an assertion.

    Raises:
        TokenInvalid: the account is gone since the token was looked up.
    """
    assert changes.keys() <= CHANGEABLE, "staff may not change this of their own account"
    async with db.transaction() as session:
        staff = await lock_staff(session, caller.staff_id)
        if staff is None:
            raise TokenInvalid
        before = {name: getattr(staff, name) for name in changes}
        for name, value in changes.items():
            setattr(staff, name, value)
        subject = f"staff:{caller.staff_id}"
        await record(session, caller, "staff.change_own", subject, before=before, after=changes)


async def set_allowed_addresses(
    app: SystemServices, caller: StaffCaller, password: str, addresses: Sequence[str]
) -> None:
    """Say from which addresses and networks the account may sign in; none at all means from anywhere.
    Sessions that are open stay open.

    Raises:
        StaffAddressMissing: the caller's present address is not among them.
        TooManyAttempts, PasswordWrong: nothing was changed.
    """
    allowed = list(dict.fromkeys(addresses)) or None
    if not is_allowed_address(allowed, caller.origin.ip):
        raise StaffAddressMissing(details={"ip": caller.origin.ip})
    await prove_password(app, caller, password)
    await _write_allowed(app.db, caller, allowed)


async def change_password(app: SystemServices, caller: StaffCaller, old: str, new: str) -> None:
    """Set another password: every other session of the account ends, this one stays.

    Raises:
        TooManyAttempts, PasswordWrong, PasswordUnchanged, PasswordTooWeak: the old one stays.
    """
    proven = await prove_password(app, caller, old)
    if new == old:
        raise PasswordUnchanged(details={"field": "new_password"})
    require_strength(new, caller.username)
    hashed = await app.passwords.hash(new)
    await _write_password(app.db, caller, proven, hashed)


@rerun_on_conflict
async def _write_allowed(db: Database, caller: StaffCaller, allowed: list[str] | None) -> None:
    async with db.transaction() as session:
        staff = await lock_staff(session, caller.staff_id)
        if staff is None:
            raise TokenInvalid
        before, staff.allowed_ips = staff.allowed_ips, allowed
        await record(
            session,
            caller,
            "staff.allow_addresses",
            f"staff:{caller.staff_id}",
            before={"allowed_ips": before},
            after={"allowed_ips": allowed},
        )


@rerun_on_conflict
async def _write_password(db: Database, caller: StaffCaller, proven: str, hashed: str) -> None:
    """Of several changes that proved the same old password one takes place."""
    async with db.transaction() as session:
        staff = await lock_staff(session, caller.staff_id)
        if staff is None or staff.password != proven:
            raise PasswordWrong(details={"field": "old_password"})
        staff.password = hashed
        staff.must_change_password = False
        staff.password_changed_at = db.clock.now()
        await delete_sessions_of(session, caller.staff_id, besides=caller.token_id)
        await note(
            session,
            LoginEvent.PASSWORD_CHANGED,
            caller.origin,
            username=staff.username,
            account=staff,
        )
        await record(session, caller, "staff.change_password", f"staff:{caller.staff_id}")
