"""What signing in computes: imported hashes, allowed addresses, one-time codes."""

import base64
from datetime import UTC, datetime

import pytest

from wanpu.system.rules.sign_in import (
    CAPTCHA_LETTERS,
    find_totp_step,
    grouped,
    is_allowed_address,
    is_imported_password,
    plain_recovery_code,
    require_network,
)

SALT = "YzcmCZNvbXocrsz9dm8e"
HASHED = "9ec9750e709431dad22365cabc5c625482e574c74adaebba7dd02f1129e4ce1d"
"""Source: the account `admin` with password `admin` in the base data of renren-fast."""

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_CODES = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
"""Source: RFC 6238, appendix B, SHA-1; the last six of the eight digits."""


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_a_password_behind_an_imported_hash_is_known() -> None:
    assert is_imported_password("admin", SALT, HASHED)
    assert is_imported_password("admin", SALT, HASHED.upper())
    assert not is_imported_password("Admin", SALT, HASHED)
    assert not is_imported_password("admin", SALT[:-1], HASHED)
    assert not is_imported_password("万", SALT, "万")


@pytest.mark.parametrize(
    ("allowed", "ip", "is_allowed"),
    [
        (None, "203.0.113.9", True),
        (None, "", True),
        (["203.0.113.9/32"], "203.0.113.9", True),
        (["203.0.113.9/32"], "203.0.113.10", False),
        (["10.0.0.0/8", "2001:db8::/32"], "10.255.0.1", True),
        (["10.0.0.0/8", "2001:db8::/32"], "2001:db8::7", True),
        (["10.0.0.0/8", "2001:db8::/32"], "2001:db9::7", False),
        (["203.0.113.0/24"], "::ffff:203.0.113.9", True),
        (["203.0.113.0/24"], "", False),
        (["203.0.113.0/24"], "unix", False),
        ([], "203.0.113.9", False),
    ],
)
def test_an_address_is_allowed_when_a_network_holds_it(
    allowed: list[str] | None, ip: str, is_allowed: bool
) -> None:
    assert is_allowed_address(allowed, ip) is is_allowed


def test_a_network_has_one_spelling() -> None:
    assert require_network(" 203.0.113.9 ") == "203.0.113.9/32"
    assert require_network("2001:DB8::/32") == "2001:db8::/32"
    for wrong in ("203.0.113.9/24", "203.0.113", "localhost", "", "0x7f.1", "203.0.113.0/33"):
        with pytest.raises(ValueError, match="must be an address or a network"):
            require_network(wrong)


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_the_codes_of_the_standard_are_found(seconds: int, code: str) -> None:
    assert find_totp_step(RFC_SECRET, code, at(seconds)) == seconds // 30
    assert find_totp_step(RFC_SECRET, f" {code[:3]} {code[3:]}", at(seconds)) == seconds // 30


def test_a_code_counts_one_step_early_and_late_and_no_more() -> None:
    seconds, code = RFC_CODES[1]
    step = seconds // 30

    assert find_totp_step(RFC_SECRET, code, at((step - 1) * 30)) == step
    assert find_totp_step(RFC_SECRET, code, at((step + 2) * 30 - 1)) == step
    assert find_totp_step(RFC_SECRET, code, at((step - 1) * 30 - 1)) is None
    assert find_totp_step(RFC_SECRET, code, at((step + 2) * 30)) is None


@pytest.mark.parametrize("typed", ["", "28708", "2870820", "28708a", "２８７０８２", "-87082", "287082\n1"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert find_totp_step(RFC_SECRET, typed, at(59)) is None


def test_a_recovery_code_is_read_however_it_was_typed() -> None:
    assert grouped("ABCDEFGHJKLMNPQR") == "ABCD-EFGH-JKLM-NPQR"
    assert plain_recovery_code(" abcd-efgh JKLM-npqr ") == "ABCDEFGHJKLMNPQR"


def test_captchas_have_no_letters_that_look_alike() -> None:
    assert set(CAPTCHA_LETTERS) & set("B8I1O0S5Z2") == set()
    assert len(set(CAPTCHA_LETTERS)) == len(CAPTCHA_LETTERS)
