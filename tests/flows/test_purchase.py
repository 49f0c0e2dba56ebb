"""The whole purchase with real parts: from registering to paid seller orders, and every other ending."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tests.flows.town import Town, until
from wanpu.kernel.ids import owner_of
from wanpu.order.models import CartItem
from wanpu.payment.models import Payment, PaymentAttempt, PaymentPart
from wanpu.payment.states import AttemptStatus

pytestmark = pytest.mark.timeout(240)


@pytest.mark.requirement("S2-040", "S3-014", "S3-110", "S2-054")
async def test_goods_of_two_merchants_are_ordered_scanned_once_and_paid_with_a_transaction_each(
    town: Town,
) -> None:
    shopper = await town.register()
    cup = await town.make_goods(price_fen=1990, stock=8, shop=0)
    pen = await town.make_goods(price_fen=550, stock=8, shop=1)
    assert (await shopper.put_into_cart(cup, 2)).status == 201
    cart = (await shopper.put_into_cart(pen, 1)).body
    assert [len(group["items"]) for group in cart["merchants"]] == [1, 1]

    preview = (await shopper.preview_cart([cup, pen])).body
    placed = await shopper.order_cart([cup, pen], preview["pay_fen"])
    order = placed.body
    payment = await shopper.pay(order)
    scanned = await town.wallet.scan(payment)
    paid = await shopper.wait_for(order, "to_ship")

    assert (placed.status, preview["pay_fen"], order["pay_fen"]) == (201, 4530, 4530)
    assert payment["action"]["type"] == "qr_code"
    assert payment["action"]["content"].startswith("weixin://")
    assert (scanned.status, scanned.body["outcome"]) == (200, "paid")
    by_amount = {trade["total_fen"]: trade["transaction_id"] for trade in scanned.body["trades"]}
    assert len(set(by_amount.values())) == 2
    assert {s["pay_fen"]: s["wx_transaction_id"] for s in paid["seller_orders"]} == by_amount
    assert [s["status_name"] for s in paid["seller_orders"]] == ["to_ship", "to_ship"]
    assert [step["event"] for step in paid["timeline"]] == ["placed", "paid"]
    assert (await shopper.see_payment(payment))["status"] == "paid"
    assert (await town.stock_of(cup), await town.stock_of(pen)) == ((6, 0, 2), (7, 0, 1))
    assert (await shopper.http.get("/store/v1/cart")).body["merchants"] == []
    await require_payment_on_record(town, order, payment, by_amount)
    audit = town.mall.run("audit", "--json")
    assert (audit.returncode, json.loads(audit.stdout)["broken"]) == (0, 0), audit.stderr


async def require_payment_on_record(
    town: Town, order: dict[str, Any], payment: dict[str, Any], transactions: dict[int, str]
) -> None:
    """支付信息: order, buyer, platform, the channel's numbers and state, amounts and times."""
    async with town.services.db.reading() as session:
        kept = (
            await session.execute(select(Payment).where(Payment.payment_no == payment["payment_no"]))
        ).scalar_one()
        attempt = (
            await session.execute(select(PaymentAttempt).where(PaymentAttempt.payment_id == kept.id))
        ).scalar_one()
        parts = (
            (await session.execute(select(PaymentPart).where(PaymentPart.attempt_id == attempt.id)))
            .scalars()
            .all()
        )
    assert kept.buyer_ref == str(owner_of(int(order["order_id"])))
    assert (kept.status, kept.amount_fen, attempt.method) == ("paid", 4530, "wechatpay.native")
    assert (attempt.status, attempt.amount_fen) == ("paid", 4530)
    assert {part.amount_fen: part.channel_payment_no for part in parts} == transactions
    assert {part.reference for part in parts} == {s["seller_order_id"] for s in order["seller_orders"]}
    assert kept.created_at <= attempt.asked_at
    assert kept.paid_at == attempt.paid_at


