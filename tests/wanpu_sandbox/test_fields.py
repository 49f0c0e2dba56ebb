"""Each broken field is refused with PARAM_ERROR that names it, and no order comes to be."""

from typing import Any

import pytest

from tests.wanpu_sandbox.bodies import (
    COMBINE,
    DIRECT,
    PARTNER,
    changed,
    combination,
    direct_order,
    partner_order,
    sub_order,
)
from tests.wanpu_sandbox.client import Control, Merchant

PLAIN_DEFECTS: list[tuple[str, Any]] = [
    ("/description", ...),
    ("/description", ""),
    ("/description", "长" * 128),
    ("/description", 1),
    ("/out_trade_no", ...),
    ("/out_trade_no", "T0001"),
    ("/out_trade_no", "T" * 33),
    ("/out_trade_no", "订单号码00001"),
    ("/out_trade_no", "T000@00001"),
    ("/out_trade_no", 12345678),
    ("/notify_url", ...),
    ("/notify_url", "http://127.0.0.1:9/notify?a=1"),
    ("/notify_url", "http://127.0.0.1:9/notify#a"),
    ("/notify_url", "ftp://127.0.0.1/notify"),
    ("/notify_url", "//127.0.0.1/notify"),
    ("/notify_url", "http://"),
    ("/notify_url", "http://user@127.0.0.1/notify"),
    ("/notify_url", "http://[::1/notify"),
    ("/notify_url", "http://127.0.0.1/" + "a" * 240),
    ("/amount", ...),
    ("/amount", 100),
    ("/amount/total", ...),
    ("/amount/total", 0),
    ("/amount/total", -1),
    ("/amount/total", 1.0),
    ("/amount/total", "1"),
    ("/amount/total", True),
    ("/amount/total", 1_000_000_001),
    ("/amount/total", 2**63),
    ("/amount/currency", "USD"),
    ("/amount/currency", 1),
    ("/time_expire", "2026-11-22 15:00:00"),
    ("/time_expire", "2026-02-30T15:00:00+08:00"),
    ("/time_expire", 1795000000),
    ("/attach", "a" * 129),
    ("/goods_tag", "a" * 33),
    ("/limit_pay", "no_credit"),
    ("/limit_pay/0", 1),
    ("/support_fapiao", "true"),
    ("/settle_info", []),
    ("/settle_info/profit_sharing", "Y"),
    ("/scene_info/payer_client_ip", "1" * 46),
    ("/scene_info/store_info/id", "1" * 33),
    ("/scene_info/store_info/id", ...),
    ("/scene_info/store_info/name", "a" * 257),
    ("/scene_info/store_info/area_code", "1" * 33),
    ("/scene_info/store_info/address", "a" * 513),
    ("/scene_info/device_id", "1" * 33),
    ("/detail/cost_price", "1"),
    ("/detail/invoice_id", "1" * 33),
    ("/detail/goods_detail", {}),
    ("/detail/goods_detail/0/merchant_goods_id", ...),
    ("/detail/goods_detail/0/merchant_goods_id", "1" * 33),
    ("/detail/goods_detail/0/wechatpay_goods_id", "1" * 33),
    ("/detail/goods_detail/0/goods_name", "a" * 257),
    ("/detail/goods_detail/0/quantity", ...),
    ("/detail/goods_detail/0/quantity", 0),
    ("/detail/goods_detail/0/unit_price", ...),
    ("/detail/goods_detail/0/unit_price", -1),
    ("/product_id", "12345"),
    ("/product_id", ""),
]


def _with_parents(body: dict[str, Any], pointer: str) -> dict[str, Any]:
    """Lists that a pointer walks through have to exist."""
    if pointer.startswith("/limit_pay/"):
        return {**body, "limit_pay": ["no_credit"]}
    if pointer.startswith("/detail/"):
        goods = {"merchant_goods_id": "1", "quantity": 1, "unit_price": 1}
        return {**body, "detail": {"goods_detail": [goods]}}
    if pointer.startswith("/scene_info/store_info"):
        return {**body, "scene_info": {"store_info": {"id": "1"}}}
    if pointer.startswith("/scene_info"):
        return {**body, "scene_info": {"payer_client_ip": "203.0.113.7"}}
    return body


