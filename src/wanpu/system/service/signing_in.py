"""Signing in to a console (后台登录): captcha, throttle, password, second factor, and then a session."""

from dataclasses import dataclass
from datetime import datetime

from wanpu.infra.database import rerun_on_conflict
from wanpu.infra.settings import Settings
from wanpu.infra.sign_in.errors import TooManyAttempts, WrongCredentials
from wanpu.infra.sign_in.throttle import count_try, forgive_try, line_of
from wanpu.kernel.errors import WanpuError
from wanpu.system.callers import Origin
from wanpu.system.errors import CaptchaWrong, StaffDisabled, TotpRequired, TotpWrong
from wanpu.system.models import Staff
from wanpu.system.queries import sign_in as queries
from wanpu.system.queries.staff import lock_staff
from wanpu.system.rules.sign_in import is_allowed_address
from wanpu.system.service.captchas import count_answer, pass_captcha
from wanpu.system.service.credentials import (
    REPLACED,
    PasswordCheck,
    check_password,
    count_failure,
    realm_of,
    settle_password,
)
from wanpu.system.service.login_log import note, note_refusal
from wanpu.system.service.second_factor import use_code
from wanpu.system.service.sessions import NewSession, draw_session, open_session
from wanpu.system.services import SystemServices
from wanpu.system.states import LoginEvent, StaffStatus

ADDRESS_NOT_ALLOWED = "staff.address_not_allowed"
"""What the login log says of a try from an address that the account does not allow."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """What somebody at the console's door types."""

    username: str
    password: str
    captcha_uuid: str
    captcha: str
    totp: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. The token is shown this once."""

    token: str
    expires_at: datetime
    must_change_password: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nobody was let in: the true cause for the login log, and what the caller is told."""

    reason: str
    told: WanpuError


async def sign_in(app: SystemServices, ask: SignIn, origin: Origin) -> SignedIn:
    """Open a session for whoever has the password, and the second factor where there is one.

    An unknown name, a wrong password, a locked account and an address that the account does not allow
    get the same answer at the same cost; the login log alone tells them apart. A try from an address
    that is not allowed does not count towards the lock, so strangers cannot lock such an account. Tries
    from addresses that the account has signed in from are counted, throttled and locked apart from all
    others, so strangers shut no account for its owner where it mostly works.

    Raises:
        TooManyAttempts: too many captchas of the address, or tries of the address or for the name.
        CaptchaWrong: the password was not looked at.
        WrongCredentials: `details` hold the rules of the lock, the same for everybody.
        StaffDisabled, TotpRequired, TotpWrong: the password is right.
    """
    await count_answer(app, ask.captcha, client_ip=origin.ip)
    try:
        await pass_captcha(app, ask.captcha_uuid, ask.captcha)
        limit = app.settings.login_rate_per_minute
        realm = await realm_of(app.db, ask.username, origin.ip)
        await count_try(app.db, realm, ask.username, origin.ip, limit=limit)
    except (CaptchaWrong, TooManyAttempts) as refused:
        await note_refusal(app.db, ask.username, origin, refused.code)
        raise

    decided = await _compare_and_decide(app, ask, origin)
    if isinstance(decided, Refusal) and decided.reason == REPLACED:
        decided = await _compare_and_decide(app, ask, origin)  # Another sign-in upgraded the hash just now.
    if isinstance(decided, Refusal):
        raise decided.told
    await forgive_try(app.db, realm, ask.username, origin.ip)
    return decided


async def _compare_and_decide(app: SystemServices, ask: SignIn, origin: Origin) -> SignedIn | Refusal:
    async with app.db.reading() as session:
        stored = await queries.find_stored_password(session, ask.username)
    if stored is None:
        await app.passwords.verify_dummy(ask.password)
        await note_refusal(app.db, ask.username, origin, WrongCredentials.code)
        return Refusal(WrongCredentials.code, _wrong(app.settings))
    check = await check_password(app.passwords, ask.password, stored)
    return await _decide(app, ask, check, await draw_session(app), origin)


@rerun_on_conflict
async def _decide(
    app: SystemServices, ask: SignIn, check: PasswordCheck, new: NewSession, origin: Origin
) -> SignedIn | Refusal:
    """Let in or refuse on the locked row; what a refusal counts is committed with its line in the log."""
    now = app.clock.now()
    async with app.db.transaction() as session:
        staff = await lock_staff(session, check.stored.staff_id)
        refusal = _refusal_of(app, staff, ask, check, origin, now)
        if refusal is not None:
            await note(
                session,
                LoginEvent.REFUSED,
                origin,
                username=ask.username,
                account=staff,
                reason=refusal.reason,
            )
            return refusal
        assert staff is not None, "a row that is gone was refused"
        staff.admit(line_of(origin.ip))
        staff.last_login_at = now
        staff.last_login_ip = origin.ip
        expires_at = await open_session(session, app.settings, staff.user_id, new, origin)
        await note(session, LoginEvent.SIGNED_IN, origin, username=staff.username, account=staff)
    return SignedIn(new.token, expires_at, staff.must_change_password)


def _refusal_of(
    app: SystemServices,
    staff: Staff | None,
    ask: SignIn,
    check: PasswordCheck,
    origin: Origin,
    now: datetime,
) -> Refusal | None:
    """Judge a locked row; failures are counted on it."""
    if staff is None:
        return Refusal(WrongCredentials.code, _wrong(app.settings))
    if not is_allowed_address(staff.allowed_ips, origin.ip):
        return Refusal(ADDRESS_NOT_ALLOWED, _wrong(app.settings))
    reason = settle_password(staff, check, app.settings, now, client_ip=origin.ip)
    if reason is not None:
        return Refusal(reason, _wrong(app.settings))
    if staff.status is not StaffStatus.NORMAL:
        return Refusal(StaffDisabled.code, StaffDisabled())
    if staff.totp_enabled_at is None:
        return None
    if ask.totp is None:
        return Refusal(TotpRequired.code, TotpRequired())
    if not use_code(staff, ask.totp, app.vault, app.tokens, now):
        count_failure(staff, app.settings, now, client_ip=origin.ip)
        return Refusal(TotpWrong.code, TotpWrong())
    return None


def _wrong(settings: Settings) -> WrongCredentials:
    rules = {"locks_after": settings.staff_lock_after, "lock_minutes": settings.staff_lock_minutes}
    return WrongCredentials(details=rules)
