"""Apply what payments tell: money arrived (支付成功), or the payment ended unpaid."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra import due_work, outbox
from wanpu.kernel.ids import Id
from wanpu.order import queries
from wanpu.order.events import OrderPaid, SellerOrderUnfulfillable
from wanpu.order.service.closing import close_unpaid
from wanpu.order.service.placing import CLOSE_WORK
from wanpu.order.states import (
    ORDER_MOVES,
    SELLER_ORDER_MOVES,
    OrderStatus,
    SellerOrderStatus,
    derive_order_status,
)
from wanpu.payment import PaymentClosedUnpaid, PaymentSucceeded
from wanpu.product import StockChange, StockMove, StockStrategy, lock_available, move_stock


class PaymentOfNobody(RuntimeError):
    """A payment of the mall belongs to no order, or to one that is closed: a person must look."""


async def apply_payment(session: AsyncSession, event: PaymentSucceeded) -> None:
    """Mark the order paid and take its stock, in the event's transaction.

    Seller orders of strategy 2 whose goods are gone close alone; their money goes back.
    """
    order = await queries.lock_order_of_payment(session, event.payment_no)
    if order is None or order["status"] is OrderStatus.CLOSED:
        raise PaymentOfNobody(event.payment_no)
    if order["status"] is not OrderStatus.TO_PAY:
        return
    now: datetime = session.info["clock"].now()
    order_id: Id = order["id"]
    sellers, items = await queries.list_parts(session, [order_id])
    by_seller: dict[Id, list[queries.Row]] = {seller["id"]: [] for seller in sellers[order_id]}
    for item in items[order_id]:
        by_seller[item["seller_order_id"]].append(item)

    unfulfillable = await _take_stock(session, by_seller, now)
    parts = {part.reference: part for part in event.parts}
    for seller in sellers[order_id]:
        target = SellerOrderStatus.CLOSED if seller["id"] in unfulfillable else SellerOrderStatus.TO_SHIP
        SELLER_ORDER_MOVES.move(seller["status"], target)
        part = parts[str(seller["id"])]
        await queries.move_seller_order(
            session,
            seller["id"],
            seller["status"],
            target,
            {
                "wx_transaction_id": None if event.shares_transaction else part.channel_payment_no,
                "paid_at": event.paid_at,
                "finished_at": now if target is SellerOrderStatus.CLOSED else None,
                "updated_at": now,
            },
        )
    await _move_order(session, order, event, unfulfillable, now)
    for seller_id in sorted(unfulfillable):
        await queries.add_log(
            session,
            queries.log_row(order_id, "unfulfillable", OrderStatus.CLOSED, now, seller_order_id=seller_id),
        )
        outbox.publish(
            session,
            SellerOrderUnfulfillable(
                order_id=order_id,
                seller_order_id=seller_id,
                payment_no=event.payment_no,
                amount_fen=parts[str(seller_id)].amount_fen,
            ),
        )
    quantities: Counter[int] = Counter()
    for seller_id, own in by_seller.items():
        if seller_id not in unfulfillable:
            for item in own:
                quantities[item["spu_id"]] += item["quantity"]
    outbox.publish(session, OrderPaid(order_id=order_id, spu_quantities=dict(quantities)))
    await due_work.cancel(session, CLOSE_WORK, str(order_id))


async def apply_closed_payment(session: AsyncSession, event: PaymentClosedUnpaid) -> None:
    """Close the order of a payment that is proven unpaid, if its close was asked for."""
    order = await queries.lock_order_of_payment(session, event.payment_no)
    if order is not None and order["close_requested_at"] is not None:
        await close_unpaid(session, order["id"])


async def _move_order(
    session: AsyncSession,
    order: queries.Row,
    event: PaymentSucceeded,
    unfulfillable: set[Id],
    now: datetime,
) -> None:
    children = [
        SellerOrderStatus.CLOSED if Id(int(part.reference)) in unfulfillable else SellerOrderStatus.TO_SHIP
        for part in event.parts
    ]
    target = derive_order_status(children)
    ORDER_MOVES.move(order["status"], target)
    finished = now if target is OrderStatus.CLOSED else None
    await queries.move_order(
        session,
        order["id"],
        order["status"],
        target,
        {"paid_at": event.paid_at, "finished_at": finished, "updated_at": now},
    )
    await queries.add_log(session, queries.log_row(order["id"], "paid", target, now))


async def _take_stock(
    session: AsyncSession, by_seller: dict[Id, list[queries.Row]], now: datetime
) -> set[Id]:
    """Turn holds into sales and take strategy-2 goods; the seller orders whose goods are gone."""
    left = await lock_available(session, [item["sku_id"] for own in by_seller.values() for item in own])
    changes: list[StockChange] = []
    unfulfillable: set[Id] = set()
    for seller_id, own in by_seller.items():
        taken = _take_for_one(own, left)
        if taken is None:
            unfulfillable.add(seller_id)
            taken = [
                StockChange(item["sku_id"], StockMove.RELEASED, item["quantity"], str(item["id"]))
                for item in own
                if item["stock_strategy"] is StockStrategy.ON_ORDER
            ]
        changes.extend(taken)
    await move_stock(session, changes, now=now)
    return unfulfillable


def _take_for_one(items: Sequence[queries.Row], left: dict[Id, int]) -> list[StockChange] | None:
    """The movements of one seller order, lowering `left`; None when a strategy-2 item is short."""
    on_payment = [item for item in items if item["stock_strategy"] is StockStrategy.ON_PAYMENT]
    if any(left.get(item["sku_id"], 0) < item["quantity"] for item in on_payment):
        return None
    for item in on_payment:
        left[item["sku_id"]] -= item["quantity"]
    return [
        StockChange(
            item["sku_id"],
            StockMove.SOLD if item["stock_strategy"] is StockStrategy.ON_PAYMENT else StockMove.SOLD_HELD,
            item["quantity"],
            str(item["id"]),
        )
        for item in items
    ]
