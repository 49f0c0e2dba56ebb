"""The envelope of a call-back (回调通知): open members around one encrypted resource.

Source: WeChat Pay API v3, 回调通知注意事项 and 支付成功回调通知.
"""

import re
from dataclasses import dataclass
from typing import Any

from wanpu_wire.wechatpay.cipher import AEAD_ALGORITHM, decrypt_aead, encrypt_aead
from wanpu_wire.wechatpay.errors import MalformedBody
from wanpu_wire.wechatpay.json_text import dump, load_strict
from wanpu_wire.wechatpay.members import object_of, optional_text, required_object, required_text

RESOURCE_TYPE = "encrypt-resource"

_ID = re.compile(r"[!-~]{1,64}")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A call-back before decryption. `id` is the same on every repeat of one notification."""

    id: str
    create_time: str
    event_type: str
    resource_type: str
    summary: str
    algorithm: str
    ciphertext: str
    associated_data: str
    nonce: str
    original_type: str

    def decrypt(self, apiv3_key: str) -> bytes:
        """The resource as the JSON bytes that the provider encrypted.

        Raises:
            CannotDecrypt: changed, or encrypted for another account.
        """
        return decrypt_aead(
            apiv3_key, self.ciphertext, nonce=self.nonce, associated_data=self.associated_data
        )


def parse_envelope(body: bytes) -> Envelope:
    """Read the body of a call-back whose signature was verified. Unknown members are ignored.

    Raises:
        MalformedBody: not strict JSON, a member missing or of another type, or another cipher.
    """
    members = object_of(load_strict(body), "the body")
    resource = required_object(members, "resource")
    envelope = Envelope(
        id=_notification_id(members),
        create_time=required_text(members, "create_time"),
        event_type=required_text(members, "event_type"),
        resource_type=required_text(members, "resource_type"),
        summary=required_text(members, "summary"),
        algorithm=required_text(resource, "algorithm"),
        ciphertext=required_text(resource, "ciphertext"),
        associated_data=optional_text(resource, "associated_data"),
        nonce=required_text(resource, "nonce"),
        original_type=required_text(resource, "original_type"),
    )
    if envelope.algorithm != AEAD_ALGORITHM:
        raise MalformedBody("the resource is encrypted with another algorithm")
    if envelope.resource_type != RESOURCE_TYPE:
        raise MalformedBody("the resource is of another type")
    return envelope


def _notification_id(members: dict[str, Any]) -> str:
    """The id: 36 characters at most by the documents; some more are taken, so that none is lost."""
    text = required_text(members, "id")
    if not _ID.fullmatch(text):
        raise MalformedBody("id is no notification id")
    return text


def build_envelope(
    *,
    id: str,
    create_time: str,
    event_type: str,
    summary: str,
    original_type: str,
    resource: bytes,
    apiv3_key: str,
    nonce: str,
    associated_data: str,
) -> bytes:
    """Encrypt `resource` (JSON bytes) and write the body of a call-back: compact, non-ASCII text unescaped.

    `create_time` is RFC 3339; `nonce` has 12 characters and is never used twice with one key.
    """
    ciphertext = encrypt_aead(apiv3_key, resource, nonce=nonce, associated_data=associated_data)
    return dump(
        {
            "id": id,
            "create_time": create_time,
            "resource_type": RESOURCE_TYPE,
            "event_type": event_type,
            "summary": summary,
            "resource": {
                "original_type": original_type,
                "algorithm": AEAD_ALGORITHM,
                "ciphertext": ciphertext,
                "associated_data": associated_data,
                "nonce": nonce,
            },
        }
    )
