"""What the order room tells others."""

from typing import ClassVar

from wanpu.infra.outbox import Event


class OrderPlaced(Event):
    """An order stands and waits for its money."""

    name: ClassVar[str] = "order.placed"

    order_id: int
    spu_ids: list[int]

    @property
    def aggregate(self) -> str:
        return f"order:{self.order_id}"


class OrderPaid(Event):
    """An order's money was credited; `spu_quantities` are units by SPU that will be shipped."""

    name: ClassVar[str] = "order.paid"

    order_id: int
    spu_quantities: dict[int, int]

    @property
    def aggregate(self) -> str:
        return f"order:{self.order_id}"


class OrderClosed(Event):
    """An order ended unpaid; its stock is back."""

    name: ClassVar[str] = "order.closed"

    order_id: int
    reason: str
    spu_ids: list[int]

    @property
    def aggregate(self) -> str:
        return f"order:{self.order_id}"


class SellerOrderUnfulfillable(Event):
    """A paid seller order was closed, since its goods were gone (付款减库存): its money goes back."""

    name: ClassVar[str] = "order.unfulfillable"

    order_id: int
    seller_order_id: int
    payment_no: str
    amount_fen: int

    @property
    def aggregate(self) -> str:
        return f"order:{self.order_id}"
