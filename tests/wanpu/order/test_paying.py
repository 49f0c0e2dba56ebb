"""Paying an order that stands: what the payment room is asked, when, and when it is not asked at all."""

from datetime import timedelta

import pytest
from tests.builders import make_merchant, make_spu
from tests.wanpu.order.checkout import (
    buying,
    make_buyer,
    payment_no_of,
    place,
    stock_of,
)
from tests.wanpu.order.conftest import Background
from tests.wanpu.order.scripted_payments import ScriptedPayments, paid

from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.order import OrderServices
from wanpu.order.errors import OrderNotFound, OrderNotPayable, PayLinkInvalid, SoldOut
from wanpu.order.service.closing import cancel_order
from wanpu.order.service.paying import find_payment, open_cashier, start_payment
from wanpu.payment import ChannelUnavailable, PaymentAlreadyPaid, PaymentNotFound, Share
from wanpu.product import StockStrategy

NATIVE = "wechatpay.native"


@pytest.mark.requirement("S3-012")
async def test_the_payment_room_is_asked_for_the_whole_order_with_one_share_per_seller_order(
    services: Services, orders: OrderServices, payments: ScriptedPayments, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    shared = await make_merchant(services, name="文具店", profit_share_rate_bp=500)
    plain = await make_merchant(services, name="茶具店", freight_fee_fen=600)
    pen = await make_spu(services, merchant_id=shared, title="钢笔", skus=[(1990, 8)])
    cup = await make_spu(services, merchant_id=plain, skus=[(500, 8)])
    order = await place(orders, buying(buyer, {pen.sku_ids[0]: 2, cup.sku_ids[0]: 1}, 5080))
    clock.advance(timedelta(minutes=28))

    view = await start_payment(
        orders, buyer.member_id, Id(int(order["order_id"])), NATIVE, client_ip="203.0.113.9"
    )

    [ask] = payments.created
    first, second = (seller["seller_order_id"] for seller in order["seller_orders"])
    assert ask.shares == (
        Share(
            str(shared),
            Fen(3980),
            profit_sharing=True,
            reference=first,
            payee_name="文具店",
            description="钢笔",
        ),
        Share(
            str(plain),
            Fen(1100),
            profit_sharing=False,
            reference=second,
            payee_name="茶具店",
            description="白瓷马克杯",
        ),
    )
    assert (ask.payment_no, ask.amount_fen, ask.method) == (
        await payment_no_of(services, order),
        5080,
        NATIVE,
    )
    assert ask.expires_at == clock.now() + timedelta(minutes=2)
    assert (ask.client_ip, ask.buyer_ref) == ("203.0.113.9", str(buyer.member_id))
    assert ask.subject == "钢笔 等 2 件"
    assert view.payment_no == ask.payment_no


@pytest.mark.requirement("S3-010")
async def test_the_channel_is_asked_after_the_order_stands_and_while_no_transaction_is_open(
    services: Services, orders: OrderServices, payments: ScriptedPayments
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 9)])
    order = await place(orders, buying(buyer, {spu.sku_ids[0]: 1}, 100))
    neighbours = []

    async def somebody_else_orders() -> None:
        neighbours.append(await place(orders, buying(await make_buyer(services), {spu.sku_ids[0]: 1}, 100)))

    payments.while_asked = somebody_else_orders
    await start_payment(orders, buyer.member_id, Id(int(order["order_id"])), NATIVE, client_ip=None)

    assert len(neighbours) == 1
    assert await stock_of(services, spu.sku_ids[0]) == (7, 2, 0)


async def test_a_channel_that_refuses_leaves_the_order_payable(
    services: Services, orders: OrderServices, payments: ScriptedPayments
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 9)])
    order = await place(orders, buying(buyer, {spu.sku_ids[0]: 1}, 100))
    payments.refusal = ChannelUnavailable()
    with pytest.raises(ChannelUnavailable):
        await start_payment(orders, buyer.member_id, Id(int(order["order_id"])), NATIVE, client_ip=None)
    payments.refusal = None

    view = await start_payment(orders, buyer.member_id, Id(int(order["order_id"])), NATIVE, client_ip=None)

    assert view.payment_no == await payment_no_of(services, order)


