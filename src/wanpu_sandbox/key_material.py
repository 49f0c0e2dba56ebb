"""Throw-away keys and certificates of the kinds that payment providers use."""

import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

_KEY_BITS = 2048
_LIFE = timedelta(days=5 * 365)
"""Merchant and platform certificates of WeChat Pay are valid for five years."""

_SERIAL_BITS = 159  # 40 hexadecimal digits that start with 4 to 7: positive and never shortened.


@dataclass(frozen=True, slots=True)
class Certified:
    """A private key and the certificate that shows its public half; `serial_no` is 40 upper-case digits."""

    private_key_pem: str
    certificate_pem: str
    serial_no: str


def new_private_key() -> rsa.RSAPrivateKey:
    """A fresh RSA-2048 key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)


def private_pem(key: rsa.RSAPrivateKey) -> str:
    """PKCS#8 without a password, the form of a merchant's `apiclient_key.pem`."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")


def public_pem(key: rsa.RSAPrivateKey) -> str:
    """The public half alone, the form of a downloaded 微信支付公钥."""
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode("ascii")
    )


def new_authority(organization: str) -> Certified:
    """A certificate authority of its own, which signs itself."""
    key = new_private_key()
    name = _name(organization, f"{organization} Root CA")
    return _certify(key, subject=name, issuer=name, signer=key, is_authority=True)


def issue(authority: Certified, *, organization: str, common_name: str) -> Certified:
    """A fresh key with a certificate from `authority`, valid from yesterday for five years."""
    signer = serialization.load_pem_private_key(authority.private_key_pem.encode("ascii"), password=None)
    assert isinstance(signer, rsa.RSAPrivateKey)
    issuer = x509.load_pem_x509_certificate(authority.certificate_pem.encode("ascii")).subject
    return _certify(
        new_private_key(),
        subject=_name(organization, common_name),
        issuer=issuer,
        signer=signer,
        is_authority=False,
    )


def _certify(
    key: rsa.RSAPrivateKey,
    *,
    subject: x509.Name,
    issuer: x509.Name,
    signer: rsa.RSAPrivateKey,
    is_authority: bool,
) -> Certified:
    serial = secrets.randbits(_SERIAL_BITS - 1) | (1 << (_SERIAL_BITS - 1))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(yesterday)
        .not_valid_after(yesterday + _LIFE)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )
    return Certified(
        private_key_pem=private_pem(key),
        certificate_pem=certificate.public_bytes(serialization.Encoding.PEM).decode("ascii"),
        serial_no=f"{serial:040X}",
    )


def _name(organization: str, common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def random_digits(count: int) -> str:
    """`count` decimal digits."""
    return "".join(secrets.choice(string.digits) for _ in range(count))


def random_text(count: int) -> str:
    """`count` ASCII letters and digits."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(count))
