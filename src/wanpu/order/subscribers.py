"""What the order room does when payments or its own orders tell something."""

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.subscriptions import Subscriptions
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.order.events import OrderClosed, OrderPaid, OrderPlaced, SellerOrderUnfulfillable
from wanpu.order.service.settling import apply_closed_payment, apply_payment
from wanpu.order.services import OrderServices
from wanpu.payment import PaymentClosedUnpaid, PaymentSucceeded, ReturnMoney
from wanpu.product import record_sales, refresh_sold_out

MALL = "mall"


def register(subscriptions: Subscriptions, app: OrderServices) -> None:
    """Name every reaction of this room."""

    async def on_paid(session: AsyncSession, event: PaymentSucceeded) -> None:
        if event.app_code == MALL:
            await apply_payment(session, event)

    async def on_payment_closed(session: AsyncSession, event: PaymentClosedUnpaid) -> None:
        if event.app_code == MALL:
            await apply_closed_payment(session, event)

    async def return_money(event: SellerOrderUnfulfillable) -> None:
        await app.payments.refund(
            ReturnMoney(
                payment_no=event.payment_no,
                refund_no=f"SO{event.seller_order_id}",
                reference=str(event.seller_order_id),
                amount_fen=Fen(event.amount_fen),
                reason="sold out after payment",
            )
        )

    async def count_sales(session: AsyncSession, event: OrderPaid) -> None:
        await record_sales(session, {Id(spu_id): units for spu_id, units in event.spu_quantities.items()})

    async def refresh_after_paid(event: OrderPaid) -> None:
        await refresh_sold_out(app, [Id(spu_id) for spu_id in event.spu_quantities])

    async def refresh_shelf(event: OrderPlaced | OrderClosed) -> None:
        await refresh_sold_out(app, [Id(spu_id) for spu_id in event.spu_ids])

    subscriptions.on(PaymentSucceeded, "order.apply_payment", on_paid)
    subscriptions.on(PaymentClosedUnpaid, "order.apply_closed_payment", on_payment_closed)
    subscriptions.on_call(SellerOrderUnfulfillable, "order.return_money", return_money)
    subscriptions.on(OrderPaid, "order.count_sales", count_sales)
    subscriptions.on_call(OrderPaid, "order.refresh_after_paid", refresh_after_paid)
    subscriptions.on_call(OrderPlaced, "order.refresh_after_placed", refresh_shelf)
    subscriptions.on_call(OrderClosed, "order.refresh_after_closed", refresh_shelf)
