"""The merchants that may call, with every key parsed once, and the provider's own signing keys."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from wanpu_sandbox.credentials import MerchantSecrets, PlatformSecrets, load_secrets, replace_platform
from wanpu_wire.wechatpay.certificates import PlatformCertificate
from wanpu_wire.wechatpay.signing import load_certificate, load_private_key, load_public_key

RotationStep = Literal["announce", "switch", "retire"]


@dataclass(frozen=True, slots=True)
class Signer:
    """A key of the provider, and the serial number under which merchants know it."""

    serial: str
    key: RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Merchant:
    """An account that signs requests: a service provider, which has sub-merchants, or a direct merchant."""

    mchid: str
    appid: str
    apiv3_key: str
    serial_no: str
    public_key: RSAPublicKey
    public_key_signer: Signer
    sub_mchids: frozenset[str]
    combine_mchids: frozenset[str]

    @property
    def is_provider(self) -> bool:
        """Whether it acts for sub-merchants."""
        return bool(self.sub_mchids)

    @classmethod
    def of(cls, secrets: MerchantSecrets) -> "Merchant":
        """The account of these credentials, its keys parsed."""
        return cls(
            mchid=secrets.mchid,
            appid=secrets.appid,
            apiv3_key=secrets.apiv3_key,
            serial_no=secrets.merchant.serial_no,
            public_key=load_public_key(secrets.merchant.certificate_pem),
            public_key_signer=Signer(secrets.public_key_id, load_private_key(secrets.wechat_private_key_pem)),
            sub_mchids=frozenset(secrets.sub_mchids),
            combine_mchids=frozenset(secrets.combine_mchids),
        )


class Accounts:
    """All accounts of one data folder, and the platform certificates in their present stage of rotation."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._secrets = load_secrets(data_dir)
        merchants = (Merchant.of(self._secrets.provider), Merchant.of(self._secrets.direct))
        self._merchants = {merchant.mchid: merchant for merchant in merchants}
        self._signer = self._parse_signer()

    @property
    def merchants(self) -> tuple[Merchant, ...]:
        """The accounts that sign requests."""
        return tuple(self._merchants.values())

    def find(self, mchid: str) -> Merchant | None:
        """The account that signs as `mchid`; sub-merchants sign nothing and are not found."""
        return self._merchants.get(mchid)

    def other_than(self, merchant: Merchant) -> Merchant:
        """Another account, for messages that its owner forges."""
        return next(other for other in self.merchants if other.mchid != merchant.mchid)

    def knows(self, mchid: str) -> bool:
        """Whether any merchant, sub-merchants included, has this number."""
        return any(
            mchid == merchant.mchid or mchid in merchant.sub_mchids or mchid in merchant.combine_mchids
            for merchant in self.merchants
        )

    @property
    def platform_signer(self) -> Signer:
        """The key of the platform certificate that signs now."""
        return self._signer

    def listed_certificates(self) -> list[PlatformCertificate]:
        """What `/v3/certificates` delivers, oldest first."""
        return [_platform_certificate(entry) for entry in self._secrets.platform if entry.is_listed]

    def rotate(self, step: RotationStep) -> None:
        """Take one step of a certificate rotation (平台证书更换).

        `announce` lists a new certificate that does not sign yet, unless one is waiting already; `switch`
        lets the waiting one sign, or a fresh one when none waits, so that clients meet a serial they never
        saw; `retire` takes all but the signing one off the list.
        """
        platform = list(self._secrets.platform)
        if step != "retire" and platform[-1].signs:
            platform.append(PlatformSecrets(self._secrets.new_platform(), is_listed=True, signs=False))
        if step == "switch":
            platform = [replace(entry, signs=entry is platform[-1]) for entry in platform]
        if step == "retire":
            platform = [replace(entry, is_listed=entry.signs) for entry in platform]
        self._secrets = replace_platform(self._data_dir, self._secrets, tuple(platform))
        self._signer = self._parse_signer()

    def _parse_signer(self) -> Signer:
        certified = next(entry.certified for entry in self._secrets.platform if entry.signs)
        return Signer(certified.serial_no, load_private_key(certified.private_key_pem))


def _platform_certificate(entry: PlatformSecrets) -> PlatformCertificate:
    certificate = load_certificate(entry.certified.certificate_pem)
    return PlatformCertificate(
        serial_no=entry.certified.serial_no,
        effective_time=certificate.not_valid_before_utc,
        expire_time=certificate.not_valid_after_utc,
        certificate_pem=entry.certified.certificate_pem,
    )
