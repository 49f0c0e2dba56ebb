"""The sandbox's accounts: made once per data folder, kept in `credentials.json`, shown to developers.

Nothing here is secret outside a test: every key is made on the machine that uses it and opens nothing else.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wanpu_sandbox.key_material import (
    Certified,
    issue,
    new_authority,
    new_private_key,
    private_pem,
    public_pem,
    random_digits,
    random_text,
)

FILE_NAME = "credentials.json"
SUB_MERCHANT_COUNT = 24
_COMBINE_PARTNER_COUNT = 3
_ORGANIZATION = "Wanpu Sandbox"


@dataclass(frozen=True, slots=True)
class MerchantSecrets:
    """One account that signs requests: a service provider (with sub-merchants) or a direct merchant.

    `wechat_private_key_pem` is the provider's side of this merchant's 微信支付公钥. `combine_mchids` are the
    direct merchants bound to the same appid, which may take part in its combined orders.
    """

    mchid: str
    appid: str
    apiv2_key: str
    apiv3_key: str
    merchant: Certified
    public_key_id: str
    public_key_pem: str
    wechat_private_key_pem: str
    sub_mchids: tuple[str, ...] = ()
    combine_mchids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlatformSecrets:
    """A platform certificate: downloadable while `is_listed`; exactly one of all `signs`."""

    certified: Certified
    is_listed: bool
    signs: bool


@dataclass(frozen=True, slots=True)
class Secrets:
    """Everything in the file; `platform` is ordered from the oldest certificate to the newest."""

    authority: Certified
    platform: tuple[PlatformSecrets, ...]
    provider: MerchantSecrets
    direct: MerchantSecrets

    def new_platform(self) -> Certified:
        """A further platform certificate from the same authority."""
        return issue(self.authority, organization=_ORGANIZATION, common_name="Tenpay.com sign")


def load_secrets(data_dir: Path) -> Secrets:
    """Read the accounts of a folder, making folder and accounts on first use.

    Several processes may ask at once: the first file to appear wins, and all of them answer its content.
    """
    path = data_dir / FILE_NAME
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        _publish(path, _make_secrets(), is_first=True)
    return _read(path)


def replace_platform(data_dir: Path, secrets: Secrets, platform: tuple[PlatformSecrets, ...]) -> Secrets:
    """Write another set of platform certificates; readers see the old file or the new one."""
    changed = Secrets(secrets.authority, platform, secrets.provider, secrets.direct)
    _publish(data_dir / FILE_NAME, changed, is_first=False)
    return changed


def credentials(data_dir: Path, base_url: str) -> dict[str, Any]:
    """What an application needs to use the sandbox, in the shape of `wanpu sandbox credentials --json`.

    Needs no running server. Platform certificates come newest first.
    """
    secrets = load_secrets(data_dir)
    listed = [entry.certified for entry in reversed(secrets.platform) if entry.is_listed]
    return {
        "base_url": base_url,
        "wechatpay": {
            "sp_mchid": secrets.provider.mchid,
            "sp_appid": secrets.provider.appid,
            **_account(secrets.provider),
            "sub_mchids": list(secrets.provider.sub_mchids),
            "platform_certificates": [
                {"serial_no": certified.serial_no, "pem": certified.certificate_pem} for certified in listed
            ],
            "direct": {
                "mchid": secrets.direct.mchid,
                "appid": secrets.direct.appid,
                **_account(secrets.direct),
                "combine_mchids": list(secrets.direct.combine_mchids),
            },
        },
    }


def _account(merchant: MerchantSecrets) -> dict[str, str]:
    return {
        "apiv2_key": merchant.apiv2_key,
        "apiv3_key": merchant.apiv3_key,
        "merchant_serial_no": merchant.merchant.serial_no,
        "merchant_private_key_pem": merchant.merchant.private_key_pem,
        "merchant_certificate_pem": merchant.merchant.certificate_pem,
        "public_key_id": merchant.public_key_id,
        "public_key_pem": merchant.public_key_pem,
    }


def _make_secrets() -> Secrets:
    authority = new_authority(_ORGANIZATION)
    mchids = _distinct_mchids(2 + SUB_MERCHANT_COUNT + _COMBINE_PARTNER_COUNT)
    provider_mchid, direct_mchid, *others = mchids
    first = issue(authority, organization=_ORGANIZATION, common_name="Tenpay.com sign")
    return Secrets(
        authority=authority,
        platform=(PlatformSecrets(first, is_listed=True, signs=True),),
        provider=_make_merchant(authority, provider_mchid, sub_mchids=tuple(others[:SUB_MERCHANT_COUNT])),
        direct=_make_merchant(
            authority, direct_mchid, combine_mchids=(direct_mchid, *others[SUB_MERCHANT_COUNT:])
        ),
    )


def _make_merchant(
    authority: Certified,
    mchid: str,
    *,
    sub_mchids: tuple[str, ...] = (),
    combine_mchids: tuple[str, ...] = (),
) -> MerchantSecrets:
    wechat_key = new_private_key()
    return MerchantSecrets(
        mchid=mchid,
        appid=f"wx{os.urandom(8).hex()}",
        apiv2_key=random_text(32),
        apiv3_key=random_text(32),
        merchant=issue(authority, organization=_ORGANIZATION, common_name=mchid),
        public_key_id=f"PUB_KEY_ID_01{mchid}{random_digits(16)}",
        public_key_pem=public_pem(wechat_key),
        wechat_private_key_pem=private_pem(wechat_key),
        sub_mchids=sub_mchids,
        combine_mchids=combine_mchids,
    )


def _distinct_mchids(count: int) -> list[str]:
    """Merchant numbers of ten digits, all different, in ascending order."""
    found: set[str] = set()
    while len(found) < count:
        found.add(f"19{random_digits(8)}")
    return sorted(found)


def _publish(path: Path, secrets: Secrets, *, is_first: bool) -> None:
    """Let the whole file appear at once: as the first one (an existing file stays), or in place of one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{random_text(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(secrets), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    try:
        if is_first:
            os.link(draft, path)
        else:
            os.replace(draft, path)
    except FileExistsError:
        return  # Another process was first; its accounts are the folder's.
    finally:
        draft.unlink(missing_ok=True)


def _read(path: Path) -> Secrets:
    content = json.loads(path.read_text(encoding="utf-8"))
    return Secrets(
        authority=Certified(**content["authority"]),
        platform=tuple(
            PlatformSecrets(Certified(**entry["certified"]), entry["is_listed"], entry["signs"])
            for entry in content["platform"]
        ),
        provider=_read_merchant(content["provider"]),
        direct=_read_merchant(content["direct"]),
    )


def _read_merchant(content: Mapping[str, Any]) -> MerchantSecrets:
    fields = dict(content)
    fields["merchant"] = Certified(**fields["merchant"])
    fields["sub_mchids"] = tuple(fields["sub_mchids"])
    fields["combine_mchids"] = tuple(fields["combine_mchids"])
    return MerchantSecrets(**fields)
