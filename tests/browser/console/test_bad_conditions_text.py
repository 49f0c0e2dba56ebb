"""Characters of four bytes and joined emoji in every text that people write: stored, shown and found."""

import io
import re
import unicodedata
from urllib.parse import quote

from PIL import Image
from playwright.async_api import FilePayload, expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST

RARE = "😀𠮷👩\u200d👧\u200d👦e\u0301"
FAMILY = "👩\u200d👧\u200d👦"


@FIRST_AT_DESK
async def test_roles_and_menus_are_named_and_found_by_rare_characters(
    operator: Operator, admin_api: StaffApi
) -> None:
    name, other = f"{RARE} {operator.screen.name}", f"😁𠮶 {operator.screen.name}"
    await admin_api.post("/platform/v1/roles", {"role_name": other, "menu_ids": []})
    await operator.arrive("admin", ADMIN_PASSWORD, "/sys/role")
    await operator.press("add-role")
    await operator.seen("field-role-name").fill(name)
    await operator.seen("field-remark").fill(RARE)
    await operator.press("form-save")
    await expect(operator.seen("list-row").filter(has_text=name)).to_contain_text(RARE)

    for wanted in ("😀", "𠮷", FAMILY):
        await operator.open_filters()
        await operator.seen("filter-role-name").fill(wanted)
        await operator.press("apply-filters")
        await expect(operator.page).to_have_url(re.compile(re.escape(f"role_name={quote(wanted)}")))
        await expect(operator.seen("list-row").filter(has_text=name)).to_have_count(1)
        await expect(operator.seen("list-row").filter(has_text=other)).to_have_count(0)

    await operator.choose_menu("sys/menu")
    await operator.press("add-menu")
    await operator.seen("field-name").fill(name)
    await operator.seen("field-name-en").fill(name)
    await operator.press("form-save")
    await operator.seen("find-menu").fill(FAMILY)
    await expect(operator.page.get_by_role("row").filter(has_text=name)).to_be_visible()
    (menu,) = [one for one in (await admin_api.get("/platform/v1/menus"))["items"] if one["name"] == name]
    assert menu["name_en"] == name
    (role,) = (await admin_api.get(f"/platform/v1/roles?role_name={quote(name)}"))["items"]
    assert (role["role_name"], role["remark"]) == (name, RARE)


@FIRST_IN_POCKET
async def test_settings_calendars_and_files_keep_rare_characters(
    operator: Operator, admin_api: StaffApi
) -> None:
    key, file_name = f"rare.{operator.screen.name}", f"{RARE} {operator.screen.name}.png"
    await operator.arrive("admin", ADMIN_PASSWORD, "/sys/config")
    await operator.press("add-config")
    await operator.seen("config-key").fill(key)
    await operator.seen("config-value").fill(RARE)
    await operator.seen("config-remark").fill(RARE)
    await operator.press("form-save")
    await operator.open(f"/sys/config?param_key={key}")
    await expect(operator.seen("list-row")).to_contain_text(RARE)
    assert await overflow_px(operator.page) <= 0

    await operator.open("/job/schedule")
    await operator.press("open-calendars")
    await operator.press("add-calendar")
    await operator.seen("calendar-name").fill(f"{RARE} {operator.screen.name}")
    await operator.seen("calendar-dates").fill("2027-01-01")
    await operator.press(operator.seen("form-save"))
    await expect(operator.seen("calendar-row").filter(has_text=RARE)).to_have_count(1)

    await operator.open("/oss/oss")
    await operator.press("open-upload")
    drawn = io.BytesIO()
    Image.new("RGB", (32, 24), "teal").save(drawn, "PNG")
    chosen: FilePayload = {"name": file_name, "mimeType": "image/png", "buffer": drawn.getvalue()}
    await operator.page.get_by_test_id("upload-input").set_input_files([chosen])
    await operator.see_uploads(1, total=1)
    await operator.open(f"/oss/oss?name={quote(FAMILY)}")
    await expect(
        operator.seen("list-row").filter(has_text=unicodedata.normalize("NFC", file_name))
    ).to_have_count(1)

    (kept,) = (await admin_api.get(f"/platform/v1/configs?param_key={key}"))["items"]
    assert (kept["param_value"], kept["remark"]) == (RARE, RARE)
    calendars = [one["name"] for one in (await admin_api.get("/platform/v1/job-calendars"))["items"]]
    assert f"{RARE} {operator.screen.name}" in calendars
    files = (await admin_api.get(f"/platform/v1/files?name={quote(file_name)}"))["items"]
    assert [one["name"] for one in files] == [unicodedata.normalize("NFC", file_name)]


@FIRST_AT_DESK
async def test_an_account_or_an_entry_that_nobody_can_have_is_looked_for_without_harm(
    operator: Operator,
) -> None:
    await operator.sign_in("admin", ADMIN_PASSWORD)
    for menu, field in (("sys/user", "filter-username"), ("sys/log", "filter-operation")):
        await operator.choose_menu(menu)
        await operator.open_filters()
        await operator.seen(field).fill(RARE)
        await operator.press("apply-filters")
        await expect(operator.seen("list-empty")).to_be_visible()
