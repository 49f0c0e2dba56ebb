"""Secrets at rest: AES-256-GCM under keys derived from one master key."""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed text was altered, belongs to another purpose, or to a master key we do not hold."""


class Vault:
    """Seals text for one purpose; text sealed for another purpose does not open.

    Sealed text reads `<key id>.<base64 of nonce and ciphertext>`. The key id says which master key
    opens it, so that a new key can seal while `retired_keys` still open.
    """

    def __init__(self, master_key: str, *, retired_keys: Sequence[str] = ()) -> None:
        if len(master_key) < 32:
            raise ValueError("a master key has at least 32 characters")
        self._master_key = master_key
        self._key_id = _key_id(master_key)
        self._by_key_id = {_key_id(key): key for key in (*retired_keys, master_key)}

    def seal(self, text: str, *, purpose: str) -> str:
        """Encrypt; the same text gives other bytes each time."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(_derive(self._master_key, purpose)).encrypt(nonce, text.encode(), purpose.encode())
        return f"{self._key_id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *, purpose: str) -> str:
        """Decrypt what `seal` made for the same purpose.

        Raises:
            SealBroken: it cannot be trusted; nothing of it is given.
        """
        key_id, _, body = sealed.partition(".")
        master_key = self._by_key_id.get(key_id)
        if master_key is None:
            raise SealBroken(f"no master key {key_id[:8]!r}")
        try:
            raw = base64.b64decode(body, altchars=b"-_", validate=True)
            plain = AESGCM(_derive(master_key, purpose)).decrypt(
                raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose.encode()
            )
        except (binascii.Error, InvalidTag, ValueError) as error:
            raise SealBroken(f"not sealed for {purpose!r}") from error
        return plain.decode()

    def seal_bytes(self, content: bytes, *, purpose: str) -> bytes:
        """Encrypt a file: `<key id>.` and then nonce and ciphertext as they are."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(_derive(self._master_key, purpose)).encrypt(nonce, content, purpose.encode())
        return b"%b.%b%b" % (self._key_id.encode(), nonce, sealed)

    def open_bytes(self, sealed: bytes, *, purpose: str) -> bytes:
        """Decrypt what `seal_bytes` made for the same purpose.

        Raises:
            SealBroken: it cannot be trusted; nothing of it is given.
        """
        key_id, _, raw = sealed.partition(b".")
        master_key = self._by_key_id.get(key_id.decode("ascii", "replace"))
        if master_key is None:
            raise SealBroken("no such master key")
        try:
            return AESGCM(_derive(master_key, purpose)).decrypt(
                raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose.encode()
            )
        except (InvalidTag, ValueError) as error:
            raise SealBroken(f"not sealed for {purpose!r}") from error

    def is_current(self, sealed: str) -> bool:
        """Whether the present master key sealed it; if not, seal it again."""
        return sealed.partition(".")[0] == self._key_id

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key of its own for one purpose, the same after every start."""
        return _derive(self._master_key, f"derived:{purpose}")

    def derive_all(self, purpose: str) -> list[bytes]:
        """The keys that `derive` gives and gave under retired master keys, the present one first."""
        keys = [self._master_key, *self._by_key_id.values()]
        return [_derive(key, f"derived:{purpose}") for key in dict.fromkeys(keys)]


def _key_id(master_key: str) -> str:
    return hashlib.sha256(b"wanpu vault key id\0" + _derive(master_key, "key id")).hexdigest()[:8]


@lru_cache(maxsize=256)
def _derive(master_key: str, purpose: str) -> bytes:
    hkdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=b"wanpu vault", info=purpose.encode())
    return hkdf.derive(master_key.encode())
