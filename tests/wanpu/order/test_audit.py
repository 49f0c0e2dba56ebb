"""The audit of orders and stock: it names what a hand in the database broke, and sound books say nothing."""

import contextlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, update
from sqlalchemy.exc import DBAPIError
from tests.builders import make_merchant, make_spu
from tests.wanpu.order.checkout import buying, make_buyer, payment_no_of, place, rows_of
from tests.wanpu.order.conftest import Background
from tests.wanpu.order.scripted_payments import paid

from wanpu.infra.services import Services
from wanpu.infra.tables import table_of
from wanpu.kernel.audit import Finding
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.order import OrderServices, audit_orders
from wanpu.order.models import Order, OrderItem, OrderLog, SellerOrder
from wanpu.order.service.closing import cancel_order
from wanpu.order.states import OrderStatus, SellerOrderStatus
from wanpu.product import StockMove, StockStrategy, audit_stock
from wanpu.product.models import SkuStock, StockJournal

ORDER, SELLER, ITEM, LOG, STOCK, JOURNAL = (
    table_of(model) for model in (Order, SellerOrder, OrderItem, OrderLog, SkuStock, StockJournal)
)


class _Undo(Exception):
    """Rolls a transaction back."""


@dataclass(frozen=True)
class Books:
    """An unpaid, a paid and a closed order; ids as the audit writes them."""

    services: Services
    unpaid: dict[str, Any]
    paid: dict[str, Any]
    closed: dict[str, Any]
    sku_id: Id
    later_paid_sku_id: Id

    async def audit(self, *broken_by: Any) -> list[Finding]:
        """What the audit finds once these statements have changed rows as no code of ours would; the
        rows are whole again afterwards."""
        findings: list[Finding] = []
        with contextlib.suppress(_Undo):
            async with self.services.db.transaction() as session:
                for statement in broken_by:
                    await session.execute(statement)
                findings += [*await audit_orders(session), *await audit_stock(session)]
                raise _Undo
        return sorted(findings)

    async def named(self, *broken_by: Any) -> set[tuple[str, str]]:
        """Rule and subject of everything that the audit finds then."""
        return {(finding.rule, finding.subject) for finding in await self.audit(*broken_by)}


def order_id(order: dict[str, Any]) -> int:
    return int(order["order_id"])


def seller_id(order: dict[str, Any], at: int = 0) -> int:
    return int(order["seller_orders"][at]["seller_order_id"])


def item_id(order: dict[str, Any], at: int = 0) -> int:
    return int(order["seller_orders"][at]["items"][0]["order_item_id"])


@pytest.fixture
async def books(
    services: Services, orders: OrderServices, background: Background, clock: ManualClock
) -> Books:
    buyer = await make_buyer(services)
    first, second = [await make_merchant(services, freight_fee_fen=30) for _ in range(2)]
    spu = await make_spu(services, merchant_id=first, skus=[(100, 20)])
    later = await make_spu(services, merchant_id=second, skus=[(50, 20)], strategy=StockStrategy.ON_PAYMENT)
    wanted = {spu.sku_ids[0]: 2, later.sku_ids[0]: 3}
    unpaid, settled, closed = [await place(orders, buying(buyer, wanted, 200 + 150 + 60)) for _ in range(3)]
    clock.advance(timedelta(minutes=1))
    await background.tell(paid(settled, await payment_no_of(services, settled), clock.now()))
    await cancel_order(orders, buyer.member_id, Id(order_id(closed)))
    return Books(services, unpaid, settled, closed, spu.sku_ids[0], later.sku_ids[0])


async def test_sound_books_say_nothing(books: Books) -> None:
    assert await books.audit() == []


async def test_an_empty_database_says_nothing(services: Services) -> None:
    async with services.db.snapshot() as session:
        assert [*await audit_orders(session), *await audit_stock(session)] == []


async def test_money_that_does_not_add_up_is_named(books: Books) -> None:
    order = ("M1", f"order {order_id(books.unpaid)}")
    first, second = (("M1", f"seller order {seller_id(books.paid, at)}") for at in (0, 1))
    item = ("M1", f"order item {item_id(books.paid, 1)}")
    parent = ("M1", f"order {order_id(books.paid)}")

    async def after(table: Table, row_id: int, **changes: Any) -> set[tuple[str, str]]:
        return await books.named(update(table).where(table.c.id == row_id).values(**changes))

    for column in ("pay_fee", "shipping_fee", "total_fee", "discount_fee"):
        raised = {column: ORDER.c[column] + 1}
        assert await after(ORDER, order_id(books.unpaid), **raised) == {order}, column
    for column, also in (
        ("pay_fee", {parent}),
        ("total_fee", {parent}),
        ("shipping_fee", {parent}),
        ("item_total_fee", set()),
        ("discount_fee", set()),
    ):
        raised = {column: SELLER.c[column] + 1}
        assert await after(SELLER, seller_id(books.paid), **raised) == {first} | also, column
    for column, found in (("pay_fee", {second}), ("total_fee", {second, item}), ("origin_price", {item})):
        lowered = {column: ITEM.c[column] - 1}
        assert await after(ITEM, item_id(books.paid, 1), **lowered) == found, column
    assert await after(ITEM, item_id(books.paid), quantity=1) == {
        (rule, f"order item {item_id(books.paid)}") for rule in ("M1", "S2")
    }


