"""Asking other rooms whether a file is still shown: they know their rows, this room knows its files."""

from collections.abc import Sequence
from typing import Protocol


class FileUse(Protocol):
    """One room's answer."""

    async def __call__(self, urls: Sequence[str]) -> str | None:
        """What shows one of these addresses, such as "product:17"; None when nothing of this room does."""
        ...