@pytest.mark.parametrize(("pointer", "value"), PLAIN_DEFECTS)
async def test_a_broken_field_of_a_plain_order_is_named(
    provider: Merchant, direct: Merchant, control: Control, subs: list[str], pointer: str, value: Any
) -> None:
    partner = changed(
        _with_parents(partner_order(provider.account, subs[0], "T00000001"), pointer), pointer, value
    )
    own = changed(_with_parents(direct_order(direct.account, "T00000001"), pointer), pointer, value)

    for merchant, path, body in ((provider, PARTNER, partner), (direct, DIRECT, own)):
        answer = await merchant.post(f"{path}/native", body)

        assert (answer.status, answer.code) == (400, "PARAM_ERROR")
        assert answer.json["detail"]["field"] == pointer
        assert answer.json["detail"]["location"] == "body"
        assert answer.json["detail"]["issue"] == answer.json["message"]
        assert not answer.is_signed
    assert await control.trades() == []


@pytest.mark.parametrize("name", ["sp_appid", "sp_mchid", "sub_mchid"])
async def test_a_partner_order_needs_its_identities(provider: Merchant, subs: list[str], name: str) -> None:
    body = partner_order(provider.account, subs[0], "T00000001")

    answer = await provider.post(f"{PARTNER}/native", changed(body, f"/{name}", ...))

    assert (answer.status, answer.code, answer.json["detail"]["field"]) == (400, "PARAM_ERROR", f"/{name}")


async def test_the_details_of_an_order_have_a_size_in_bytes(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    goods = {"merchant_goods_id": "1", "goods_name": "茶" * 78, "quantity": 1, "unit_price": 1}

    def order(number: str, invoice_id: str) -> dict[str, Any]:
        detail = {"invoice_id": invoice_id, "goods_detail": [goods] * 20}  # 6114 bytes and the invoice's.
        return partner_order(provider.account, subs[0], number, detail=detail)

    within = await provider.post(f"{PARTNER}/native", order("T00000001", "1" * 30))
    beyond = await provider.post(f"{PARTNER}/native", order("T00000002", "1" * 31))

    assert within.status == 200
    assert (beyond.status, beyond.code, beyond.json["detail"]["field"]) == (400, "PARAM_ERROR", "/detail")
    assert beyond.json["message"].endswith("字节数 6145，大于最大值 6144")
    assert len(await control.trades()) == 1


async def test_scan_first_native_is_refused_in_clear_words(provider: Merchant, subs: list[str]) -> None:
    body = partner_order(provider.account, subs[0], "T00000001", product_id="12345")

    answer = await provider.post(f"{PARTNER}/native", body)

    message = (
        "不支持“商品ID”：Native 模式一（用户扫码后由商户下单）不在 APIv3 中，"
        "请用模式二：先下单，再展示 code_url"
    )
    assert (answer.status, answer.json) == (
        400,
        {
            "code": "PARAM_ERROR",
            "message": message,
            "detail": {"field": "/product_id", "value": "12345", "issue": message, "location": "body"},
        },
    )


async def test_an_amount_of_zero_has_the_recorded_text(provider: Merchant, subs: list[str]) -> None:
    body = partner_order(provider.account, subs[0], "T00000001", amount={"total": 0})

    answer = await provider.post(f"{PARTNER}/native", body)

    message = "输入源“/body/amount/total”映射到数值字段“总金额”规则校验失败，值低于最小值 1"
    assert answer.json == {
        "code": "PARAM_ERROR",
        "message": message,
        "detail": {"field": "/amount/total", "value": 0, "issue": message, "location": "body"},
    }
    assert answer.headers["Request-ID"].endswith("-268435461")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"text"', b'{"a":NaN}', b'{"sp_mchid":"1","sp_mchid":"2"}', b"\xff\xfe", b"null"],
)
async def test_a_body_that_is_not_one_json_object_is_refused(provider: Merchant, body: bytes) -> None:
    answer = await provider.post(f"{PARTNER}/native", body)

    assert (answer.status, answer.code) == (400, "PARAM_ERROR")


