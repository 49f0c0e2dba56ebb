"""Combined orders (合单): sizes, books, one fate for all sub-orders, unseen by the plain endpoints."""

import re
from typing import Any

import pytest

from tests.wanpu_sandbox.bodies import (
    COMBINE,
    DIRECT,
    PARTNER,
    changed,
    combination,
    partner_order,
    sub_order,
)
from tests.wanpu_sandbox.client import Answer, Control, Merchant

CODE_URL = re.compile(r"weixin://pay\.weixin\.qq\.com/bizpayurl/up\?pr=[0-9A-Za-z]{9}&groupid=00")


def entries(merchant: Merchant, subs: list[str], count: int) -> list[dict[str, Any]]:
    """Sub-orders of 101, 102, … fen for the first sub-merchants."""
    return [
        sub_order(merchant.account.mchid, subs[i % len(subs)], f"S{i:07d}", 101 + i) for i in range(count)
    ]


async def create(merchant: Merchant, number: str, sub_orders: list[dict[str, Any]], **changes: Any) -> Answer:
    return await merchant.post(
        f"{COMBINE}/native", combination(merchant.account, number, sub_orders, **changes)
    )


async def query(merchant: Merchant, number: str) -> Answer:
    return await merchant.get(f"{COMBINE}/out-trade-no/{number}")


async def close(merchant: Merchant, number: str, sub_orders: list[dict[str, Any]], **changes: Any) -> Answer:
    listed = [
        {name: one[name] for name in ("mchid", "sub_mchid", "out_trade_no") if name in one}
        for one in sub_orders
    ]
    body = {"combine_appid": merchant.account.appid, "sub_orders": listed, **changes}
    return await merchant.post(f"{COMBINE}/out-trade-no/{number}/close", body)


async def test_a_combination_gets_one_code_url(provider: Merchant, subs: list[str]) -> None:
    answer = await create(provider, "C000000001", entries(provider, subs, 2))

    assert answer.status == 200
    assert CODE_URL.fullmatch(answer.json["code_url"])


async def test_an_unpaid_combination_lists_its_sub_orders(provider: Merchant, subs: list[str]) -> None:
    await create(
        provider,
        "C000000001",
        entries(provider, subs, 2),
        scene_info={"device_id": "POS1:1", "payer_client_ip": "203.0.113.7"},
    )

    answer = await query(provider, "C000000001")

    assert answer.json == {
        "combine_appid": provider.account.appid,
        "combine_mchid": provider.account.mchid,
        "combine_out_trade_no": "C000000001",
        "scene_info": {"device_id": "POS1:1"},
        "sub_orders": [
            {
                "mchid": provider.account.mchid,
                "sub_mchid": subs[i],
                "trade_state": "NOTPAY",
                "attach": "深圳分店",
                "amount": {"total_amount": 101 + i, "currency": "CNY"},
                "out_trade_no": f"S000000{i}",
            }
            for i in range(2)
        ],
    }


