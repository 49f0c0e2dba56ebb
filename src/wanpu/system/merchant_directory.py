"""How this room asks whether a merchant exists: merchants live in a room above."""

from typing import Protocol

from wanpu.kernel.ids import Id


class MerchantDirectory(Protocol):
    """Knows the merchants of the mall. The composition root brings the one of the room that owns them."""

    async def is_known(self, merchant_id: Id) -> bool:
        """Whether there is such a merchant, whatever its status."""
        ...


class NoMerchants:
    """The directory of a process that has no merchants."""

    async def is_known(self, merchant_id: Id) -> bool:
        return False
