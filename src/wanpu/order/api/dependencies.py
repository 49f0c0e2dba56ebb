"""How routes of this room reach its services."""

from typing import Annotated

from fastapi import Depends, Request

from wanpu.order.desk import OrderDesk


def orders_of(request: Request) -> OrderDesk:
    """The order room's desk of this application."""
    desk: OrderDesk = request.app.state.orders
    return desk


OrdersDep = Annotated[OrderDesk, Depends(orders_of)]
