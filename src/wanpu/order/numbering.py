"""Ids and numbers of orders, drawn before a transaction opens and used inside it."""

from collections import defaultdict, deque
from datetime import datetime

from wanpu.infra.serials import Serials
from wanpu.infra.tokens import Tokens
from wanpu.infra.vault import Vault
from wanpu.kernel.clock import day_cn
from wanpu.kernel.ids import MAX_ID, MAX_OWNED_SERIAL, Id, PublicNumbers, owned_id

ORDER = "order"
SELLER_ORDER = "seller_order"
ORDER_ITEM = "order_item"
CART_ITEM = "cart_item"

_CEILINGS = {ORDER: MAX_OWNED_SERIAL, SELLER_ORDER: MAX_OWNED_SERIAL}
PAYMENT_NO_LENGTH = 24


class OrderNumbers:
    """Hands out reservations: serials are fetched before a transaction opens, and what a batch did
    not need goes to the next one, so that none is wasted."""

    def __init__(self, serials: Serials, vault: Vault, tokens: Tokens) -> None:
        self._serials = serials
        self._tokens = tokens
        self._public = PublicNumbers(vault.derive("order-number"))
        self._spare: defaultdict[str, deque[int]] = defaultdict(deque)

    async def reserve(self, **needed: int) -> "Reservation":
        """At least so many serials of each counter. Call it with no transaction open.

        Raises:
            IdOutOfRange: a counter has used up its bits.
        """
        ready: defaultdict[str, deque[int]] = defaultdict(deque)
        for name, count in needed.items():
            ready[name], self._spare[name] = self._spare[name], deque()
            missing = count - len(ready[name])
            if missing > 0:
                ceiling = _CEILINGS.get(name, MAX_ID)
                ready[name].extend(await self._serials.take(name, missing, ceiling=ceiling))
        return Reservation(ready, self._public, self._tokens)

    def give_back(self, reservation: "Reservation") -> None:
        """Keep the serials that a batch did not use for the next one."""
        for name, left in reservation.ready.items():
            self._spare[name].extend(left)


class Reservation:
    """Serials of one batch; every call takes one at once."""

    def __init__(self, ready: dict[str, deque[int]], public: PublicNumbers, tokens: Tokens) -> None:
        self.ready = ready
        self._public = public
        self._tokens = tokens

    def order(self, member_id: Id, now: datetime) -> tuple[Id, str]:
        """A new order id, and its number for people."""
        serial = self.ready[ORDER].popleft()
        return owned_id(serial, member_id), self._public.number_for(serial, day_cn(now))

    def seller_order(self, merchant_id: Id) -> Id:
        """A new seller order id."""
        return owned_id(self.ready[SELLER_ORDER].popleft(), merchant_id)

    def plain(self, name: str) -> Id:
        """A new id of a counter without a gene."""
        return Id(self.ready[name].popleft())

    def payment_no(self) -> str:
        """A number for the order's payment, which nobody can guess."""
        return self._tokens.number("P", PAYMENT_NO_LENGTH)