async def test_null_and_unknown_members_are_passed_over(provider: Merchant, subs: list[str]) -> None:
    body = partner_order(provider.account, subs[0], "T00000001", attach=None, unheard_of={"a": 1})

    answer = await provider.post(f"{PARTNER}/native", body)

    assert answer.status == 200


async def test_the_limits_themselves_are_allowed(provider: Merchant, subs: list[str]) -> None:
    body = partner_order(
        provider.account,
        subs[0],
        "aZ09_-|*" + "a" * 24,
        description="长" * 127,
        attach="a" * 128,
        amount={"total": 1_000_000_000},
        notify_url="https://shop.example.com/" + "a" * 231,
    )

    answer = await provider.post(f"{PARTNER}/native", body)

    assert answer.status == 200


COMBINE_DEFECTS: list[tuple[str, Any]] = [
    ("/combine_appid", ...),
    ("/combine_mchid", ...),
    ("/combine_out_trade_no", ...),
    ("/combine_out_trade_no", "C"),
    ("/combine_out_trade_no", "C" * 33),
    ("/combine_out_trade_no", "C 1"),
    ("/notify_url", ...),
    ("/notify_url", "http://127.0.0.1:9/notify?a=1"),
    ("/time_expire", "tomorrow"),
    ("/time_start", "yesterday"),
    ("/time_start", "2026-02-30T15:00:00+08:00"),
    ("/scene_info/payer_client_ip", ...),
    ("/scene_info/payer_client_ip", ""),
    ("/scene_info/payer_client_ip", "1" * 46),
    ("/scene_info/device_id", "1" * 33),
    ("/combine_payer_info/openid", "o" * 129),
    ("/limit_pay", "no_credit"),
    ("/product_id", "12345"),
    ("/sub_orders", ...),
    ("/sub_orders", []),
    ("/sub_orders", {}),
    ("/sub_orders/1", "text"),
    ("/sub_orders/1/mchid", ...),
    ("/sub_orders/1/out_trade_no", ...),
    ("/sub_orders/1/out_trade_no", "T0001"),
    ("/sub_orders/1/mchid", 1900000109),
    ("/sub_orders/1/sub_mchid", 1900000109),
    ("/sub_orders/1/sub_appid", "w" * 33),
    ("/sub_orders/1/description", ...),
    ("/sub_orders/1/description", "长" * 128),
    ("/sub_orders/1/goods_tag", "a" * 33),
    ("/sub_orders/1/detail", "a" * 6145),
    ("/sub_orders/1/attach", ...),
    ("/sub_orders/1/attach", "a" * 129),
    ("/sub_orders/1/amount", ...),
    ("/sub_orders/1/amount/total_amount", ...),
    ("/sub_orders/1/amount/total_amount", 0),
    ("/sub_orders/1/amount/total_amount", "100"),
    ("/sub_orders/1/amount/total_amount", 1_000_000_001),
    ("/sub_orders/1/amount/currency", ...),
    ("/sub_orders/1/amount/currency", "HKD"),
    ("/sub_orders/1/settle_info/subsidy_amount", 500_001),
    ("/sub_orders/1/settle_info/subsidy_amount", 1),
]


@pytest.mark.parametrize(("pointer", "value"), COMBINE_DEFECTS)
async def test_a_broken_field_of_a_combination_is_named(
    provider: Merchant, control: Control, subs: list[str], pointer: str, value: Any
) -> None:
    entries = [sub_order(provider.account.mchid, subs[i], f"S000000{i}") for i in range(2)]
    body = changed(
        _with_parents(combination(provider.account, "C000000001", entries), pointer), pointer, value
    )

    answer = await provider.post(f"{COMBINE}/native", body)

    assert (answer.status, answer.code) == (400, "PARAM_ERROR")
    assert answer.json["detail"]["field"] == pointer
    assert await control.trades() == []


