"""What signing in to a console computes: imported password hashes, allowed addresses, one-time codes."""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Sequence
from datetime import datetime

import pyotp

from wanpu.infra.passwords import PasswordTooWeak, check_strength

STEP_S = 30
TOLERATED_STEPS = 1
"""A code of the step before or after counts too: clocks of telephones are not exact."""

CAPTCHA_LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
"""Without those that look alike once they are bent: B and 8, I and 1, O and 0, S and 5, Z and 2."""

RECOVERY_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
RECOVERY_LENGTH = 16
MAX_ALLOWED_IPS = 50

_TOTP_CODE = re.compile(r"[0-9]{6}")


def is_imported_password(text: str, salt: str, hashed: str) -> bool:
    """Whether `text` is the password behind a hash that renren's tables hold: SHA-256 of salt and password.

    Source: Apache Shiro, `Sha256Hash(password, salt)` with one iteration, as hex.
    """
    digest = hashlib.sha256(salt.encode() + text.encode()).hexdigest()
    return hmac.compare_digest(digest.encode(), hashed.lower().encode())


def is_allowed_address(allowed: Sequence[str] | None, client_ip: str) -> bool:
    """Whether an account may sign in from an address; None allows every one."""
    if allowed is None:
        return True
    try:
        address = ipaddress.ip_address(client_ip)
    except ValueError:
        return False
    if address.version == 6 and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in ipaddress.ip_network(network, strict=False) for network in allowed)


def require_network(text: str) -> str:
    """An address or a network in its one spelling: "203.0.113.7/32", "2001:db8::/32".

    Raises:
        ValueError: it is neither, or has bits beside its mask.
    """
    try:
        return str(ipaddress.ip_network(text.strip()))
    except ValueError as error:
        raise ValueError("must be an address or a network") from error


def find_totp_step(secret: str, code: str, moment: datetime) -> int | None:
    """The time step whose code this is, within the tolerated ones; None when it is a code of none.

    Source: RFC 6238, six digits of SHA-1 every 30 seconds.
    """
    digits = code.replace(" ", "")
    if not _TOTP_CODE.fullmatch(digits):
        return None
    generator = pyotp.HOTP(secret)
    present = int(moment.timestamp()) // STEP_S
    found = None
    for step in range(present - TOLERATED_STEPS, present + TOLERATED_STEPS + 1):
        if hmac.compare_digest(generator.at(step), digits):
            found = step
    return found


def require_strength(password: str, username: str) -> None:
    """Refuse a password that is easy to guess, the account's name among them.

    Raises:
        PasswordTooWeak: with `details.field` = "password".
    """
    check_strength(password)
    if password.lower() == username.lower():
        raise PasswordTooWeak(details={"field": "password"})


def plain_recovery_code(typed: str) -> str:
    """A recovery code as it was drawn, however it was grouped or cased when typed."""
    return "".join(character for character in typed.upper() if character.isalnum())


def grouped(code: str) -> str:
    """A recovery code for people: "ABCD-EFGH-…"."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
