"""The cashier over HTTP: every scene, in two languages, and nothing for whoever guesses."""

import re
from collections import deque
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.http import Answer, Caller
from tests.wanpu.payment.room import NATIVE, Room, ask_for, notify, one, rows, share

from wanpu.kernel.clock import ManualClock
from wanpu.payment.cashier.pages import safe_return_url
from wanpu.payment.channel import ChannelRejected, OutcomeUnknown
from wanpu.payment.models import Payment, PaymentAttempt
from wanpu.payment.service.views import cashier_token, read_cashier_token

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


async def cashier_of(room: Room, **wanted: object) -> str:
    """The cashier's path of a payment without an attempt."""
    ask = ask_for(room.clock, method=None, **wanted)  # type: ignore[arg-type]
    return (await room.port.create(ask)).cashier_url


async def show(http: Caller, path: str, **headers: str) -> str:
    answer = await http.get(path, headers=headers)
    assert answer.status == 200
    return str(answer.body.decode())


def scene_of(page: str) -> str:
    found = re.search(r'data-scene="(\w+)"', page)
    assert found is not None
    return found[1]


async def start(http: Caller, path: str, method: str = NATIVE) -> Answer:
    return await http.post(f"{path}/attempts", raw=f"method={method}".encode(), headers=FORM)


async def test_a_fresh_payment_shows_amount_merchants_and_starts_by_itself(room: Room, http: Caller) -> None:
    page = await show(http, await cashier_of(room))

    assert scene_of(page) == "choosing"
    assert 'data-starts="yes"' in page
    assert re.search(r"¥</span>37<span class=\"cents\">.80", page)
    assert "商家 1" in page
    assert "¥7.80" in page
    assert "30:00" in page
    assert "<svg" in page
    assert room.channel.calls == []


async def test_starting_shows_a_code_that_the_state_knows_too(room: Room, http: Caller) -> None:
    path = await cashier_of(room)

    started = await start(http, path)

    attempt = await one(room, PaymentAttempt)
    expected = {
        "scene": "paying",
        "seconds_left": 1800,
        "code_seconds_left": 1800,
        "code_id": attempt.attempt_no,
    }
    assert (started.status, started.body) == (201, expected)
    page = await show(http, path)
    assert scene_of(page) == "paying"
    assert 'class="qr"' in page
    content = f"weixin%3A%2F%2Fwxpay%2Fbizpayurl%3Fpr%3D{attempt.attempt_no}1"
    assert f'href="http://127.0.0.1:8100/wallet?code={content}" target="_blank"' in page
    assert (await http.get(f"{path}/state")).body == expected


async def test_a_page_without_scripts_is_sent_back_to_the_cashier(room: Room, http: Caller) -> None:
    path = await cashier_of(room)
    room.channel.faults["create"] = deque([OutcomeUnknown("timed out")])
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}

    answers = [
        await http.post(f"{path}/attempts", raw=b"method=wechatpay.native", headers=form) for _ in range(2)
    ]

    assert [(answer.status, answer.headers["location"]) for answer in answers] == [(303, path)] * 2
    assert scene_of(await show(http, path)) == "paying"


async def test_a_paid_payment_shows_its_result_with_the_way_back(room: Room, http: Caller) -> None:
    path = await cashier_of(room)
    await start(http, path)
    await notify(room, room.channel.pay((await one(room, PaymentAttempt)).attempt_no))

    page = await show(http, path)

    assert scene_of(page) == "paid"
    assert "支付成功" in page
    assert 'href="/pages/order/detail?order_id=1"' in page
    assert 'data-testid="back-home"' in page
    assert (await http.get(f"{path}/state")).body["scene"] == "paid"
    assert (await start(http, path)).refusal == (409, "payment.already_paid")


async def test_a_dead_code_can_be_renewed_for_as_long_as_the_payment_lives(
    room: Room, http: Caller, clock: ManualClock
) -> None:
    path = await cashier_of(room, minutes=300)
    await start(http, path)
    clock.advance(timedelta(hours=2))
    page = await show(http, path)
    assert scene_of(page) == "code_expired"
    assert 'data-testid="fresh-code"' in page

    renewed = await start(http, path)

    assert renewed.body["scene"] == "paying"
    assert renewed.body["code_id"] == (await rows(room, PaymentAttempt))[1].attempt_no


async def test_a_silent_channel_is_told_as_such_and_the_same_button_goes_on(room: Room, http: Caller) -> None:
    path = await cashier_of(room)
    room.channel.lost["create"] = deque([OutcomeUnknown("timed out")])

    refused = await start(http, path)

    assert refused.refusal == (503, "payment.channel_unavailable")
    page = await show(http, path)
    assert scene_of(page) == "unavailable"
    assert 'data-testid="retry"' in page
    assert (await start(http, path)).body["scene"] == "paying"
    assert len(await rows(room, PaymentAttempt)) == 1


async def test_a_refusing_channel_is_told_with_its_code(room: Room, http: Caller) -> None:
    path = await cashier_of(room)
    room.channel.faults["create"] = deque([ChannelRejected("NO_AUTH", "no")])

    refused = await start(http, path)

    assert refused.refusal == (409, "payment.channel_refused")
    assert refused.body["details"] == {"provider_code": "NO_AUTH"}
    assert scene_of(await show(http, path)) == "unavailable"


