"""Passwords: Argon2id, computed in threads so that a login never stops the event loop."""

import asyncio
import secrets

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from wanpu.kernel.errors import Invalid

MEMORY_KIB = 19 * 1024
PASSES = 2
MIN_LENGTH = 8
MAX_LENGTH = 128
_TOO_COMMON = {
    "password", "passw0rd", "password1", "password123", "12345678", "123456789", "1234567890", "87654321",
    "11111111", "88888888", "66666666", "00000000", "qwertyui", "qwertyuiop", "1q2w3e4r", "1qaz2wsx",
    "abcd1234", "abc12345", "a1234567", "a12345678", "iloveyou", "woaini1314", "5201314520", "admin123",
    "administrator", "asdfghjkl",
}  # fmt: skip


class PasswordTooWeak(Invalid):
    """The password is too short, too long, or one that everybody tries first."""

    code = "auth.password_too_weak"
    message_zh = "密码需为 8 至 128 个字符，且不能是常见密码"
    message_en = "A password has 8 to 128 characters and is not a common one"


class Passwords:
    """Hashes and checks passwords; at most `parallel` at once, each takes 19 MiB."""

    def __init__(self, *, parallel: int = 2) -> None:
        self._hasher = PasswordHash((Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1),))
        self._slots = asyncio.Semaphore(parallel)
        self._dummy: str | None = None

    async def hash(self, text: str) -> str:
        """The Argon2id hash to store, with its own salt and parameters."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, text)

    async def verify(self, text: str, hashed: str) -> bool:
        """Whether `text` is the password; a stored value that is no Argon2id hash never matches."""
        if len(text) > MAX_LENGTH:
            return False
        async with self._slots:
            try:
                return await asyncio.to_thread(self._hasher.verify, text, hashed)
            except UnknownHashError:
                return False

    async def verify_dummy(self, text: str) -> bool:
        """Spend the cost of `verify` for an account that does not exist; always False."""
        if self._dummy is None:
            self._dummy = await self.hash(secrets.token_hex(16))
        await self.verify(text[:MAX_LENGTH], self._dummy)
        return False


def check_strength(text: str) -> None:
    """Refuse a new password that is easy to guess.

    Raises:
        PasswordTooWeak: with `details.field` = "password".
    """
    is_sound = MIN_LENGTH <= len(text) <= MAX_LENGTH and len(set(text)) > 2
    if not is_sound or text.lower() in _TOO_COMMON:
        raise PasswordTooWeak(details={"field": "password"})
