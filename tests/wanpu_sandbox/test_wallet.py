"""The wallet's pages over plain HTTP: what they show, what they refuse, and that they need no script."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientSession, FormData

from tests.wanpu_sandbox.bodies import COMBINE, PARTNER, combination, partner_order, sub_order
from tests.wanpu_sandbox.client import Control, Merchant
from tests.wanpu_sandbox.running import RunningSandbox
from wanpu_sandbox.wallet.pages import yuan


async def page(http: ClientSession, sandbox: RunningSandbox, path: str = "/wallet") -> tuple[int, str]:
    async with http.get(sandbox.base_url + path, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def press(
    http: ClientSession, sandbox: RunningSandbox, code: str, outcome: str, **options: Any
) -> tuple[int, str]:
    """Send the form of the order page; returns the status and where it leads."""
    form = {"code": code, "outcome": outcome}
    async with http.post(
        f"{sandbox.base_url}/wallet/pay", data=form, allow_redirects=False, **options
    ) as answer:
        return answer.status, answer.headers.get("Location", "")


def of(code: str) -> str:
    return f"/wallet?code={quote(code, safe='')}"


async def new_code(merchant: Merchant, sub_mchid: str, number: str, **changes: Any) -> str:
    body = partner_order(merchant.account, sub_mchid, number, **changes)
    return str((await merchant.post(f"{PARTNER}/native", body)).json["code_url"])


async def new_combination(merchant: Merchant, subs: list[str], number: str) -> str:
    entries = [sub_order(merchant.account.mchid, subs[i], f"S000000{i}", 9900 + i) for i in range(2)]
    body = combination(merchant.account, number, entries)
    return str((await merchant.post(f"{COMBINE}/native", body)).json["code_url"])


async def test_an_empty_wallet_says_so(http: ClientSession, sandbox: RunningSandbox) -> None:
    status, text = await page(http, sandbox)

    assert status == 200
    assert 'data-testid="pending-empty"' in text
    assert "沙箱" in text


async def test_payable_orders_are_listed_newest_first_and_lead_to_themselves(
    http: ClientSession, sandbox: RunningSandbox, provider: Merchant, control: Control, subs: list[str]
) -> None:
    codes = [await new_code(provider, subs[0], f"T0000000{i}", amount={"total": 123456}) for i in range(3)]
    await control.pay(codes[0])

    for path in ("/wallet", "/wallet/pending"):
        _, text = await page(http, sandbox, path)
        assert re.findall(r'data-number="(\w+)"', text) == ["T00000002", "T00000001"]
        assert of(codes[1]) in text
        assert of(codes[0]) not in text
        assert "1,234.56" in text
        assert text.count('data-testid="recent-trade"') == 1


async def test_an_order_shows_merchants_and_amounts(
    http: ClientSession, sandbox: RunningSandbox, provider: Merchant, control: Control, subs: list[str]
) -> None:
    for sub_mchid, name in zip(subs, ("山野茶事", "北岸书屋"), strict=False):
        await control.call("PUT", f"/_sandbox/merchants/{sub_mchid}", {"name": name})
    code = await new_combination(provider, subs, "C000000001")

    status, text = await page(http, sandbox, of(code))

    assert status == 200
    assert re.findall(r'sub-order-merchant">([^<]+)<', text) == ["山野茶事", "北岸书屋"]
    assert re.findall(r'sub-order-amount">([^<]+)<', text) == ["¥99.00", "¥99.01"]
    assert 'data-fen="19801"' in text
    assert "合并付款给 2 家商户" in text
    assert "C000000001" in text


async def test_paying_leads_to_a_result_that_may_be_reloaded(
    http: ClientSession, sandbox: RunningSandbox, provider: Merchant, control: Control, subs: list[str]
) -> None:
    code = await new_combination(provider, subs, "C000000001")

    status, location = await press(http, sandbox, code, "paid")

    assert status == 303
    for _ in range(2):
        _, text = await page(http, sandbox, location)
        assert 'data-state="paid"' in text
        assert "支付成功" in text
    trades = await control.trades("C000000001")
    assert [trade["state"] for trade in trades] == ["SUCCESS", "SUCCESS"]
    assert all(trade["transaction_id"] in text for trade in trades)
    assert len(await control.notifications()) == 1


@pytest.mark.parametrize(
    ("outcome", "note"), [("refused", "你已放弃支付，未扣款"), ("insufficient", "零钱余额不足，未扣款")]
)
async def test_other_outcomes_leave_the_order_open(
    http: ClientSession,
    sandbox: RunningSandbox,
    provider: Merchant,
    control: Control,
    subs: list[str],
    outcome: str,
    note: str,
) -> None:
    code = await new_code(provider, subs[0], "T00000001")

    _, location = await press(http, sandbox, code, outcome)

    _, text = await page(http, sandbox, location)
    assert 'data-state="unpaid"' in text
    assert note in text
    assert 'data-testid="retry-button"' in text
    assert [trade["state"] for trade in await control.trades()] == ["NOTPAY"]


async def test_the_address_of_a_result_proves_nothing(
    http: ClientSession, sandbox: RunningSandbox, provider: Merchant, subs: list[str]
) -> None:
    code = await new_code(provider, subs[0], "T00000001")

    _, text = await page(http, sandbox, f"/wallet/result?code={quote(code, safe='')}&outcome=paid")

    assert 'data-state="unpaid"' in text
    assert "支付成功" not in text


async def test_a_second_payment_is_told_apart_from_the_first(
    http: ClientSession, sandbox: RunningSandbox, provider: Merchant, control: Control, subs: list[str]
) -> None:
    code = await new_code(provider, subs[0], "T00000001")
    await press(http, sandbox, code, "paid")

    status, location = await press(http, sandbox, code, "paid")

    assert (status, location) == (303, of(code))
    _, text = await page(http, sandbox, location)
    assert 'data-state="already_paid"' in text
    assert "该订单已支付" in text
    assert len(await control.notifications()) == 1


@pytest.mark.parametrize(
    ("ending", "note"),
    [
        ("closed", "订单已关闭"),
        ("expired", "订单已过期，请返回商家重新下单"),
        ("replaced", "二维码已失效，请扫描新的二维码"),
        ("old", "二维码已过期，请返回商家刷新"),
    ],
)
async def test_a_dead_code_says_why(
    http: ClientSession,
    sandbox: RunningSandbox,
    provider: Merchant,
    control: Control,
    subs: list[str],
    ending: str,
    note: str,
) -> None:
    code = await new_code(provider, subs[0], "T00000001")
    if ending == "closed":
        closing = {"sp_mchid": provider.account.mchid, "sub_mchid": subs[0]}
        await provider.post(f"{PARTNER}/out-trade-no/T00000001/close", closing)
    elif ending == "replaced":
        await new_code(provider, subs[0], "T00000001")
    else:
        await control.advance(8 * 86_400 if ending == "expired" else 3 * 3600)

    _, text = await page(http, sandbox, of(code))

    assert note in text
    assert 'data-testid="pay-button"' not in text
    assert 'data-testid="retry-button"' not in text


async def test_an_unknown_code_keeps_what_was_pasted(http: ClientSession, sandbox: RunningSandbox) -> None:
    status, text = await page(http, sandbox, of('weixin://wxpay/x"><script>'))

    assert status == 404
    assert 'data-testid="code-error"' in text
    assert "weixin://wxpay/x&#34;&gt;&lt;script&gt;" in text
    assert "<script>" not in text


async def test_merchant_text_is_never_markup(
    http: ClientSession, sandbox: RunningSandbox, provider: Merchant, control: Control, subs: list[str]
) -> None:
    await control.call("PUT", f"/_sandbox/merchants/{subs[0]}", {"name": "<b>店</b>"})
    code = await new_code(provider, subs[0], "T00000001", description="<img src=x onerror=alert(1)>")

    for path in ("/wallet", of(code)):
        _, text = await page(http, sandbox, path)
        assert "<b>" not in text
        assert "<img" not in text
        assert "&lt;img src=x" in text
    await control.call("PUT", f"/_sandbox/merchants/{subs[0]}", {"name": "山野茶事"})


async def test_pages_load_nothing_from_elsewhere(http: ClientSession, sandbox: RunningSandbox) -> None:
    async with http.get(f"{sandbox.base_url}/wallet") as answer:
        policy = answer.headers["Content-Security-Policy"]
        text = await answer.text()

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.findall(r'(?:src|href)="(?!/)[^"]*"', text) == []
    for asset in re.findall(r'(?:src|href)="(/wallet/assets/[^"]+)"', text):
        assert (await page(http, sandbox, asset))[0] == 200


@pytest.mark.parametrize("outcome", ["", "PAID", "lucky"])
async def test_an_unknown_outcome_is_refused(
    http: ClientSession,
    sandbox: RunningSandbox,
    provider: Merchant,
    control: Control,
    subs: list[str],
    outcome: str,
) -> None:
    code = await new_code(provider, subs[0], "T00000001")

    status, _ = await press(http, sandbox, code, outcome)

    assert status == 422
    assert [trade["state"] for trade in await control.trades()] == ["NOTPAY"]


async def test_a_form_that_cannot_be_read_is_called_so(http: ClientSession, sandbox: RunningSandbox) -> None:
    form = FormData({f"field{index}": "x" for index in range(5)}, default_to_multipart=True)

    async with http.post(f"{sandbox.base_url}/wallet/pay", data=form) as answer:
        refusal = await answer.json()

    assert (answer.status, refusal["code"], refusal["message"]) == (400, "request.invalid", "请求内容有误")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_form_on_another_site_cannot_pay(
    http: ClientSession,
    sandbox: RunningSandbox,
    provider: Merchant,
    control: Control,
    subs: list[str],
    site: str,
) -> None:
    code = await new_code(provider, subs[0], "T00000001")

    status, _ = await press(http, sandbox, code, "paid", headers={"Sec-Fetch-Site": site})

    assert status == 403
    assert [trade["state"] for trade in await control.trades()] == ["NOTPAY"]


async def test_paying_an_unknown_code_leads_home(http: ClientSession, sandbox: RunningSandbox) -> None:
    assert await press(http, sandbox, "weixin://none", "paid") == (303, "/wallet")
    assert (await page(http, sandbox, "/wallet/result?code=none"))[0] == 303


@pytest.mark.parametrize(
    ("amount_fen", "text"),
    [(1, "0.01"), (10, "0.10"), (100, "1.00"), (123456, "1,234.56"), (1_000_000_000, "10,000,000.00")],
)
def test_amounts_are_written_in_yuan(amount_fen: int, text: str) -> None:
    assert yuan(amount_fen) == text
