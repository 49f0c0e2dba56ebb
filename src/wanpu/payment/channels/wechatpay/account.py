"""The credentials of one WeChat Pay account (渠道商户号), checked when they are loaded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.x509 import Certificate

from wanpu_wire.wechatpay.certificates import PlatformCertificate
from wanpu_wire.wechatpay.errors import MalformedKey
from wanpu_wire.wechatpay.signing import load_certificate, load_private_key, load_public_key, serial_of

PRODUCTION = "https://api.mch.weixin.qq.com"
APIV3_KEY_BYTES = 32

_MCHID = re.compile(r"[0-9]{1,32}")
_APP_ID = re.compile(r"[A-Za-z0-9]{1,32}")
_SERIAL = re.compile(r"[0-9A-F]{1,40}")
_PUBLIC_KEY_ID = re.compile(r"PUB_KEY_ID_[0-9]+")


class InvalidAccount(ValueError):
    """A setting of the account cannot be used; the text names it and never shows its value."""


class AccountMode(StrEnum):
    """Who signs, and for whom (接入模式)."""

    DIRECT = "direct"  # 直连商户
    PARTNER = "partner"  # 服务商 with one 特约商户 per merchant


@dataclass(frozen=True, slots=True)
class WechatPayAccount:
    """One account with its parsed keys. `mchid` is the 服务商's number in partner mode.

    Answers and notifications are trusted by `public_key` (微信支付公钥), by platform certificates (平台证书),
    or by both while the provider moves an account from one to the other.
    """

    mode: AccountMode
    mchid: str
    appid: str
    merchant_serial_no: str
    merchant_key: RSAPrivateKey = field(repr=False)
    apiv3_key: str = field(repr=False)
    public_key_id: str | None
    public_key: RSAPublicKey | None = field(repr=False)
    certificates: tuple[PlatformCertificate, ...]
    base_url: str

    @property
    def downloads_certificates(self) -> bool:
        """Whether platform certificates have to be kept up to date.

        An account made for the public key alone has none, and asking for them is answered by 404.
        """
        return self.public_key is None or bool(self.certificates)


def read_account(
    mode: str,
    account_no: str,
    app_id: str,
    settings: Mapping[str, Any],
    secrets: Mapping[str, Any],
    *,
    allow_plain_http: bool = False,
) -> WechatPayAccount:
    """Check and parse one account. `allow_plain_http` is for development, against a sandbox.

    `settings`: `merchant_serial_no`; optional: `merchant_certificate_pem` (checked against key and serial),
    `public_key_id` with `public_key_pem`, `platform_certificates` (a list of `{serial_no, pem}`; with neither
    key nor certificates they are downloaded), `base_url` (the production site when left out).
    `secrets`: `apiv3_key`, `merchant_private_key_pem`.

    Raises:
        InvalidAccount: a value is missing, malformed, or does not fit another one.
    """
    key = _merchant_key(secrets)
    serial_no = _matching(_SERIAL, _text(settings, "merchant_serial_no"), "merchant_serial_no")
    _check_merchant_certificate(settings, key, serial_no)
    apiv3_key = _text(secrets, "apiv3_key")
    if len(apiv3_key.encode("utf-8")) != APIV3_KEY_BYTES:
        raise InvalidAccount(f"apiv3_key must have {APIV3_KEY_BYTES} bytes")
    public_key_id, public_key = _public_key(settings)
    return WechatPayAccount(
        mode=_mode(mode),
        mchid=_matching(_MCHID, account_no, "account_no"),
        appid=_matching(_APP_ID, app_id, "app_id"),
        merchant_serial_no=serial_no,
        merchant_key=key,
        apiv3_key=apiv3_key,
        public_key_id=public_key_id,
        public_key=public_key,
        certificates=_platform_certificates(settings),
        base_url=_base_url(settings, allow_plain_http=allow_plain_http),
    )


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidAccount(f"{name} is missing")
    return value


def _matching(pattern: re.Pattern[str], value: str, name: str) -> str:
    if not pattern.fullmatch(value):
        raise InvalidAccount(f"{name} is malformed")
    return value


def _base_url(settings: Mapping[str, Any], *, allow_plain_http: bool) -> str:
    """The site to call. Refusals (4xx) carry no signature, so only TLS proves who wrote them."""
    text = settings.get("base_url", PRODUCTION)
    parts = urlsplit(text if isinstance(text, str) else "")
    schemes = {"https", "http"} if allow_plain_http else {"https"}
    if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise InvalidAccount(f"base_url must be an address with {' or '.join(sorted(schemes))}")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _public_key(settings: Mapping[str, Any]) -> tuple[str | None, RSAPublicKey | None]:
    if not settings.get("public_key_id") and not settings.get("public_key_pem"):
        return None, None
    key_id = _matching(_PUBLIC_KEY_ID, _text(settings, "public_key_id"), "public_key_id")
    try:
        return key_id, load_public_key(_text(settings, "public_key_pem"))
    except MalformedKey as error:
        raise InvalidAccount(f"public_key_pem: {error}") from error


def _platform_certificates(settings: Mapping[str, Any]) -> tuple[PlatformCertificate, ...]:
    entries = settings.get("platform_certificates") or []
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise InvalidAccount("platform_certificates must be a list of {serial_no, pem}")
    return tuple(_platform_certificate(entry) for entry in entries)


def _platform_certificate(entry: Mapping[str, Any]) -> PlatformCertificate:
    pem = entry.get("pem")
    if not isinstance(pem, str):
        raise InvalidAccount("platform_certificates: an entry has no pem")
    certificate = _certificate(pem, "platform_certificates")
    if serial_of(certificate) != entry.get("serial_no"):
        raise InvalidAccount("platform_certificates: a serial_no is not its certificate's")
    return PlatformCertificate(
        serial_no=serial_of(certificate),
        effective_time=certificate.not_valid_before_utc,
        expire_time=certificate.not_valid_after_utc,
        certificate_pem=pem,
    )


def _check_merchant_certificate(settings: Mapping[str, Any], key: RSAPrivateKey, serial_no: str) -> None:
    if not settings.get("merchant_certificate_pem"):
        return
    certificate = _certificate(_text(settings, "merchant_certificate_pem"), "merchant_certificate_pem")
    if serial_of(certificate) != serial_no:
        raise InvalidAccount("merchant_certificate_pem has another serial than merchant_serial_no")
    if certificate.public_key() != key.public_key():
        raise InvalidAccount("merchant_certificate_pem is not of merchant_private_key_pem")


def _merchant_key(secrets: Mapping[str, Any]) -> RSAPrivateKey:
    try:
        return load_private_key(_text(secrets, "merchant_private_key_pem"))
    except MalformedKey as error:
        raise InvalidAccount(f"merchant_private_key_pem: {error}") from error


def _certificate(pem: str, name: str) -> Certificate:
    try:
        return load_certificate(pem)
    except MalformedKey as error:
        raise InvalidAccount(f"{name}: {error}") from error


def _mode(text: str) -> AccountMode:
    try:
        return AccountMode(text)
    except ValueError as error:
        raise InvalidAccount(f"mode {text!r} is not supported") from error
