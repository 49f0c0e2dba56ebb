"""Money on attempts that had been given up: it is owned, listed and never lost; the order stays as it was."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from tests.flows.town import Town, until
from wanpu.infra.models import DueWork
from wanpu.payment.models import Payment, PaymentAttempt
from wanpu.payment.states import AttemptStatus, PaymentStatus

pytestmark = pytest.mark.timeout(240)


async def test_money_on_a_superseded_code_is_a_case_and_the_fresh_code_still_pays_the_order(
    town: Town,
) -> None:
    [shopper] = await town.invite(1)
    cup = await town.make_goods(stock=3)
    order = await shopper.order({cup: 1}, 100)
    old = await shopper.pay(order)
    attempt_no = await town.attempt_no_of(old)
    past = town.services.clock.now() - timedelta(seconds=1)
    async with town.services.db.transaction() as session:
        await session.execute(
            update(PaymentAttempt)
            .where(PaymentAttempt.attempt_no == attempt_no)
            .values(action_expires_at=past)
        )
    await town.wallet.play(
        answers=[
            {
                "kind": "status",
                "status": 500,
                "path": f"/v3/pay/partner/transactions/out-trade-no/{attempt_no}",
            }
            | {"processed": False, "times": None}
        ]
    )
    fresh = await shopper.pay(order)
    assert fresh["action"]["content"] != old["action"]["content"]

    assert (await town.wallet.scan(old)).status == 200

    async def look() -> bool:
        return bool(await town.exceptions_of(attempt_no))

    await until(look)
    [case] = await town.exceptions_of(attempt_no)
    assert (case.kind, case.state, case.amount_fen) == ("paid_on_superseded", "open", 100)
    assert (await shopper.see(order))["status_name"] == "to_pay"
    await town.wallet.play_fair()
    await town.wallet.scan(fresh)
    await shopper.wait_for(order, "to_ship")
    assert await town.stock_of(cup) == (2, 0, 1)
    audit = town.mall.run("audit")
    assert audit.returncode == 0, audit.stdout
    assert f"money_exception:{case.id}" in audit.stdout


async def test_money_on_an_attempt_that_the_channel_had_called_closed_is_a_case_and_the_order_stays_closed(
    town: Town,
) -> None:
    [shopper] = await town.invite(1)
    cup = await town.make_goods(stock=3)
    order = await shopper.order({cup: 1}, 100)
    payment = await shopper.pay(order)
    attempt_no = await town.attempt_no_of(payment)
    await pretend_the_channel_said_closed(town, payment["payment_no"], attempt_no)
    await town.make_due("order.close", order["order_id"])
    await shopper.wait_for(order, "closed")

    assert (await town.wallet.scan(payment)).status == 200

    async def look() -> bool:
        return bool(await town.exceptions_of(attempt_no))

    await until(look)
    [case] = await town.exceptions_of(attempt_no)
    assert (case.kind, case.state, case.amount_fen) == ("paid_after_close", "open", 100)
    assert (await shopper.see(order))["status_name"] == "closed"
    assert await town.stock_of(cup) == (3, 0, 0)
    report = await town.audit()
    assert report.broken == []
    assert f"money_exception:{case.id}" in {finding.subject for finding in report.listed}


async def pretend_the_channel_said_closed(town: Town, payment_no: str, attempt_no: str) -> None:
    """The rows as they stand after a channel proved an attempt unpaid, though its code still works there."""
    now = town.services.clock.now()
    await town.postpone("payment.query_attempt", attempt_no)
    async with town.services.db.transaction() as session:
        await session.execute(
            update(PaymentAttempt)
            .where(PaymentAttempt.attempt_no == attempt_no)
            .values(status=AttemptStatus.CLOSED, live_payment_id=None, closed_at=now)
        )
        await session.execute(
            update(Payment)
            .where(Payment.payment_no == payment_no)
            .values(status=PaymentStatus.CLOSED, closed_at=now, close_requested_at=now)
        )
        await session.execute(delete(DueWork).where(DueWork.ref == attempt_no))
