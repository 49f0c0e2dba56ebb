"""菜单管理: adding, dragging and removing menus, and what the mall refuses."""

import pytest
from playwright.async_api import Locator, expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST


async def top_level(api: StaffApi) -> list[str]:
    """Names of the folders of the platform's console, in their order."""
    return [one["name"] for one in (await api.get("/platform/v1/menus"))["items"]]


async def drag_above(operator: Operator, row: Locator, other: Locator) -> None:
    """Drag one row to the upper edge of another, as a hand with a mouse does."""
    box = await other.bounding_box()
    assert box is not None
    await row.hover()
    await operator.page.mouse.down()
    await operator.page.mouse.move(box["x"] + 300, box["y"] + 9, steps=6)
    await operator.page.mouse.move(box["x"] + 300, box["y"] + 4, steps=2)
    await operator.page.mouse.up()


@FIRST_AT_DESK
async def test_menus_are_added_moved_and_removed_and_the_sider_follows(
    operator: Operator, admin_api: StaffApi
) -> None:
    folder, page = f"报表 {operator.screen.name}", f"日报 {operator.screen.name}"
    operator.watch.expect(409, 422)
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await operator.choose_menu("sys/menu")
    await operator.press("add-menu")
    await operator.seen("field-name").fill(folder)
    await operator.press("form-save")
    folder_row = operator.page.get_by_role("row").filter(has_text=folder)
    await operator.press(folder_row.get_by_test_id("add-below"))
    await operator.seen("field-name").fill(page)
    await operator.seen("field-url").fill(f"report/{operator.screen.name}")
    await operator.seen("field-perms").fill("sys:log:list\nreport:day:list")
    await operator.press("form-save")
    await expect(operator.page.get_by_role("alert").filter(has_text="report:day:list")).to_be_visible()
    await operator.seen("field-perms").fill("sys:log:list")
    await operator.press("form-save")
    page_row = operator.page.get_by_role("row").filter(has_text=page)
    await expect(page_row).to_be_visible()
    if not operator.screen.is_phone:
        await expect(operator.seen(f"menu-report/{operator.screen.name}")).to_have_text(page)
        await operator.seen("menu-row-1").locator("[aria-expanded]").click()
        await drag_above(operator, folder_row, operator.seen("menu-row-1"))
        await expect(operator.page.get_by_role("row").nth(1)).to_contain_text(folder)
        assert (await top_level(admin_api))[:2] == [folder, "系统管理"]
        await folder_row.get_by_role("button", name="移动").press("ArrowDown")
        await expect(operator.seen("menu-row-1")).to_be_visible()
        await expect(operator.page.get_by_role("row").nth(1)).to_contain_text("系统管理")

    await operator.press(folder_row.get_by_test_id("delete-menu"))
    await operator.press("ask-confirm")
    refusal = operator.word("请先删除下级菜单或按钮", "Delete the menus and buttons below it first")
    await expect(operator.seen("ask-failure")).to_have_text(refusal)
    await operator.press("ask-cancel")

    for row in (page_row, folder_row):
        await operator.press(row.get_by_test_id("delete-menu"))
        await operator.press("ask-confirm")
        await expect(row).to_have_count(0)
    assert folder not in await top_level(admin_api)


@FIRST_IN_POCKET
async def test_who_may_only_look_finds_menus_of_both_consoles_and_changes_none(
    operator: Operator, admin_api: StaffApi
) -> None:
    colleague = await admin_api.colleague("sys:menu:info")
    username = (await colleague.get("/console/v1/me"))["username"]
    await operator.sign_in(username, OWN_PASSWORD)
    await operator.choose_menu("sys/menu")
    await expect(operator.seen("menu-row-1")).to_be_visible()
    assert await overflow_px(operator.page) == 0
    assert await nameless_controls(operator.page) == []

    await operator.seen("find-menu").fill("dead-letter:replay")

    await expect(operator.seen("menu-row-43")).to_contain_text("sys:dead-letter:replay")
    await expect(operator.seen("menu-row-2")).to_have_count(0)
    await operator.seen("find-menu").fill("")
    await operator.press("console-merchant")
    await expect(operator.seen("menu-row-602")).to_contain_text("/merchant/staff")
    for absent in ("add-menu", "add-below", "edit-menu", "delete-menu"):
        await expect(operator.seen(absent)).to_have_count(0)


@pytest.mark.requirement("S0-111")
@FIRST_AT_DESK
async def test_every_column_of_a_menu_can_be_edited(operator: Operator, admin_api: StaffApi) -> None:
    top = await admin_api.post("/platform/v1/menus", {"type": 0, "name": f"一 {operator.screen.name}"})
    other = await admin_api.post("/platform/v1/menus", {"type": 0, "name": f"二 {operator.screen.name}"})
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await operator.choose_menu("sys/menu")
    below = operator.page.get_by_role("row").filter(has_text=top["name"]).get_by_test_id("add-below")
    await operator.press(below)
    await operator.seen("field-name").fill("旧页")
    await operator.seen("field-url").fill(f"old/{operator.screen.name}")
    await operator.press("form-save")
    row = operator.page.get_by_role("row").filter(has_text=f"/old/{operator.screen.name}")
    await operator.press(row.get_by_test_id("edit-menu"))

    await operator.seen("field-name").fill("新页")
    await operator.seen("field-name-en").fill("New page")
    await operator.press("field-parent")
    await operator.press(operator.page.get_by_role("option", name=other["name"]))
    await operator.seen("field-url").fill(f"new/{operator.screen.name}")
    await operator.seen("field-perms").fill("sys:log:list\nsys:sql:list")
    await operator.press(operator.page.get_by_title("truck"))
    await operator.seen("field-order").locator("input").fill("7")
    await operator.press("form-save")
    await expect(operator.seen("form-save")).to_have_count(0)

    tree = (await admin_api.get("/platform/v1/menus"))["items"]
    (menu,) = next(one for one in tree if one["menu_id"] == other["menu_id"])["children"]
    kept = await admin_api.get(f"/platform/v1/menus/{menu['menu_id']}")
    assert kept == {
        "menu_id": menu["menu_id"],
        "parent_id": other["menu_id"],
        "name": "新页",
        "name_en": "New page",
        "url": f"new/{operator.screen.name}",
        "perms": ["sys:log:list", "sys:sql:list"],
        "type": 1,
        "icon": "truck",
        "order_num": 7,
        "audience": "platform",
        "is_base": False,
    }
    for menu_id in (menu["menu_id"], top["menu_id"], other["menu_id"]):
        await admin_api.delete(f"/platform/v1/menus/{menu_id}")
