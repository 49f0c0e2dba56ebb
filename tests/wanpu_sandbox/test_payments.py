"""What a wallet may do with a code, and who wins when paying and closing meet."""

import asyncio
from typing import Any

import pytest

from tests.wanpu_sandbox.bodies import PARTNER, partner_order
from tests.wanpu_sandbox.client import Control, Merchant


async def new_code(merchant: Merchant, sub_mchid: str, number: str, **changes: Any) -> str:
    body = partner_order(merchant.account, sub_mchid, number, **changes)
    answer = await merchant.post(f"{PARTNER}/native", body)
    assert answer.status == 200, answer.body
    return str(answer.json["code_url"])


async def test_paying_answers_the_documented_shape(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    code = await new_code(provider, subs[0], "T00000001")

    status, body = await control.pay(code)

    assert status == 200
    assert (body["wallet"], body["outcome"]) == ("wechat", "paid")
    (trade,) = body["trades"]
    assert trade["out_trade_no"] == "T00000001"
    assert trade["transaction_id"].startswith("42000")
    assert trade["state"] == "SUCCESS"


@pytest.mark.parametrize("outcome", ["refused", "insufficient"])
async def test_an_unsuccessful_attempt_leaves_the_order_open_and_tells_nobody(
    provider: Merchant, control: Control, subs: list[str], outcome: str
) -> None:
    code = await new_code(provider, subs[0], "T00000001")

    status, body = await control.pay(code, outcome)

    assert (status, body["outcome"]) == (200, outcome)
    assert [(trade["state"], trade["transaction_id"]) for trade in body["trades"]] == [("NOTPAY", None)]
    assert await control.notifications() == []
    assert (await control.pay(code))[0] == 200


async def test_an_unknown_code_is_not_found(control: Control) -> None:
    status, body = await control.pay("weixin://wxpay/bizpayurl?pr=000000000")

    assert status == 404
    assert set(body) == {"code", "message", "details", "request_id"}
    assert body["code"] == "sandbox.unknown_content"


async def test_a_paid_code_cannot_be_paid_again(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    code = await new_code(provider, subs[0], "T00000001")
    _, first = await control.pay(code)

    status, body = await control.pay(code)

    assert (status, body["code"]) == (409, "wallet.already_paid")
    (trade,) = await control.trades()
    assert trade["transaction_id"] == first["trades"][0]["transaction_id"]
    assert len(await control.notifications()) == 1


async def test_a_code_dies_after_two_hours_and_the_order_does_not(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    code = await new_code(provider, subs[0], "T00000001")
    await control.advance(2 * 3600 - 5)
    assert (await control.pay(code, "refused"))[0] == 200

    await control.advance(6)

    status, body = await control.pay(code)
    assert (status, body["code"]) == (409, "wallet.code_expired")
    fresh = await new_code(provider, subs[0], "T00000001")
    assert (await control.pay(fresh))[0] == 200


async def test_an_expired_order_cannot_be_paid(provider: Merchant, control: Control, subs: list[str]) -> None:
    code = await new_code(provider, subs[0], "T00000001", time_expire="2020-01-01T00:00:00+08:00")
    await control.advance(61)

    status, body = await control.pay(code)

    assert (status, body["code"]) == (409, "wallet.order_expired")
    assert await control.notifications() == []


async def test_a_second_buyer_is_refused(provider: Merchant, control: Control, subs: list[str]) -> None:
    code = await new_code(provider, subs[0], "T00000001")
    await control.pay(code, "refused", buyer="first")

    status, body = await control.pay(code, buyer="second")

    assert (status, body["code"]) == (409, "wallet.other_buyer")
    assert (await control.pay(code, buyer="first"))[0] == 200


async def test_two_buyers_have_two_openids(provider: Merchant, control: Control, subs: list[str]) -> None:
    openids: list[str] = []
    for buyer in ("first", "second", "first"):
        number = f"T0000000{len(openids)}"
        await control.pay(await new_code(provider, subs[0], number), buyer=buyer)
        query = f"?sp_mchid={provider.account.mchid}&sub_mchid={subs[0]}"
        shown = await provider.get(f"{PARTNER}/out-trade-no/{number}{query}")
        openids.append(shown.json["payer"]["sp_openid"])

    assert openids[0] == openids[2] != openids[1]


async def test_many_payments_of_one_code_at_once_pay_once(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    code = await new_code(provider, subs[0], "T00000001")

    results = await asyncio.gather(*(control.pay(code) for _ in range(30)))

    assert sorted(status for status, _ in results) == [200] + [409] * 29
    assert len(await control.notifications()) == 1


async def test_either_paying_or_closing_wins(provider: Merchant, control: Control, subs: list[str]) -> None:
    closing = {"sp_mchid": provider.account.mchid, "sub_mchid": subs[0]}

    for index in range(20):
        number = f"T000000{index:02d}"
        code = await new_code(provider, subs[0], number)
        close = provider.post(f"{PARTNER}/out-trade-no/{number}/close", closing)
        racers = (close, control.pay(code)) if index % 2 else (control.pay(code), close)
        first, second = await asyncio.gather(*racers)
        closed, paid = (first, second) if index % 2 else (second, first)

        (trade,) = await control.trades(number)
        if paid[0] == 200:
            assert (closed.status, closed.code, trade["state"]) == (400, "ORDERPAID", "SUCCESS")
        else:
            assert (paid[0], paid[1]["code"]) == (409, "wallet.order_closed")
            assert (closed.status, trade["state"], trade["transaction_id"]) == (204, "CLOSED", None)
