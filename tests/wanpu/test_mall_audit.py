"""The audit across rooms: orders against credited money, events that wait for a person, and its verdict."""

import contextlib
from dataclasses import dataclass, fields
from typing import Any

import pytest
from sqlalchemy import delete, insert, update
from tests.builders import make_merchant, make_spu
from tests.wanpu.order.checkout import buying, make_buyer, payment_no_of, place
from tests.wanpu.order.scripted_payments import ScriptedPayments, paid

from wanpu.audit import Report, audit_everything, list_dead_letters, orders_match_payments
from wanpu.cli.upkeep import audit_database
from wanpu.infra.models import DeadLetter
from wanpu.infra.services import Services
from wanpu.infra.tables import table_of
from wanpu.kernel.audit import Finding, Severity
from wanpu.kernel.ids import Id
from wanpu.order import OrderNumbers, OrderServices
from wanpu.order.models import SellerOrder
from wanpu.order.service.settling import apply_payment
from wanpu.payment import add_pay_app
from wanpu.payment.models import Payment, PaymentAttempt, PaymentPart
from wanpu.payment.states import AttemptStatus, PaymentStatus
from wanpu.product.models import SkuStock

SELLER, PART, ATTEMPT = (table_of(model) for model in (SellerOrder, PaymentPart, PaymentAttempt))


class _Undo(Exception):
    """Rolls a transaction back."""


@dataclass(frozen=True)
class Paid:
    """An order of two merchants whose money was credited, and its seller orders' ids."""

    services: Services
    seller_ids: tuple[int, int]

    async def mismatches(self, *broken_by: Any) -> list[Finding]:
        """What orders and payments disagree on once these statements have run; they are undone."""
        findings: list[Finding] = []
        with contextlib.suppress(_Undo):
            async with self.services.db.transaction() as session:
                for statement in broken_by:
                    await session.execute(statement)
                findings += await orders_match_payments(session)
                raise _Undo
        return findings


@pytest.fixture
async def order(services: Services) -> Paid:
    shared = {field.name: getattr(services, field.name) for field in fields(Services)}
    numbers = OrderNumbers(services.serials, services.vault, services.tokens)
    orders = OrderServices(**shared, payments=ScriptedPayments(), numbers=numbers)
    app_id = await add_pay_app(services, code="mall", name="万铺商城")
    buyer = await make_buyer(services)
    spus = [
        await make_spu(services, merchant_id=await make_merchant(services), skus=[(100 * n, 5)])
        for n in (1, 2)
    ]
    placed = await place(orders, buying(buyer, {spu.sku_ids[0]: 1 for spu in spus}, 300))
    success = paid(placed, await payment_no_of(services, placed), services.clock.now())
    async with services.db.transaction() as session:
        await apply_payment(session, success)
        session.add_all(_credited_rows(app_id, success, services))
    sellers = [int(seller["seller_order_id"]) for seller in placed["seller_orders"]]
    return Paid(services, (sellers[0], sellers[1]))


def _credited_rows(app_id: Id, success: Any, services: Services) -> list[Any]:
    """The payment, its paid attempt and its parts as the payment room writes them."""
    now = services.clock.now()
    payment = Payment(
        id=Id(1),
        pay_app_id=app_id,
        payment_no=success.payment_no,
        buyer_ref="1",
        subject="杯",
        amount_fen=success.amount_fen,
        allocation=[],
        status=PaymentStatus.PAID,
        expires_at=now,
        paid_at=now,
    )
    attempt = PaymentAttempt(
        id=Id(1),
        payment_id=Id(1),
        attempt_no="A1",
        method=success.method,
        account_id=Id(1),
        amount_fen=success.amount_fen,
        description="杯",
        status=AttemptStatus.PAID,
        expires_at=now,
        asked_at=now,
        paid_at=now,
    )
    parts = [
        PaymentPart(
            id=Id(number),
            attempt_id=Id(1),
            payment_id=Id(1),
            seq=number,
            part_no=fact.part_no,
            merchant_ref=fact.merchant_ref,
            reference=fact.reference,
            amount_fen=fact.amount_fen,
            profit_sharing=False,
            channel_payment_no=fact.channel_payment_no,
        )
        for number, fact in enumerate(success.parts, start=1)
    ]
    return [payment, attempt, *parts]


