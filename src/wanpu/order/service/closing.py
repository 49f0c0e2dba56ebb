"""Close unpaid orders (取消、超时关闭): nothing is closed before the channel has proven it unpaid."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra import due_work, outbox
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.kernel.ids import Id
from wanpu.order import queries
from wanpu.order.errors import OrderNotCancellable, OrderNotFound
from wanpu.order.events import OrderClosed
from wanpu.order.links import order_page
from wanpu.order.service.placing import CLOSE_WORK
from wanpu.order.services import OrderServices
from wanpu.order.states import ORDER_MOVES, SELLER_ORDER_MOVES, OrderStatus, SellerOrderStatus
from wanpu.payment import PaymentStatus
from wanpu.product import StockChange, StockMove, StockStrategy, lock_available, move_stock

PROOF_DELAY = timedelta(seconds=5)
MAX_PROOF_DELAY = timedelta(minutes=5)


class CloseReason(StrEnum):
    """Who wanted an order closed."""

    BUYER = "buyer"
    TIMEOUT = "timeout"


async def cancel_order(app: OrderServices, member_id: Id, order_id: Id) -> OrderStatus:
    """Cancel an unpaid order. CLOSED: done. TO_PAY: the channel's close is still being proven and
    goes on in the background.

    Raises:
        OrderNotFound: not this member's order.
        OrderNotCancellable: it is paid; also when money was faster than the close.
    """
    await _request_close(app.db, order_id, CloseReason.BUYER, member_id=member_id)
    status = await _finish_close(app, order_id)
    if status not in (OrderStatus.TO_PAY, OrderStatus.CLOSED):
        raise OrderNotCancellable
    return status


async def close_overdue(app: OrderServices, order_id: Id, attempt: int) -> datetime | None:
    """Close an order whose time to pay is over, or whose close is not proven yet.

    The time to look again, or None when the order is no longer waiting for its money.
    """
    try:
        await _request_close(app.db, order_id, CloseReason.TIMEOUT)
    except (OrderNotFound, OrderNotCancellable):
        return None
    if await _finish_close(app, order_id) is not OrderStatus.TO_PAY:
        return None
    delay: timedelta = min(PROOF_DELAY * 2 ** min(attempt, 10), MAX_PROOF_DELAY)
    return app.clock.now() + delay


@rerun_on_conflict
async def _request_close(
    db: Database, order_id: Id, reason: CloseReason, *, member_id: Id | None = None
) -> None:
    """Mark that no new payment may start, and make sure that the close is followed up."""
    async with db.transaction() as session:
        order = await queries.lock_order(session, order_id)
        if order is None or (member_id is not None and order["wx_user_id"] != member_id):
            raise OrderNotFound
        if order["status"] is OrderStatus.CLOSED:
            return
        if order["status"] is not OrderStatus.TO_PAY:
            raise OrderNotCancellable
        if order["close_requested_at"] is not None:
            return
        now = db.clock.now()
        await queries.request_close(session, order_id, reason, now)
        await queries.add_log(
            session,
            queries.log_row(order_id, "close_requested", OrderStatus.TO_PAY, now, details={"reason": reason}),
        )
        if reason is CloseReason.BUYER:  # A time-out is the follow-up itself and says when it goes on.
            await due_work.schedule(session, CLOSE_WORK, str(order_id), now + PROOF_DELAY)


async def _finish_close(app: OrderServices, order_id: Id) -> OrderStatus:
    """Ask the payment room for proof and act on it; the order's status afterwards."""
    async with app.db.reading() as session:
        order = await queries.get_order(session, order_id)
    if order["status"] is not OrderStatus.TO_PAY:
        return OrderStatus(order["status"])
    proof = await app.payments.close(order["payment_no"], return_url=order_page(order_id))
    if proof is PaymentStatus.CLOSED:
        await _close_order(app.db, order_id)
        return OrderStatus.CLOSED
    return OrderStatus.TO_SHIP if proof is PaymentStatus.PAID else OrderStatus.TO_PAY


@rerun_on_conflict
async def _close_order(db: Database, order_id: Id) -> None:
    async with db.transaction() as session:
        await close_unpaid(session, order_id)


async def close_unpaid(session: AsyncSession, order_id: Id) -> None:
    """Give the stock back and close an order whose payment is proven closed; a repeat changes nothing."""
    order = await queries.lock_order(session, order_id)
    if order is None or order["status"] is not OrderStatus.TO_PAY:
        return
    now: datetime = session.info["clock"].now()
    sellers, items = await queries.list_parts(session, [order_id])
    await release_held(session, items[order_id], now)
    for seller in sellers[order_id]:
        SELLER_ORDER_MOVES.move(seller["status"], SellerOrderStatus.CLOSED)
        await queries.move_seller_order(
            session,
            seller["id"],
            seller["status"],
            SellerOrderStatus.CLOSED,
            {"finished_at": now, "updated_at": now},
        )
    ORDER_MOVES.move(order["status"], OrderStatus.CLOSED)
    await queries.move_order(
        session, order_id, order["status"], OrderStatus.CLOSED, {"finished_at": now, "updated_at": now}
    )
    reason = order["close_reason"] or CloseReason.TIMEOUT
    await queries.add_log(
        session, queries.log_row(order_id, "closed", OrderStatus.CLOSED, now, details={"reason": reason})
    )
    await due_work.cancel(session, CLOSE_WORK, str(order_id))
    spu_ids = sorted({item["spu_id"] for item in items[order_id]})
    outbox.publish(session, OrderClosed(order_id=order_id, reason=reason, spu_ids=spu_ids))


async def release_held(session: AsyncSession, items: Sequence[queries.Row], now: datetime) -> None:
    """Give back what items of strategy 1 hold, in SKU order."""
    held = [item for item in items if item["stock_strategy"] is StockStrategy.ON_ORDER]
    await lock_available(session, [item["sku_id"] for item in held])
    await move_stock(
        session,
        [StockChange(item["sku_id"], StockMove.RELEASED, item["quantity"], str(item["id"])) for item in held],
        now=now,
    )
