"""Where an order is found: its page for its buyer, and the pay link, which carries its own proof."""

import hashlib
import hmac

from wanpu.infra.vault import Vault
from wanpu.kernel.ids import Id


def order_page(order_id: Id) -> str:
    """The path of an order's own page in the storefront, to which its cashier leads back."""
    return f"/pages/order/detail?order_id={order_id}"


class PayLinks:
    """Makes and checks `/pay/{order_no}?t=…`; the proof is an HMAC of the order number."""

    def __init__(self, vault: Vault) -> None:
        self._key = vault.derive("pay-link")

    def url(self, order_no: str) -> str:
        """The path of an order's cashier, for the buyer's browser."""
        return f"/pay/{order_no}?t={self._proof(order_no)}"

    def is_valid(self, order_no: str, proof: str) -> bool:
        """Whether the proof belongs to the number; compared in constant time."""
        return hmac.compare_digest(self._proof(order_no).encode(), proof.encode())

    def _proof(self, order_no: str) -> str:
        return hmac.digest(self._key, order_no.encode(), hashlib.sha256).hex()[:32]
