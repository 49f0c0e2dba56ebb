"""Pay an order that stands (支付): through the payment port, never inside a transaction."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.kernel.ids import Id
from wanpu.order import queries
from wanpu.order.errors import OrderNotFound, OrderNotPayable, PayLinkInvalid, SoldOut
from wanpu.order.links import PayLinks, order_page
from wanpu.order.services import OrderServices
from wanpu.order.states import OrderStatus
from wanpu.payment import CreatePayment, PaymentAlreadyPaid, PaymentView, Share
from wanpu.product import StockStrategy, get_available

SUBJECT_LENGTH = 100


async def start_payment(
    app: OrderServices, member_id: Id, order_id: Id, method: str, *, client_ip: str | None
) -> PaymentView:
    """Pay a member's order by one method; the live attempt of the same method is given again.

    Raises:
        OrderNotFound, OrderNotPayable, SoldOut: goods of strategy 2 are gone.
        PaymentAlreadyPaid and the other refusals of `PaymentPort.create`.
    """
    async with app.db.reading() as session:
        order = await queries.find_order(session, member_id, order_id)
    if order is None:
        raise OrderNotFound
    return await _ask(app, order, method=method, client_ip=client_ip)


async def open_cashier(app: OrderServices, order_no: str, proof: str, *, client_ip: str | None) -> str:
    """The cashier's address for whoever holds the order's pay link; makes the payment when needed.

    Raises:
        PayLinkInvalid: the proof does not belong to the number.
        OrderNotPayable: the order is closed.
    """
    if not PayLinks(app.vault).is_valid(order_no, proof):
        raise PayLinkInvalid
    async with app.db.reading() as session:
        order = await queries.find_order_by_number(session, order_no)
    if order is None:
        raise PayLinkInvalid
    try:
        return (await _ask(app, order, method=None, client_ip=client_ip)).cashier_url
    except (PaymentAlreadyPaid, OrderNotPayable):
        return (await app.payments.query(order["payment_no"])).cashier_url


async def find_payment(app: OrderServices, member_id: Id, payment_no: str) -> tuple[Id, PaymentView]:
    """The order id and the payment of a member's own order.

    Raises:
        OrderNotFound: no order of this member has that payment.
        PaymentNotFound: paying it was never begun.
    """
    async with app.db.reading() as session:
        order = await queries.find_order_of_payment(session, payment_no)
    if order is None or order["wx_user_id"] != member_id:
        raise OrderNotFound
    return order["id"], await app.payments.query(payment_no)


async def _ask(
    app: OrderServices, order: queries.Row, *, method: str | None, client_ip: str | None
) -> PaymentView:
    if order["status"] is OrderStatus.CLOSED or (
        order["status"] is OrderStatus.TO_PAY and order["close_requested_at"] is not None
    ):
        raise OrderNotPayable
    if order["status"] is not OrderStatus.TO_PAY:
        raise PaymentAlreadyPaid
    async with app.db.reading() as session:
        sellers, items = await queries.list_parts(session, [order["id"]])
        await _require_stock(session, items[order["id"]])
    by_seller: dict[Id, list[queries.Row]] = {}
    for item in items[order["id"]]:
        by_seller.setdefault(item["seller_order_id"], []).append(item)
    return await app.payments.create(
        CreatePayment(
            payment_no=order["payment_no"],
            buyer_ref=str(order["wx_user_id"]),
            subject=_subject(items[order["id"]]),
            amount_fen=order["pay_fee"],
            shares=tuple(
                Share(
                    merchant_ref=str(seller["merchant_id"]),
                    payee_name=seller["merchant_name"],
                    amount_fen=seller["pay_fee"],
                    profit_sharing=seller["profit_share_rate_bp"] > 0,
                    reference=str(seller["id"]),
                    description=_subject(by_seller[seller["id"]]),
                )
                for seller in sellers[order["id"]]
            ),
            expires_at=order["should_paid_before"],
            method=method,
            return_url=order_page(order["id"]),
            client_ip=client_ip,
        )
    )


async def _require_stock(session: AsyncSession, items: Sequence[queries.Row]) -> None:
    """Check goods of strategy 2 once more before money moves; they are taken when it arrives."""
    wanted = [item for item in items if item["stock_strategy"] is StockStrategy.ON_PAYMENT]
    left = await get_available(session, [item["sku_id"] for item in wanted])
    short = [
        (item["sku_id"], item["quantity"], left.get(item["sku_id"], 0))
        for item in wanted
        if item["quantity"] > left.get(item["sku_id"], 0)
    ]
    if short:
        raise SoldOut.short_of(short)


def _subject(items: Sequence[queries.Row]) -> str:
    """What is bought, in one line: the first item's name, and how many items there are."""
    name: str = items[0]["sku_name"]
    return name[:SUBJECT_LENGTH] if len(items) == 1 else f"{name[: SUBJECT_LENGTH - 10]} 等 {len(items)} 件"
