"""What a credited payment changes: once, seller order by seller order, and never a closed order."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from tests.builders import make_merchant, make_spu
from tests.wanpu.order.checkout import (
    buying,
    count,
    make_buyer,
    payment_no_of,
    place,
    require_sound_books,
    rows_of,
    statuses_of,
    steps_of,
    stock_of,
)
from tests.wanpu.order.conftest import Background
from tests.wanpu.order.scripted_payments import ScriptedPayments, paid

from wanpu.infra.models import DeadLetter, DueWork, OutboxEvent
from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.order import OrderServices
from wanpu.order.models import Order, SellerOrder
from wanpu.order.service.closing import cancel_order
from wanpu.order.service.settling import PaymentOfNobody, apply_payment
from wanpu.product import StockChange, StockMove, StockStrategy, lock_available, move_stock
from wanpu.product.models import SkuStock, Spu


async def published(services: Services, name: str) -> list[dict[str, Any]]:
    """The payloads of all events of a name."""
    async with services.db.reading() as session:
        found = await session.execute(
            select(OutboxEvent.payload).where(OutboxEvent.name == name).order_by(OutboxEvent.id)
        )
        return list(found.scalars())


async def take_away(services: Services, sku_id: Id, left: int) -> None:
    """Somebody else was faster: so many units are left, and the journal knows of the sale."""
    async with services.db.transaction() as session:
        available = await lock_available(session, [sku_id])
        sale = StockChange(sku_id, StockMove.SOLD, available[sku_id] - left, "somebody-else")
        await move_stock(session, [sale], now=services.clock.now())


@pytest.mark.requirement("S3-014", "S3-110")
async def test_a_credited_payment_marks_every_seller_order_paid_with_its_own_transaction(
    services: Services, orders: OrderServices, background: Background, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    spus = [await make_spu(services, skus=[(100, 5)]) for _ in range(2)]
    order = await place(orders, buying(buyer, {spu.sku_ids[0]: 2 for spu in spus}, 400))
    paid_at = clock.now() + timedelta(minutes=3)
    clock.advance(timedelta(minutes=4))

    await background.tell(paid(order, await payment_no_of(services, order), paid_at))

    assert await statuses_of(services, order) == (2, [2, 2])
    sellers = await rows_of(services, SellerOrder)
    assert [(row["wx_transaction_id"], row["paid_at"]) for row in sellers] == [
        (f"42000{row['id']}", paid_at) for row in sellers
    ]
    [row] = await rows_of(services, Order)
    assert (row["paid_at"], row["finished_at"]) == (paid_at, None)
    assert [await stock_of(services, spu.sku_ids[0]) for spu in spus] == [(3, 0, 2), (3, 0, 2)]
    assert await steps_of(services, order) == ["placed", "paid"]
    assert await rows_of(services, DueWork) == []
    await require_sound_books(services)


async def test_the_same_payment_told_again_changes_nothing(
    services: Services, orders: OrderServices, background: Background, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)])
    order = await place(orders, buying(buyer, {spu.sku_ids[0]: 2}, 200))
    success = paid(order, await payment_no_of(services, order), clock.now())
    await background.tell(success)
    before = [await rows_of(services, table) for table in (Order, SellerOrder, SkuStock)]
    clock.advance(timedelta(hours=1))

    await background.tell(success, success.model_copy(update={"paid_at": clock.now()}))

    assert [await rows_of(services, table) for table in (Order, SellerOrder, SkuStock)] == before
    assert await steps_of(services, order) == ["placed", "paid"]
    assert len(await published(services, "order.paid")) == 1
    assert await count(services, DeadLetter) == 0
    await background.deliver()
    async with services.db.reading() as session:
        assert (await session.execute(select(Spu.sales))).scalar_one() == 2


async def test_payments_applied_at_once_take_effect_once(
    services: Services, orders: OrderServices, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)], strategy=StockStrategy.ON_PAYMENT)
    order = await place(orders, buying(buyer, {spu.sku_ids[0]: 2}, 200))
    success = paid(order, await payment_no_of(services, order), clock.now())

    async def apply() -> None:
        async with services.db.transaction() as session:
            await apply_payment(session, success)

    await asyncio.gather(*(apply() for _ in range(8)))

    assert await stock_of(services, spu.sku_ids[0]) == (3, 0, 2)
    assert await steps_of(services, order) == ["placed", "paid"]
    await require_sound_books(services)


async def test_a_transaction_that_parts_share_is_no_seller_orders_own(
    services: Services, orders: OrderServices, background: Background, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    spus = [await make_spu(services, skus=[(100, 5)]) for _ in range(2)]
    order = await place(orders, buying(buyer, {spu.sku_ids[0]: 1 for spu in spus}, 200))
    success = paid(order, await payment_no_of(services, order), clock.now(), shares_transaction=True)

    await background.tell(success)

    assert await statuses_of(services, order) == (2, [2, 2])
    assert [row["wx_transaction_id"] for row in await rows_of(services, SellerOrder)] == [None, None]


async def test_a_payment_of_another_application_is_none_of_ours(
    services: Services, orders: OrderServices, background: Background, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)])
    order = await place(orders, buying(buyer, {spu.sku_ids[0]: 2}, 200))

    await background.tell(
        paid(order, await payment_no_of(services, order), clock.now(), app_code="another-shop")
    )

    assert await statuses_of(services, order) == (1, [1])
    assert await count(services, DeadLetter) == 0


async def test_paid_goods_that_are_gone_close_their_seller_order_alone_and_are_given_back_once(
    services: Services,
    orders: OrderServices,
    payments: ScriptedPayments,
    background: Background,
    clock: ManualClock,
) -> None:
    buyer = await make_buyer(services)
    first, second = [await make_merchant(services) for _ in range(2)]
    ships = await make_spu(services, merchant_id=first, skus=[(100, 5)])
    held = await make_spu(services, merchant_id=second, skus=[(200, 5)])
    gone = await make_spu(services, merchant_id=second, skus=[(300, 5)], strategy=StockStrategy.ON_PAYMENT)
    wanted = {ships.sku_ids[0]: 1, held.sku_ids[0]: 2, gone.sku_ids[0]: 3}
    order = await place(orders, buying(buyer, wanted, 1400))
    await take_away(services, gone.sku_ids[0], left=2)
    payment_no = await payment_no_of(services, order)
    success = paid(order, payment_no, clock.now())

    await background.tell(success)
    await background.tell(success)

    assert await statuses_of(services, order) == (2, [2, 6])
    assert await stock_of(services, ships.sku_ids[0]) == (4, 0, 1)
    assert await stock_of(services, held.sku_ids[0]) == (5, 0, 0)
    assert await stock_of(services, gone.sku_ids[0]) == (2, 0, 3)
    closed = order["seller_orders"][1]
    [refund] = payments.refunds
    assert (refund.payment_no, refund.amount_fen, refund.reference, refund.refund_no) == (
        payment_no,
        1300,
        closed["seller_order_id"],
        f"SO{closed['seller_order_id']}",
    )
    assert await steps_of(services, order) == ["placed", "paid", "unfulfillable"]
    [told] = await published(services, "order.paid")
    assert told["spu_quantities"] == {str(ships.spu_id): 1}
    rows = {row["id"]: row for row in await rows_of(services, SellerOrder)}
    assert rows[int(closed["seller_order_id"])]["paid_at"] == clock.now()


async def test_an_order_whose_paid_goods_are_all_gone_is_closed_and_all_of_it_is_given_back(
    services: Services,
    orders: OrderServices,
    payments: ScriptedPayments,
    background: Background,
    clock: ManualClock,
) -> None:
    buyer = await make_buyer(services)
    spus = [await make_spu(services, skus=[(100 * n, 5)], strategy=StockStrategy.ON_PAYMENT) for n in (1, 2)]
    order = await place(orders, buying(buyer, {spu.sku_ids[0]: 1 for spu in spus}, 300))
    for spu in spus:
        await take_away(services, spu.sku_ids[0], left=0)

    await background.tell(paid(order, await payment_no_of(services, order), clock.now()))

    assert await statuses_of(services, order) == (6, [6, 6])
    assert sorted(refund.amount_fen for refund in payments.refunds) == [100, 200]
    [row] = await rows_of(services, Order)
    assert (row["paid_at"], row["finished_at"]) == (clock.now(), clock.now())
    assert await rows_of(services, DueWork) == []


async def test_two_items_of_one_sku_pool_take_strategy_two_stock_in_the_order_of_payment(
    services: Services,
    orders: OrderServices,
    payments: ScriptedPayments,
    background: Background,
    clock: ManualClock,
) -> None:
    spu = await make_spu(services, skus=[(100, 3)], strategy=StockStrategy.ON_PAYMENT)
    placed = [
        await place(orders, buying(await make_buyer(services), {spu.sku_ids[0]: 2}, 200)) for _ in range(2)
    ]

    for order in reversed(placed):
        await background.tell(paid(order, await payment_no_of(services, order), clock.now()))

    assert [await statuses_of(services, order) for order in placed] == [(6, [6]), (2, [2])]
    assert await stock_of(services, spu.sku_ids[0]) == (1, 0, 2)
    assert [refund.reference for refund in payments.refunds] == [
        placed[0]["seller_orders"][0]["seller_order_id"]
    ]
    await require_sound_books(services)


async def test_a_lost_call_to_give_money_back_is_repeated_under_the_same_number(
    services: Services,
    orders: OrderServices,
    payments: ScriptedPayments,
    background: Background,
    clock: ManualClock,
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 1)], strategy=StockStrategy.ON_PAYMENT)
    order = await place(orders, buying(buyer, {spu.sku_ids[0]: 1}, 100))
    await take_away(services, spu.sku_ids[0], left=0)
    answers = iter([ConnectionResetError("no answer"), None])
    give_back = payments.refund

    async def lose_the_first_answer(ask: Any) -> None:
        await give_back(ask)
        if (lost := next(answers)) is not None:
            raise lost

    payments.refund = lose_the_first_answer  # type: ignore[method-assign]
    await background.tell(paid(order, await payment_no_of(services, order), clock.now()))
    clock.advance(timedelta(seconds=1))

    await background.deliver()
    await background.deliver()

    assert len(payments.refunds) == 2
    assert len({refund.refund_no for refund in payments.refunds}) == 1


async def test_money_for_a_closed_order_changes_nothing_and_waits_for_a_person(
    services: Services, orders: OrderServices, background: Background, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)])
    order = await place(orders, buying(buyer, {spu.sku_ids[0]: 2}, 200))
    await cancel_order(orders, buyer.member_id, Id(int(order["order_id"])))
    before = [await rows_of(services, table) for table in (Order, SellerOrder, SkuStock)]

    await background.tell(paid(order, await payment_no_of(services, order), clock.now()))
    for _ in range(10):
        clock.advance(timedelta(minutes=6))
        await background.deliver()

    assert [await rows_of(services, table) for table in (Order, SellerOrder, SkuStock)] == before
    [letter] = await rows_of(services, DeadLetter)
    assert (letter["handler"], letter["name"]) == ("order.apply_payment", "payment.succeeded")
    assert letter["attempts"] == 10


async def test_money_for_an_order_that_does_not_exist_is_refused(
    services: Services, orders: OrderServices, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)])
    order = await place(orders, buying(buyer, {spu.sku_ids[0]: 2}, 200))

    with pytest.raises(PaymentOfNobody):
        async with services.db.transaction() as session:
            await apply_payment(session, paid(order, "P-UNKNOWN", clock.now()))


async def test_one_transaction_id_marks_one_seller_order_in_the_whole_database(
    services: Services, orders: OrderServices, background: Background, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 5)])
    placed = [await place(orders, buying(buyer, {spu.sku_ids[0]: 1}, 100)) for _ in range(2)]
    await background.tell(paid(placed[0], await payment_no_of(services, placed[0]), clock.now()))

    with pytest.raises(IntegrityError):
        async with services.db.transaction() as session:
            await session.execute(
                update(SellerOrder)
                .values(wx_transaction_id="420001")
                .execution_options(synchronize_session=False)
            )


async def test_shown_sales_and_sold_out_marks_follow_the_orders(
    services: Services, orders: OrderServices, background: Background, clock: ManualClock
) -> None:
    buyer = await make_buyer(services)
    spu = await make_spu(services, skus=[(100, 2)])
    marks = []

    async def look() -> None:
        await background.deliver()
        async with services.db.reading() as session:
            row = (await session.execute(select(Spu).where(Spu.id == spu.spu_id))).scalar_one()
        marks.append((row.sales, row.is_sold_out))

    order = await place(orders, buying(buyer, {spu.sku_ids[0]: 2}, 200))
    await look()
    await cancel_order(orders, buyer.member_id, Id(int(order["order_id"])))
    await look()
    again = await place(orders, buying(buyer, {spu.sku_ids[0]: 2}, 200))
    await background.tell(paid(again, await payment_no_of(services, again), clock.now()))
    await look()

    assert marks == [(0, True), (0, False), (2, True)]
