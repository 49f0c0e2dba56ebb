"""The merchants' console: a merchant's people, roles and files, and nothing of anybody else."""

import re

import pytest
from playwright.async_api import expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import FIRST_PASSWORD, OWN_PASSWORD, StaffApi
from tests.browser.console.test_file_pages import picture
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import headings, nameless_controls, overflow_px, pictures_without_text
from tests.browser.running_mall import RunningMall

pytestmark = BROWSER_TEST

PAGES = {
    "merchant/staff": ("员工", "Staff"),
    "merchant/role": ("角色", "Roles"),
    "merchant/file": ("文件", "Files"),
}
OPERATORS_PAGES = ("sys/user", "sys/role", "sys/log", "sys/config", "oss/oss", "job/schedule")
LOOK_AT_FILES = "612"


def merchants(house: RunningMall) -> list[str]:
    """The numbers of the demo's merchants."""
    return [str(merchant_id) for (merchant_id,) in house.read_rows("SELECT id FROM merchant ORDER BY id")]


async def look(operator: Operator) -> list[str]:
    """What is wrong with the page in front."""
    faults = await nameless_controls(operator.page) + await pictures_without_text(operator.page)
    if wider := await overflow_px(operator.page):
        faults.append(f"{wider} px wider than the screen")
    if len(titles := await headings(operator.page)) != 1:
        faults.append(f"main headings {titles}")
    return faults


@pytest.mark.requirement("S0-031")
@FIRST_AT_DESK
async def test_an_owner_signs_in_gives_a_colleague_a_role_and_uploads_a_picture(
    operator: Operator, second_operator: Operator, admin_api: StaffApi
) -> None:
    own, other = merchants(operator.house)[:2]
    owner = await admin_api.merchant_owner(own)
    stranger = await admin_api.merchant_owner(other)
    role_name, colleague = f"美工 {operator.screen.name}", f"art.{operator.screen.name}"
    await operator.sign_in(owner, OWN_PASSWORD)
    await expect(operator.seen("places").get_by_role("link")).to_have_count(len(PAGES))

    await operator.choose_menu("merchant/role")
    await operator.press("add-role")
    await operator.seen("field-role-name").fill(role_name)
    await operator.press(f"menu-{LOOK_AT_FILES}")
    await operator.press("form-save")
    await expect(operator.seen("list-row").filter(has_text=role_name)).to_be_visible()
    await operator.choose_menu("merchant/staff")
    await expect(operator.seen("list-row").filter(has_text=owner)).to_be_visible()
    await operator.press("add-staff")
    await operator.seen("field-username").fill(colleague)
    await operator.seen("field-password").fill(FIRST_PASSWORD)
    await operator.press("field-roles")
    await operator.press(operator.page.get_by_role("option", name=role_name))
    await operator.press("form-save")
    await expect(operator.seen("list-row").filter(has_text=colleague)).to_be_visible()
    await expect(operator.seen("list-row").filter(has_text=stranger)).to_have_count(0)

    await operator.choose_menu("merchant/file")
    await operator.press("open-upload")
    name = f"shop-{operator.screen.name}.png"
    await operator.page.get_by_test_id("upload-input").set_input_files([picture(name, "olive")])
    await operator.see_uploads(1, total=1)
    await operator.page.keyboard.press("Escape")
    await expect(operator.seen("file-grid")).to_contain_text(name)
    (stored,) = (await admin_api.get(f"/platform/v1/files?name={name}"))["items"]
    assert stored["merchant_id"] == own

    await second_operator.open()
    await second_operator.answer_door(colleague, FIRST_PASSWORD)
    for field in ("field-new-password", "field-repeated"):
        await second_operator.seen(field).fill(OWN_PASSWORD)
    await second_operator.press("save-password")
    await expect(second_operator.seen("places").get_by_role("link")).to_have_count(1)
    await second_operator.choose_menu("merchant/file")
    await expect(second_operator.seen("file-grid")).to_contain_text(name)
    await second_operator.open("/merchant/staff")
    await expect(second_operator.seen("forbidden-view")).to_be_visible()
    await expect(second_operator.page).to_have_title(
        re.compile(second_operator.word("没有权限", "No permission"))
    )


@pytest.mark.requirement("S0-031")
@FIRST_IN_POCKET
async def test_a_merchants_pages_are_sound_hold_nobody_elses_rows_and_an_operators_are_shut(
    operator: Operator, admin_api: StaffApi
) -> None:
    own, other = merchants(operator.house)[2:4]
    owner, stranger = await admin_api.merchant_owner(own), await admin_api.merchant_owner(other)
    theirs = await admin_api.sign_in(stranger, OWN_PASSWORD)
    await theirs.post("/merchant/v1/roles", {"role_name": f"of {stranger}", "menu_ids": [LOOK_AT_FILES]})
    await operator.sign_in(owner, OWN_PASSWORD)
    faults = await look(operator)

    for url, titles in PAGES.items():
        await operator.choose_menu(url)
        title = operator.page.get_by_role("heading", level=1).filter(visible=True)
        await expect(title).to_have_text(operator.word(*titles))
        await operator.watch.quiet(operator.page)
        await expect(operator.page.get_by_text(stranger)).to_have_count(0)
        faults += [f"{url}: {fault}" for fault in await look(operator)]
    assert faults == []

    for url in OPERATORS_PAGES:
        await expect(operator.page.get_by_test_id(f"menu-{url}")).to_have_count(0)
        await operator.open(f"/{url}")
        await expect(operator.seen("forbidden-view")).to_be_visible()
    for path in ("/platform/v1/staff", "/platform/v1/files", "/platform/v1/roles", "/platform/v1/logs"):
        answer = await operator.context.request.get(operator.house.url + path)
        assert answer.status == 403, path
