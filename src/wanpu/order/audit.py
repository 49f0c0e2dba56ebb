"""Invariants of orders over the whole database: sums, states, and the stock that they hold."""

from sqlalchemy import ColumnElement, Table, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.kernel.audit import Finding
from wanpu.kernel.ids import owner_of
from wanpu.order.queries import ORDER, ORDER_ITEM, ORDER_LOG, SELLER_ORDER
from wanpu.order.states import OrderStatus, SellerOrderStatus, derive_order_status
from wanpu.product import StockMove, StockStrategy, count_journal_moves


async def audit_orders(session: AsyncSession) -> list[Finding]:
    """M1, S2 and T1 for every order."""
    return [
        *await _sums(session),
        *await _genes(session),
        *await _statuses(session),
        *await _stock_of_lines(session),
    ]


async def _sums(session: AsyncSession) -> list[Finding]:
    """M1: an order is the sum of its seller orders, and each of them the sum of its items."""
    findings = []
    parts = (
        select(SELLER_ORDER.c.order_id, *_totals(SELLER_ORDER, "pay_fee", "shipping_fee", "total_fee"))
        .group_by(SELLER_ORDER.c.order_id)
        .subquery()
    )
    statement = (
        select(ORDER.c.id, ORDER.c.pay_fee, parts.c.pay_fee.label("parts"))
        .outerjoin(parts, parts.c.order_id == ORDER.c.id)
        .where(
            or_(
                parts.c.pay_fee.is_(None),
                parts.c.pay_fee != ORDER.c.pay_fee,
                parts.c.shipping_fee != ORDER.c.shipping_fee,
                parts.c.total_fee != ORDER.c.total_fee,
                ORDER.c.pay_fee != ORDER.c.total_fee - ORDER.c.discount_fee,
            )
        )
    )
    for row in await session.execute(statement):
        problem = f"asks for {row.pay_fee} fen, its seller orders add up to {row.parts}"
        findings.append(Finding("M1", f"order {row.id}", problem))
    lines = (
        select(ORDER_ITEM.c.seller_order_id, *_totals(ORDER_ITEM, "pay_fee", "total_fee"))
        .group_by(ORDER_ITEM.c.seller_order_id)
        .subquery()
    )
    seller = SELLER_ORDER.c
    statement = (
        select(seller.id, seller.pay_fee, lines.c.pay_fee.label("lines"))
        .outerjoin(lines, lines.c.seller_order_id == seller.id)
        .where(
            or_(
                lines.c.pay_fee.is_(None),
                lines.c.pay_fee != seller.pay_fee,
                lines.c.total_fee != seller.item_total_fee,
                seller.total_fee != seller.item_total_fee + seller.shipping_fee,
                seller.pay_fee != seller.total_fee - seller.discount_fee,
            )
        )
    )
    for row in await session.execute(statement):
        problem = f"asks for {row.pay_fee} fen, its items add up to {row.lines}"
        findings.append(Finding("M1", f"seller order {row.id}", problem))
    items = ORDER_ITEM.c
    statement = select(items.id).where(
        or_(items.total_fee != items.origin_price * items.quantity, items.pay_fee < 0, items.quantity < 1)
    )
    findings += [
        Finding("M1", f"order item {item_id}", "its total is not price times quantity")
        for item_id in (await session.execute(statement)).scalars()
    ]
    return findings


def _totals(table: Table, *names: str) -> list[ColumnElement[int]]:
    return [func.sum(table.c[name]).label(name) for name in names]


async def _genes(session: AsyncSession) -> list[Finding]:
    """T3: ids carry their member or merchant, and rows of one order agree on both."""
    findings = []
    for order in await session.execute(select(ORDER.c.id, ORDER.c.wx_user_id)):
        if owner_of(order.id) != order.wx_user_id:
            problem = f"its id does not carry member {order.wx_user_id}"
            findings.append(Finding("T3", f"order {order.id}", problem))
    seller = SELLER_ORDER.c
    statement = select(
        seller.id, seller.merchant_id, seller.wx_user_id, ORDER.c.wx_user_id.label("buyer")
    ).outerjoin(ORDER, ORDER.c.id == seller.order_id)
    for row in await session.execute(statement):
        if owner_of(row.id) != row.merchant_id:
            problem = f"its id does not carry merchant {row.merchant_id}"
            findings.append(Finding("T3", f"seller order {row.id}", problem))
        if row.buyer != row.wx_user_id:
            problem = "its order is missing or another member's"
            findings.append(Finding("T3", f"seller order {row.id}", problem))
    return findings


