"""The signature on answers and call-backs of WeChat Pay v3, which travels in `Wechatpay-*` headers.

Source: WeChat Pay API v3, 签名验证 and 微信支付公钥.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from wanpu_wire.wechatpay.errors import BadSignature, MissingSignature, StaleTimestamp, UnknownSerial
from wanpu_wire.wechatpay.signing import (
    MAX_CLOCK_SKEW_S,
    SCHEME,
    UNIX_SECONDS,
    answer_message,
    is_valid,
    sign,
)

SIGNATURE_TYPE = SCHEME

_PREFIX = "wechatpay-"
_REQUIRED = ("timestamp", "nonce", "serial", "signature")


@dataclass(frozen=True, slots=True)
class SignatureHeaders:
    """The signature headers of one message, as text; `timestamp` is Unix seconds."""

    timestamp: str
    nonce: str
    serial: str
    signature: str
    signature_type: str = SIGNATURE_TYPE

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "SignatureHeaders":
        """Pick the signature headers out of all headers; their names may have any case.

        The signature type may be absent, since it is not documented for answers: it then is RSA with SHA-256.

        Raises:
            MissingSignature: one of the others is absent or empty, or any is given twice.
        """
        found: dict[str, str] = {}
        for name, value in headers.items():
            if name.lower().startswith(_PREFIX):
                short = name.lower().removeprefix(_PREFIX)
                if short in found:
                    raise MissingSignature(f"{name} is given twice")
                found[short] = value
        for short in _REQUIRED:
            if not found.get(short):
                raise MissingSignature(f"no {_PREFIX}{short} header")
        return cls(
            found["timestamp"],
            found["nonce"],
            found["serial"],
            found["signature"],
            found.get("signature-type", SIGNATURE_TYPE),
        )

    def as_headers(self) -> dict[str, str]:
        """The headers to send, spelled as WeChat Pay spells them."""
        return {
            "Wechatpay-Timestamp": self.timestamp,
            "Wechatpay-Nonce": self.nonce,
            "Wechatpay-Serial": self.serial,
            "Wechatpay-Signature": self.signature,
            "Wechatpay-Signature-Type": self.signature_type,
        }


class KeyRing:
    """Trusted provider keys by serial number: a certificate's 40 hexadecimal digits, or `PUB_KEY_ID_…`.

    A serial must match exactly. A ring never changes: a new key makes a new ring, so that a message is
    checked against one consistent set while certificates rotate.
    """

    __slots__ = ("_keys",)

    def __init__(self, keys: Mapping[str, RSAPublicKey] | None = None) -> None:
        self._keys = MappingProxyType(dict(keys or {}))

    def get(self, serial: str) -> RSAPublicKey | None:
        """The key with exactly this serial, or None."""
        return self._keys.get(serial)

    def with_key(self, serial: str, key: RSAPublicKey) -> "KeyRing":
        """A ring that trusts `key` too, in place of an earlier key with the same serial."""
        return KeyRing({**self._keys, serial: key})

    @property
    def serials(self) -> frozenset[str]:
        """The serials of all trusted keys."""
        return frozenset(self._keys)

    def __contains__(self, serial: object) -> bool:
        return serial in self._keys

    def __len__(self) -> int:
        return len(self._keys)


def sign_answer(
    key: RSAPrivateKey, serial: str, body: bytes, *, timestamp: int, nonce: str
) -> SignatureHeaders:
    """Sign an answer or a call-back as the provider does; `timestamp` is Unix seconds."""
    signature = sign(key, answer_message(str(timestamp), nonce, body))
    return SignatureHeaders(str(timestamp), nonce, serial, signature)


def verify_answer(keys: KeyRing, headers: SignatureHeaders, body: bytes, *, now: datetime) -> None:
    """Prove that the provider sent `body`, not long ago. The raw bytes count, never a re-written body.

    Cheap checks come first, so that a forged message costs less than a genuine one.

    Raises:
        BadSignature: another algorithm, or a signature that does not fit this body.
        UnknownSerial: no key of this serial is trusted.
        StaleTimestamp: unreadable, or `MAX_CLOCK_SKEW_S` or more away from `now`.
    """
    assert now.tzinfo is not None
    if headers.signature_type != SIGNATURE_TYPE:
        raise BadSignature("the signature is of another type")
    if not UNIX_SECONDS.fullmatch(headers.timestamp):
        raise StaleTimestamp("the time stamp is not Unix seconds")
    if abs(now.timestamp() - int(headers.timestamp)) >= MAX_CLOCK_SKEW_S:
        raise StaleTimestamp("the time stamp is too far from now")
    key = keys.get(headers.serial)
    if key is None:
        raise UnknownSerial("no trusted key has this serial")
    if not is_valid(key, answer_message(headers.timestamp, headers.nonce, body), headers.signature):
        raise BadSignature("the signature does not fit the body")
