"""What the order room's use cases are given."""

from dataclasses import dataclass

from wanpu.infra.services import Services
from wanpu.order.numbering import OrderNumbers
from wanpu.payment import PaymentPort


@dataclass(frozen=True)
class OrderServices(Services):
    """The shared services, the door to payments, and the room's own numbers."""

    payments: PaymentPort
    numbers: OrderNumbers
