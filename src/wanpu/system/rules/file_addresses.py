"""What the addresses of stored files look like: in a field, and within a page. Pure."""

import html
import re

from wanpu.infra.storage.content import Kind

_FILES = "/files/"
_ADDRESS = re.compile(r"(?:https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/|/files/)[A-Za-z0-9/._-]+")
_ENDING = re.compile(rf"\.(?:{'|'.join(Kind)})(?![A-Za-z0-9])")


def is_file_address(text: str) -> bool:
    """Whether a text is `/files/…` or `https://…` as stored files have it. Which buckets are the mall's,
    this does not know."""
    return _ADDRESS.fullmatch(text) is not None and ".." not in text


def file_addresses_in(page: str) -> set[str]:
    """Every address in a page that a stored file could have.

    One of a host also counts as its path alone, and one that goes on behind the ending of a file's name
    also without that: "/files/a.jpg-thumb" is a style of "/files/a.jpg".
    """
    found = set(_ADDRESS.findall(html.unescape(page)))
    found |= {address[: ending.end()] for address in found for ending in _ENDING.finditer(address)}
    return found | {_FILES + address.partition(_FILES)[2] for address in found if _FILES in address}
