"""角色管理: choosing menus in the half-checked tree, and seeing the console as a role does."""

from playwright.async_api import expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST

SYSTEM, ADMINISTRATORS, VIEW_ADMINISTRATORS, LOG = "1", "2", "15", "29"
VIEW_ROLES = "19"


@FIRST_AT_DESK
async def test_a_role_is_put_together_seen_through_and_removed(
    operator: Operator, admin_api: StaffApi
) -> None:
    name = f"值班 {operator.screen.name}"
    await operator.arrive("admin", ADMIN_PASSWORD, "/sys/role")
    await operator.press("add-role")
    await operator.press("form-save")
    await expect(operator.page.get_by_text(operator.word("请填写角色名称", "Name the role"))).to_be_visible()
    await operator.seen("field-role-name").fill(name)
    await operator.press(f"menu-{VIEW_ADMINISTRATORS}")
    await operator.press(f"menu-{LOG}")
    halves = [await operator.seen(f"menu-{one}").evaluate("(box) => box.indeterminate") for one in ("1", "2")]
    assert halves == [True, True]
    await operator.press("form-save")

    row = operator.seen("list-row").filter(has_text=name)
    await operator.press(row.get_by_test_id("preview-role"))

    pages = [operator.word(*one) for one in (("管理员列表", "Administrators"), ("系统日志", "System log"))]
    await expect(operator.seen("preview-menus").get_by_role("listitem")).to_contain_text(
        [operator.word("系统管理", "System"), *pages]
    )
    granted = ["sys:log:list", "sys:user:info", "sys:user:list"]
    await expect(operator.seen("preview-permissions").get_by_role("listitem")).to_have_text(granted)
    (role,) = (await admin_api.get(f"/platform/v1/roles?role_name={name}"))["items"]
    kept = await admin_api.get(f"/platform/v1/roles/{role['role_id']}")
    assert kept["menu_ids"] == [SYSTEM, ADMINISTRATORS, VIEW_ADMINISTRATORS, LOG]
    await operator.page.keyboard.press("Escape")
    await operator.press(row.get_by_test_id("delete-role"))
    await operator.press("ask-confirm")
    await expect(row).to_have_count(0)


@FIRST_IN_POCKET
async def test_nobody_can_tick_what_it_has_not_got_itself(operator: Operator, admin_api: StaffApi) -> None:
    colleague = await admin_api.colleague("sys:role:list", "sys:role:save")
    username = (await colleague.get("/console/v1/me"))["username"]
    await operator.arrive(username, OWN_PASSWORD, "/sys/role")
    await operator.press("add-role")
    await expect(operator.seen(f"menu-{LOG}")).to_be_disabled()
    await expect(operator.seen(f"menu-{VIEW_ADMINISTRATORS}")).to_be_disabled()
    assert await nameless_controls(operator.page) == []

    await operator.seen("field-role-name").fill(f"of {username}")
    await operator.press(f"menu-{VIEW_ROLES}")
    await operator.press("form-save")

    await expect(operator.seen("list-row")).to_contain_text(f"of {username}")
    assert await overflow_px(operator.page) == 0
    (role,) = (await colleague.get("/platform/v1/roles"))["items"]
    kept = await colleague.get(f"/platform/v1/roles/{role['role_id']}")
    assert kept["menu_ids"] == [SYSTEM, "3", VIEW_ROLES]
    for absent in ("edit-role", "delete-role"):
        await expect(operator.seen(absent)).to_have_count(0)