async def test_paying_gives_every_sub_order_a_transaction_of_its_own(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    code = (await create(provider, "C000000001", entries(provider, subs, 3))).json["code_url"]

    status, paid = await control.pay(code)

    assert status == 200
    shown = (await query(provider, "C000000001")).json
    numbers = [one["transaction_id"] for one in shown["sub_orders"]]
    assert len(set(numbers)) == 3
    assert [trade["transaction_id"] for trade in paid["trades"]] == numbers
    assert len(shown["combine_payer_info"]["openid"]) == 28
    assert shown["sub_orders"][2] == {
        "mchid": provider.account.mchid,
        "sub_mchid": subs[2],
        "trade_type": "NATIVE",
        "trade_state": "SUCCESS",
        "bank_type": "OTHERS",
        "attach": "深圳分店",
        "amount": {"total_amount": 103, "currency": "CNY", "payer_amount": 103, "payer_currency": "CNY"},
        "success_time": shown["sub_orders"][2]["success_time"],
        "transaction_id": numbers[2],
        "out_trade_no": "S0000002",
    }


@pytest.mark.parametrize(("count", "status"), [(1, 200), (50, 200), (51, 400)])
async def test_a_provider_combines_one_to_fifty_sub_orders(
    provider: Merchant, subs: list[str], count: int, status: int
) -> None:
    answer = await create(provider, "C000000001", entries(provider, subs, count))

    assert answer.status == status
    if status == 400:
        assert (answer.code, answer.json["detail"]["field"]) == ("PARAM_ERROR", "/sub_orders")


@pytest.mark.parametrize(("count", "status"), [(1, 400), (2, 200), (10, 200), (11, 400)])
async def test_a_direct_merchant_combines_two_to_ten_sub_orders(
    direct: Merchant, count: int, status: int
) -> None:
    sub_orders = [sub_order(direct.account.mchid, None, f"S{i:07d}") for i in range(count)]

    answer = await create(direct, "C000000001", sub_orders)

    assert answer.status == status
    if status == 400:
        assert (answer.code, answer.json["detail"]["field"]) == ("PARAM_ERROR", "/sub_orders")


async def test_direct_merchants_bound_to_the_appid_may_take_part(
    direct: Merchant, control: Control, sandbox: Any
) -> None:
    partners = sandbox.credentials["wechatpay"]["direct"]["combine_mchids"]
    sub_orders = [sub_order(mchid, None, "S0000001") for mchid in partners]

    answer = await create(direct, "C000000001", sub_orders)

    assert answer.status == 200
    assert {trade["mchid"] for trade in await control.trades()} == set(partners)


@pytest.mark.parametrize(
    ("pointer", "value", "status", "code"),
    [
        ("/combine_mchid", "1000000000", 400, "PARAM_ERROR"),
        ("/combine_appid", "wx0000000000000000", 400, "APPID_MCHID_NOT_MATCH"),
        ("/sub_orders/1/mchid", "1000000000", 400, "MCH_NOT_EXISTS"),
        ("/sub_orders/1/mchid", "direct", 400, "APPID_MCHID_NOT_MATCH"),
        ("/sub_orders/1/sub_mchid", ..., 400, "PARAM_ERROR"),
        ("/sub_orders/1/sub_mchid", "own", 400, "PARAM_ERROR"),
        ("/sub_orders/1/sub_mchid", "1000000000", 400, "MCH_NOT_EXISTS"),
        ("/sub_orders/1/sub_mchid", "direct", 403, "NOAUTH"),
        ("/sub_orders/1/sub_appid", "wx0000000000000000", 400, "APPID_MCHID_NOT_MATCH"),
        ("/sub_orders/1", "the first one again", 400, "PARAM_ERROR"),
        ("/sub_orders/1/amount/total_amount", 1_000_000_000, 400, "PARAM_ERROR"),
    ],
)
async def test_a_combination_of_strangers_is_refused_and_leaves_nothing(
    provider: Merchant,
    direct: Merchant,
    control: Control,
    subs: list[str],
    pointer: str,
    value: Any,
    status: int,
    code: str,
) -> None:
    body = combination(provider.account, "C000000001", entries(provider, subs, 2))
    named = {
        "own": provider.account.mchid,
        "direct": direct.account.mchid,
        "the first one again": body["sub_orders"][0],
    }
    value = named.get(value, value) if isinstance(value, str) else value

    answer = await provider.post(f"{COMBINE}/native", changed(body, pointer, value))

    assert (answer.status, answer.code) == (status, code)
    assert await control.trades() == []


async def test_a_direct_merchant_sends_no_sub_mchid(direct: Merchant, subs: list[str]) -> None:
    sub_orders = [sub_order(direct.account.mchid, subs[i], f"S000000{i}") for i in range(2)]

    answer = await create(direct, "C000000001", sub_orders)

    assert (answer.status, answer.code) == (400, "PARAM_ERROR")
    assert answer.json["detail"]["field"] == "/sub_orders/0/sub_mchid"


async def test_a_provider_outside_the_binding_of_a_direct_merchant_cannot_take_part(
    provider: Merchant, direct: Merchant
) -> None:
    sub_orders = [
        sub_order(direct.account.mchid, None, "S0000001"),
        sub_order(provider.account.mchid, None, "S0000002"),
    ]

    answer = await create(direct, "C000000001", sub_orders)

    assert (answer.status, answer.code) == (400, "APPID_MCHID_NOT_MATCH")


async def test_one_merchant_may_appear_several_times(provider: Merchant, subs: list[str]) -> None:
    sub_orders = [sub_order(provider.account.mchid, subs[0], f"S000000{i}") for i in range(3)]

    assert (await create(provider, "C000000001", sub_orders)).status == 200


async def test_the_same_number_lives_in_several_books(provider: Merchant, subs: list[str]) -> None:
    sub_orders = [sub_order(provider.account.mchid, subs[i], "S0000001") for i in range(2)]

    assert (await create(provider, "C000000001", sub_orders)).status == 200


async def test_a_sub_number_used_in_its_book_refuses_the_whole_combination(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    await provider.post(f"{PARTNER}/native", partner_order(provider.account, subs[1], "S0000001"))
    await create(provider, "C000000001", entries(provider, subs[2:], 1))

    for sub_orders in (
        entries(provider, subs, 2),
        [entries(provider, subs, 1)[0], entries(provider, subs[2:], 1)[0]],
    ):
        answer = await create(provider, "C000000002", sub_orders)

        assert (answer.status, answer.code) == (403, "OUT_TRADE_NO_USED")
    assert sorted(trade["out_trade_no"] for trade in await control.trades()) == ["S0000000", "S0000001"]
    assert (await query(provider, "C000000002")).code == "ORDER_NOT_EXIST"


async def test_a_number_of_a_combination_is_used_for_plain_orders_too(
    provider: Merchant, subs: list[str]
) -> None:
    await create(provider, "C000000001", entries(provider, subs, 2))

    answer = await provider.post(f"{PARTNER}/native", partner_order(provider.account, subs[0], "S0000000"))

    assert (answer.status, answer.code) == (403, "OUT_TRADE_NO_USED")


async def test_the_same_combination_again_renews_the_code(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    first = (await create(provider, "C000000001", entries(provider, subs, 2))).json["code_url"]
    second = (await create(provider, "C000000001", entries(provider, subs, 2))).json["code_url"]

    status, refusal = await control.pay(first)
    assert (status, refusal["code"]) == (409, "wallet.code_replaced")
    assert (await control.pay(second))[0] == 200


@pytest.mark.parametrize(
    ("pointer", "value", "message"),
    [
        ("/sub_orders/1/amount/total_amount", 103, "商户订单号重复"),
        ("/sub_orders/1", ..., "商户订单号重复"),
        ("/sub_orders/1/settle_info/profit_sharing", True, "重复下单且结算信息不一致"),
    ],
)
async def test_the_same_combination_number_with_other_content_is_refused(
    provider: Merchant, control: Control, subs: list[str], pointer: str, value: Any, message: str
) -> None:
    body = combination(provider.account, "C000000001", entries(provider, subs, 2))
    await provider.post(f"{COMBINE}/native", body)

    answer = await provider.post(f"{COMBINE}/native", changed(body, pointer, value))

    assert (answer.status, answer.code) == (403, "OUT_TRADE_NO_USED")
    assert answer.json["message"] == message
    assert [trade["total_fen"] for trade in await control.trades()] == [101, 102]
    assert not any(trade["profit_sharing"] for trade in await control.trades())


async def test_the_plain_endpoints_do_not_know_combined_numbers(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    code = (await create(provider, "C000000001", entries(provider, subs, 2))).json["code_url"]
    identity = f"sp_mchid={provider.account.mchid}&sub_mchid={subs[0]}"
    closing = {"sp_mchid": provider.account.mchid, "sub_mchid": subs[0]}

    answers = [
        await provider.get(f"{PARTNER}/out-trade-no/C000000001?{identity}"),
        await provider.get(f"{PARTNER}/out-trade-no/S0000000?{identity}"),
        await provider.get(f"{DIRECT}/out-trade-no/C000000001?mchid={provider.account.mchid}"),
        await provider.post(f"{PARTNER}/out-trade-no/C000000001/close", closing),
        await provider.post(f"{PARTNER}/out-trade-no/S0000000/close", closing),
    ]
    _, paid = await control.pay(code)
    transaction_id = paid["trades"][0]["transaction_id"]
    answers.append(await provider.get(f"{PARTNER}/id/{transaction_id}?{identity}"))

    assert [(answer.status, answer.code) for answer in answers] == [(404, "ORDER_NOT_EXIST")] * 6
    assert [trade["state"] for trade in await control.trades()] == ["SUCCESS", "SUCCESS"]


async def test_closing_closes_every_sub_order_and_may_be_repeated(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    sub_orders = entries(provider, subs, 2)
    code = (await create(provider, "C000000001", sub_orders)).json["code_url"]

    answers = [
        await close(provider, "C000000001", sub_orders),
        await close(provider, "C000000001", sub_orders[::-1]),
    ]

    assert [(answer.status, answer.body) for answer in answers] == [(204, b""), (204, b"")]
    states = [one["trade_state"] for one in (await query(provider, "C000000001")).json["sub_orders"]]
    assert states == ["CLOSED", "CLOSED"]
    assert (await control.pay(code))[0] == 409
    assert (await create(provider, "C000000001", sub_orders)).code == "ORDER_CLOSED"


async def test_closing_must_list_exactly_the_sub_orders_of_the_creation(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    sub_orders = entries(provider, subs, 3)
    await create(provider, "C000000001", sub_orders)
    stranger = sub_order(provider.account.mchid, subs[5], "S0000009")
    moved = {**sub_orders[2], "sub_mchid": subs[0]}

    for listed in (
        sub_orders[:2],
        [*sub_orders, stranger],
        [*sub_orders[:2], stranger],
        [*sub_orders[:2], moved],
        [*sub_orders[:2], sub_orders[0]],
    ):
        answer = await close(provider, "C000000001", listed)
        assert (answer.status, answer.code) == (400, "PARAM_ERROR")
    assert {trade["state"] for trade in await control.trades()} == {"NOTPAY"}


async def test_closing_a_combination_names_its_appid_and_number(
    provider: Merchant, direct: Merchant, subs: list[str]
) -> None:
    sub_orders = entries(provider, subs, 2)
    await create(provider, "C000000001", sub_orders)

    wrong_appid = await close(provider, "C000000001", sub_orders, combine_appid=direct.account.appid)
    unknown = await close(provider, "C000000002", sub_orders)
    others = await close(direct, "C000000001", sub_orders)

    assert (wrong_appid.status, wrong_appid.code) == (400, "APPID_MCHID_NOT_MATCH")
    assert (unknown.status, unknown.code) == (404, "ORDER_NOT_EXIST")
    assert (others.status, others.code) == (404, "ORDER_NOT_EXIST")


async def test_a_paid_combination_cannot_be_closed(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    sub_orders = entries(provider, subs, 2)
    code = (await create(provider, "C000000001", sub_orders)).json["code_url"]
    await control.pay(code)

    answer = await close(provider, "C000000001", sub_orders)

    assert (answer.status, answer.code) == (400, "ORDERPAID")
    assert (await create(provider, "C000000001", sub_orders)).code == "ORDERPAID"
    assert {trade["state"] for trade in await control.trades()} == {"SUCCESS"}


async def test_profit_sharing_is_kept_per_sub_order(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    sub_orders = entries(provider, subs, 2)
    sub_orders[1]["settle_info"] = {"profit_sharing": True, "subsidy_amount": 10}
    await create(provider, "C000000001", sub_orders)

    kept = {trade["out_trade_no"]: trade["profit_sharing"] for trade in await control.trades()}

    assert kept == {"S0000000": False, "S0000001": True}


async def test_another_initiator_does_not_see_the_combination(
    provider: Merchant, direct: Merchant, subs: list[str]
) -> None:
    await create(provider, "C000000001", entries(provider, subs, 2))

    answer = await query(direct, "C000000001")

    assert (answer.status, answer.code) == (404, "ORDER_NOT_EXIST")
