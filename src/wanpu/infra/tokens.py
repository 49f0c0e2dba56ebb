"""Opaque tokens and random numbers. A token is shown once; only its SHA-256 is kept."""

import hashlib
import secrets
import string
from typing import Protocol

TOKEN_BYTES = 32
MAX_NUMBER_LENGTH = 32
_ALPHABET = string.digits + string.ascii_uppercase


class RandomBytes(Protocol):
    """Where randomness comes from: the module `secrets`, or a seeded source in a simulation."""

    def token_bytes(self, nbytes: int, /) -> bytes:
        """`nbytes` random bytes."""
        ...


class Tokens:
    """Makes tokens that nobody can guess and numbers that tell nobody how many there are."""

    def __init__(self, rng: RandomBytes | None = None) -> None:
        self._random_bytes = secrets.token_bytes if rng is None else rng.token_bytes

    def new(self) -> tuple[str, str]:
        """A token of 256 random bits for its owner, and the digest for our row."""
        token = self._random_bytes(TOKEN_BYTES).hex()
        return token, self.digest(token)

    def digest(self, token: str) -> str:
        """SHA-256 of a token as 64 hex digits: what a row keeps and is looked up by."""
        return hashlib.sha256(token.encode()).hexdigest()

    def number(self, prefix: str, length: int) -> str:
        """`prefix` and random capitals and digits, `length` characters in all.

        Raises:
            ValueError: longer than 32, which no channel takes, or fewer than 12 random characters.
        """
        random_length = length - len(prefix)
        if length > MAX_NUMBER_LENGTH or random_length < 12:
            raise ValueError(f"{length} characters do not fit {prefix!r} and a random part")
        drawn = int.from_bytes(self._random_bytes(random_length + 8))
        characters = []
        for _ in range(random_length):
            drawn, index = divmod(drawn, len(_ALPHABET))
            characters.append(_ALPHABET[index])
        return prefix + "".join(characters)