async def test_rows_that_are_gone_are_missed(books: Books) -> None:
    unpaid = order_id(books.unpaid)

    assert await books.named(delete(SELLER).where(SELLER.c.id == seller_id(books.unpaid, 1))) == {
        ("M1", f"order {unpaid}"),
        ("S2", f"order item {item_id(books.unpaid, 1)}"),
    }
    assert await books.named(delete(ITEM).where(ITEM.c.id == item_id(books.paid))) == {
        ("M1", f"seller order {seller_id(books.paid)}"),
        ("S2", f"order item {item_id(books.paid)}"),
    }
    assert ("M1", f"order {unpaid}") in await books.named(delete(SELLER).where(SELLER.c.order_id == unpaid))
    assert await books.named(delete(ORDER).where(ORDER.c.id == unpaid)) == {
        ("T3", f"seller order {seller_id(books.unpaid, at)}") for at in (0, 1)
    }


async def test_rows_that_were_given_to_another_member_or_merchant_are_named(books: Books) -> None:
    unpaid = order_id(books.unpaid)

    moved = update(ORDER).where(ORDER.c.id == unpaid).values(wx_user_id=ORDER.c.wx_user_id + 1)
    assert await books.named(moved) == {
        ("T3", f"order {unpaid}"),
        *(("T3", f"seller order {seller_id(books.unpaid, at)}") for at in (0, 1)),
    }
    seller = seller_id(books.unpaid)
    moved = update(SELLER).where(SELLER.c.id == seller).values(merchant_id=SELLER.c.merchant_id + 999)
    assert await books.named(moved) == {("T3", f"seller order {seller}")}


async def test_a_status_that_was_set_by_hand_is_named(books: Books) -> None:
    unpaid, paid_id = order_id(books.unpaid), order_id(books.paid)
    own = {("T1", f"order {unpaid}")}

    for status, wrong in ((OrderStatus.TO_SHIP, 3), (OrderStatus.CLOSED, 2)):
        findings = await books.audit(update(ORDER).where(ORDER.c.id == unpaid).values(status=status))
        assert {(f.rule, f.subject) for f in findings} == own
        assert len(findings) == wrong
    children = update(SELLER).where(SELLER.c.order_id == unpaid).values(status=SellerOrderStatus.TO_SHIP)
    assert await books.named(children) == own | {
        ("S2", f"order item {item_id(books.unpaid, at)}") for at in (0, 1)
    }
    closed = order_id(books.closed)
    last_step = delete(LOG).where(LOG.c.order_id == closed, LOG.c.event == "closed")
    assert await books.named(last_step) == {("T1", f"order {closed}")}
    now = books.services.clock.now()
    assert await books.named(update(ORDER).where(ORDER.c.id == unpaid).values(paid_at=now)) == own
    assert await books.named(update(ORDER).where(ORDER.c.id == paid_id).values(paid_at=None)) == {
        ("T1", f"order {paid_id}")
    }


async def test_stock_that_its_journal_does_not_give_is_named(books: Books) -> None:
    own = {("S1", f"sku {books.sku_id}")}

    for column in ("available", "held", "sold"):
        raised = update(STOCK).where(STOCK.c.sku_id == books.sku_id).values({column: STOCK.c[column] + 1})
        [finding] = await books.audit(raised)
        assert {(finding.rule, finding.subject)} == own
        assert finding.problem.startswith(f"{column} is ")
    gone = delete(STOCK).where(STOCK.c.sku_id == books.later_paid_sku_id)
    assert await books.named(gone) == {("S1", f"sku {books.later_paid_sku_id}")}
    line = str(item_id(books.paid))
    unsold = delete(JOURNAL).where(JOURNAL.c.ref == line, JOURNAL.c.move == StockMove.SOLD_HELD)
    assert await books.named(unsold) == own | {("S2", f"order item {line}")}


async def test_a_line_that_moved_more_or_other_stock_than_its_status_says_is_named(books: Books) -> None:
    closed_line, unpaid_line = str(item_id(books.closed)), item_id(books.unpaid)
    [released] = [
        row
        for row in await rows_of(books.services, StockJournal)
        if row["ref"] == closed_line and row["move"] is StockMove.RELEASED
    ]
    again = {name: value for name, value in released.items() if name != "id"} | {"sku_id": 1}

    assert await books.named(insert(JOURNAL).values(**again)) == {
        ("S1", "sku 1"),
        ("S2", f"order item {closed_line}"),
    }
    other = update(ITEM).where(ITEM.c.id == unpaid_line).values(stock_strategy=StockStrategy.ON_PAYMENT)
    assert await books.named(other) == {("S2", f"order item {unpaid_line}")}


@pytest.mark.requirement("S2-005")
async def test_the_database_itself_refuses_what_must_never_be(books: Books) -> None:
    taken = {row["id"]: row for row in await rows_of(books.services, Order)}
    unpaid, settled = order_id(books.unpaid), taken[order_id(books.paid)]
    impossible = [
        *(update(STOCK).values({column: -1}) for column in ("available", "held", "sold")),
        update(ITEM).values(quantity=0),
        update(SELLER).values(pay_fee=-1),
        update(ORDER).where(ORDER.c.id == unpaid).values(order_no=settled["order_no"]),
        update(ORDER).where(ORDER.c.id == unpaid).values(payment_no=settled["payment_no"]),
    ]

    for statement in impossible:
        with pytest.raises(DBAPIError):
            await books.audit(statement)

    assert await books.audit() == []
