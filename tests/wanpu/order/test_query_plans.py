"""What the database is asked: look-ups by index, and as many statements for fifty orders as for one."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert
from tests.builders import make_merchant, make_spu
from tests.plans import analyze, plan_of
from tests.wanpu.order.checkout import buying, buying_cart, make_buyer

from wanpu.infra import idempotency
from wanpu.infra.database import Database
from wanpu.infra.models import IdempotencyKey
from wanpu.infra.services import Services
from wanpu.infra.tables import table_of
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id, owned_id
from wanpu.order import OrderServices, queries
from wanpu.order.models import Order
from wanpu.order.service.cart import AddToCart, add_to_cart
from wanpu.order.service.placing import Placed, place_orders
from wanpu.order.states import CartSource, OrderStatus

MEMBERS = 500
CHUNK = 5_000


@pytest.mark.parametrize(
    "many",
    [
        100_000,
        pytest.param(1_000_000, marks=[pytest.mark.long, pytest.mark.requirement("S2-006")]),
    ],
)
@pytest.mark.timeout(900)
async def test_orders_are_found_by_number_and_by_member_through_an_index(
    db: Database, clock: ManualClock, many: int
) -> None:
    await fill(db, clock, many)
    member_id, order_no = Id(7), _number(many // 2)
    placed_at = clock.now()

    async with db.reading() as session:
        plans = {
            "order_no": await plan_of(db, lambda: queries.find_order_by_number(session, order_no)),
            "payment_no": await plan_of(db, lambda: queries.find_order_of_payment(session, f"P{order_no}")),
            "member": await plan_of(
                db, lambda: queries.list_orders(session, member_id, status=None, before=None, limit=21)
            ),
            "member, later page": await plan_of(
                db,
                lambda: queries.list_orders(
                    session, member_id, status=None, before=(placed_at, Id(2**62)), limit=21
                ),
            ),
            "member and status": await plan_of(
                db,
                lambda: queries.list_orders(
                    session, member_id, status=OrderStatus.TO_PAY, before=None, limit=21
                ),
            ),
            "counts": await plan_of(db, lambda: queries.count_orders(session, member_id)),
        }

    for what, plan in plans.items():
        assert "uses an index" in plan, f"{what}: {plan}"


@pytest.mark.timeout(300)
async def test_used_keys_are_found_through_an_index_however_many_are_asked_for(
    db: Database, clock: ManualClock
) -> None:
    keys = table_of(IdempotencyKey)
    async with db.transaction() as session:
        for start in range(0, 20_000, CHUNK):
            rows = [
                idempotency.row_for(f"member:{n % 500}:orders", f"key-{n}", "f", 201, "{}", clock.now())
                for n in range(start, start + CHUNK)
            ]
            await session.execute(insert(keys), rows)
    await analyze(db, "idempotency_key")
    async with db.reading() as session:
        wanted = [(f"member:{n}:orders", f"key-{n}") for n in range(50)]
        plan = await plan_of(db, lambda: idempotency.find_many(session, wanted))

    assert "uses an index" in plan, plan


async def test_fifty_orders_in_a_batch_send_as_many_statements_as_one(
    services: Services, orders: OrderServices
) -> None:
    merchants = [await make_merchant(services) for _ in range(2)]
    spus = [await make_spu(services, merchant_id=m, skus=[(100, 500), (200, 500)]) for m in merchants]
    skus = [sku_id for spu in spus for sku_id in spu.sku_ids]
    buyers = [await make_buyer(services) for _ in range(51)]
    for buyer in buyers:
        await add_to_cart(orders, AddToCart(buyer.member_id, skus[0], 1, CartSource.LIST))
    warm_up = await orders.numbers.reserve(order=60, seller_order=250, order_item=250)
    orders.numbers.give_back(warm_up)

    def command(position: int) -> Any:
        if position % 2:
            return buying_cart(buyers[position], [skus[0]], 100)
        return buying(buyers[position], dict.fromkeys(skus, 1), 600)

    with counting(services.db) as alone:
        one, other = await place_orders(orders, [command(0), command(1)])
    with counting(services.db) as together:
        results = await place_orders(orders, [command(n) for n in range(2, 51)] + [command(50)])

    assert all(isinstance(result, Placed) for result in (one, other, *results[:-1]))
    assert together == alone
    assert sum(alone.values()) <= 20


@contextlib.contextmanager
def counting(db: Database) -> Iterator[Counter[str]]:
    """Statements by their first words, while the block runs."""
    sent: Counter[str] = Counter()

    def count_one(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        sent[" ".join(statement.split()[:4])] += 1

    engine = db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", count_one)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", count_one)


async def fill(db: Database, clock: ManualClock, many: int) -> None:
    """Orders of five hundred members, spread over time, half of them paid."""
    table = table_of(Order)
    for start in range(0, many, CHUNK):
        rows = [_row(number, clock) for number in range(start, min(start + CHUNK, many))]
        async with db.transaction() as session:
            await session.execute(insert(table), rows)
    await analyze(db, "order")


def _row(number: int, clock: ManualClock) -> dict[str, Any]:
    member_id = number % MEMBERS + 1
    at = clock.now() - timedelta(seconds=number)
    return {
        "id": owned_id(number + 1, member_id),
        "order_no": _number(number),
        "payment_no": f"P{_number(number)}",
        "wx_user_id": member_id,
        "status": OrderStatus.TO_PAY if number % 2 else OrderStatus.TO_SHIP,
        "total_fee": 100,
        "shipping_fee": 0,
        "discount_fee": 0,
        "pay_fee": 100,
        "should_paid_before": at,
        "created_at": at,
        "updated_at": at,
    }


def _number(number: int) -> str:
    return f"20261122{number:010d}"