async def _statuses(session: AsyncSession) -> list[Finding]:
    """T1: an order's status follows from its children, matches its last logged step and its times."""
    findings = []
    children: dict[int, list[SellerOrderStatus]] = {}
    for row in await session.execute(select(SELLER_ORDER.c.order_id, SELLER_ORDER.c.status)):
        children.setdefault(row.order_id, []).append(row.status)
    last = select(ORDER_LOG.c.order_id, func.max(ORDER_LOG.c.id).label("id")).where(
        ORDER_LOG.c.seller_order_id.is_(None)
    )
    last_step = last.group_by(ORDER_LOG.c.order_id).subquery()
    logged = {
        row.order_id: row.status
        for row in await session.execute(
            select(ORDER_LOG.c.order_id, ORDER_LOG.c.status).join(last_step, last_step.c.id == ORDER_LOG.c.id)
        )
    }
    for order in await session.execute(select(ORDER)):
        subject = f"order {order.id}"
        derived = derive_order_status(children.get(order.id, []))
        if derived is not order.status:
            findings.append(
                Finding("T1", subject, f"is {order.status.name}, its seller orders say {derived.name}")
            )
        if logged.get(order.id) is not order.status:
            findings.append(Finding("T1", subject, f"is {order.status.name}, its log says otherwise"))
        is_paid = order.status not in (OrderStatus.TO_PAY, OrderStatus.CLOSED)
        if is_paid and order.paid_at is None:
            findings.append(Finding("T1", subject, f"is {order.status.name} but was never paid"))
        if order.status is OrderStatus.TO_PAY and order.paid_at is not None:
            findings.append(Finding("T1", subject, "waits for money that it has"))
    return findings


async def _stock_of_lines(session: AsyncSession) -> list[Finding]:
    """S2: each line holds, sells and gives back at most once, as its order's status says."""
    moves = await count_journal_moves(session)
    findings = []
    statement = select(
        ORDER_ITEM.c.id,
        ORDER_ITEM.c.stock_strategy,
        ORDER_ITEM.c.quantity,
        SELLER_ORDER.c.status,
    ).outerjoin(SELLER_ORDER, SELLER_ORDER.c.id == ORDER_ITEM.c.seller_order_id)
    for item in await session.execute(statement):
        moved = moves.pop(str(item.id), {})
        wanted = _wanted_moves(item.stock_strategy, item.status)
        if moved != dict.fromkeys(wanted, item.quantity):
            said = ", ".join(f"{move} {units}" for move, units in sorted(moved.items())) or "nothing"
            problem = f"{item.quantity} units of a line {_name(item.status)}: stock moved {said}"
            findings.append(Finding("S2", f"order item {item.id}", problem))
    for ref in sorted(moves):
        findings.append(Finding("S2", f"order item {ref}", "moved stock, but does not stand"))
    return findings


def _wanted_moves(strategy: StockStrategy, status: SellerOrderStatus | None) -> list[StockMove]:
    """Which movements a line must have made, each once with its whole quantity."""
    is_closed = status is SellerOrderStatus.CLOSED
    if strategy is StockStrategy.ON_PAYMENT:
        return [] if is_closed or status is SellerOrderStatus.TO_PAY else [StockMove.SOLD]
    if is_closed:
        return [StockMove.HELD, StockMove.RELEASED]
    return [StockMove.HELD] if status is SellerOrderStatus.TO_PAY else [StockMove.HELD, StockMove.SOLD_HELD]


def _name(status: SellerOrderStatus | None) -> str:
    return "without a seller order" if status is None else f"that is {status.name}"


async def paid_shares(session: AsyncSession) -> dict[str, tuple[str, int, str | None]]:
    """What orders say was paid, for the comparison with payments: by seller order id, its payment
    number, amount (fen) and transaction."""
    statement = (
        select(
            SELLER_ORDER.c.id, ORDER.c.payment_no, SELLER_ORDER.c.pay_fee, SELLER_ORDER.c.wx_transaction_id
        )
        .join(ORDER, ORDER.c.id == SELLER_ORDER.c.order_id)
        .where(SELLER_ORDER.c.paid_at.is_not(None))
    )
    return {
        str(row.id): (row.payment_no, row.pay_fee, row.wx_transaction_id)
        for row in await session.execute(statement)
    }
