"""Plain Native orders: identity, numbers, repeats, queries and closes, in both modes."""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.wanpu_sandbox.bodies import COMBINE, DIRECT, PARTNER, changed, direct_order, partner_order
from tests.wanpu_sandbox.client import Answer, Control, Merchant
from wanpu_wire.wechatpay.times import format_time, parse_time

CODE_URL = re.compile(r"weixin://wxpay/bizpayurl\?pr=[0-9A-Za-z]{9}")


async def create(merchant: Merchant, sub_mchid: str, number: str, **changes: Any) -> Answer:
    return await merchant.post(
        f"{PARTNER}/native", partner_order(merchant.account, sub_mchid, number, **changes)
    )


async def query(merchant: Merchant, sub_mchid: str, number: str) -> Answer:
    target = f"{PARTNER}/out-trade-no/{number}?sp_mchid={merchant.account.mchid}&sub_mchid={sub_mchid}"
    return await merchant.get(target)


async def close(merchant: Merchant, sub_mchid: str, number: str) -> Answer:
    body = {"sp_mchid": merchant.account.mchid, "sub_mchid": sub_mchid}
    return await merchant.post(f"{PARTNER}/out-trade-no/{number}/close", body)


async def test_a_new_order_gets_a_code_url(provider: Merchant, subs: list[str]) -> None:
    answer = await create(provider, subs[0], "T00000001")

    assert answer.status == 200
    assert list(answer.json) == ["code_url"]
    assert CODE_URL.fullmatch(answer.json["code_url"])
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert re.fullmatch(r"[0-9A-F]{40}-0", answer.headers["Request-ID"])


@pytest.mark.parametrize(
    ("pointer", "value", "status", "code", "number"),
    [
        ("/sp_mchid", "1000000000", 400, "PARAM_ERROR", 268435461),
        ("/sp_appid", "wx0000000000000000", 400, "APPID_MCHID_NOT_MATCH", 268445527),
        ("/sub_appid", "wx0000000000000000", 400, "APPID_MCHID_NOT_MATCH", 268445527),
        ("/sub_mchid", "own", 400, "PARAM_ERROR", 268443705),
        ("/sub_mchid", "1000000000", 400, "MCH_NOT_EXISTS", 0),
        ("/sub_mchid", "direct", 403, "NO_AUTH", 268443701),
    ],
)
async def test_a_provider_may_act_only_for_itself_and_its_sub_merchants(
    provider: Merchant,
    direct: Merchant,
    control: Control,
    subs: list[str],
    pointer: str,
    value: str,
    status: int,
    code: str,
    number: int,
) -> None:
    value = {"own": provider.account.mchid, "direct": direct.account.mchid}.get(value, value)
    body = changed(partner_order(provider.account, subs[0], "T00000001"), pointer, value)

    answer = await provider.post(f"{PARTNER}/native", body)

    assert (answer.status, answer.code) == (status, code)
    assert answer.headers["Request-ID"].endswith(f"-{number}")
    assert await control.trades() == []


async def test_the_header_and_the_body_name_the_same_merchant(provider: Merchant, direct: Merchant) -> None:
    answer = await provider.post(f"{DIRECT}/native", direct_order(direct.account, "T00000001"))

    message = "http header中的mchid与post payload中的mchid不匹配"
    assert (answer.status, answer.json) == (400, {"code": "PARAM_ERROR", "message": message})


@pytest.mark.parametrize(
    ("sp_mchid", "sub_mchid", "status", "code"),
    [
        ("1000000000", "sub", 400, "PARAM_ERROR"),
        ("own", "own", 400, "PARAM_ERROR"),
        ("own", "1000000000", 400, "MCH_NOT_EXISTS"),
        ("own", "direct", 403, "NO_AUTH"),
    ],
)
async def test_strangers_are_neither_shown_nor_closed(
    provider: Merchant,
    direct: Merchant,
    control: Control,
    subs: list[str],
    sp_mchid: str,
    sub_mchid: str,
    status: int,
    code: str,
) -> None:
    await create(provider, subs[0], "T00000001")
    named = {"own": provider.account.mchid, "sub": subs[0], "direct": direct.account.mchid}
    identity = {"sp_mchid": named.get(sp_mchid, sp_mchid), "sub_mchid": named.get(sub_mchid, sub_mchid)}
    asked = "&".join(f"{name}={value}" for name, value in identity.items())

    answers = [
        await provider.get(f"{PARTNER}/out-trade-no/T00000001?{asked}"),
        await provider.get(f"{PARTNER}/id/4200000000000000000000000000?{asked}"),
        await provider.post(f"{PARTNER}/out-trade-no/T00000001/close", identity),
    ]

    assert [(answer.status, answer.code) for answer in answers] == [(status, code)] * 3
    assert [trade["state"] for trade in await control.trades()] == ["NOTPAY"]