async def test_the_last_minute_starts_nothing(room: Room, http: Caller, clock: ManualClock) -> None:
    path = await cashier_of(room)
    clock.advance(timedelta(minutes=29, seconds=30))

    assert scene_of(await show(http, path)) == "too_late"
    assert (await start(http, path)).refusal == (409, "payment.too_late")


async def test_a_close_that_is_being_proven_says_so(room: Room, http: Caller) -> None:
    path = await cashier_of(room)
    await start(http, path)
    room.channel.faults["close"] = deque([OutcomeUnknown("timed out")])
    await room.port.close("P1")

    assert scene_of(await show(http, path)) == "closing"
    assert (await start(http, path)).refusal == (409, "payment.closed")


async def test_cancelling_and_timing_out_are_told_apart(room: Room, http: Caller, clock: ManualClock) -> None:
    cancelled = await cashier_of(room, payment_no="P1")
    late = await cashier_of(room, payment_no="P2")
    await room.port.close("P1")
    clock.advance(timedelta(minutes=30))
    assert scene_of(await show(http, late)) == "closing"
    await room.runner.run_once()

    assert scene_of(await show(http, cancelled)) == "cancelled"
    assert scene_of(await show(http, late)) == "timed_out"


async def test_a_payment_that_ended_before_it_was_begun_leads_back_too(room: Room, http: Caller) -> None:
    order = "/pages/order/detail?order_id=9"
    await room.port.close("P9", return_url=order)
    path = (await room.port.query("P9")).cashier_url

    page = await show(http, path)

    assert scene_of(page) == "cancelled"
    assert f'href="{order}"' in page


async def test_a_basket_that_no_method_takes_says_why(room: Room, http: Caller) -> None:
    ask = ask_for(room.clock, share(1, 100), share(99, 100), method=None)
    path = (await room.port.create(ask)).cashier_url

    page = await show(http, path)

    assert "data-starts" not in page
    assert "部分商家尚未开通该支付方式" in page
    assert (await start(http, path)).refusal == (409, "payment.merchant_not_ready")


async def test_english_is_spoken_to_whoever_asks_for_it(room: Room, http: Caller) -> None:
    path = await cashier_of(room)
    headers = {"Accept-Language": "en-GB,en;q=0.9,zh;q=0.5"}

    page = await show(http, path, **headers)

    assert '<html lang="en">' in page
    assert "Amount due" in page
    assert "应付金额" not in page


@pytest.mark.parametrize("change", ["x" * 32, "", "AAAA", "字" * 32, "%00", "a" * 5000])
async def test_a_guessed_address_shows_a_friendly_page_and_nothing_else(
    room: Room, http: Caller, change: str
) -> None:
    await cashier_of(room)

    page = await http.get(f"/cashier/{change}", headers={"Accept": "text/html"})

    assert page.status in (404, 422)
    assert (await http.get(f"/cashier/{change or 'x'}/state")).status in (404, 422)


async def test_a_token_names_one_payment_and_cannot_be_altered(room: Room) -> None:
    await cashier_of(room)
    payment = await one(room, Payment)
    token = cashier_token(room.app, payment.id)

    assert read_cashier_token(room.app, token) == payment.id
    for position in range(32):
        altered = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
        assert read_cashier_token(room.app, altered) is None


async def test_nothing_foreign_may_run_on_the_page(room: Room, http: Caller) -> None:
    path = await cashier_of(room)

    answer = await http.get(path)

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    page = answer.body.decode()
    assert " style=" not in page
    assert re.findall(r"<script(?![^>]* src=)", page) == []
    assets = re.findall(r'(?:src|href)="(/cashier/assets/[^"]+)"', page)
    assert len(assets) == 3
    for asset in assets:
        assert (await http.get(asset)).status == 200


async def test_names_are_shown_as_text_whatever_they_hold(room: Room, http: Caller) -> None:
    evil = replace(share(1, 100), payee_name="<script>alert(1)</script>")
    ask = replace(ask_for(room.clock, evil, method=None), subject="<img src=x onerror=alert(1)>")

    page = await show(http, (await room.port.create(ask)).cashier_url)

    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", FORM),
        (b"method=alipay.page", FORM),
        (b"method=" + b"x" * 5000, FORM),
        (b"method=a&method=b&x=1", FORM),
        (
            b'{"method":"wechatpay.native"}',
            {"Content-Type": "application/json", "Accept": "application/json"},
        ),
    ],
    ids=["empty", "unknown", "huge", "repeated", "json"],
)
async def test_a_start_that_names_no_method_is_refused(
    room: Room, http: Caller, body: bytes, headers: dict[str, str]
) -> None:
    path = await cashier_of(room)

    answer = await http.post(f"{path}/attempts", raw=body, headers=headers)

    assert answer.refusal == (409, "payment.method_not_offered")
    assert await rows(room, PaymentAttempt) == []


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("/pages/order/detail?order_id=1", "/pages/order/detail?order_id=1"),
        ("https://shop.example/orders/1", "https://shop.example/orders/1"),
        ("//evil.example/", None),
        ("/\\evil.example/", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("/a\nb", None),
        (None, None),
    ],
)
def test_only_safe_addresses_lead_back(url: str | None, shown: str | None) -> None:
    assert safe_return_url(url) == shown