async def test_what_cannot_be_paid_is_refused_without_asking_the_payment_room(
    services: Services,
    orders: OrderServices,
    payments: ScriptedPayments,
    background: Background,
    clock: ManualClock,
) -> None:
    buyer, stranger = await make_buyer(services), await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 9)])
    cancelled, settled, standing = [
        await place(orders, buying(buyer, {spu.sku_ids[0]: 1}, 100)) for _ in range(3)
    ]
    await cancel_order(orders, buyer.member_id, Id(int(cancelled["order_id"])))
    await background.tell(paid(settled, await payment_no_of(services, settled), clock.now()))

    for member, order, refusal in (
        (buyer, cancelled, OrderNotPayable),
        (buyer, settled, PaymentAlreadyPaid),
        (stranger, standing, OrderNotFound),
    ):
        with pytest.raises(refusal):
            await start_payment(orders, member.member_id, Id(int(order["order_id"])), NATIVE, client_ip=None)
    assert payments.created == []


async def test_goods_of_strategy_two_are_checked_once_more_before_money_moves(
    services: Services,
    orders: OrderServices,
    payments: ScriptedPayments,
    background: Background,
    clock: ManualClock,
) -> None:
    spu = await make_spu(services, skus=[(100, 3)], strategy=StockStrategy.ON_PAYMENT)
    first, second = [buying(await make_buyer(services), {spu.sku_ids[0]: 2}, 200) for _ in range(2)]
    fast, slow = await place(orders, first), await place(orders, second)
    await background.tell(paid(fast, await payment_no_of(services, fast), clock.now()))

    with pytest.raises(SoldOut) as refusal:
        await start_payment(
            orders, second.choice.member_id, Id(int(slow["order_id"])), NATIVE, client_ip=None
        )

    assert refusal.value.details == {"skus": [{"sku_id": str(spu.sku_ids[0]), "wanted": 2, "left": 1}]}
    assert payments.created == []


async def test_a_member_sees_payments_of_own_orders_alone(services: Services, orders: OrderServices) -> None:
    buyer, stranger = await make_buyer(services), await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 9)])
    order = await place(orders, buying(buyer, {spu.sku_ids[0]: 1}, 100))
    payment_no = await payment_no_of(services, order)
    with pytest.raises(PaymentNotFound):
        await find_payment(orders, buyer.member_id, payment_no)
    await start_payment(orders, buyer.member_id, Id(int(order["order_id"])), NATIVE, client_ip=None)

    order_id, view = await find_payment(orders, buyer.member_id, payment_no)

    assert (str(order_id), view.payment_no) == (order["order_id"], payment_no)
    for member_id, number in ((stranger.member_id, payment_no), (buyer.member_id, "P0")):
        with pytest.raises(OrderNotFound):
            await find_payment(orders, member_id, number)


async def test_the_pay_link_leads_whoever_holds_it_to_the_cashier_without_choosing_a_method(
    services: Services, orders: OrderServices, payments: ScriptedPayments
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 9)])
    first, second = [await place(orders, buying(buyer, {spu.sku_ids[0]: 1}, 100)) for _ in range(2)]
    proof = first["cashier_url"].partition("?t=")[2]

    url = await open_cashier(orders, first["order_no"], proof, client_ip=None)

    [ask] = payments.created
    assert (ask.method, url) == (None, f"/cashier/{ask.payment_no}")
    for order_no, given in ((second["order_no"], proof), (first["order_no"], ""), ("20260101", proof)):
        with pytest.raises(PayLinkInvalid):
            await open_cashier(orders, order_no, given, client_ip=None)
    assert len(payments.created) == 1


async def test_the_pay_link_of_a_paid_order_still_shows_its_payment(
    services: Services,
    orders: OrderServices,
    payments: ScriptedPayments,
    background: Background,
    clock: ManualClock,
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 9)])
    order = await place(orders, buying(buyer, {spu.sku_ids[0]: 1}, 100))
    proof = order["cashier_url"].partition("?t=")[2]
    url = await open_cashier(orders, order["order_no"], proof, client_ip=None)
    await background.tell(paid(order, await payment_no_of(services, order), clock.now()))

    assert await open_cashier(orders, order["order_no"], proof, client_ip=None) == url
    assert len(payments.created) == 1
