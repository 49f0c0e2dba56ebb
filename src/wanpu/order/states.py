"""Statuses of orders and seller orders, and how an order's status follows from its children."""

from collections.abc import Iterable
from enum import IntEnum

from wanpu.kernel.states import TransitionTable


class OrderStatus(IntEnum):
    """订单状态."""

    TO_PAY = 1
    TO_SHIP = 2
    TO_RECEIVE = 3
    SUCCEEDED = 4
    CLOSED = 6


class SellerOrderStatus(IntEnum):
    """商家订单状态."""

    TO_PAY = 1
    TO_SHIP = 2
    TO_RECEIVE = 3
    SUCCEEDED = 4
    IN_AFTER_SALE = 5
    CLOSED = 6


class CartSource(IntEnum):
    """加入购物车的来源."""

    UNKNOWN = 0
    HOME = 1
    LIST = 2
    DETAIL = 3
    ACTIVITY = 4


SELLER_ORDER_MOVES = TransitionTable[SellerOrderStatus](
    {
        SellerOrderStatus.TO_PAY: {SellerOrderStatus.TO_SHIP, SellerOrderStatus.CLOSED},
        SellerOrderStatus.TO_SHIP: {
            SellerOrderStatus.TO_RECEIVE,
            SellerOrderStatus.IN_AFTER_SALE,
            SellerOrderStatus.CLOSED,
        },
        SellerOrderStatus.TO_RECEIVE: {SellerOrderStatus.SUCCEEDED, SellerOrderStatus.IN_AFTER_SALE},
        SellerOrderStatus.SUCCEEDED: {SellerOrderStatus.IN_AFTER_SALE},
        SellerOrderStatus.IN_AFTER_SALE: {
            SellerOrderStatus.TO_SHIP,
            SellerOrderStatus.TO_RECEIVE,
            SellerOrderStatus.SUCCEEDED,
            SellerOrderStatus.CLOSED,
        },
        SellerOrderStatus.CLOSED: set(),
    }
)

ORDER_MOVES = TransitionTable[OrderStatus](
    {
        OrderStatus.TO_PAY: {OrderStatus.TO_SHIP, OrderStatus.CLOSED},
        OrderStatus.TO_SHIP: {OrderStatus.TO_RECEIVE, OrderStatus.SUCCEEDED, OrderStatus.CLOSED},
        OrderStatus.TO_RECEIVE: {OrderStatus.SUCCEEDED, OrderStatus.CLOSED},
        OrderStatus.SUCCEEDED: set(),
        OrderStatus.CLOSED: set(),
    }
)


def derive_order_status(children: Iterable[SellerOrderStatus]) -> OrderStatus:
    """The lowest open child decides; all closed gives closed, otherwise succeeded.

    A child in after-sale must be given as the status it had before.
    """
    statuses = list(children)
    open_ones = [s for s in statuses if s not in (SellerOrderStatus.SUCCEEDED, SellerOrderStatus.CLOSED)]
    if open_ones:
        return OrderStatus(min(open_ones))
    if all(status is SellerOrderStatus.CLOSED for status in statuses):
        return OrderStatus.CLOSED
    return OrderStatus.SUCCEEDED