async def test_orders_and_credited_money_that_agree_say_nothing(order: Paid) -> None:
    assert await order.mismatches() == []


async def test_a_paid_seller_order_whose_money_does_not_fit_is_named(order: Paid) -> None:
    first, _ = order.seller_ids
    subject = f"seller order {first}"
    part = PART.c.reference == str(first)

    async def named(*statements: Any) -> list[tuple[str, str, Severity]]:
        return [(f.rule, f.subject, f.severity) for f in await order.mismatches(*statements)]

    for wrong in (
        update(PART).where(part).values(amount_fen=99),
        update(SELLER).where(SELLER.c.id == first).values(pay_fee=99),
        update(PART).where(part).values(channel_payment_no="4200099"),
        update(SELLER).where(SELLER.c.id == first).values(wx_transaction_id="4200099"),
        delete(PART).where(part),
    ):
        assert await named(wrong) == [("M2", subject, Severity.BROKEN)], str(wrong)
    unpaid_attempt = update(ATTEMPT).values(status=AttemptStatus.OPEN)
    assert {subject for _, subject, _ in await named(unpaid_attempt)} == {
        f"seller order {seller_id}" for seller_id in order.seller_ids
    }


async def test_money_that_an_order_has_not_heard_of_yet_is_listed_and_breaks_nothing(order: Paid) -> None:
    _, second = order.seller_ids

    [finding] = await order.mismatches(update(SELLER).where(SELLER.c.id == second).values(paid_at=None))

    assert (finding.rule, finding.subject) == ("M2", f"seller order {second}")
    assert finding.severity is Severity.LISTED


async def test_an_event_that_nobody_could_take_is_listed_until_it_is_replayed(services: Services) -> None:
    now = services.clock.now()
    letter = {
        "event_id": 7,
        "handler": "order.apply_payment",
        "name": "payment.succeeded",
        "payload": {},
        "error": "PaymentOfNobody: P7",
        "attempts": 10,
        "created_at": now,
        "updated_at": now,
    }
    letters = table_of(DeadLetter)
    async with services.db.transaction() as session:
        await session.execute(insert(letters).values(**letter))
        await session.execute(insert(letters).values(**letter | {"event_id": 8, "replayed_at": now}))

    async with services.db.snapshot() as session:
        [finding] = await list_dead_letters(session)

    assert (finding.rule, finding.severity) == ("T6", Severity.LISTED)
    assert finding.problem == "order.apply_payment: PaymentOfNobody: P7"


async def test_the_verdict_fails_for_what_is_broken_and_not_for_what_is_listed(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    spu = await make_spu(services, skus=[(100, 5)])
    now = services.clock.now()
    async with services.db.transaction() as session:
        await session.execute(
            insert(table_of(DeadLetter)).values(
                event_id=7,
                handler="h",
                name="n",
                payload={},
                error="e",
                attempts=10,
                created_at=now,
                updated_at=now,
            )
        )
    listed_only = await audit_database(services.settings, as_json=False)
    shown = capsys.readouterr().out.splitlines()
    async with services.db.transaction() as session:
        await session.execute(update(table_of(SkuStock)).values(sold=1))

    report: Report = await audit_everything(services.db, services.vault)

    assert (listed_only, shown[-1]) == (0, f"wanpu: {report.checks} checks, 0 broken, 1 listed")
    assert [(f.rule, f.subject) for f in report.broken] == [("S1", f"sku {spu.sku_ids[0]}")]
    assert [f.rule for f in report.listed] == ["T6"]
    assert await audit_database(services.settings, as_json=True) == 1
    assert report.as_json()["broken"] == 1