async def test_a_direct_merchant_asks_in_its_own_name(provider: Merchant, direct: Merchant) -> None:
    answer = await direct.get(f"{DIRECT}/out-trade-no/T00000001?mchid={provider.account.mchid}")

    assert (answer.status, answer.code) == (400, "PARAM_ERROR")


async def test_a_provider_does_not_sell_in_its_own_name(provider: Merchant, control: Control) -> None:
    answer = await provider.post(f"{DIRECT}/native", direct_order(provider.account, "T00000001"))

    assert (answer.status, answer.code) == (400, "APPID_MCHID_NOT_MATCH")
    assert await control.trades() == []


@pytest.mark.parametrize("appid", ["wx0000000000000000", "provider"])
async def test_a_direct_merchant_uses_the_appid_that_is_bound_to_it(
    provider: Merchant, direct: Merchant, appid: str
) -> None:
    appid = provider.account.appid if appid == "provider" else appid

    answer = await direct.post(f"{DIRECT}/native", direct_order(direct.account, "T00000001", appid=appid))

    assert (answer.status, answer.code) == (400, "APPID_MCHID_NOT_MATCH")


async def test_an_unpaid_order_is_shown_as_the_real_server_was_seen_to(
    provider: Merchant, direct: Merchant, subs: list[str]
) -> None:
    await create(provider, subs[0], "T00000001")
    await direct.post(f"{DIRECT}/native", direct_order(direct.account, "T00000001"))

    partner_answer = await query(provider, subs[0], "T00000001")
    direct_answer = await direct.get(f"{DIRECT}/out-trade-no/T00000001?mchid={direct.account.mchid}")

    shared = {
        "amount": {"payer_currency": "CNY", "total": 100},
        "out_trade_no": "T00000001",
        "promotion_detail": [],
        "scene_info": {"device_id": ""},
        "trade_state": "NOTPAY",
        "trade_state_desc": "订单未支付",
    }
    assert partner_answer.json == {
        **shared,
        "sp_appid": provider.account.appid,
        "sp_mchid": provider.account.mchid,
        "sub_mchid": subs[0],
    }
    assert direct_answer.json == {**shared, "appid": direct.account.appid, "mchid": direct.account.mchid}
    assert b": " not in partner_answer.body
    assert "订单未支付".encode() in partner_answer.body


async def test_a_paid_order_is_shown_as_the_real_server_was_seen_to(
    provider: Merchant, direct: Merchant, control: Control, subs: list[str]
) -> None:
    attached = {"attach": "自定义", "scene_info": {"device_id": "POS1:1"}}
    code = (await create(provider, subs[0], "T00000001", **attached)).json["code_url"]
    own = await direct.post(f"{DIRECT}/native", direct_order(direct.account, "T00000001"))
    for one in (code, own.json["code_url"]):
        assert (await control.pay(one))[0] == 200

    paid = (await query(provider, subs[0], "T00000001")).json
    direct_paid = (await direct.get(f"{DIRECT}/out-trade-no/T00000001?mchid={direct.account.mchid}")).json

    assert re.fullmatch(r"42000[0-9]{23}", paid["transaction_id"])
    assert re.fullmatch(r"[-0-9T:]{19}\+08:00", paid["success_time"])
    assert len(paid["payer"]["sp_openid"]) == 28
    shared = {
        "amount": {"currency": "CNY", "payer_currency": "CNY", "payer_total": 100, "total": 100},
        "trade_state": "SUCCESS",
        "bank_type": "OTHERS",
        "promotion_detail": [],
        "out_trade_no": "T00000001",
        "trade_state_desc": "支付成功",
        "trade_type": "NATIVE",
    }
    assert paid == {
        **shared,
        "sp_appid": provider.account.appid,
        "sp_mchid": provider.account.mchid,
        "sub_mchid": subs[0],
        "attach": "自定义",
        "scene_info": {"device_id": "POS1:1"},
        "transaction_id": paid["transaction_id"],
        "success_time": paid["success_time"],
        "payer": {"sp_openid": paid["payer"]["sp_openid"]},
    }
    assert direct_paid == {
        **shared,
        "appid": direct.account.appid,
        "mchid": direct.account.mchid,
        "attach": "",
        "transaction_id": direct_paid["transaction_id"],
        "success_time": direct_paid["success_time"],
        "payer": {"openid": direct_paid["payer"]["openid"]},
    }
    assert direct_paid["payer"]["openid"] != paid["payer"]["sp_openid"]


