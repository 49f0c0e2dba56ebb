"""Whether a password is an account's: at the sign-in, and again before what a stolen session must not do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.passwords import Passwords
from wanpu.infra.settings import Settings
from wanpu.infra.sign_in.errors import WrongCredentials
from wanpu.infra.sign_in.throttle import count_try, line_of
from wanpu.system.callers import StaffCaller
from wanpu.system.errors import PasswordWrong
from wanpu.system.models import Staff
from wanpu.system.queries import sign_in as queries
from wanpu.system.queries.sign_in import StoredPassword
from wanpu.system.queries.staff import lock_staff
from wanpu.system.rules.sign_in import is_imported_password
from wanpu.system.services import SystemServices

REALM = "staff"
KNOWN_REALM = "staff-known"
"""Counts tries from addresses that the account has signed in from: strangers do not use them up."""

LOCKED = "staff.locked"
"""What the login log says of a locked account; nobody else is told."""

REPLACED = "staff.password_replaced"
"""The stored hash is another one since it was compared: compare again."""


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """What a typed password was compared with, and whether it is the one. An imported hash has been
    computed anew as `upgraded`."""

    stored: StoredPassword
    is_right: bool
    upgraded: str | None = None


async def check_password(passwords: Passwords, text: str, stored: StoredPassword) -> PasswordCheck:
    """Compare; right or wrong, Argon2 or imported, it costs one Argon2 computation."""
    if stored.salt is None:
        return PasswordCheck(stored, await passwords.verify(text, stored.hashed))
    if is_imported_password(text, stored.salt, stored.hashed):
        return PasswordCheck(stored, True, await passwords.hash(text))
    await passwords.verify_dummy(text)
    return PasswordCheck(stored, False)


async def realm_of(db: Database, username: str, client_ip: str) -> str:
    """Where tries for a name from an address are counted."""
    async with db.reading() as session:
        known = await queries.find_known_addresses(session, username)
    return KNOWN_REALM if line_of(client_ip) in known else REALM


def settle_password(
    staff: Staff, check: PasswordCheck, settings: Settings, now: datetime, *, client_ip: str
) -> str | None:
    """Decide on a locked row: None lets the password pass, else the code of the refusal.

    The order in which the row was locked counts, not the order of arrival: once wrong passwords have
    locked the account, a right one is refused too, so parallel guesses learn no more than guesses in a
    row. Whoever looks from outside cannot tell a locked account from a wrong password.
    """
    if staff.is_locked(now, line_of(client_ip)):
        return LOCKED
    if staff.password != check.stored.hashed:
        return REPLACED
    if not check.is_right:
        count_failure(staff, settings, now, client_ip=client_ip)
        return WrongCredentials.code
    if check.upgraded is not None:
        staff.password = check.upgraded
        staff.salt = None
    return None


def count_failure(staff: Staff, settings: Settings, now: datetime, *, client_ip: str) -> None:
    """One wrong password or code more, by the rules of the settings."""
    lock_for = timedelta(minutes=settings.staff_lock_minutes)
    staff.count_failure(now, line_of(client_ip), lock_after=settings.staff_lock_after, lock_for=lock_for)


async def prove_password(app: SystemServices, caller: StaffCaller, text: str) -> str:
    """Ask a signed-in account for its password again; the hash that it holds now.

    Wrong ones count, and lock, together with those at the sign-in. A right one forgives none of them:
    codes of the second factor that are guessed behind it must stay counted.

    Raises:
        TooManyAttempts: the password was not looked at.
        PasswordWrong: it is wrong, or the account is locked.
    """
    limit = app.settings.login_rate_per_minute
    realm = await realm_of(app.db, caller.username, caller.origin.ip)
    await count_try(app.db, realm, caller.username, caller.origin.ip, limit=limit)
    async with app.db.reading() as session:
        stored = await queries.find_stored_password(session, caller.username)
    if stored is None:
        raise PasswordWrong(details={"field": "password"})
    check = await check_password(app.passwords, text, stored)
    held = await _settle_proof(app, check, caller.origin.ip)
    if held is None:
        raise PasswordWrong(details={"field": "password"})
    return held


@rerun_on_conflict
async def _settle_proof(app: SystemServices, check: PasswordCheck, client_ip: str) -> str | None:
    """The account's present hash when the password passes; a wrong one is counted."""
    async with app.db.transaction() as session:
        staff = await lock_staff(session, check.stored.staff_id)
        if staff is None:
            return None
        now = app.clock.now()
        if settle_password(staff, check, app.settings, now, client_ip=client_ip) is not None:
            return None
        return staff.password
