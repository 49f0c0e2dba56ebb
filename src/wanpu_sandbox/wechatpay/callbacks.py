"""One call-back as it goes over the wire: freshly encrypted and signed on every try, or wrong on purpose."""

import copy
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wanpu_sandbox.faults import ForgeKind, NotificationFault
from wanpu_sandbox.key_material import random_text
from wanpu_sandbox.wechatpay.accounts import Merchant, Signer
from wanpu_wire.wechatpay.answers import sign_answer
from wanpu_wire.wechatpay.json_text import dump
from wanpu_wire.wechatpay.notification import build_envelope
from wanpu_wire.wechatpay.times import format_time

PROBE_PREFIX = "WECHATPAY/SIGNTEST/"
STALE_BY_S = 3600
"""How old a forged message pretends to be: far outside the five minutes that a receiver allows."""

UNKNOWN_SERIAL = "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"


class NoSuchMember(Exception):
    """The resource has no member at the path that a tamper fault names."""


@dataclass(frozen=True, slots=True)
class Callback:
    """Headers and body of one POST."""

    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Alterations:
    """What is wrong with a try: nothing by default."""

    forge: ForgeKind | None = None
    is_probe: bool = False
    field: str | None = None
    value: Any = None

    @classmethod
    def of(cls, faults: Mapping[str, NotificationFault]) -> "Alterations":
        """What the faults of one try, by kind, change in it."""
        forge, tamper = faults.get("forge"), faults.get("tamper")
        return cls(
            forge=None if forge is None else forge.forge,
            is_probe="signature_probe" in faults,
            field=None if tamper is None else tamper.field,
            value=None if tamper is None else tamper.value,
        )

    @property
    def name(self) -> str | None:
        """Short text for the list of tries."""
        parts = [f"forge:{self.forge}"] if self.forge else []
        parts += ["signature_probe"] if self.is_probe else []
        parts += [f"tamper:{self.field}"] if self.field is not None else []
        return " ".join(parts) or None


def build_callback(
    *,
    notification_id: str,
    created_at: datetime,
    resource: dict[str, Any],
    merchant: Merchant,
    signer: Signer,
    stranger: Merchant,
    timestamp: int,
    alterations: Alterations,
) -> Callback:
    """Encrypt for `merchant` and sign with `signer`, then break what `alterations` ask for.

    `stranger` is another account of the provider, whose keys are genuine and still prove nothing here.

    Raises:
        NoSuchMember: a member to tamper with does not exist.
    """
    if alterations.field is not None:
        resource = tampered(resource, alterations.field, alterations.value)
    is_stranger = alterations.forge == "other_account"
    body = build_envelope(
        id=notification_id,
        create_time=format_time(created_at),
        event_type="TRANSACTION.SUCCESS",
        summary="支付成功",
        original_type="transaction",
        resource=dump(resource),
        apiv3_key=stranger.apiv3_key if is_stranger else merchant.apiv3_key,
        nonce=random_text(12),
        associated_data="transaction",
    )
    signer = stranger.public_key_signer if is_stranger else signer
    stale_by = STALE_BY_S if alterations.forge == "old_timestamp" else 0
    signature = sign_answer(
        signer.key, signer.serial, body, timestamp=timestamp - stale_by, nonce=random_text(32)
    )
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Mozilla/4.0",
        "Request-ID": f"{uuid.uuid4().hex.upper()}{uuid.uuid4().hex[:8].upper()}-0",
        **signature.as_headers(),
    }
    if alterations.is_probe:
        headers["Wechatpay-Signature"] = PROBE_PREFIX + headers["Wechatpay-Signature"]
    return Callback(_forge_headers(headers, alterations.forge), body)


def tampered(resource: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with another value at a dotted path, such as `sub_orders.0.amount.total_amount`.

    Raises:
        NoSuchMember: nothing stands there.
    """
    changed = copy.deepcopy(resource)
    *parents, last = path.split(".")
    holder: Any = changed
    for name in parents:
        holder = _member(holder, name, path)
    _member(holder, last, path)
    holder[int(last) if isinstance(holder, list) else last] = value
    return changed


def _member(holder: Any, name: str, path: str) -> Any:
    if isinstance(holder, list) and name.isdigit() and int(name) < len(holder):
        return holder[int(name)]
    if isinstance(holder, dict) and name in holder:
        return holder[name]
    raise NoSuchMember(path)


def _forge_headers(headers: dict[str, str], forge: ForgeKind | None) -> dict[str, str]:
    if forge == "no_signature":
        return {name: value for name, value in headers.items() if not name.startswith("Wechatpay-")}
    if forge == "unknown_serial":
        return {**headers, "Wechatpay-Serial": UNKNOWN_SERIAL}
    if forge == "bad_signature":
        signature = headers["Wechatpay-Signature"]
        swapped = "B" if signature[10] == "A" else "A"
        return {**headers, "Wechatpay-Signature": f"{signature[:10]}{swapped}{signature[11:]}"}
    return headers
