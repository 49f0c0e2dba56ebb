"""Who may call: each defect of a request has the status, code and text recorded from the real server."""

import time
from datetime import UTC, datetime

import pytest

from tests.wanpu_sandbox.bodies import DIRECT, PARTNER, partner_order
from tests.wanpu_sandbox.client import Merchant
from tests.wanpu_sandbox.running import RunningSandbox
from wanpu_sandbox.wechatpay.accounts import Accounts
from wanpu_sandbox.wechatpay.authentication import Call, authenticate
from wanpu_sandbox.wechatpay.errors import ProviderRefusal

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CERTIFICATES = "/v3/certificates"
COMBINE_QUERY = "/v3/combine-transactions/out-trade-no/C000000001"
MALFORMED = "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》"
WRONG_SCHEME = "HTTP头Authorization认证类型不正确"
STALE = "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"
WRONG_SERIAL = "商户证书序列号有误。请使用签名私钥匹配的证书序列号"


@pytest.mark.parametrize("header", ["User-Agent", "Accept"])
@pytest.mark.parametrize("path", [CERTIFICATES, COMBINE_QUERY])
async def test_accept_and_user_agent_are_demanded_outside_the_payment_family(
    provider: Merchant, header: str, path: str
) -> None:
    answer = (
        await provider.get(path, without=("User-Agent",), headers={"Accept": ""})
        if (header == "Accept")
        else await provider.get(path, without=(header,))
    )

    assert answer.status == 400
    assert answer.json == {"code": "INVALID_REQUEST", "message": "Http头缺少Accept或User-Agent"}


async def test_the_payment_family_does_not_look_at_the_user_agent(
    provider: Merchant, subs: list[str]
) -> None:
    body = partner_order(provider.account, subs[0], "T00000001")

    answer = await provider.post(f"{PARTNER}/native", body, without=("User-Agent",))

    assert answer.status == 200


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, MALFORMED),
        ("WECHATPAY2-SHA256-RSA2048 mchid=1900000109", MALFORMED),
        ('WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="2",timestamp="3",serial_no="4"', MALFORMED),
        ("Bearer abc", WRONG_SCHEME),
    ],
)
async def test_a_defect_of_the_header_is_named_outside_the_payment_family(
    provider: Merchant, header: str | None, message: str
) -> None:
    answer = await provider.get(CERTIFICATES, authorization=header)

    assert answer.status == 401
    assert answer.json == {"code": "SIGN_ERROR", "message": message}
    assert "Request-ID" in answer.headers
    assert not answer.is_signed


@pytest.mark.parametrize("header", [None, "Bearer abc", "WECHATPAY2-SHA256-RSA2048 x"])
@pytest.mark.parametrize("family", [DIRECT, PARTNER])
async def test_the_payment_family_has_one_answer_for_every_defect_of_the_header(
    provider: Merchant, family: str, header: str | None
) -> None:
    answer = await provider.post(f"{family}/native", {}, authorization=header)

    assert answer.status == 401
    assert answer.json == {"code": "SIGN_ERROR", "message": "签名信息错误，验签失败"}
    assert "Request-ID" not in answer.headers
    assert not answer.is_signed


@pytest.mark.parametrize("offset_s", [-400, 400])
async def test_a_time_stamp_off_by_more_than_five_minutes_is_refused_before_the_signature(
    provider: Merchant, offset_s: int
) -> None:
    answer = await provider.get(CERTIFICATES, timestamp=int(time.time()) + offset_s, signature="AAAA")

    assert answer.status == 401
    assert answer.json == {"code": "SIGN_ERROR", "message": STALE}


@pytest.mark.parametrize(("offset_s", "passes"), [(-301, False), (-300, True), (300, True), (301, False)])
async def test_five_minutes_either_way_are_the_most_that_passes(
    sandbox: RunningSandbox, provider: Merchant, offset_s: int, passes: bool
) -> None:
    signed = provider.authorize("GET", CERTIFICATES, b"", timestamp=int(NOW.timestamp()) + offset_s)
    headers = {"accept": "*/*", "user-agent": "test", "authorization": signed}
    call = Call("GET", CERTIFICATES, CERTIFICATES, headers, {}, b"")
    accounts = Accounts(sandbox.data_dir)

    if passes:
        assert authenticate(call, accounts, now=NOW).mchid == provider.account.mchid
    else:
        with pytest.raises(ProviderRefusal) as refused:
            authenticate(call, accounts, now=NOW)
        assert (refused.value.status, refused.value.message) == (401, STALE)


