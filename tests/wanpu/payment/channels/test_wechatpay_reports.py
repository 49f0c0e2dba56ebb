"""What the provider tells, read exactly; and told things that do not belong together are not believed."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.wanpu.payment.channels.scripted_wechatpay import (
    APPID,
    MCHID,
    NOW,
    account,
    combined,
    paid_plain,
    plain,
    told_combined,
    unpaid_plain,
)

from wanpu.payment.channel import ChannelState, PaidPart, PaymentReport
from wanpu.payment.channels.wechatpay.reports import notification_report, qr_code, query_report
from wanpu_wire.wechatpay.errors import MalformedBody
from wanpu_wire.wechatpay.json_text import dump

PARTNER = account()
DIRECT = account(mode="direct")
PAID_AT = datetime(2026, 11, 24, 8, 1, 2, tzinfo=UTC)
VECTORS = {
    vector["id"]: vector
    for vector in json.loads(
        (Path(__file__).parents[3] / "wire" / "vectors" / "wechatpay.json").read_text("utf-8")
    )["vectors"]
}


def test_a_paid_plain_order_has_one_part_under_the_number_of_the_attempt():
    expected = PaymentReport(
        attempt_no="A1ATTEMPT",
        state=ChannelState.PAID,
        account_no=MCHID,
        app_id=APPID,
        amount_fen=100,
        currency="CNY",
        parts=(PaidPart("A1ATTEMPT", "1900000201", 100, "4200000914202611241234567890"),),
        paid_at=PAID_AT,
        payer_id="oBuyer",
    )

    assert query_report(dump(paid_plain()), plain(), PARTNER) == expected
    assert notification_report(dump(paid_plain()), PARTNER) == expected


def test_a_paid_combined_order_has_a_transaction_for_every_part():
    expected = PaymentReport(
        attempt_no="A1ATTEMPT",
        state=ChannelState.PAID,
        account_no=MCHID,
        app_id=APPID,
        amount_fen=30,
        currency="CNY",
        parts=(
            PaidPart("A1P1", "1900000201", 10, "4200000914202611240000000001"),
            PaidPart("A1P2", "1900000202", 20, "4200000914202611240000000002"),
        ),
        paid_at=PAID_AT,
        payer_id="oBuyer",
    )

    assert query_report(dump(told_combined("SUCCESS", "SUCCESS")), combined(), PARTNER) == expected
    assert notification_report(dump(told_combined("SUCCESS", "SUCCESS")), PARTNER) == expected


def test_the_amount_is_what_was_asked_for_and_not_what_coupons_left_to_pay():
    told = paid_plain(amount={"total": 100, "payer_total": 1, "currency": "CNY", "payer_currency": "CNY"})

    assert query_report(dump(told), plain(), PARTNER).amount_fen == 100


def test_an_order_with_a_refund_is_a_paid_order():
    assert query_report(dump(paid_plain(trade_state="REFUND")), plain(), PARTNER).state is ChannelState.PAID
    mixed = told_combined("SUCCESS", "REFUND")
    assert query_report(dump(mixed), combined(), PARTNER).state is ChannelState.PAID


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("NOTPAY", ChannelState.OPEN),
        ("USERPAYING", ChannelState.OPEN),
        ("PAYERROR", ChannelState.OPEN),
        ("CLOSED", ChannelState.CLOSED),
    ],
)
def test_an_unpaid_order_is_open_or_closed_and_credits_nobody(word: str, state: ChannelState):
    expected = PaymentReport("A1ATTEMPT", state, MCHID, APPID, 100, "CNY")

    assert query_report(dump(unpaid_plain(word)), plain(), PARTNER) == expected
    several = query_report(dump(told_combined(word, word)), combined(), PARTNER)
    assert (several.state, several.amount_fen, several.parts, several.paid_at) == (state, 30, (), None)


@pytest.mark.parametrize("word", ["REVOKED", "ACCEPT", "success", "Success"])
def test_a_state_that_is_not_documented_for_these_orders_is_not_guessed(word: str):
    with pytest.raises(MalformedBody):
        query_report(dump(paid_plain(trade_state=word)), plain(), PARTNER)


@pytest.mark.parametrize("states", [("SUCCESS", "NOTPAY"), ("CLOSED", "NOTPAY"), ("REFUND", "CLOSED")])
def test_sub_orders_are_paid_or_closed_together_or_the_answer_is_not_believed(states: tuple[str, str]):
    with pytest.raises(MalformedBody):
        query_report(dump(told_combined(*states)), combined(), PARTNER)
    with pytest.raises(MalformedBody):
        notification_report(dump(told_combined(*states)), PARTNER)


@pytest.mark.parametrize("told", [unpaid_plain(), unpaid_plain("CLOSED"), told_combined("NOTPAY", "NOTPAY")])
def test_a_notification_only_ever_says_paid(told: dict[str, Any]):
    with pytest.raises(MalformedBody):
        notification_report(dump(told), PARTNER)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sp_mchid", "1900000999"),
        ("sp_appid", "wx0000000000000000"),
        ("sub_mchid", "1900000202"),
        ("amount", {"total": 101, "payer_currency": "CNY"}),
        ("amount", {"total": 100, "currency": "USD"}),
    ],
)
@pytest.mark.parametrize("state", ["NOTPAY", "CLOSED"])
def test_an_unpaid_answer_with_other_merchants_or_money_proves_nothing(state: str, name: str, value: Any):
    with pytest.raises(MalformedBody):
        query_report(dump(unpaid_plain(state, **{name: value})), plain(), PARTNER)


def test_an_unpaid_combined_answer_proves_something_only_for_exactly_the_parts_asked_for():
    told = told_combined("CLOSED", "CLOSED", "CLOSED")

    with pytest.raises(MalformedBody):
        query_report(dump(told), combined(10, 20), PARTNER)
    with pytest.raises(MalformedBody):
        query_report(dump(told_combined("CLOSED", "CLOSED")), combined(10, 20, 30), PARTNER)
    with pytest.raises(MalformedBody):
        query_report(dump(told_combined("CLOSED", "CLOSED")), combined(20, 10), PARTNER)
    assert query_report(dump(told), combined(10, 20, 30), PARTNER).state is ChannelState.CLOSED


@pytest.mark.parametrize(
    ("name", "value", "attribute", "told"),
    [
        ("sp_mchid", "1900000999", "account_no", "1900000999"),
        ("sp_appid", "wx0000000000000000", "app_id", "wx0000000000000000"),
        ("amount", {"total": 1, "currency": "CNY"}, "amount_fen", 1),
        ("amount", {"total": 100, "currency": "USD"}, "currency", "USD"),
    ],
)
def test_money_that_was_paid_is_told_as_it_is_so_that_settling_can_judge_it(
    name: str, value: Any, attribute: str, told: Any
):
    report = query_report(dump(paid_plain(**{name: value})), plain(), PARTNER)

    assert report.state is ChannelState.PAID
    assert getattr(report, attribute) == told
    assert notification_report(dump(paid_plain(**{name: value})), PARTNER) == report


def test_a_paid_part_of_another_merchant_is_told_as_it_is():
    report = query_report(dump(paid_plain(sub_mchid="1900000299")), plain(), PARTNER)

    assert report.parts[0].sub_merchant_no == "1900000299"


def test_sub_orders_in_two_currencies_are_in_no_currency_we_know():
    told = told_combined("SUCCESS", "SUCCESS")
    told["sub_orders"][1]["amount"]["currency"] = "USD"

    assert notification_report(dump(told), PARTNER).currency == "CNY+USD"


def test_an_answer_about_another_number_is_not_an_answer():
    with pytest.raises(MalformedBody):
        query_report(dump(paid_plain(out_trade_no="A2")), plain(), PARTNER)
    with pytest.raises(MalformedBody):
        query_report(dump(paid_plain()), combined(), PARTNER)
    with pytest.raises(MalformedBody):
        query_report(dump(told_combined("SUCCESS")), plain(), PARTNER)


@pytest.mark.parametrize(
    "name",
    [
        "sp_appid",
        "sp_mchid",
        "sub_mchid",
        "out_trade_no",
        "transaction_id",
        "trade_state",
        "success_time",
        "amount",
    ],
)
@pytest.mark.parametrize("value", [None, "", 7, "absent", "a\x00b", "万铺", "1 2", "9" * 33])
def test_a_paid_order_lacks_nothing_and_every_number_fits_its_column(name: str, value: Any):
    told = paid_plain(**{name: value})
    if value == "absent":
        del told[name]

    with pytest.raises(MalformedBody):
        query_report(dump(told), plain(), PARTNER)
    with pytest.raises(MalformedBody):
        notification_report(dump(told), PARTNER)


@pytest.mark.parametrize("total", [0, -1, 1.0, "1", True, None, 10**15 + 1, [100]])
def test_an_amount_is_a_whole_number_of_fen_above_zero(total: Any):
    with pytest.raises(MalformedBody):
        notification_report(dump(paid_plain(amount={"total": total, "currency": "CNY"})), PARTNER)
    several = told_combined("SUCCESS", "SUCCESS")
    several["sub_orders"][1]["amount"]["total_amount"] = total
    with pytest.raises(MalformedBody):
        notification_report(dump(several), PARTNER)


@pytest.mark.parametrize("entries", [[], ["x"], None, "twice"])
def test_a_combined_order_has_sub_orders_each_once(entries: Any):
    told = told_combined("SUCCESS")
    told["sub_orders"] = told["sub_orders"] * 2 if entries == "twice" else entries

    with pytest.raises(MalformedBody):
        notification_report(dump(told), PARTNER)


@pytest.mark.parametrize(
    ("payer", "payer_id"),
    [
        ({"sp_openid": "oA", "sub_openid": "oB"}, "oA"),
        ({"sub_openid": "oB"}, "oB"),
        ({}, None),
        (None, None),
    ],
)
def test_the_buyer_is_known_by_our_own_app_first(payer: Any, payer_id: str | None):
    assert notification_report(dump(paid_plain(payer=payer)), PARTNER).payer_id == payer_id


@pytest.mark.parametrize("openid", ["o" * 129, "o\x00", "o o"])
def test_a_buyer_whose_name_cannot_be_stored_is_not_read(openid: str):
    with pytest.raises(MalformedBody):
        notification_report(dump(paid_plain(payer={"sp_openid": openid})), PARTNER)


def test_the_call_backs_of_the_vector_file_are_read():
    """Source: the plaintexts of the vectors, which were made outside this repository."""
    single = VECTORS["v3-cb-transaction-success"]["expected_plaintext"].encode()
    several = VECTORS["v3-cb-combine-success"]["expected_plaintext"].encode()
    paid_at = datetime(2021, 1, 19, 8, 18, 12, tzinfo=UTC)

    assert notification_report(single, DIRECT) == PaymentReport(
        attempt_no="1217752501201407033233368018",
        state=ChannelState.PAID,
        account_no=MCHID,
        app_id=APPID,
        amount_fen=100,
        currency="CNY",
        parts=(PaidPart("1217752501201407033233368018", None, 100, "4200000914202101195554393855"),),
        paid_at=paid_at,
        payer_id="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
    )
    assert notification_report(several, DIRECT) == PaymentReport(
        attempt_no="P20150806125346",
        state=ChannelState.PAID,
        account_no=MCHID,
        app_id=APPID,
        amount_fen=30,
        currency="CNY",
        parts=(
            PaidPart("20150806125346", None, 10, "4200000914202101195554393801"),
            PaidPart("20150806124855", "1900000179", 20, "4200000914202101195554393802"),
        ),
        paid_at=paid_at,
        payer_id="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
    )


def test_an_unpaid_order_of_a_direct_merchant_names_no_sub_merchant():
    """Source: a recorded answer of the production server."""
    told = {
        "amount": {"payer_currency": "CNY", "total": 100},
        "appid": APPID,
        "mchid": MCHID,
        "out_trade_no": "A1ATTEMPT",
        "promotion_detail": [],
        "scene_info": {"device_id": ""},
        "trade_state": "NOTPAY",
        "trade_state_desc": "订单未支付",
    }

    report = query_report(dump(told), plain(sub_merchant_no=None), DIRECT)

    assert report == PaymentReport("A1ATTEMPT", ChannelState.OPEN, MCHID, APPID, 100, "CNY")


def test_a_code_dies_with_the_order_or_two_hours_after_the_attempt_was_made():
    body = dump({"code_url": "weixin://wxpay/bizpayurl?pr=JyC91EIz1"})
    long_lived = replace(plain(), expires_at=NOW + timedelta(hours=3))

    assert qr_code(body, plain()).content == "weixin://wxpay/bizpayurl?pr=JyC91EIz1"
    assert qr_code(body, plain()).expires_at == NOW + timedelta(minutes=30)
    assert qr_code(body, long_lived).expires_at == NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"code_url":""}',
        b'{"code_url":1}',
        b'{"code_url":"https://evil.test/"}',
        b'{"code_url":"weixin://a b"}',
    ],
)
def test_an_answer_without_a_wechat_code_is_no_code(body: bytes):
    with pytest.raises(MalformedBody):
        qr_code(body, plain())
