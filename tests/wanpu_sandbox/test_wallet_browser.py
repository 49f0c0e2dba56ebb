"""The wallet in a real browser, as a phone and on a desk: scan, look, pay, and read the result."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright, expect

from tests.browser.screens import CHROMIUM, FLAGS
from tests.conftest import server_absent
from tests.wanpu_sandbox.bodies import COMBINE, combination, sub_order
from tests.wanpu_sandbox.client import Control, Merchant
from tests.wanpu_sandbox.running import RunningSandbox

pytestmark = pytest.mark.browser

SCREENS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "desk": {"viewport": {"width": 1440, "height": 900}},
}


@pytest.fixture(params=SCREENS)
async def context(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[BrowserContext]:
    """A fresh browser of each size; a request that leaves the machine or a script error fails the test."""
    if shutil.which(CHROMIUM) is None:
        server_absent(f"no browser: {CHROMIUM} is missing")
    options = SCREENS[request.param]
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, args=FLAGS, locale="zh-CN", **options
        )
        yield opened
        await opened.close()


@pytest.fixture
async def phone(context: BrowserContext) -> AsyncIterator[Page]:
    problems: list[str] = []
    page = await context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "request",
        lambda sent: None if sent.url.startswith("http://127.0.0.1:") else problems.append(sent.url),
    )
    yield page
    assert problems == []


async def new_combination(provider: Merchant, subs: list[str], number: str) -> str:
    entries = [
        sub_order(provider.account.mchid, subs[i], f"{number}{i:02d}", 9900 + i * 1250) for i in range(2)
    ]
    body = combination(provider.account, number, entries)
    return str((await provider.post(f"{COMBINE}/native", body)).json["code_url"])


async def test_an_order_appears_by_itself_and_is_paid_from_the_list(
    sandbox: RunningSandbox, phone: Page, provider: Merchant, control: Control, subs: list[str]
) -> None:
    await phone.goto(f"{sandbox.base_url}/wallet")
    await expect(phone.get_by_test_id("sandbox-banner")).to_contain_text("沙箱")
    await expect(phone.get_by_test_id("pending-empty")).to_be_visible()

    await new_combination(provider, subs, "C00001")
    await phone.get_by_test_id("pending-trade").click()
    await expect(phone.get_by_test_id("sub-order")).to_have_count(2)
    await expect(phone.get_by_test_id("order-total")).to_have_text("¥210.50")
    await phone.get_by_test_id("pay-button").click()

    await expect(phone.get_by_test_id("result")).to_have_attribute("data-state", "paid")
    assert {trade["state"] for trade in await control.trades("C00001")} == {"SUCCESS"}
    await phone.get_by_test_id("done-button").click()
    await expect(phone.get_by_test_id("recent-trade")).to_have_count(1)


async def test_a_pasted_code_is_refused_then_paid(
    sandbox: RunningSandbox, phone: Page, provider: Merchant, control: Control, subs: list[str]
) -> None:
    code = await new_combination(provider, subs, "C00001")
    await phone.goto(f"{sandbox.base_url}/wallet")
    await phone.get_by_test_id("code-input").fill(code)
    await phone.get_by_test_id("code-submit").click()

    await phone.get_by_test_id("insufficient-button").click()
    await expect(phone.get_by_test_id("result-note")).to_have_text("零钱余额不足，未扣款")
    await phone.get_by_test_id("retry-button").click()
    await phone.get_by_test_id("refuse-button").click()
    await expect(phone.get_by_test_id("result-note")).to_have_text("你已放弃支付，未扣款")
    assert {trade["state"] for trade in await control.trades()} == {"NOTPAY"}

    await phone.get_by_test_id("retry-button").click()
    await phone.get_by_test_id("pay-button").click()
    await expect(phone.get_by_test_id("result")).to_have_attribute("data-state", "paid")


async def test_closing_the_payment_changes_nothing(
    sandbox: RunningSandbox, phone: Page, provider: Merchant, control: Control, subs: list[str]
) -> None:
    await new_combination(provider, subs, "C00001")
    await phone.goto(f"{sandbox.base_url}/wallet")
    for leave in ("close-button", "leave-button"):
        await phone.get_by_test_id("pending-trade").click()
        await phone.get_by_test_id(leave).click()
        await expect(phone.get_by_test_id("pending-trade")).to_have_count(1)

    assert {trade["state"] for trade in await control.trades()} == {"NOTPAY"}


async def test_nothing_is_wider_than_the_screen_and_targets_are_large_enough(
    sandbox: RunningSandbox, phone: Page, provider: Merchant, subs: list[str]
) -> None:
    code = await new_combination(provider, subs, "C" + "0" * 25)
    for path in ("/wallet", "/wallet?code=" + code.replace("&", "%26")):
        await phone.goto(sandbox.base_url + path)
        width = await phone.evaluate("document.documentElement.scrollWidth - innerWidth")
        heights = await phone.evaluate(
            "[...document.querySelectorAll('.phone a, .phone button:not([hidden])')]"
            ".map((target) => target.getBoundingClientRect().height)"
        )
        assert width <= 0
        assert min(heights) >= 44
