"""What goes out, exactly; and what each refusal means for each call."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.wanpu.payment.channels.scripted_wechatpay import APPID, MCHID, account, combined, plain

from wanpu.payment.channel import ChannelRejected, NotSupported, OrderAlreadyPaid, OutcomeUnknown
from wanpu.payment.channels.wechatpay.mapping import Call, close_call, create_call, query_call, refusal

PARTNER = account()
DIRECT = account(mode="direct")


def sent(call: Call) -> Any:
    return json.loads(call.body)


def test_a_plain_order_of_a_service_provider():
    call = create_call(plain(), PARTNER)

    assert (call.method, call.target) == ("POST", "/v3/pay/partner/transactions/native")
    assert sent(call) == {
        "sp_appid": APPID,
        "sp_mchid": MCHID,
        "sub_mchid": "1900000201",
        "description": "万铺订单",
        "out_trade_no": "A1ATTEMPT",
        "time_expire": "2026-11-24T16:30:00+08:00",
        "notify_url": "https://mall.test/notify/wechatpay/7",
        "amount": {"total": 100, "currency": "CNY"},
    }


def test_a_plain_order_of_a_direct_merchant():
    call = create_call(plain(sub_merchant_no=None), DIRECT)

    assert (call.method, call.target) == ("POST", "/v3/pay/transactions/native")
    assert sent(call) == {
        "appid": APPID,
        "mchid": MCHID,
        "description": "万铺订单",
        "out_trade_no": "A1ATTEMPT",
        "time_expire": "2026-11-24T16:30:00+08:00",
        "notify_url": "https://mall.test/notify/wechatpay/7",
        "amount": {"total": 100, "currency": "CNY"},
    }


def test_a_combined_order_has_one_sub_order_per_merchant_and_its_own_sharing_flag():
    request = combined(10, 20)
    request = replace(request, parts=(request.parts[0], replace(request.parts[1], profit_sharing=True)))

    call = create_call(request, PARTNER)

    assert (call.method, call.target) == ("POST", "/v3/combine-transactions/native")
    assert sent(call) == {
        "combine_appid": APPID,
        "combine_mchid": MCHID,
        "combine_out_trade_no": "A1ATTEMPT",
        "sub_orders": [
            {
                "mchid": MCHID,
                "sub_mchid": "1900000201",
                "out_trade_no": "A1P1",
                "description": "商品1",
                "attach": "A1P1",
                "amount": {"total_amount": 10, "currency": "CNY"},
            },
            {
                "mchid": MCHID,
                "sub_mchid": "1900000202",
                "out_trade_no": "A1P2",
                "description": "商品2",
                "attach": "A1P2",
                "amount": {"total_amount": 20, "currency": "CNY"},
                "settle_info": {"profit_sharing": True},
            },
        ],
        "time_expire": "2026-11-24T16:30:00+08:00",
        "notify_url": "https://mall.test/notify/wechatpay/7",
    }


def test_sub_orders_of_a_direct_merchant_name_each_merchant_and_no_sub_merchant():
    request = combined(10, 20)
    own = replace(request.parts[1], sub_merchant_no=None)

    orders = sent(create_call(replace(request, parts=(request.parts[0], own)), DIRECT))["sub_orders"]

    assert [(order["mchid"], "sub_mchid" in order) for order in orders] == [
        ("1900000201", False),
        (MCHID, False),
    ]


def test_the_sharing_flag_of_a_plain_order_is_sent_when_its_part_shares():
    request = plain()

    shared = sent(
        create_call(replace(request, parts=(replace(request.parts[0], profit_sharing=True),)), PARTNER)
    )

    assert shared["settle_info"] == {"profit_sharing": True}


def test_a_repeated_create_is_the_same_to_the_byte_whoever_asks_for_it():
    request = combined()
    later = replace(request, client_ip="203.0.113.9", openid="oBuyer")

    assert create_call(later, PARTNER) == create_call(request, PARTNER)


def test_a_long_description_is_cut_to_the_length_that_the_provider_takes():
    order = sent(create_call(replace(plain(), description="好" * 128), PARTNER))

    assert order["description"] == "好" * 127


def test_queries_name_the_order_and_for_plain_orders_the_merchants():
    assert query_call(plain(), PARTNER).target == (
        f"/v3/pay/partner/transactions/out-trade-no/A1ATTEMPT?sp_mchid={MCHID}&sub_mchid=1900000201"
    )
    assert query_call(plain(sub_merchant_no=None), DIRECT).target == (
        f"/v3/pay/transactions/out-trade-no/A1ATTEMPT?mchid={MCHID}"
    )
    assert query_call(combined(), PARTNER).target == "/v3/combine-transactions/out-trade-no/A1ATTEMPT"
    assert query_call(plain(), PARTNER).body == b""


def test_a_number_is_escaped_before_it_is_signed():
    target = query_call(replace(combined(), attempt_no="A|1*/../x?"), PARTNER).target

    assert target == "/v3/combine-transactions/out-trade-no/A%7C1%2A%2F..%2Fx%3F"


def test_closing_names_the_merchants_and_a_combined_close_lists_every_sub_order():
    partner, direct, whole = (
        close_call(plain(), PARTNER),
        close_call(plain(sub_merchant_no=None), DIRECT),
        close_call(combined(), PARTNER),
    )

    assert partner.target == "/v3/pay/partner/transactions/out-trade-no/A1ATTEMPT/close"
    assert sent(partner) == {"sp_mchid": MCHID, "sub_mchid": "1900000201"}
    assert direct.target == "/v3/pay/transactions/out-trade-no/A1ATTEMPT/close"
    assert sent(direct) == {"mchid": MCHID}
    assert whole.target == "/v3/combine-transactions/out-trade-no/A1ATTEMPT/close"
    assert sent(whole) == {
        "combine_appid": APPID,
        "sub_orders": [
            {"mchid": MCHID, "sub_mchid": "1900000201", "out_trade_no": "A1P1"},
            {"mchid": MCHID, "sub_mchid": "1900000202", "out_trade_no": "A1P2"},
        ],
    }


def test_another_method_too_many_parts_or_a_part_without_merchant_is_not_sent():
    with pytest.raises(NotSupported):
        create_call(replace(plain(), method="wechatpay.h5"), PARTNER)
    with pytest.raises(NotSupported):
        create_call(plain(sub_merchant_no=None), PARTNER)
    with pytest.raises(NotSupported):
        create_call(combined(*[1] * 51), PARTNER)
    with pytest.raises(NotSupported):
        create_call(combined(*[1] * 11), DIRECT)
    assert len(sent(create_call(combined(*[1] * 50), PARTNER))["sub_orders"]) == 50
    assert len(sent(create_call(combined(*[1] * 10), DIRECT))["sub_orders"]) == 10


CALLS = {
    "create": create_call(plain(), PARTNER),
    "query": query_call(plain(), PARTNER),
    "close": close_call(plain(), PARTNER),
    "combined create": create_call(combined(), PARTNER),
    "combined query": query_call(combined(), PARTNER),
    "combined close": close_call(combined(), PARTNER),
}
EVERYWHERE_FINAL = {
    "SIGN_ERROR",
    "PARAM_ERROR",
    "MCH_NOT_EXISTS",
    "NO_AUTH",
    "NOAUTH",
    "RULE_LIMIT",
    "RULELIMIT",
}
ABSENT = {"ORDER_NOT_EXIST", "ORDERNOTEXIST"}
FINAL = {
    "create": EVERYWHERE_FINAL | {"APPID_MCHID_NOT_MATCH", "ORDER_CLOSED", "ORDERCLOSED"},
    "query": EVERYWHERE_FINAL | ABSENT | {"INVALID_REQUEST"},
    "close": EVERYWHERE_FINAL | ABSENT,
}
PAID = {"ORDERPAID", "ORDER_PAID"}
DOCUMENTED = sorted(
    EVERYWHERE_FINAL
    | ABSENT
    | PAID
    | {
        "APPID_MCHID_NOT_MATCH",
        "ORDER_CLOSED",
        "ORDERCLOSED",
        "INVALID_REQUEST",
        "OUT_TRADE_NO_USED",
        "OPENID_MISMATCH",
        "TRADE_ERROR",
        "USERPAYING",
        "NOTENOUGH",
        "ACCOUNTERROR",
        "INVALID_TRANSACTIONID",
        "BANKERROR",
        "FREQUENCY_LIMITED",
        "RATELIMIT_EXCEEDED",
        "SYSTEM_ERROR",
        "SYSTEMERROR",
        "SERVICE_UNAVAILABLE",
        "SOMETHING_NEW",
    }
)


@pytest.mark.parametrize("code", DOCUMENTED)
@pytest.mark.parametrize("name", CALLS)
def test_only_codes_documented_as_final_are_rejections(name: str, code: str):
    body = json.dumps({"code": code, "message": "原因"}).encode()
    kind = name.removeprefix("combined ")

    for status in (400, 401, 403, 404):
        outcome = refusal(CALLS[name], status, body, "R-1")
        if code in PAID and kind != "query":
            assert type(outcome) is OrderAlreadyPaid
        elif code in FINAL[kind]:
            assert type(outcome) is ChannelRejected
            assert (outcome.code, outcome.message) == (code, "原因")
        else:
            assert type(outcome) is OutcomeUnknown


@pytest.mark.parametrize("status", [100, 301, 302, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("name", CALLS)
def test_a_status_that_promises_nothing_is_unknown_whatever_its_code(name: str, status: int):
    for code in ("PARAM_ERROR", "ORDERPAID", "ORDER_NOT_EXIST"):
        body = json.dumps({"code": code, "message": "原因"}).encode()

        assert type(refusal(CALLS[name], status, body, "R-1")) is OutcomeUnknown


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>not found</html>",
        b"[]",
        b'{"message":"x"}',
        b'{"code":1,"message":"x"}',
        b'{"code":"PARAM_ERROR","code":"ORDERPAID","message":"x"}',
        b'{"code":"PARAM_ERROR","message":["x"]}',
        b"\xff",
    ],
)
def test_a_refusal_that_cannot_be_read_is_unknown(body: bytes):
    for call in CALLS.values():
        assert type(refusal(call, 404, body, "")) is OutcomeUnknown


def test_an_order_expires_at_the_provider_when_our_attempt_does():
    request = replace(plain(), expires_at=plain().created_at + timedelta(minutes=5, microseconds=7))

    assert sent(create_call(request, PARTNER))["time_expire"] == "2026-11-24T16:05:00+08:00"