async def test_a_paid_order_is_found_by_its_transaction_in_its_own_book_only(
    provider: Merchant, direct: Merchant, control: Control, subs: list[str]
) -> None:
    code = (await create(provider, subs[0], "T00000001")).json["code_url"]
    _, paid = await control.pay(code)
    transaction_id = paid["trades"][0]["transaction_id"]
    target = f"{PARTNER}/id/{transaction_id}?sp_mchid={provider.account.mchid}&sub_mchid="

    found = await provider.get(target + subs[0])
    elsewhere = await provider.get(target + subs[1])
    others = await direct.get(f"{DIRECT}/id/{transaction_id}?mchid={direct.account.mchid}")

    assert found.json["out_trade_no"] == "T00000001"
    assert (elsewhere.status, elsewhere.code) == (404, "ORDER_NOT_EXIST")
    assert (others.status, others.code) == (404, "ORDER_NOT_EXIST")


async def test_each_sub_merchant_keeps_a_book_of_its_own(provider: Merchant, subs: list[str]) -> None:
    first = await create(provider, subs[0], "T00000001")
    second = await create(provider, subs[1], "T00000001", amount={"total": 200})

    assert (first.status, second.status) == (200, 200)
    assert (await query(provider, subs[0], "T00000001")).json["amount"]["total"] == 100
    assert (await query(provider, subs[1], "T00000001")).json["amount"]["total"] == 200
    missing = await query(provider, subs[2], "T00000001")
    assert (missing.status, missing.code) == (404, "ORDER_NOT_EXIST")
    assert missing.headers["Request-ID"].endswith("-268512771")


async def test_the_same_request_again_renews_the_code_and_kills_the_old_one(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    first = (await create(provider, subs[0], "T00000001")).json["code_url"]
    second = await create(provider, subs[0], "T00000001")

    assert second.status == 200
    assert second.json["code_url"] != first
    status, refusal = await control.pay(first)
    assert (status, refusal["code"]) == (409, "wallet.code_replaced")
    assert (await control.pay(second.json["code_url"]))[0] == 200
    assert len(await control.trades()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": {"total": 101, "currency": "CNY"}},
        {"description": "另一件商品"},
        {"notify_url": "http://127.0.0.1:9/other"},
        {"attach": "1"},
        {"time_expire": "2099-01-01T00:00:00+08:00"},
        {"settle_info": {"profit_sharing": True}},
    ],
)
async def test_the_same_number_with_other_parameters_is_refused(
    provider: Merchant, control: Control, subs: list[str], changes: dict[str, Any]
) -> None:
    code = (await create(provider, subs[0], "T00000001")).json["code_url"]

    answer = await create(provider, subs[0], "T00000001", **changes)

    assert (answer.status, answer.code) == (403, "OUT_TRADE_NO_USED")
    assert (await query(provider, subs[0], "T00000001")).json["amount"]["total"] == 100
    assert (await control.pay(code))[0] == 200


