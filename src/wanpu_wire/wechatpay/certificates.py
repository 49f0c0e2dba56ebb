"""The answer of `GET /v3/certificates`: platform certificates, each encrypted with the APIv3 key.

Source: WeChat Pay API v3, 下载平台证书.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wanpu_wire.wechatpay.cipher import AEAD_ALGORITHM, decrypt_aead, encrypt_aead
from wanpu_wire.wechatpay.errors import MalformedBody
from wanpu_wire.wechatpay.json_text import dump, load_strict
from wanpu_wire.wechatpay.members import (
    object_of,
    optional_text,
    required_list,
    required_object,
    required_text,
)
from wanpu_wire.wechatpay.signing import load_certificate, serial_of
from wanpu_wire.wechatpay.times import format_time, parse_time

ASSOCIATED_DATA = "certificate"


@dataclass(frozen=True, slots=True)
class PlatformCertificate:
    """One certificate of the provider; it signs from `effective_time` until `expire_time`."""

    serial_no: str
    effective_time: datetime
    expire_time: datetime
    certificate_pem: str


def build_certificates(
    certificates: Sequence[PlatformCertificate], apiv3_key: str, *, nonces: Sequence[str]
) -> bytes:
    """Write the answer body; each certificate needs a 12-character nonce of its own."""
    return dump(
        {
            "data": [
                {
                    "serial_no": certificate.serial_no,
                    "effective_time": format_time(certificate.effective_time),
                    "expire_time": format_time(certificate.expire_time),
                    "encrypt_certificate": {
                        "algorithm": AEAD_ALGORITHM,
                        "nonce": nonce,
                        "associated_data": ASSOCIATED_DATA,
                        "ciphertext": encrypt_aead(
                            apiv3_key,
                            certificate.certificate_pem.encode("utf-8"),
                            nonce=nonce,
                            associated_data=ASSOCIATED_DATA,
                        ),
                    },
                }
                for certificate, nonce in zip(certificates, nonces, strict=True)
            ]
        }
    )


def parse_certificates(body: bytes, apiv3_key: str) -> list[PlatformCertificate]:
    """Decrypt every certificate of an answer, in its order.

    The answer is signed by one of the certificates inside it. The seal of the cipher proves that the sender
    knows the APIv3 key, so a first download decrypts, and then verifies with what it found.

    Raises:
        MalformedBody: not the documented shape, or a serial number that is not its certificate's.
        MalformedKey: no RSA certificate inside.
        CannotDecrypt: a certificate was encrypted with another APIv3 key.
    """
    entries = required_list(object_of(load_strict(body), "the body"), "data")
    return [_parse_certificate(object_of(entry, "an entry of data"), apiv3_key) for entry in entries]


def _parse_certificate(entry: dict[str, object], apiv3_key: str) -> PlatformCertificate:
    sealed = required_object(entry, "encrypt_certificate")
    if required_text(sealed, "algorithm") != AEAD_ALGORITHM:
        raise MalformedBody("a certificate is encrypted with another algorithm")
    pem = decrypt_aead(
        apiv3_key,
        required_text(sealed, "ciphertext"),
        nonce=required_text(sealed, "nonce"),
        associated_data=optional_text(sealed, "associated_data"),
    )
    try:
        certificate_pem = pem.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBody("a certificate is not a text") from error
    serial_no = required_text(entry, "serial_no")
    if serial_of(load_certificate(certificate_pem)) != serial_no:
        raise MalformedBody("a serial number is not its certificate's")
    return PlatformCertificate(
        serial_no=serial_no,
        effective_time=parse_time(required_text(entry, "effective_time")),
        expire_time=parse_time(required_text(entry, "expire_time")),
        certificate_pem=certificate_pem,
    )
