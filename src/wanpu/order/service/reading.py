"""A member's own orders: list and detail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wanpu.kernel.ids import Id
from wanpu.order import queries, views
from wanpu.order.errors import OrderNotFound
from wanpu.order.links import PayLinks
from wanpu.order.services import OrderServices
from wanpu.order.states import OrderStatus


@dataclass(frozen=True)
class OrderPage:
    """Orders, newest first; `next_before` is the place to go on from, None at the end."""

    orders: list[dict[str, Any]]
    next_before: tuple[datetime, Id] | None


async def list_orders(
    app: OrderServices,
    member_id: Id,
    *,
    status: OrderStatus | None,
    before: tuple[datetime, Id] | None,
    limit: int,
) -> OrderPage:
    """A page of a member's orders."""
    async with app.db.reading() as session:
        rows = await queries.list_orders(session, member_id, status=status, before=before, limit=limit + 1)
        page = rows[:limit]
        sellers, items = await queries.list_parts(session, [row["id"] for row in page])
    links = PayLinks(app.vault)
    orders = [
        views.order_json(row, sellers[row["id"]], items[row["id"]], cashier_url=links.url(row["order_no"]))
        for row in page
    ]
    more = (page[-1]["created_at"], page[-1]["id"]) if len(rows) > limit else None
    return OrderPage(orders, more)


async def count_orders(app: OrderServices, member_id: Id) -> dict[OrderStatus, int]:
    """How many orders a member has in each status."""
    async with app.db.reading() as session:
        return await queries.count_orders(session, member_id)


async def get_order(app: OrderServices, member_id: Id, order_id: Id, *, language: str) -> dict[str, Any]:
    """One of a member's orders with address and timeline.

    Raises:
        OrderNotFound: unknown, or another member's.
    """
    async with app.db.reading() as session:
        row = await queries.find_order(session, member_id, order_id)
        if row is None:
            raise OrderNotFound
        sellers, items = await queries.list_parts(session, [order_id])
        logs = await queries.list_logs(session, order_id)
    url = PayLinks(app.vault).url(row["order_no"])
    return (
        views.order_json(row, sellers[order_id], items[order_id], cashier_url=url)
        | views.address_json(sellers[order_id][0])
        | {"payment_no": row["payment_no"], "timeline": views.timeline_json(logs, language)}
    )
