"""The PyPI package `wechatpayv3` against the sandbox, with nothing changed but its base address."""

import itertools
import json
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from aiohttp import ClientSession
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.core import Core

from tests.wanpu_sandbox.client import Control, Receiver
from tests.wanpu_sandbox.running import RunningSandbox, running_sandbox

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path_factory.mktemp("conformance")) as running:
        yield running


@pytest.fixture
async def http() -> Any:
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def receiver() -> Any:
    made = Receiver()
    runner = await made.start()
    yield made
    await runner.cleanup()


@pytest.fixture(params=["platform_certificate", "public_key"])
def key_mode(request: pytest.FixtureRequest) -> str:
    """How the package trusts the provider: downloaded certificates, or the public key of the merchant."""
    return str(request.param)


@pytest.fixture
def base_address(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the package at the sandbox before its constructor downloads certificates."""

    def keep(core: Core, address: str) -> None:
        assert address == "https://api.mch.weixin.qq.com"

    gate_way = property(lambda core: sandbox.base_url, keep)
    monkeypatch.setattr(Core, "_gate_way", gate_way, raising=False)


def client_of(
    sandbox: RunningSandbox, key_mode: str, receiver: Receiver, *, is_partner: bool
) -> tuple[WeChatPay, dict[str, Any]]:
    """The package as its documentation sets it up, and the credentials that it uses."""
    shown = sandbox.credentials["wechatpay"]
    account = shown if is_partner else shown["direct"]
    mchid = shown["sp_mchid"] if is_partner else account["mchid"]
    _set_notification_key(sandbox, mchid, key_mode)
    by_key = {"public_key": account["public_key_pem"], "public_key_id": account["public_key_id"]}
    client = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=mchid,
        private_key=account["merchant_private_key_pem"],
        cert_serial_no=account["merchant_serial_no"],
        appid=shown["sp_appid"] if is_partner else account["appid"],
        apiv3_key=account["apiv3_key"],
        notify_url=receiver.url,
        partner_mode=is_partner,
        timeout=(5, 10),
        **(by_key if key_mode == "public_key" else {}),
    )
    return client, {**account, "mchid": mchid}


def _set_notification_key(sandbox: RunningSandbox, mchid: str, key_mode: str) -> None:
    body = json.dumps({"notification_key": key_mode}).encode()
    path = f"{sandbox.base_url}/_sandbox/merchants/{mchid}"
    urlopen(Request(path, body, method="PUT"), timeout=5).close()


def new_number() -> str:
    return f"V3T{next(NUMBERS):08d}"


@pytest.mark.usefixtures("base_address")
async def test_a_partner_order_is_created_queried_paid_and_told(
    sandbox: RunningSandbox, http: ClientSession, receiver: Receiver, key_mode: str
) -> None:
    client, account = client_of(sandbox, key_mode, receiver, is_partner=True)
    sub_mchid, number = account["sub_mchids"][0], new_number()

    status, text = client.pay(
        description="Image形象店-深圳腾大-QQ公仔",
        out_trade_no=number,
        amount={"total": 100, "currency": "CNY"},
        sub_mchid=sub_mchid,
        settle_info={"profit_sharing": True},
    )
    assert status == 200
    open_status, open_text = client.query(out_trade_no=number, sub_mchid=sub_mchid)
    assert (open_status, json.loads(open_text)["trade_state"]) == (200, "NOTPAY")

    _, paid = await Control(http, sandbox.base_url).pay(json.loads(text)["code_url"])

    (received,) = await receiver.wait_for(1)
    told = client.callback(received.headers, received.body)
    _, by_number = client.query(out_trade_no=number, sub_mchid=sub_mchid)
    transaction_id = paid["trades"][0]["transaction_id"]
    _, by_transaction = client.query(transaction_id=transaction_id, sub_mchid=sub_mchid)
    assert told["event_type"] == "TRANSACTION.SUCCESS"
    assert told["resource"]["transaction_id"] == transaction_id
    assert told["resource"] == json.loads(by_number) == json.loads(by_transaction)
    assert told["resource"]["amount"]["total"] == 100


@pytest.mark.usefixtures("base_address")
async def test_a_partner_order_is_closed(sandbox: RunningSandbox, receiver: Receiver, key_mode: str) -> None:
    client, account = client_of(sandbox, key_mode, receiver, is_partner=True)
    sub_mchid, number = account["sub_mchids"][1], new_number()
    client.pay(description="书", out_trade_no=number, amount={"total": 1}, sub_mchid=sub_mchid)

    status, _ = client.close(out_trade_no=number, sub_mchid=sub_mchid)

    _, text = client.query(out_trade_no=number, sub_mchid=sub_mchid)
    assert (status, json.loads(text)["trade_state"]) == (204, "CLOSED")
    again, refusal = client.pay(
        description="书", out_trade_no=number, amount={"total": 1}, sub_mchid=sub_mchid
    )
    assert (again, json.loads(refusal)["code"]) == (400, "ORDER_CLOSED")


@pytest.mark.usefixtures("base_address")
async def test_a_combination_is_created_queried_paid_and_told(
    sandbox: RunningSandbox, http: ClientSession, receiver: Receiver, key_mode: str
) -> None:
    client, account = client_of(sandbox, key_mode, receiver, is_partner=True)
    number = new_number()
    sub_orders = _sub_orders(account)

    status, text = client.combine_pay(combine_out_trade_no=number, sub_orders=sub_orders)
    assert status == 200
    _, paid = await Control(http, sandbox.base_url).pay(json.loads(text)["code_url"])

    (received,) = await receiver.wait_for(1)
    told = client.callback(received.headers, received.body)["resource"]
    _, shown = client.combine_query(combine_out_trade_no=number)
    assert told == json.loads(shown)
    assert [one["transaction_id"] for one in told["sub_orders"]] == [
        trade["transaction_id"] for trade in paid["trades"]
    ]
    assert [one["amount"]["total_amount"] for one in told["sub_orders"]] == [10, 20]


@pytest.mark.usefixtures("base_address")
async def test_a_combination_is_closed_as_a_whole(
    sandbox: RunningSandbox, receiver: Receiver, key_mode: str
) -> None:
    client, account = client_of(sandbox, key_mode, receiver, is_partner=True)
    number = new_number()
    sub_orders = _sub_orders(account)
    client.combine_pay(combine_out_trade_no=number, sub_orders=sub_orders)
    listed = [{name: one[name] for name in ("mchid", "sub_mchid", "out_trade_no")} for one in sub_orders]

    subset, _ = client.combine_close(combine_out_trade_no=number, sub_orders=listed[:1])
    whole, _ = client.combine_close(combine_out_trade_no=number, sub_orders=listed)

    _, shown = client.combine_query(combine_out_trade_no=number)
    states = [one["trade_state"] for one in json.loads(shown)["sub_orders"]]
    assert (subset, whole, states) == (400, 204, ["CLOSED", "CLOSED"])


@pytest.mark.usefixtures("base_address")
async def test_a_direct_order_goes_the_same_way(
    sandbox: RunningSandbox, http: ClientSession, receiver: Receiver, key_mode: str
) -> None:
    client, account = client_of(sandbox, key_mode, receiver, is_partner=False)
    paid_number, closed_number = new_number(), new_number()

    _, text = client.pay(description="帆布袋", out_trade_no=paid_number, amount={"total": 1990})
    client.pay(description="帆布袋", out_trade_no=closed_number, amount={"total": 1990})
    closed, _ = client.close(out_trade_no=closed_number)
    await Control(http, sandbox.base_url).pay(json.loads(text)["code_url"])

    (received,) = await receiver.wait_for(1)
    told = client.callback(received.headers, received.body)["resource"]
    _, shown = client.query(out_trade_no=paid_number)
    refused, refusal = client.close(out_trade_no=paid_number)
    assert told == json.loads(shown)
    assert (told["mchid"], told["amount"]["payer_total"]) == (account["mchid"], 1990)
    assert (closed, refused, json.loads(refusal)["code"]) == (204, 400, "ORDERPAID")


@pytest.mark.usefixtures("base_address")
async def test_a_probe_is_refused_by_the_package(
    sandbox: RunningSandbox, http: ClientSession, receiver: Receiver, key_mode: str
) -> None:
    client, account = client_of(sandbox, key_mode, receiver, is_partner=True)
    control = Control(http, sandbox.base_url)
    sub_mchid = account["sub_mchids"][0]
    await control.set_faults(answers=[{"kind": "signature_probe", "path": "/v3/pay"}])

    with pytest.raises(Exception, match="failed to verify the signature"):
        client.pay(description="书", out_trade_no=new_number(), amount={"total": 1}, sub_mchid=sub_mchid)

    await control.set_faults()


def _sub_orders(account: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "mchid": account["mchid"],
            "sub_mchid": sub_mchid,
            "attach": "深圳分店",
            "amount": {"total_amount": total_fen, "currency": "CNY"},
            "out_trade_no": new_number(),
            "description": "腾讯充值中心-QQ会员充值",
        }
        for sub_mchid, total_fen in zip(account["sub_mchids"][:2], (10, 20), strict=True)
    ]
