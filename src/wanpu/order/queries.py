"""Every statement that the order room sends, except plain adds."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.bulk import BulkWrites
from wanpu.infra.models import DueWork, IdempotencyKey, OutboxEvent
from wanpu.infra.statements import Among, padded
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.order.models import CartItem, CartItemHistory, Order, OrderItem, OrderLog, SellerOrder
from wanpu.order.states import OrderStatus, SellerOrderStatus

Row = Mapping[Any, Any]


CART, CART_HISTORY = table_of(CartItem), table_of(CartItemHistory)
ORDER, SELLER_ORDER, ORDER_ITEM, ORDER_LOG = (
    table_of(Order),
    table_of(SellerOrder),
    table_of(OrderItem),
    table_of(OrderLog),
)


# The cart

_CART_ROWS = (
    select(CART)
    .where(Among(CART.c.wx_user_id, "member_ids"), Among(CART.c.sku_id, "sku_ids"))
    .order_by(CART.c.id)
)
_LOCKED_CART_ROWS = _CART_ROWS.with_for_update()


async def get_cart(session: AsyncSession, member_id: Id) -> list[Row]:
    """All cart rows of a member, newest first."""
    statement = select(CART).where(CART.c.wx_user_id == member_id).order_by(CART.c.id.desc())
    return list((await session.execute(statement)).mappings())


async def get_cart_rows(
    session: AsyncSession, member_ids: Sequence[Id], sku_ids: Sequence[Id]
) -> dict[tuple[Id, Id], Row]:
    """Cart rows by (member, SKU)."""
    return await _cart_rows(session, member_ids, sku_ids, locked=False)


async def lock_cart_rows(
    session: AsyncSession, member_ids: Sequence[Id], sku_ids: Sequence[Id]
) -> dict[tuple[Id, Id], Row]:
    """Lock cart rows of several members, in order of their ids. Benchmark: place order."""
    return await _cart_rows(session, member_ids, sku_ids, locked=True)


async def _cart_rows(
    session: AsyncSession, member_ids: Sequence[Id], sku_ids: Sequence[Id], *, locked: bool
) -> dict[tuple[Id, Id], Row]:
    if not sku_ids:
        return {}
    wanted = {"member_ids": padded(member_ids), "sku_ids": padded(sku_ids)}
    rows = await session.execute(_LOCKED_CART_ROWS if locked else _CART_ROWS, wanted)
    return {(row["wx_user_id"], row["sku_id"]): row for row in rows.mappings()}


async def move_cart_to_history(session: AsyncSession, rows: Sequence[Row], now: datetime) -> None:
    """Deleted rows leave the cart and stay in its history."""
    writes = BulkWrites()
    add_to_history(writes, rows, now)
    await writes.send(session)
    await delete_from_cart(session, rows)


def add_to_history(writes: BulkWrites, rows: Sequence[Row], now: datetime) -> None:
    """Add rows that leave the cart to what is going to be written. Benchmark: place order."""
    kept = [
        {
            name: row[name]
            for name in (
                "id",
                "wx_user_id",
                "merchant_id",
                "spu_id",
                "sku_id",
                "sku_name",
                "sku_spec",
                "quantity",
                "price",
                "source",
            )
        }
        | {"sci_created_at": row["created_at"], "created_at": now}
        for row in rows
    ]
    writes.insert(CART_HISTORY, kept)


async def delete_from_cart(session: AsyncSession, rows: Sequence[Row]) -> None:
    """Locked rows leave the cart; their copies stand in its history."""
    if rows:
        await session.execute(delete(CART).where(CART.c.id.in_(padded([row["id"] for row in rows]))))


# Placing


def log_row(
    order_id: Id,
    event: str,
    status: OrderStatus,
    now: datetime,
    *,
    seller_order_id: Id | None = None,
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """One step of an order's timeline as a row."""
    return {
        "order_id": order_id,
        "seller_order_id": seller_order_id,
        "event": event,
        "status": status,
        "details": dict(details or {}),
        "created_at": now,
    }


def add_placed(
    writes: BulkWrites,
    *,
    orders: Sequence[dict[str, Any]],
    seller_orders: Sequence[dict[str, Any]],
    items: Sequence[dict[str, Any]],
    logs: Sequence[dict[str, Any]],
    events: Sequence[dict[str, Any]],
    work: Sequence[dict[str, Any]],
    keys: Sequence[dict[str, Any]],
) -> None:
    """Add all rows of a batch of orders to what is going to be written. Benchmark: place order."""
    writes.insert(ORDER, orders)
    writes.insert(SELLER_ORDER, seller_orders)
    writes.insert(ORDER_ITEM, items)
    writes.insert(ORDER_LOG, logs)
    writes.insert(table_of(OutboxEvent), events)
    writes.insert(table_of(DueWork), work)
    writes.insert(table_of(IdempotencyKey), keys)


# Changing


async def move_order(
    session: AsyncSession, order_id: Id, current: OrderStatus, target: OrderStatus, values: Row
) -> None:
    """Change the status of a locked order together with `values`."""
    statement = update(ORDER).where(ORDER.c.id == order_id, ORDER.c.status == current)
    await session.execute(statement.values(status=target, **values))