async def test_a_sub_openid_needs_the_sub_appid_of_every_sub_order(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    entries = [sub_order(provider.account.mchid, subs[i], f"S000000{i}") for i in range(2)]
    entries[0]["sub_appid"] = provider.account.appid
    payer = {"combine_payer_info": {"sub_openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}}
    body = combination(provider.account, "C000000001", entries, **payer)

    refused = await provider.post(f"{COMBINE}/native", body)
    assert (refused.status, refused.code) == (400, "PARAM_ERROR")
    assert refused.json["detail"]["field"] == "/sub_orders/1/sub_appid"
    assert await control.trades() == []

    entries[1]["sub_appid"] = provider.account.appid
    taken = await provider.post(
        f"{COMBINE}/native", combination(provider.account, "C000000001", entries, **payer)
    )
    assert taken.status == 200


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("/sp_mchid", ...), ("/sub_mchid", ...), ("/sub_mchid", ""), ("/sub_mchid", 1)],
)
async def test_a_broken_field_of_a_close_is_named(
    provider: Merchant, subs: list[str], pointer: str, value: Any
) -> None:
    body = {"sp_mchid": provider.account.mchid, "sub_mchid": subs[0]}

    answer = await provider.post(f"{PARTNER}/out-trade-no/T00000001/close", changed(body, pointer, value))

    assert (answer.status, answer.code, answer.json["detail"]["field"]) == (400, "PARAM_ERROR", pointer)


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/combine_appid", ...),
        ("/sub_orders", ...),
        ("/sub_orders", []),
        ("/sub_orders", [{}] * 51),
        ("/sub_orders/0/mchid", ...),
        ("/sub_orders/0/out_trade_no", ...),
        ("/sub_orders/0/out_trade_no", "T0001"),
    ],
)
async def test_a_broken_field_of_a_combined_close_is_named(
    provider: Merchant, subs: list[str], pointer: str, value: Any
) -> None:
    listed = {"mchid": provider.account.mchid, "sub_mchid": subs[0], "out_trade_no": "S0000001"}
    body = {"combine_appid": provider.account.appid, "sub_orders": [listed]}

    answer = await provider.post(f"{COMBINE}/out-trade-no/C000000001/close", changed(body, pointer, value))

    assert (answer.status, answer.code, answer.json["detail"]["field"]) == (400, "PARAM_ERROR", pointer)


@pytest.mark.parametrize(
    ("target", "field", "location"),
    [
        (f"{PARTNER}/out-trade-no/T00000001?sub_mchid={{sub}}", "sp_mchid", "query"),
        (f"{PARTNER}/out-trade-no/T00000001?sp_mchid={{own}}", "sub_mchid", "query"),
        (f"{PARTNER}/out-trade-no/T1?sp_mchid={{own}}&sub_mchid={{sub}}", "out_trade_no", "url"),
        (f"{PARTNER}/id/{'4' * 33}?sp_mchid={{own}}&sub_mchid={{sub}}", "transaction_id", "url"),
        (f"{DIRECT}/out-trade-no/T00000001", "mchid", "query"),
        (f"{COMBINE}/out-trade-no/C", "combine_out_trade_no", "url"),
        ("/v3/certificates?algorithm_type=DSA", "algorithm_type", "query"),
        ("/v3/certificates?algorithm_type=", "algorithm_type", "query"),
    ],
)
async def test_a_broken_parameter_is_named(
    provider: Merchant, subs: list[str], target: str, field: str, location: str
) -> None:
    answer = await provider.get(target.format(own=provider.account.mchid, sub=subs[0]))

    assert (answer.status, answer.code) == (400, "PARAM_ERROR")
    assert (answer.json["detail"]["field"], answer.json["detail"]["location"]) == (field, location)
