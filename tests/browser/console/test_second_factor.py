"""Signing in with a second factor, and only from where an account may be signed in to."""

import time

import pyotp
import pytest
from playwright.async_api import expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import FIRST_PASSWORD, OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD, CAPTCHA

pytestmark = BROWSER_TEST

STEP_S = 30


async def set_up_factor(operator: Operator) -> tuple[pyotp.TOTP, list[str]]:
    """Switch the second factor on, on the own account page; the authenticator and the recovery codes."""
    await operator.press("account-menu")
    await operator.press("open-account")
    await operator.press("factor-set-up")
    await operator.seen("proof-password").fill(OWN_PASSWORD)
    await operator.page.keyboard.press("Enter")
    authenticator = pyotp.TOTP(await operator.seen("totp-secret").inner_text())
    await operator.seen("totp-code").fill(authenticator.now())
    await operator.page.keyboard.press("Enter")
    shown = operator.seen("recovery-codes").get_by_role("listitem")
    await expect(shown).to_have_count(10)
    codes = await shown.all_inner_texts()
    await operator.press("codes-kept")
    await expect(operator.seen("factor-state")).to_have_text(operator.word("已开启", "On"))
    return authenticator, codes


async def sign_out(operator: Operator) -> None:
    await operator.press("account-menu")
    await operator.press("sign-out")
    await expect(operator.seen("sign-in")).to_be_visible()


async def show_password(operator: Operator, username: str) -> None:
    """The right password alone: the door asks for the code."""
    await operator.answer_door(username, OWN_PASSWORD)
    await expect(operator.seen("field-totp")).to_be_visible()


async def show_code(operator: Operator, code: str) -> None:
    await operator.seen("field-totp").fill(code)
    await operator.seen("field-captcha").fill(CAPTCHA)
    await operator.press("sign-in")


def next_code(authenticator: pyotp.TOTP) -> str:
    """The code after the present one: the present one may be used up, and clocks may differ that much."""
    return authenticator.at(time.time() + STEP_S)


@pytest.mark.requirement("S0-037")
@FIRST_AT_DESK
async def test_a_code_lets_in_a_wrong_one_does_not_and_a_recovery_code_does_so_once(
    operator: Operator, admin_api: StaffApi
) -> None:
    username = await admin_api.hire_settled("sys:log:list")
    operator.watch.expect(401)
    await operator.sign_in(username, OWN_PASSWORD)
    authenticator, codes = await set_up_factor(operator)
    wrong = operator.page.get_by_role("alert").filter(has_text=operator.word("验证码", "code"))

    await sign_out(operator)
    await show_password(operator, username)
    assert await nameless_controls(operator.page) == []
    assert await overflow_px(operator.page) == 0
    await show_code(operator, authenticator.at(0))
    await expect(wrong).to_be_visible()
    await show_code(operator, next_code(authenticator))
    await expect(operator.seen("home-page")).to_be_visible()

    await sign_out(operator)
    await show_password(operator, username)
    await show_code(operator, codes[0])
    await expect(operator.seen("home-page")).to_be_visible()
    await operator.open("/account")
    left = operator.word("还剩 9 个恢复码", "9 recovery codes left")
    await expect(operator.page.get_by_text(left)).to_be_visible()
    refused = operator.page.get_by_role("listitem").filter(has_text=operator.word("被拒绝", "Refused"))
    await expect(refused.first).to_contain_text("127.0.0.1")
    await operator.seen("own-allowed").fill("127.0.0.0/8")
    await operator.seen("allowed-password").fill(OWN_PASSWORD)
    await operator.press(operator.seen("allowed").get_by_test_id("form-save"))
    await expect(operator.seen("allowed-password")).to_have_value("")
    await operator.page.reload()
    await expect(operator.seen("own-allowed")).to_have_value("127.0.0.0/8")

    await sign_out(operator)
    await show_password(operator, username)
    await show_code(operator, codes[0])
    await expect(wrong).to_be_visible()
    last = (await admin_api.get(f"/platform/v1/login-logs?username={username}"))["items"][0]
    assert (last["event"], last["reason"]) == ("refused", "auth.totp_wrong")


@FIRST_IN_POCKET
async def test_a_fresh_account_gets_in_from_allowed_addresses_alone_and_then_with_a_password_of_its_own(
    operator: Operator, second_operator: Operator, admin_api: StaffApi
) -> None:
    username = await admin_api.hire("sys:log:list")
    operator.watch.expect(401)
    await second_operator.sign_in("admin", ADMIN_PASSWORD)
    await allow_from(second_operator, username, "203.0.113.0/24")
    await operator.open()
    await operator.answer_door(username, FIRST_PASSWORD)
    wrong = operator.word("账号或密码错误", "The account or the password is wrong")
    await expect(operator.seen("sign-in-failure")).to_have_text(wrong)
    await second_operator.open(f"/sys/login-log?username={username}")
    reason = second_operator.word("地址不在允许之列", "Address not allowed")
    await expect(second_operator.seen("list-row").first).to_contain_text(reason)

    await allow_from(second_operator, username, "203.0.113.0/24\n127.0.0.0/8")
    await operator.answer_door(username, FIRST_PASSWORD)
    for field in ("field-new-password", "field-repeated"):
        await operator.seen(field).fill(OWN_PASSWORD)
    await operator.press("save-password")

    await expect(operator.seen("home-page")).to_be_visible()
    await sign_out(operator)
    await operator.answer_door(username, FIRST_PASSWORD)
    await expect(operator.seen("sign-in-failure")).to_have_text(wrong)
    await operator.answer_door(username, OWN_PASSWORD)
    await expect(operator.seen("home-page")).to_be_visible()


async def allow_from(operator: Operator, username: str, addresses: str) -> None:
    """Let an account sign in from these addresses and no others."""
    await operator.open(f"/sys/user?username={username}")
    await operator.press("edit-staff")
    await operator.seen("field-allowed").fill(addresses)
    await operator.press("form-save")
    await expect(operator.seen("form-save")).to_have_count(0)
