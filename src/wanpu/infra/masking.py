"""Hides what must never stand in a log: secrets, tokens, phones, card and identity numbers."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import SecretBytes, SecretStr

HIDDEN = "***"
LONG_TEXT = 200
MAX_DEPTH = 6

_SECRET_NAMES = re.compile(
    r"(^|_)(token|password|passwd|secret|authorization|cookie|signature|private_key|master_key|api_?v?[23]?_?key"
    r"|auth_code|captcha|totp|sealed|ciphertext|session_key)($|_)"
)
_NUMBER_NAMES = re.compile(r"(_no|_id|^id|ref|aggregate|path|amount|_fen|_at|key_id)$")

_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_LONG_DIGITS = re.compile(r"(?<!\d)\d{15,19}(?![\dXx])|(?<!\d)\d{17}[\dXx](?![\dXx])")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_TOKEN = re.compile(r"(?<![A-Za-z0-9])[0-9a-f]{64}(?![A-Za-z0-9])")
_PEM = re.compile(r"-----BEGIN [^-]+-----.*?(-----END [^-]+-----|\Z)", re.DOTALL)
_URL_PASSWORD = re.compile(r"(?<=://)([^\s:/@]*):[^\s/@]+@")
_OPAQUE = re.compile(r"[A-Za-z0-9+/=_.$,-]{40,}")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def mask_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a log line with everything hidden that must be."""
    return {name: _mask_field(name, value, 0) for name, value in fields.items()}


def mask_text(text: str) -> str:
    """Free text, such as an error's, with secrets and personal numbers hidden."""
    text = _PEM.sub(HIDDEN, text)
    text = _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _TOKEN.sub(HIDDEN, text)
    text = _PHONE.sub(r"\1****\2", text)
    return _LONG_DIGITS.sub(_mask_digits, text)


def mask_value(value: Any) -> Any:
    """A value bound to a SQL statement: what could be personal or secret is hidden."""
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if not isinstance(value, str):
        return value
    if len(value) > LONG_TEXT:
        return f"<{len(value)} characters>"
    if _OPAQUE.fullmatch(value):
        return HIDDEN
    return mask_text(value)


def _mask_field(name: str, value: Any, depth: int) -> Any:
    if isinstance(value, SecretStr | SecretBytes) or _SECRET_NAMES.search(name.lower()):
        return value if value is None else HIDDEN
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, str):
        return value if _NUMBER_NAMES.search(name) else mask_text(value)
    if depth >= MAX_DEPTH:
        return HIDDEN
    if isinstance(value, Mapping):
        return {str(key): _mask_field(str(key), inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_mask_field(name, inner, depth + 1) for inner in value]
    return value


def _mask_digits(match: re.Match[str]) -> str:
    digits = match.group()
    is_personal = _passes_luhn(digits) or _is_identity_number(digits)
    return f"{digits[:4]}{HIDDEN}{digits[-4:]}" if is_personal else digits


def _passes_luhn(digits: str) -> bool:
    if not digits.isdigit():
        return False
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_identity_number(digits: str) -> bool:
    """身份证号: eighteen characters whose last one is the check digit of GB 11643."""
    if len(digits) != 18:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _IDENTITY_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == digits[-1].upper()
