"""The second factor (双重验证): setting it up, switching it off, and using its codes."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno
from structlog import get_logger

from wanpu.infra.database import rerun_on_conflict
from wanpu.infra.sign_in.throttle import line_of
from wanpu.infra.tokens import Tokens
from wanpu.infra.vault import SealBroken, Vault
from wanpu.system.callers import StaffCaller
from wanpu.system.errors import CodeWrong, PasswordWrong, SecondFactorMissing, SecondFactorStands
from wanpu.system.models import Staff
from wanpu.system.queries.staff import lock_staff
from wanpu.system.rules import sign_in as rules
from wanpu.system.service.credentials import count_failure, prove_password
from wanpu.system.service.operation_log import record
from wanpu.system.services import SystemServices

ISSUER = "Wanpu"
RECOVERY_CODES = 10

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ProposedFactor:
    """A new secret, shown once: as text, as an otpauth address, and that as a QR code (data URL)."""

    secret: str
    uri: str
    qr: str


async def begin_second_factor(app: SystemServices, caller: StaffCaller, password: str) -> ProposedFactor:
    """Propose a secret; nothing is asked for until a code of it was confirmed. A repeat proposes another.

    Raises:
        TooManyAttempts, PasswordWrong: nothing was proposed.
        SecondFactorStands: one is switched on already.
    """
    await prove_password(app, caller, password)
    secret = pyotp.random_base32()
    await _propose(app, caller, app.vault.seal(secret, purpose=_purpose(caller.staff_id)))
    uri = pyotp.TOTP(secret).provisioning_uri(name=caller.username, issuer_name=ISSUER)
    return ProposedFactor(secret, uri, segno.make(uri, error="m").png_data_uri(scale=5))


async def confirm_second_factor(app: SystemServices, caller: StaffCaller, code: str) -> list[str]:
    """Switch the proposed factor on; the recovery codes, which are shown this once.

    Raises:
        SecondFactorMissing, SecondFactorStands: there is nothing to confirm.
        CodeWrong: the code is none of the proposed secret's.
    """
    drawn = [
        "".join(secrets.choice(rules.RECOVERY_LETTERS) for _ in range(rules.RECOVERY_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    await _switch_on(app, caller, code, [app.tokens.digest(one) for one in drawn])
    return [rules.grouped(one) for one in drawn]


async def end_second_factor(app: SystemServices, caller: StaffCaller, password: str, code: str) -> None:
    """Go back to the password alone.

    Raises:
        TooManyAttempts, PasswordWrong: nothing was changed.
        SecondFactorMissing: none is switched on.
        CodeWrong: the code is wrong or used; it counts like a wrong password.
    """
    await prove_password(app, caller, password)
    if not await _switch_off(app, caller, code):
        raise CodeWrong(details={"field": "code"})


def use_code(staff: Staff, code: str, vault: Vault, tokens: Tokens, now: datetime) -> bool:
    """Whether a code lets an account in, which its locked row decides: each works once.

    A code of the authenticator must be newer than the last one used; a recovery code is crossed out.
    """
    digest = tokens.digest(rules.plain_recovery_code(code))
    if digest in (staff.totp_recovery or ()):
        staff.totp_recovery = [left for left in staff.totp_recovery or () if left != digest]
        return True
    step = _step_of(staff, code, vault, now)
    if step is None or (staff.totp_last_step is not None and step <= staff.totp_last_step):
        return False
    staff.totp_last_step = step
    return True


def _step_of(staff: Staff, code: str, vault: Vault, now: datetime) -> int | None:
    assert staff.totp_sealed is not None, "a factor has its secret"
    try:
        secret = vault.open(staff.totp_sealed, purpose=_purpose(staff.user_id))
    except SealBroken as broken:
        log.error("second_factor.unreadable", user_id=staff.user_id, error=str(broken))
        return None  # Recovery codes still work: they are not sealed.
    return rules.find_totp_step(secret, code, now)


def _purpose(staff_id: int) -> str:
    """Bound to the account: a secret that was copied to another row does not open there."""
    return f"staff second factor {staff_id}"


@rerun_on_conflict
async def _propose(app: SystemServices, caller: StaffCaller, sealed: str) -> None:
    async with app.db.transaction() as session:
        staff = await lock_staff(session, caller.staff_id)
        if staff is None:
            raise PasswordWrong(details={"field": "password"})
        if staff.totp_enabled_at is not None:
            raise SecondFactorStands
        staff.drop_second_factor()
        staff.totp_sealed = sealed


@rerun_on_conflict
async def _switch_on(app: SystemServices, caller: StaffCaller, code: str, recovery: list[str]) -> None:
    now = app.clock.now()
    async with app.db.transaction() as session:
        staff = await lock_staff(session, caller.staff_id)
        if staff is None or staff.totp_sealed is None:
            raise SecondFactorMissing
        if staff.totp_enabled_at is not None:
            raise SecondFactorStands
        if not use_code(staff, code, app.vault, app.tokens, now):
            raise CodeWrong(details={"field": "code"})
        staff.totp_enabled_at = now
        staff.totp_recovery = recovery
        await record(session, caller, "staff.second_factor_on", f"staff:{caller.staff_id}")


@rerun_on_conflict
async def _switch_off(app: SystemServices, caller: StaffCaller, code: str) -> bool:
    now = app.clock.now()
    async with app.db.transaction() as session:
        staff = await lock_staff(session, caller.staff_id)
        if staff is None or staff.totp_enabled_at is None:
            raise SecondFactorMissing
        if staff.is_locked(now, line_of(caller.origin.ip)):
            return False
        if not use_code(staff, code, app.vault, app.tokens, now):
            count_failure(staff, app.settings, now, client_ip=caller.origin.ip)
            return False
        staff.drop_second_factor()
        staff.forget_failures()
        await record(session, caller, "staff.second_factor_off", f"staff:{caller.staff_id}")
    return True
