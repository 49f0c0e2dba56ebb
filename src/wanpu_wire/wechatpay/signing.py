"""Signatures of WeChat Pay v3: the exact bytes that are signed, and RSA with SHA-256 over them.

Source: WeChat Pay API v3, 签名生成 and 签名验证; 小程序调起支付签名 for `pay_message`.
"""

import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.x509 import Certificate, load_pem_x509_certificate

from wanpu_wire.wechatpay.base64_text import decode_base64, encode_base64
from wanpu_wire.wechatpay.errors import MalformedAuthorization, MalformedKey, WrongAuthorizationScheme

SCHEME = "WECHATPAY2-SHA256-RSA2048"
MAX_CLOCK_SKEW_S = 300
"""A message this many seconds away from now, or more, is refused, as by the provider's Go SDK."""

_ITEM_NAMES = ("mchid", "nonce_str", "signature", "timestamp", "serial_no")
_ITEM_VALUE = r"[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+"  # ASCII without space, quote, comma and backslash.
_ITEM = re.compile(rf'([a-z_]+)="({_ITEM_VALUE})"')
UNIX_SECONDS = re.compile(r"[0-9]{1,12}")
"""How a time stamp is written in the headers of requests, answers and call-backs."""


def request_message(method: str, target: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """The five lines that a request signs.

    `target` is the path and query exactly as they go over the wire, percent escapes included; `body` is the
    raw body, empty for GET, or the `meta` part alone for an upload.
    """
    return _lines(method.upper(), target, timestamp, nonce) + body + b"\n"


def answer_message(timestamp: str, nonce: str, body: bytes) -> bytes:
    """The three lines that an answer or a call-back signs; the last one is empty for a 204."""
    return _lines(timestamp, nonce) + body + b"\n"


def pay_message(app_id: str, timestamp: str, nonce: str, package: str) -> bytes:
    """The four lines behind `paySign` (JSAPI, mini program) and `sign` (APP).

    `package` is `prepay_id=…` for JSAPI and mini programs, and the bare prepay id for an APP.
    """
    return _lines(app_id, timestamp, nonce, package)


def _lines(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def load_private_key(pem: str) -> RSAPrivateKey:
    """Read an RSA private key (PKCS#8 or PKCS#1 PEM, no password). Parsing is slow: keep the result.

    Raises:
        MalformedKey: not a PEM private key, or not RSA.
    """
    try:
        key = serialization.load_pem_private_key(pem.encode("utf-8"), password=None)
    except (ValueError, TypeError) as error:
        raise MalformedKey("not an unencrypted PEM private key") from error
    if not isinstance(key, RSAPrivateKey):
        raise MalformedKey("not an RSA private key")
    return key


def load_certificate(pem: str) -> Certificate:
    """Read one X.509 certificate.

    Raises:
        MalformedKey: not a PEM certificate, or its key is not RSA.
    """
    try:
        certificate = load_pem_x509_certificate(pem.encode("utf-8"))
        key = certificate.public_key()
    except ValueError as error:
        raise MalformedKey("not a PEM certificate") from error
    if not isinstance(key, RSAPublicKey):
        raise MalformedKey("not a certificate of an RSA key")
    return certificate


def load_public_key(pem: str) -> RSAPublicKey:
    """Read an RSA public key from its PEM, or from the PEM of a certificate.

    Raises:
        MalformedKey: neither of the two, or not RSA.
    """
    key: object
    if "-----BEGIN CERTIFICATE-----" in pem:
        key = load_certificate(pem).public_key()
    else:
        try:
            key = serialization.load_pem_public_key(pem.encode("utf-8"))
        except ValueError as error:
            raise MalformedKey("not a PEM public key") from error
    if not isinstance(key, RSAPublicKey):
        raise MalformedKey("not an RSA public key")
    return key


def serial_of(certificate: Certificate) -> str:
    """The serial number as WeChat Pay writes it: 40 upper-case hexadecimal digits."""
    return f"{certificate.serial_number:040X}"


def sign(key: RSAPrivateKey, message: bytes) -> str:
    """RSA PKCS#1 v1.5 with SHA-256, in Base64. The same key and message always give the same text."""
    return encode_base64(key.sign(message, padding.PKCS1v15(), hashes.SHA256()))


def is_valid(key: RSAPublicKey, message: bytes, signature: str) -> bool:
    """Say whether `signature` was made over `message` by the owner of `key`.

    Any other text is simply not valid: bad Base64, another length, and the provider's signature probes
    (`WECHATPAY/SIGNTEST/…`), which have no special meaning here.
    """
    try:
        key.verify(decode_base64(signature), message, padding.PKCS1v15(), hashes.SHA256())
    except (ValueError, InvalidSignature):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Authorization:
    """The five items of the Authorization header of a request; `timestamp` is Unix seconds as text."""

    mchid: str
    serial_no: str
    nonce: str
    timestamp: str
    signature: str


def format_authorization(authorization: Authorization) -> str:
    """Write the header value.

    Raises:
        MalformedAuthorization: an item is empty or holds a character that would end it early.
    """
    values = (
        authorization.mchid,
        authorization.nonce,
        authorization.signature,
        authorization.timestamp,
        authorization.serial_no,
    )
    for name, value in zip(_ITEM_NAMES, values, strict=True):
        if not re.fullmatch(_ITEM_VALUE, value):
            raise MalformedAuthorization(f"{name} cannot stand in a header")
    items = ",".join(f'{name}="{value}"' for name, value in zip(_ITEM_NAMES, values, strict=True))
    return f"{SCHEME} {items}"


def parse_authorization(header: str | None) -> Authorization:
    """Read the header value; the order of the five items is free, and a comma alone stands between two.

    Raises:
        MalformedAuthorization: no header, an item missing, unknown, repeated or empty, or a time stamp that
            is not a whole number.
        WrongAuthorizationScheme: a header of another scheme, such as `Bearer`.
    """
    if not header:
        raise MalformedAuthorization("no Authorization header")
    scheme, _, rest = header.partition(" ")
    if scheme != SCHEME:
        raise WrongAuthorizationScheme("not the WeChat Pay scheme")
    items: dict[str, str] = {}
    for part in rest.split(","):
        item = _ITEM.fullmatch(part)
        if not item or item[1] in items:
            raise MalformedAuthorization("an item is malformed or repeated")
        items[item[1]] = item[2]
    if items.keys() != set(_ITEM_NAMES):
        raise MalformedAuthorization("not the five items of the scheme")
    if not UNIX_SECONDS.fullmatch(items["timestamp"]):
        raise MalformedAuthorization("the time stamp is not Unix seconds")
    return Authorization(
        mchid=items["mchid"],
        serial_no=items["serial_no"],
        nonce=items["nonce_str"],
        timestamp=items["timestamp"],
        signature=items["signature"],
    )
