"""Notifications over HTTP from other processes: doubled, reordered, late, forged, tampered; one credit."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.flows.crowd import Ask, ask_at_once
from tests.flows.town import Shopper, Town, until
from wanpu.order.models import OrderLog
from wanpu.payment.models import (
    ChannelAccount,
    ChannelTransaction,
    LedgerEntry,
    Payment,
    PaymentNotification,
)

pytestmark = pytest.mark.timeout(240)

QUERY = "payment.query_attempt"
WITHHELD = [{"kind": "off", "times": None}]


async def unpaid(town: Town, *, price_fen: int = 100) -> tuple[Shopper, dict[str, Any], dict[str, Any]]:
    """A shopper, an order and its payment with a code to scan; nothing reports it before the test says so."""
    [shopper] = await town.invite(1)
    order = await shopper.order({await town.make_goods(price_fen=price_fen): 1}, price_fen)
    await town.wallet.play(notifications=WITHHELD)
    payment = await shopper.pay(order)
    await town.postpone(QUERY, await town.attempt_no_of(payment))
    return shopper, order, payment


async def scan(town: Town, payment: dict[str, Any]) -> dict[str, Any]:
    """Pay with the phone; the trade."""
    [trade] = (await town.wallet.scan(payment)).body["trades"]
    return dict(trade)


async def footprint(town: Town, payment: dict[str, Any], trade: dict[str, Any]) -> dict[str, int]:
    """What one payment has left in the books."""
    transaction = trade["transaction_id"]
    async with town.services.db.reading() as session:

        async def count(model: type[Any], *conditions: Any) -> int:
            return int(await session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0)

        return {
            "transactions": await count(
                ChannelTransaction, ChannelTransaction.channel_payment_no == transaction
            ),
            "entries": await count(LedgerEntry, LedgerEntry.ref.contains(transaction)),
            "paid payments": await count(
                Payment, Payment.payment_no == payment["payment_no"], Payment.paid_at.is_not(None)
            ),
            "paid steps": await count(
                OrderLog, OrderLog.order_id == int(payment["order_id"]), OrderLog.event == "paid"
            ),
        }


ONCE = {"transactions": 1, "entries": 1, "paid payments": 1, "paid steps": 1}
NOTHING = dict.fromkeys(ONCE, 0)


@pytest.mark.requirement("S3-013", "S2-044")
async def test_a_hundred_copies_of_a_notification_at_once_credit_once_and_all_are_acknowledged(
    town: Town,
) -> None:
    shopper, order, payment = await unpaid(town)
    trade = await scan(town, payment)
    notification = await town.wallet.notification_of(trade["out_trade_no"])
    await town.wallet.play_fair()

    sent = await asyncio.to_thread(ask_at_once, [town.wallet.sending(notification)] * 100)

    assert {(heard.status, heard.body["http_status"]) for heard in sent} == {(200, 200)}
    await shopper.wait_for(order, "to_ship")
    assert await footprint(town, payment, trade) == ONCE


async def test_the_raw_bytes_of_a_genuine_notification_played_again_change_nothing(town: Town) -> None:
    shopper, order, payment = await unpaid(town)
    await town.wallet.play_fair()
    trade = await scan(town, payment)
    await shopper.wait_for(order, "to_ship")

    async def stored() -> PaymentNotification | None:
        statement = select(PaymentNotification).where(PaymentNotification.attempt_no == trade["out_trade_no"])
        async with town.services.db.reading() as session:
            return (await session.execute(statement.limit(1))).scalar_one_or_none()

    raw: PaymentNotification = await until(stored)
    url = f"{town.mall.base_url}/notify/wechatpay/{raw.account_id}"
    headers = {name: str(value) for name, value in raw.headers.items() if name != "content-length"}
    heard = await asyncio.to_thread(
        ask_at_once, [Ask("POST", url, headers=headers, raw=raw.body.encode())] * 20
    )

    assert {one.status for one in heard} == {200}
    assert await footprint(town, payment, trade) == ONCE


async def test_notifications_of_two_orders_in_the_wrong_order_credit_each_its_own(town: Town) -> None:
    first_shopper, first_order, first = await unpaid(town, price_fen=111)
    second_shopper, second_order, second = await unpaid(town, price_fen=222)
    trades = [await scan(town, payment) for payment in (first, second)]
    notifications = [await town.wallet.notification_of(trade["out_trade_no"]) for trade in trades]
    await town.wallet.play_fair()

    for notification in reversed(notifications):
        assert (await town.wallet.send(notification)).body["http_status"] == 200

    for shopper, order, trade in (
        (first_shopper, first_order, trades[0]),
        (second_shopper, second_order, trades[1]),
    ):
        paid = await shopper.wait_for(order, "to_ship")
        assert paid["seller_orders"][0]["wx_transaction_id"] == trade["transaction_id"]


async def test_a_late_notification_of_a_payment_that_a_query_has_settled_is_acknowledged_and_changes_nothing(
    town: Town,
) -> None:
    shopper, order, payment = await unpaid(town)
    trade = await scan(town, payment)
    notification = await town.wallet.notification_of(trade["out_trade_no"])
    await town.make_due(QUERY, trade["out_trade_no"])
    await shopper.wait_for(order, "to_ship")
    before = await shopper.see(order)
    await town.wallet.play_fair()
    await town.wallet.advance(timedelta(hours=25))

    late = await town.wallet.send(notification)

    assert late.body["http_status"] == 200
    assert await shopper.see(order) == before
    assert await footprint(town, payment, trade) == ONCE


@pytest.mark.requirement("S2-041")
async def test_a_forged_notification_is_refused_and_settles_nothing(town: Town) -> None:
    _, _, payment = await unpaid(town)
    trade = {"transaction_id": "4200000000000000000000000000", "out_trade_no": ""}
    refusals = {}

    for forge in ("bad_signature", "no_signature", "unknown_serial", "old_timestamp", "other_account"):
        refusals[forge] = await town.wallet.forge(payment, forge)

    assert refusals == dict.fromkeys(refusals, 401)
    assert await footprint(town, payment, trade) == NOTHING
    measures = await town.nobody.get("/metrics")
    assert b"refused" in measures.body


@pytest.mark.requirement("S2-042")
async def test_a_genuine_signature_over_another_amount_credits_nothing_and_opens_a_case(town: Town) -> None:
    shopper, order, payment = await unpaid(town, price_fen=5000)
    trade = await scan(town, payment)
    notification = await town.wallet.notification_of(trade["out_trade_no"])
    await town.wallet.play(notifications=[tampering("amount.total", 1), *WITHHELD])

    sent = await town.wallet.send(notification)

    assert sent.body["alteration"] == "tamper:amount.total"
    [case] = await town.exceptions_of(trade["out_trade_no"])
    assert (case.kind, case.state, case.amount_fen, case.expected_fen) == ("amount_mismatch", "open", 1, 5000)
    assert (await shopper.see(order))["status_name"] == "to_pay"
    assert f"money_exception:{case.id}" in {finding.subject for finding in await town.listed()}
    await town.make_due(QUERY, trade["out_trade_no"])
    await shopper.wait_for(order, "to_ship")


async def test_a_genuine_signature_over_an_unknown_number_becomes_a_case_that_is_listed(town: Town) -> None:
    shopper, order, payment = await unpaid(town)
    trade = await scan(town, payment)
    notification = await town.wallet.notification_of(trade["out_trade_no"])
    unknown = f"X{trade['out_trade_no'][1:]}"
    await town.wallet.play(notifications=[tampering("out_trade_no", unknown), *WITHHELD])

    await town.wallet.send(notification)

    [case] = await town.exceptions_of(unknown)
    assert (case.kind, case.payment_id, case.amount_fen) == ("unknown_number", None, 100)
    assert (await shopper.see(order))["status_name"] == "to_pay"
    report = await town.audit()
    assert f"money_exception:{case.id}" in {finding.subject for finding in report.listed}
    assert report.broken == []
    await town.make_due(QUERY, trade["out_trade_no"])
    await shopper.wait_for(order, "to_ship")


async def test_what_is_no_notification_at_all_is_refused_without_a_word_about_why(town: Town) -> None:
    url = f"{town.mall.base_url}/notify/wechatpay/"
    async with town.services.db.reading() as session:
        account_id = str((await session.execute(select(ChannelAccount.id))).scalar_one())
    asks = [
        Ask("POST", url + account_id, raw=b""),
        Ask("POST", url + account_id, raw=b"{}"),
        Ask("POST", url + account_id, raw=b"\x00" * 1000),
        Ask("POST", url + "999999999", raw=b"{}"),
        Ask("POST", url + "x", raw=b"{}"),
        Ask("POST", f"{town.mall.base_url}/notify/nobody/{account_id}", raw=b"{}"),
        Ask("POST", url + account_id, raw=b"x" * 70_000),
    ]

    heard = await asyncio.to_thread(ask_at_once, asks)

    assert [one.status for one in heard] == [401, 401, 401, 404, 404, 404, 413]
    assert {str(one.body) for one in heard} == {str({"code": "FAIL", "message": "失败"})}


def tampering(field: str, value: Any) -> dict[str, Any]:
    """A trick: the next try carries another value under a genuine signature."""
    return {"kind": "tamper", "field": field, "value": value, "times": 1}
