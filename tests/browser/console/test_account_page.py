"""账号中心: everybody's own account, its second factor, and its sessions."""

import pyotp
from playwright.async_api import expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import headings, nameless_controls, overflow_px

pytestmark = BROWSER_TEST


@FIRST_AT_DESK
async def test_a_second_factor_is_set_up_and_a_recovery_code_takes_it_off(
    operator: Operator, admin_api: StaffApi
) -> None:
    colleague = await admin_api.colleague("sys:log:list")
    username = (await colleague.get("/console/v1/me"))["username"]
    operator.watch.expect(422)
    await operator.sign_in(username, OWN_PASSWORD)
    await operator.press("account-menu")
    await operator.press("open-account")
    await operator.press("factor-set-up")
    await operator.seen("proof-password").fill("not-the-password")
    await operator.page.keyboard.press("Enter")
    wrong = operator.word("当前密码错误", "The present password is wrong")
    await expect(operator.page.get_by_role("alert").filter(has_text=wrong)).to_be_visible()
    await operator.seen("proof-password").fill(OWN_PASSWORD)
    await operator.page.keyboard.press("Enter")
    secret = await operator.seen("totp-secret").inner_text()
    await operator.seen("totp-code").fill(pyotp.TOTP(secret).now())

    await operator.page.keyboard.press("Enter")

    shown = operator.seen("recovery-codes").get_by_role("listitem")
    await expect(shown).to_have_count(10)
    codes = await shown.all_inner_texts()
    security = (await colleague.get("/console/v1/me"))["security"]
    assert security["recovery_codes_left"] == 10
    await operator.press("codes-kept")
    await expect(operator.seen("factor-state")).to_have_text(operator.word("已开启", "On"))
    await operator.press("factor-off")
    await operator.seen("off-password").fill(OWN_PASSWORD)
    await operator.seen("off-code").fill(codes[0])
    await operator.press(operator.page.get_by_role("dialog").get_by_test_id("form-save"))
    await expect(operator.seen("factor-state")).to_have_text(operator.word("未开启", "Off"))
    assert (await colleague.get("/console/v1/me"))["security"]["second_factor_since"] is None


@FIRST_IN_POCKET
async def test_profile_password_addresses_and_other_devices_are_in_their_owners_hands(
    operator: Operator, admin_api: StaffApi
) -> None:
    colleague = await admin_api.colleague("sys:log:list")
    username = (await colleague.get("/console/v1/me"))["username"]
    operator.watch.expect(409, 422)
    await operator.arrive(username, OWN_PASSWORD, "/account")
    await expect(operator.seen("own-session")).to_have_count(2)
    assert await nameless_controls(operator.page) == []
    assert await overflow_px(operator.page) == 0
    assert len(await headings(operator.page)) == 1

    await operator.seen("own-mobile").fill("12")
    await operator.press(operator.seen("profile").get_by_test_id("form-save"))
    await expect(operator.seen("profile").get_by_role("alert")).to_be_visible()
    await operator.seen("own-mobile").fill("13900001111")
    await operator.press(operator.seen("profile").get_by_test_id("form-save"))
    await expect(operator.seen("profile").get_by_role("alert")).to_have_count(0)
    await operator.seen("own-allowed").fill("203.0.113.0/24")
    await operator.seen("allowed-password").fill(OWN_PASSWORD)
    await operator.press(operator.seen("allowed").get_by_test_id("form-save"))
    missing = operator.word("允许的地址须包含您当前的地址", "must include the one that you use now")
    await expect(operator.seen("allowed").get_by_role("alert")).to_contain_text(missing)
    await operator.press("end-session")
    await operator.press("ask-confirm")
    await expect(operator.seen("own-session")).to_have_count(1)
    await operator.seen("old-password").fill(OWN_PASSWORD)
    for field in ("new-password", "repeat-password"):
        await operator.seen(field).fill("a-Third-Valley-99")
    await operator.press(operator.seen("password").get_by_test_id("form-save"))
    await expect(operator.seen("old-password")).to_have_value("")

    me = await (await admin_api.sign_in(username, "a-Third-Valley-99")).get("/console/v1/me")
    assert (me["mobile"], me["security"]["allowed_ips"]) == ("13900001111", [])
