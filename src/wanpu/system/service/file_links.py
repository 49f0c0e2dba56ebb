"""Links to private files: signed, and good for some minutes."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wanpu.infra.services import Services
from wanpu.kernel.ids import Id
from wanpu.system.errors import FileLinkExpired, FileLinkInvalid

LIFE = timedelta(minutes=10)
_PURPOSE = "links to private files"


class Variant(StrEnum):
    """What of a file a link gives."""

    ORIGINAL = "original"
    THUMBNAIL = "thumbnail"


@dataclass(frozen=True, slots=True)
class FileLink:
    """Where a private file opens, and until when."""

    url: str
    expires_at: datetime


def private_path(file_id: Id) -> str:
    """The lasting address of a private file; it opens with a signature alone."""
    return f"/files/p/{file_id}"


def sign_link(services: Services, file_id: Id, variant: Variant = Variant.ORIGINAL) -> FileLink:
    """A link that opens one private file for the next ten minutes."""
    expires_at = (services.clock.now() + LIFE).replace(microsecond=0)
    expires = int(expires_at.timestamp())
    signature = _signature(services.vault.derive(_PURPOSE), file_id, variant, expires)
    url = f"{private_path(file_id)}?variant={variant}&expires={expires}&signature={signature}"
    return FileLink(url, expires_at)


def require_link(services: Services, file_id: Id, variant: Variant, expires: int, signature: str) -> None:
    """Refuse a link that we did not sign, or that has run out.

    Raises:
        FileLinkInvalid, FileLinkExpired: the file is not given.
    """
    given = signature.encode("utf-8", "replace")
    if not any(
        hmac.compare_digest(_signature(key, file_id, variant, expires).encode(), given)
        for key in services.vault.derive_all(_PURPOSE)
    ):
        raise FileLinkInvalid
    if expires <= services.clock.now().timestamp():
        raise FileLinkExpired


def _signature(key: bytes, file_id: Id, variant: Variant, expires: int) -> str:
    text = f"{private_path(file_id)}\n{variant}\n{expires}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
