"""The order room at work in one process: its services, and the lane that groups orders."""

from dataclasses import dataclass

from wanpu.infra.lane import Lane
from wanpu.kernel.errors import WanpuError
from wanpu.order.service.placing import Placed, PlaceOrder, place_orders
from wanpu.order.services import OrderServices

LANE_PARALLEL = 2
"""One batch is worked out while the other is committed."""


@dataclass(frozen=True)
class OrderDesk:
    """What routes are given. Orders go through `lane`, so that those who come together commit together."""

    services: OrderServices
    lane: Lane[PlaceOrder, Placed]


def open_desk(services: OrderServices) -> OrderDesk:
    """A desk with an empty lane."""

    async def commit(commands: list[PlaceOrder]) -> list[Placed | Exception]:
        results: list[Placed | WanpuError] = await place_orders(services, commands)
        return list(results)

    return OrderDesk(services, Lane(commit, name="orders", parallel=LANE_PARALLEL))