async def test_an_unknown_merchant_is_refused(provider: Merchant) -> None:
    answer = await provider.get(CERTIFICATES, mchid="1000000000")

    assert (answer.status, answer.json) == (401, {"code": "SIGN_ERROR", "message": "商户未申请过证书。"})


async def test_a_sub_merchant_signs_nothing(provider: Merchant, subs: list[str]) -> None:
    answer = await provider.get(CERTIFICATES, mchid=subs[0])

    assert (answer.status, answer.code) == (401, "SIGN_ERROR")


async def test_a_serial_that_is_not_the_merchants_is_refused(provider: Merchant, direct: Merchant) -> None:
    answer = await provider.get(CERTIFICATES, serial_no=direct.account.serial_no)

    assert (answer.status, answer.json) == (401, {"code": "SIGN_ERROR", "message": WRONG_SERIAL})


async def test_a_signature_by_another_key_is_refused(provider: Merchant, direct: Merchant) -> None:
    answer = await provider.get(CERTIFICATES, key=direct.account.key)

    assert (answer.status, answer.json) == (401, {"code": "SIGN_ERROR", "message": "签名错误"})


@pytest.mark.parametrize("signature", ["AAAA", "not base64!", "WECHATPAY/SIGNTEST/AAAA"])
async def test_a_text_that_is_no_signature_is_refused(provider: Merchant, signature: str) -> None:
    answer = await provider.get(CERTIFICATES, signature=signature.replace(" ", ""))

    assert (answer.status, answer.json) == (401, {"code": "SIGN_ERROR", "message": "签名错误"})


async def test_the_signature_covers_the_body_byte_by_byte(provider: Merchant, subs: list[str]) -> None:
    body = partner_order(provider.account, subs[0], "T00000001")

    answer = await provider.post(f"{PARTNER}/native", body, signed_body=b"{}")

    assert (answer.status, answer.json["message"]) == (401, "签名错误")
    query = f"{PARTNER}/out-trade-no/T00000001?sp_mchid={provider.account.mchid}&sub_mchid={subs[0]}"
    assert (await provider.get(query)).code == "ORDER_NOT_EXIST"


async def test_the_signature_covers_the_query(provider: Merchant, subs: list[str]) -> None:
    target = f"{PARTNER}/out-trade-no/T00000001?sp_mchid={provider.account.mchid}&sub_mchid={subs[0]}"

    answer = await provider.get(target, signed_target=target.partition("?")[0])

    assert (answer.status, answer.json["message"]) == (401, "签名错误")


async def test_the_signed_path_is_the_one_on_the_wire(provider: Merchant, subs: list[str]) -> None:
    body = partner_order(provider.account, subs[0], "T0|00001")
    assert (await provider.post(f"{PARTNER}/native", body)).status == 200
    query = f"?sp_mchid={provider.account.mchid}&sub_mchid={subs[0]}"

    escaped = await provider.get(f"{PARTNER}/out-trade-no/T0%7C00001{query}")
    unescaped = await provider.get(
        f"{PARTNER}/out-trade-no/T0%7C00001{query}", signed_target=f"{PARTNER}/out-trade-no/T0|00001{query}"
    )

    assert escaped.json["out_trade_no"] == "T0|00001"
    assert (unescaped.status, unescaped.json["message"]) == (401, "签名错误")


@pytest.mark.parametrize("path", ["/v3/nothing", "/v3/pay/transactions/native/", "/v3/"])
async def test_an_unknown_path_has_no_body(provider: Merchant, path: str) -> None:
    answer = await provider.get(path)

    assert (answer.status, answer.body) == (404, b"")
    assert not answer.is_signed


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{PARTNER}/native"),
        ("POST", CERTIFICATES),
        ("DELETE", f"{DIRECT}/id/4200000000000000000000000000"),
        ("HEAD", CERTIFICATES),
    ],
)
async def test_a_wrong_method_has_no_body(provider: Merchant, method: str, path: str) -> None:
    answer = await provider.call(method, path, b"")

    assert (answer.status, answer.body) == (405, b"")


async def test_a_body_beyond_one_mebibyte_is_not_read(provider: Merchant) -> None:
    answer = await provider.post(f"{PARTNER}/native", b"[" + b" " * (1 << 20) + b"]")

    assert answer.status == 413