async def test_many_equal_requests_at_once_make_one_order_with_one_living_code(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    answers = await asyncio.gather(*(create(provider, subs[0], "T00000001") for _ in range(20)))

    assert {answer.status for answer in answers} == {200}
    codes = {answer.json["code_url"] for answer in answers}
    assert len(codes) == 20
    assert len(await control.trades()) == 1
    results = [(await control.pay(code))[0] for code in codes]
    assert sorted(results) == [200] + [409] * 19


async def test_a_paid_number_is_never_taken_again(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    code = (await create(provider, subs[0], "T00000001")).json["code_url"]
    await control.pay(code)

    for changes in ({}, {"amount": {"total": 5}}):
        answer = await create(provider, subs[0], "T00000001", **changes)
        assert (answer.status, answer.code) == (400, "ORDERPAID")


async def test_a_closed_number_is_never_taken_again(provider: Merchant, subs: list[str]) -> None:
    await create(provider, subs[0], "T00000001")
    await close(provider, subs[0], "T00000001")

    answer = await create(provider, subs[0], "T00000001")

    assert (answer.status, answer.code) == (400, "ORDER_CLOSED")


async def test_closing_answers_204_and_may_be_repeated(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    code = (await create(provider, subs[0], "T00000001")).json["code_url"]

    answers = [await close(provider, subs[0], "T00000001") for _ in range(2)]

    assert [(answer.status, answer.body) for answer in answers] == [(204, b""), (204, b"")]
    shown = (await query(provider, subs[0], "T00000001")).json
    assert (shown["trade_state"], shown["trade_state_desc"]) == ("CLOSED", "订单已关闭")
    status, refusal = await control.pay(code)
    assert (status, refusal["code"]) == (409, "wallet.order_closed")


async def test_a_paid_order_cannot_be_closed(provider: Merchant, control: Control, subs: list[str]) -> None:
    code = (await create(provider, subs[0], "T00000001")).json["code_url"]
    await control.pay(code)

    answer = await close(provider, subs[0], "T00000001")

    assert (answer.status, answer.code, answer.json["message"]) == (400, "ORDERPAID", "该订单已支付")
    assert (await query(provider, subs[0], "T00000001")).json["trade_state"] == "SUCCESS"


async def test_closing_what_does_not_exist_is_refused(provider: Merchant, subs: list[str]) -> None:
    await create(provider, subs[0], "T00000001")

    for sub_mchid, number in ((subs[0], "T00000002"), (subs[1], "T00000001")):
        answer = await close(provider, sub_mchid, number)
        assert (answer.status, answer.code) == (404, "ORDER_NOT_EXIST")
    assert (await query(provider, subs[0], "T00000001")).json["trade_state"] == "NOTPAY"


async def test_a_direct_merchant_closes_its_own_orders(direct: Merchant, control: Control) -> None:
    await direct.post(f"{DIRECT}/native", direct_order(direct.account, "T00000001"))
    path = f"{DIRECT}/out-trade-no/T00000001/close"

    wrong = await direct.post(path, {"mchid": "1000000000"})
    right = await direct.post(path, {"mchid": direct.account.mchid})

    assert (wrong.status, wrong.code) == (400, "PARAM_ERROR")
    assert right.status == 204
    assert [trade["state"] for trade in await control.trades()] == ["CLOSED"]


@pytest.mark.parametrize(
    ("wish_s", "life_s"),
    [(None, 7 * 86_400), (30, 60), (-3600, 60), (1800, 1800), (8 * 86_400, 7 * 86_400)],
)
async def test_the_expiry_is_moved_into_the_allowed_span(
    provider: Merchant, control: Control, subs: list[str], wish_s: int | None, life_s: int
) -> None:
    _, clock = await control.call("GET", "/_sandbox/clock")
    now = datetime.fromisoformat(clock["now"])
    wish = {} if wish_s is None else {"time_expire": format_time(now + timedelta(seconds=wish_s))}

    await create(provider, subs[0], "T00000001", **wish)

    (trade,) = await control.trades()
    life = parse_time(trade["expires_at"]) - parse_time(trade["created_at"])
    assert abs(life.total_seconds() - life_s) < 3


async def test_an_order_closes_by_itself_at_its_expiry(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    code = (await create(provider, subs[0], "T00000001")).json["code_url"]
    await control.advance(7 * 86_400 - 60)
    renewed = (await create(provider, subs[0], "T00000001")).json["code_url"]
    assert (await query(provider, subs[0], "T00000001")).json["trade_state"] == "NOTPAY"

    await control.advance(61)

    assert (await query(provider, subs[0], "T00000001")).json["trade_state"] == "CLOSED"
    assert (await create(provider, subs[0], "T00000001")).code == "ORDER_CLOSED"
    assert (await close(provider, subs[0], "T00000001")).status == 204
    for dead in (code, renewed):
        assert (await control.pay(dead))[0] == 409


async def test_profit_sharing_is_kept(provider: Merchant, control: Control, subs: list[str]) -> None:
    await create(provider, subs[0], "T00000001", settle_info={"profit_sharing": True})
    await create(provider, subs[0], "T00000002")

    kept = {trade["out_trade_no"]: trade["profit_sharing"] for trade in await control.trades()}

    assert kept == {"T00000001": True, "T00000002": False}


async def test_the_other_mode_does_not_see_the_order(
    provider: Merchant, direct: Merchant, subs: list[str], number: Callable[[], str]
) -> None:
    await create(provider, subs[0], "T00000001")

    own = await provider.get(f"{DIRECT}/out-trade-no/T00000001?mchid={provider.account.mchid}")
    combined = await provider.get(f"{COMBINE}/out-trade-no/T00000001")

    assert (own.status, own.code) == (404, "ORDER_NOT_EXIST")
    assert (combined.status, combined.code) == (404, "ORDER_NOT_EXIST")
