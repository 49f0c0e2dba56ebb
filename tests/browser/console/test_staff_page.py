"""管理员列表: the life of an account, with all rights and with the one to open accounts."""

from playwright.async_api import Locator, expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST


async def act(operator: Operator, row: Locator, action: str) -> None:
    """Choose something from a row's further actions."""
    await operator.press(row.get_by_test_id("more-staff"))
    await operator.press(f"staff-{action}")


@FIRST_AT_DESK
async def test_an_account_is_opened_changed_switched_off_and_removed(
    operator: Operator, admin_api: StaffApi
) -> None:
    name = f"wang.{operator.screen.name}"
    role = await admin_api.post("/platform/v1/roles", {"role_name": f"客服 {name}", "menu_ids": ["29"]})
    operator.watch.expect(422, 409)
    await operator.arrive("admin", ADMIN_PASSWORD, "/sys/user")
    await operator.press("add-staff")
    await operator.seen("field-username").fill("admin")
    await operator.seen("field-password").fill("12345678")
    await operator.press("form-save")
    weak = operator.page.get_by_role("alert").filter(has_text=operator.word("密码", "password"))
    await expect(weak).to_be_visible()
    await operator.press("draw-password")
    await operator.press("form-save")
    taken = operator.page.get_by_role("alert").filter(
        has_text=operator.word("账号已存在", "This account exists already")
    )
    await expect(taken).to_be_visible()

    await operator.seen("field-username").fill(name)
    await operator.press("field-roles")
    await operator.press(operator.page.get_by_role("option", name=role["role_name"]))
    await operator.seen("field-email").fill("wang@example.com")
    await operator.press("form-save")

    row = operator.seen("list-row").filter(has_text=name)
    await expect(row).to_contain_text(operator.word("待改密码", "Password due"))
    await operator.press(row.get_by_test_id("edit-staff"))
    await operator.seen("field-allowed").fill("10.0.0.0/8\nnot-an-address")
    await operator.press("form-save")
    await expect(operator.page.get_by_role("alert").filter(visible=True)).to_have_count(1)
    await operator.seen("field-allowed").fill("10.0.0.0/8")
    await operator.press("form-save")
    await expect(operator.seen("form-save")).to_have_count(0)
    await act(operator, row, "disable")
    await expect(operator.seen("ask-subject")).to_have_text(name)
    await operator.press("ask-confirm")
    await expect(row).to_contain_text(operator.word("已停用", "Disabled"))

    (found,) = (await admin_api.get(f"/platform/v1/staff?username={name}"))["items"]
    kept = await admin_api.get(f"/platform/v1/staff/{found['user_id']}")
    assert (kept["status"], kept["email"], kept["allowed_ips"]) == (0, "wang@example.com", ["10.0.0.0/8"])
    assert [one["role_id"] for one in kept["roles"]] == [role["role_id"]]
    await act(operator, row, "remove")
    await operator.press("ask-confirm")
    await expect(row).to_have_count(0)


@FIRST_IN_POCKET
async def test_who_may_only_open_accounts_finds_no_other_button(
    operator: Operator, admin_api: StaffApi
) -> None:
    colleague = await admin_api.colleague("sys:user:list", "sys:user:save")
    username = (await colleague.get("/console/v1/me"))["username"]
    await operator.arrive(username, OWN_PASSWORD, "/sys/user")
    await expect(operator.seen("list-empty")).to_be_visible()

    await operator.press("add-staff")
    assert await nameless_controls(operator.page) == []
    await operator.seen("field-username").fill(f"new.{username}")
    await operator.press("draw-password")
    await operator.press("form-save")

    await expect(operator.seen("list-row")).to_contain_text(f"new.{username}")
    assert await overflow_px(operator.page) == 0
    for absent in ("edit-staff", "more-staff", "add-merchant-staff"):
        await expect(operator.seen(absent)).to_have_count(0)