@pytest.mark.requirement("S0-106")
async def test_the_pay_link_leads_to_a_cashier_whose_code_is_the_channels_own(town: Town) -> None:
    [shopper] = await town.invite(1)
    order = await shopper.order({await town.make_goods(): 1}, 100)

    opened = await town.nobody.get(order["cashier_url"])
    cashier = opened.headers["Location"]
    started = await town.nobody.send(
        "POST",
        f"{cashier}/attempts",
        raw=b"method=wechatpay.native",
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
    )
    payment = await shopper.pay(order)
    page = await town.nobody.get(cashier)
    [trade] = await town.wallet.trades_of(await town.attempt_no_of(payment))
    await town.wallet.scan(payment)

    assert (opened.status, started.status, started.body["scene"]) == (303, 201, "paying")
    assert payment["action"]["content"] == trade["content"]
    assert b"<svg" in page.body

    async def is_paid() -> bool:
        return bool((await town.nobody.get(f"{cashier}/state")).body["scene"] == "paid")

    await until(is_paid)


@pytest.mark.requirement("S2-036")
async def test_one_merchants_order_is_a_plain_payment_and_the_live_code_is_given_again(town: Town) -> None:
    [shopper] = await town.invite(1)
    cup = await town.make_goods(price_fen=700)
    order = await shopper.order({cup: 1}, 700)

    first = await shopper.pay(order)
    again = await shopper.pay(order)
    scanned = await town.wallet.scan(first)
    await shopper.wait_for(order, "to_ship")
    refused = await shopper.start_payment(order)

    assert (again["payment_no"], again["action"]) == (first["payment_no"], first["action"])
    [trade] = scanned.body["trades"]
    assert (trade["combine_out_trade_no"], trade["total_fen"], trade["profit_sharing"]) == (None, 700, True)
    assert refused.refusal == (409, "payment.already_paid")


async def test_a_buyer_who_refuses_in_the_wallet_may_still_pay_later(town: Town) -> None:
    [shopper] = await town.invite(1)
    cup = await town.make_goods()
    order = await shopper.order({cup: 1}, 100)
    payment = await shopper.pay(order)

    for outcome in ("refused", "insufficient"):
        assert (await town.wallet.scan(payment, outcome)).body["outcome"] == outcome
    assert (await shopper.see(order))["status_name"] == "to_pay"
    await town.wallet.scan(payment)

    assert (await shopper.wait_for(order, "to_ship"))["pay_fen"] == 100


async def test_a_cancelled_order_is_closed_at_the_channel_too_and_its_code_pays_nothing(town: Town) -> None:
    [shopper] = await town.invite(1)
    cup = await town.make_goods(stock=3)
    order = await shopper.order({cup: 2}, 200)
    payment = await shopper.pay(order)

    cancelled = await shopper.cancel(order)
    scanned = await town.wallet.scan(payment)

    assert (cancelled.status, cancelled.body["status"]) == (200, 6)
    assert scanned.status == 409
    assert (await shopper.see(order))["status_name"] == "closed"
    assert (await shopper.see_payment(payment))["status"] == "closed"
    assert (await shopper.start_payment(order)).refusal == (409, "order.not_payable")
    assert await town.stock_of(cup) == (3, 0, 0)


async def test_a_cancel_without_an_answer_of_the_channel_is_accepted_and_finished_later(town: Town) -> None:
    [shopper] = await town.invite(1)
    cup = await town.make_goods(stock=3)
    order = await shopper.order({cup: 2}, 200)
    await shopper.pay(order)
    await town.wallet.play(
        answers=[{"kind": "status", "status": 500, "path": "/v3/", "processed": False, "times": None}]
    )

    cancelled = await shopper.cancel(order)

    assert (cancelled.status, cancelled.body["status"]) == (202, 1)
    assert (await shopper.see(order))["is_closing"] is True
    assert (await shopper.start_payment(order)).refusal == (409, "order.not_payable")
    await town.wallet.play_fair()
    assert (await shopper.wait_for(order, "closed"))["is_closing"] is False
    assert await town.stock_of(cup) == (3, 0, 0)