async def move_seller_order(
    session: AsyncSession,
    seller_order_id: Id,
    current: SellerOrderStatus,
    target: SellerOrderStatus,
    values: Row,
) -> None:
    """Change the status of a seller order whose order is locked, together with `values`."""
    statement = update(SELLER_ORDER).where(
        SELLER_ORDER.c.id == seller_order_id, SELLER_ORDER.c.status == current
    )
    await session.execute(statement.values(status=target, **values))


async def request_close(session: AsyncSession, order_id: Id, reason: str, now: datetime) -> None:
    """Block new payments of a locked order while its close is being proven."""
    await session.execute(
        update(ORDER)
        .where(ORDER.c.id == order_id, ORDER.c.close_requested_at.is_(None))
        .values(close_requested_at=now, close_reason=reason, updated_at=now)
    )


async def add_log(session: AsyncSession, row: Row) -> None:
    """Add one step to an order's timeline."""
    await session.execute(insert(ORDER_LOG), [dict(row)])


async def change_cart_row(session: AsyncSession, member_id: Id, sku_id: Id, values: Row) -> bool:
    """Change one cart row; False when the member has no such row."""
    result: Any = await session.execute(
        update(CART).where(CART.c.wx_user_id == member_id, CART.c.sku_id == sku_id).values(**values)
    )
    return bool(result.rowcount)


async def select_whole_cart(session: AsyncSession, member_id: Id, selected: bool, now: datetime) -> None:
    """Tick or untick every row of a cart."""
    await session.execute(
        update(CART).where(CART.c.wx_user_id == member_id).values(selected=selected, updated_at=now)
    )


async def count_cart(session: AsyncSession, member_id: Id) -> int:
    """How many rows a cart has."""
    statement = select(func.count()).select_from(CART).where(CART.c.wx_user_id == member_id)
    return int((await session.execute(statement)).scalar_one())


# Reading


async def find_order(session: AsyncSession, member_id: Id, order_id: Id) -> Row | None:
    """A member's own order."""
    return await _one(session, select(ORDER).where(ORDER.c.id == order_id, ORDER.c.wx_user_id == member_id))


async def get_order(session: AsyncSession, order_id: Id) -> Row:
    """An order that stands, whoever owns it."""
    return (await session.execute(select(ORDER).where(ORDER.c.id == order_id))).mappings().one()


async def find_order_by_number(session: AsyncSession, order_no: str) -> Row | None:
    """An order by its public number, whoever owns it."""
    return await _one(session, select(ORDER).where(ORDER.c.order_no == order_no))


async def find_order_of_payment(session: AsyncSession, payment_no: str) -> Row | None:
    """The order that a payment is for, whoever owns it."""
    return await _one(session, select(ORDER).where(ORDER.c.payment_no == payment_no))


async def lock_order(session: AsyncSession, order_id: Id) -> Row | None:
    """Lock an order before its seller orders change."""
    return await _one(session, select(ORDER).where(ORDER.c.id == order_id).with_for_update())


async def lock_order_of_payment(session: AsyncSession, payment_no: str) -> Row | None:
    """Lock the order that a payment is for."""
    return await _one(session, select(ORDER).where(ORDER.c.payment_no == payment_no).with_for_update())


async def list_orders(
    session: AsyncSession,
    member_id: Id,
    *,
    status: OrderStatus | None,
    before: tuple[datetime, Id] | None,
    limit: int,
) -> list[Row]:
    """A member's orders, newest first, older than `before`."""
    statement = select(ORDER).where(ORDER.c.wx_user_id == member_id)
    if status is not None:
        statement = statement.where(ORDER.c.status == status)
    if before is not None:
        placed_at, order_id = before
        statement = statement.where(
            (ORDER.c.created_at < placed_at) | ((ORDER.c.created_at == placed_at) & (ORDER.c.id < order_id))
        )
    statement = statement.order_by(ORDER.c.created_at.desc(), ORDER.c.id.desc()).limit(limit)
    return list((await session.execute(statement)).mappings())


async def count_orders(session: AsyncSession, member_id: Id) -> dict[OrderStatus, int]:
    """How many orders a member has, by status."""
    statement = (
        select(ORDER.c.status, func.count()).where(ORDER.c.wx_user_id == member_id).group_by(ORDER.c.status)
    )
    return {status: int(many) for status, many in await session.execute(statement)}


async def list_parts(
    session: AsyncSession, order_ids: Sequence[Id]
) -> tuple[dict[Id, list[Row]], dict[Id, list[Row]]]:
    """Seller orders and items of orders, by order id."""
    sellers: dict[Id, list[Row]] = {order_id: [] for order_id in order_ids}
    items: dict[Id, list[Row]] = {order_id: [] for order_id in order_ids}
    if not order_ids:
        return sellers, items
    for table, found in ((SELLER_ORDER, sellers), (ORDER_ITEM, items)):
        statement = select(table).where(table.c.order_id.in_(padded(order_ids))).order_by(table.c.id)
        for row in (await session.execute(statement)).mappings():
            found[row["order_id"]].append(row)
    return sellers, items


async def list_logs(session: AsyncSession, order_id: Id) -> list[Row]:
    """The timeline of an order, oldest first."""
    statement = select(ORDER_LOG).where(ORDER_LOG.c.order_id == order_id).order_by(ORDER_LOG.c.id)
    return list((await session.execute(statement)).mappings())


async def _one(session: AsyncSession, statement: Any) -> Row | None:
    found: Row | None = (await session.execute(statement)).mappings().first()
    return found
