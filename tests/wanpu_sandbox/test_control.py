"""The control API: clear errors, no silent acceptance, and a clean slate on reset."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.wanpu_sandbox.bodies import COMBINE, PARTNER, combination, partner_order, sub_order
from tests.wanpu_sandbox.client import Control, Merchant


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/_sandbox/pay", b"{"),
        ("POST", "/_sandbox/pay", []),
        ("POST", "/_sandbox/pay", {}),
        ("POST", "/_sandbox/pay", {"content": ""}),
        ("POST", "/_sandbox/pay", {"content": 1}),
        ("POST", "/_sandbox/pay", {"content": "x", "outcome": "perhaps"}),
        ("POST", "/_sandbox/pay", {"content": "x", "wallet": "alipay"}),
        ("POST", "/_sandbox/pay", {"content": "x", "unheard_of": 1}),
        ("POST", "/_sandbox/clock", {"advance_s": -1}),
        ("POST", "/_sandbox/clock", {"advance_s": 1.5}),
        ("POST", "/_sandbox/clock", {"advance_s": "1"}),
        ("POST", "/_sandbox/clock", {}),
        ("PUT", "/_sandbox/faults", {"answers": [{"kind": "explode"}]}),
        ("PUT", "/_sandbox/faults", {"answers": [{"kind": "delay", "delay_s": 61}]}),
        ("PUT", "/_sandbox/faults", {"answers": [{"kind": "drop", "times": 0}]}),
        ("PUT", "/_sandbox/faults", {"notifications": [{"kind": "duplicate", "copies": 1001}]}),
        ("PUT", "/_sandbox/faults", {"notifications": [{"kind": "forge", "forge": "nicely"}]}),
        ("PUT", "/_sandbox/faults", {"rotate_certificate": "twice"}),
        ("PUT", "/_sandbox/faults", {"unheard_of": 1}),
        ("POST", "/_sandbox/notifications/forge", {"content": "x", "forge": "nicely"}),
        ("GET", "/_sandbox/trades?limit=0", None),
        ("GET", "/_sandbox/trades?limit=501", None),
        ("GET", "/_sandbox/trades?limit=1.0", None),
        ("GET", "/_sandbox/trades?limit=" + "9" * 5_000, None),
        ("GET", "/_sandbox/trades?state=PAID", None),
        ("GET", "/_sandbox/notifications?limit=x", None),
    ],
)
async def test_bad_input_is_refused_and_changes_nothing(
    control: Control, method: str, path: str, body: Any
) -> None:
    before = (await control.call("GET", "/_sandbox/faults"), await control.call("GET", "/_sandbox/trades"))

    status, refusal = await control.call(method, path, body)

    assert status == 422
    assert set(refusal) == {"code", "message", "details", "request_id"}
    assert refusal["code"] == "request.invalid"
    after = (await control.call("GET", "/_sandbox/faults"), await control.call("GET", "/_sandbox/trades"))
    assert after == before
    assert (await control.call("GET", "/_sandbox/clock"))[1]["offset_s"] == 0


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("POST", "/_sandbox/notifications/none/send", None, "sandbox.unknown_notification"),
        (
            "POST",
            "/_sandbox/notifications/forge",
            {"content": "none", "forge": "bad_signature"},
            "sandbox.unknown_content",
        ),
        ("GET", "/_sandbox/merchants/1", None, "sandbox.unknown_merchant"),
        ("PUT", "/_sandbox/merchants/1", {"name": "x"}, "sandbox.unknown_merchant"),
        ("GET", "/_sandbox/nothing", None, "request.not_found"),
    ],
)
async def test_unknown_things_are_not_found(
    control: Control, method: str, path: str, body: Any, code: str
) -> None:
    status, refusal = await control.call(method, path, body)

    assert (status, refusal["code"]) == (404, code)


async def test_a_wrong_method_is_named(control: Control) -> None:
    status, refusal = await control.call("DELETE", "/_sandbox/trades")

    assert (status, refusal["code"]) == (405, "request.method_not_allowed")


async def test_changing_a_member_that_a_call_back_lacks_is_refused(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    body = partner_order(provider.account, subs[0], "T00000001")
    code = (await provider.post(f"{PARTNER}/native", body)).json["code_url"]

    status, refusal = await control.call(
        "POST",
        "/_sandbox/notifications/forge",
        {"content": code, "forge": "bad_signature", "changes": {"amount.none": 1}},
    )

    assert (status, refusal["code"]) == (422, "sandbox.no_such_member")
    assert refusal["details"] == {"path": "amount.none"}


async def test_pages_of_other_sites_may_not_call(control: Control) -> None:
    for site, expected in (("cross-site", 403), ("same-site", 200), ("same-origin", 200), ("none", 200)):
        status, _ = await control.call("GET", "/_sandbox/trades", headers={"Sec-Fetch-Site": site})
        assert status == expected


async def test_health_is_answered(control: Control) -> None:
    assert await control.call("GET", "/healthz") == (200, {"status": "ok"})


async def test_business_time_moves_forward_and_adds_up(control: Control) -> None:
    _, before = await control.call("GET", "/_sandbox/clock")
    await control.advance(100)
    await control.advance(23)
    _, after = await control.call("GET", "/_sandbox/clock")

    moved = datetime.fromisoformat(after["now"]) - datetime.fromisoformat(before["now"])
    assert after["offset_s"] == 123
    assert timedelta(seconds=123) <= moved < timedelta(seconds=128)


async def test_trades_are_found_by_number_and_state(
    provider: Merchant, control: Control, subs: list[str], number: Callable[[], str]
) -> None:
    codes = []
    for _ in range(3):
        body = partner_order(provider.account, subs[0], number())
        codes.append((await provider.post(f"{PARTNER}/native", body)).json["code_url"])
    await control.pay(codes[1])

    async def numbers(query: str) -> list[str]:
        _, body = await control.call("GET", f"/_sandbox/trades?{query}")
        return [one["out_trade_no"] for one in body["items"]]

    assert await numbers("") == ["T00000003", "T00000002", "T00000001"]
    assert await numbers("state=SUCCESS") == ["T00000002"]
    assert await numbers("state=SUCCESS&limit=1") == ["T00000002"]
    assert await numbers("state=NOTPAY") == ["T00000003", "T00000001"]
    assert await numbers("state=NOTPAY&out_trade_no=T00000001") == ["T00000001"]
    assert await numbers("state=CLOSED") == []
    assert await numbers("out_trade_no=T00000001") == ["T00000001"]
    assert await numbers("limit=1") == ["T00000003"]
    (trade,) = await control.trades("T00000001")
    assert trade == {
        "wallet": "wechat",
        "mode": "partner",
        "mchid": provider.account.mchid,
        "sub_mchid": subs[0],
        "out_trade_no": "T00000001",
        "combine_out_trade_no": None,
        "transaction_id": None,
        "state": "NOTPAY",
        "total_fen": 100,
        "profit_sharing": False,
        "description": "Image形象店-深圳腾大-QQ公仔",
        "content": codes[0],
        "created_at": trade["created_at"],
        "expires_at": trade["expires_at"],
        "paid_at": None,
    }
    await control.advance(8 * 86_400)
    assert await numbers("state=NOTPAY") == []
    assert await numbers("state=CLOSED") == ["T00000003", "T00000001"]


async def test_a_limit_counts_orders_and_a_combination_brings_all_its_trades(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    entries = [sub_order(provider.account.mchid, subs[i], f"S000000{i}") for i in range(3)]
    await provider.post(f"{COMBINE}/native", combination(provider.account, "C000000001", entries))

    for query in ("limit=1", "out_trade_no=C000000001&limit=1", "out_trade_no=S0000002&limit=1"):
        _, body = await control.call("GET", f"/_sandbox/trades?{query}")
        assert [one["out_trade_no"] for one in body["items"]] == ["S0000000", "S0000001", "S0000002"]


async def test_a_merchants_name_and_keys_are_changed_apart(control: Control, subs: list[str]) -> None:
    path = f"/_sandbox/merchants/{subs[0]}"
    _, named = await control.call("PUT", path, {"name": "山野茶事"})
    _, keyed = await control.call("PUT", path, {"notification_key": "mixed"})

    assert named["notification_key"] == "public_key"
    assert keyed == {
        "mchid": subs[0],
        "name": "山野茶事",
        "notification_key": "mixed",
        "has_platform_certificate": True,
    }


async def test_reset_forgets_everything_but_accounts_and_names(
    provider: Merchant, control: Control, subs: list[str]
) -> None:
    body = partner_order(provider.account, subs[0], "T00000001")
    code = (await provider.post(f"{PARTNER}/native", body)).json["code_url"]
    await control.pay(code)
    await control.advance(10)
    await control.set_faults(answers=[{"kind": "status", "times": None}])
    path = f"/_sandbox/merchants/{provider.account.mchid}"
    await control.call("PUT", path, {"name": "万铺", "notification_key": "mixed"})

    assert await control.call("POST", "/_sandbox/reset") == (204, None)

    assert await control.trades() == []
    assert await control.notifications() == []
    assert (await control.call("GET", "/_sandbox/clock"))[1]["offset_s"] == 0
    assert (await control.call("GET", "/_sandbox/faults"))[1] == {
        "answers": [],
        "notifications": [],
        "clock_skew_s": 0,
    }
    _, shown = await control.call("GET", path)
    assert (shown["name"], shown["notification_key"]) == ("万铺", "public_key")
    assert (await provider.post(f"{PARTNER}/native", body)).status == 200