async def test_an_order_that_nobody_pays_in_time_is_closed_and_its_stock_comes_back(town: Town) -> None:
    [shopper] = await town.invite(1)
    cup = await town.make_goods(stock=3)
    begun, untouched = [await shopper.order({cup: 1}, 100) for _ in range(2)]
    payment = await shopper.pay(begun)

    for order in (begun, untouched):
        await town.make_due("order.close", order["order_id"])

    for order in (begun, untouched):
        await shopper.wait_for(order, "closed")
    assert (await town.wallet.scan(payment)).status == 409
    assert await town.stock_of(cup) == (3, 0, 0)


async def test_money_that_arrives_while_the_time_runs_out_keeps_the_order(town: Town) -> None:
    [shopper] = await town.invite(1)
    cup = await town.make_goods(stock=3)
    order = await shopper.order({cup: 1}, 100)
    payment = await shopper.pay(order)
    await town.wallet.play(notifications=[{"kind": "off", "times": None}])
    await town.wallet.scan(payment)

    await town.make_due("order.close", order["order_id"])

    assert (await shopper.wait_for(order, "to_ship"))["paid_at"] is not None
    assert await town.stock_of(cup) == (2, 0, 1)


async def test_a_code_is_paid_once_however_often_it_is_scanned(town: Town) -> None:
    [shopper] = await town.invite(1)
    cup = await town.make_goods(stock=3)
    order = await shopper.order({cup: 1}, 100)
    payment = await shopper.pay(order)
    await town.wallet.scan(payment)

    again = await town.wallet.scan(payment)

    assert again.status == 409
    await shopper.wait_for(order, "to_ship")
    assert await town.stock_of(cup) == (2, 0, 1)


@pytest.mark.requirement("S2-032")
async def test_a_code_that_is_two_hours_old_gives_way_to_a_fresh_one_and_its_attempt_is_closed(
    town: Town,
) -> None:
    [shopper] = await town.invite(1)
    cup = await town.make_goods(stock=3)
    order = await shopper.order({cup: 1}, 100)
    old = await shopper.pay(order)
    attempt_no = await town.attempt_no_of(old)
    async with town.services.db.transaction() as session:
        await session.execute(
            update(PaymentAttempt)
            .where(PaymentAttempt.attempt_no == attempt_no)
            .values(action_expires_at=town.services.clock.now() - timedelta(seconds=1))
        )

    fresh = await shopper.pay(order)

    assert fresh["payment_no"] == old["payment_no"]
    assert fresh["action"]["content"] != old["action"]["content"]
    assert (await town.wallet.scan(old)).status == 409
    [trade] = await town.wallet.trades_of(attempt_no)
    assert trade["state"] == "CLOSED"
    await town.wallet.scan(fresh)
    await shopper.wait_for(order, "to_ship")
    async with town.services.db.reading() as session:
        status = await session.scalar(
            select(PaymentAttempt.status).where(PaymentAttempt.attempt_no == attempt_no)
        )
    assert status is AttemptStatus.CLOSED


async def test_a_lost_notification_is_made_good_by_the_active_query(town: Town) -> None:
    [shopper] = await town.invite(1)
    cup = await town.make_goods()
    order = await shopper.order({cup: 1}, 100)
    payment = await shopper.pay(order)
    await town.wallet.play(notifications=[{"kind": "off", "times": None}])
    await town.wallet.scan(payment)

    async def look() -> bool:
        return bool((await shopper.see_payment(payment))["status"] == "paid")

    await until(look)
    await shopper.wait_for(order, "to_ship")


async def test_the_cart_and_orders_survive_what_the_same_shopper_does_twice(town: Town) -> None:
    shopper = await town.register()
    cup = await town.make_goods()
    await shopper.put_into_cart(cup, 1)

    first = await shopper.order_cart([cup], 100, key="twice")
    again = await shopper.order_cart([cup], 100, key="twice")

    assert (first.status, again.status, again.body) == (201, 201, first.body)
    async with town.services.db.reading() as session:
        left = await session.scalar(select(func.count()).select_from(CartItem).where(CartItem.sku_id == cup))
    assert left == 0
