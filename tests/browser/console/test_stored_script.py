"""Script that somebody stored is text on every page that shows it."""

from urllib.parse import quote

import pytest
from playwright.async_api import Locator, expect
from tests.browser.console.operator import DESK, Operator
from tests.browser.console.staff_api import StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST

PICTURE = "<img src=x onerror=stolen=1>"
LINK = '"><a href="javascript:stolen=1">x</a><script>stolen=1</script>'

FOUND = """() => [
  ...document.querySelectorAll("img[src='x'], img[onerror], a[href^='javascript']"),
  ...[...document.scripts].filter((one) => one.text.includes("stolen")),
].map((one) => one.outerHTML).concat("stolen" in window ? ["it ran"] : [])"""


async def store_script(admin: StaffApi) -> list[str]:
    """Script in every kind of free text of the consoles; what was made, the last first."""
    role = {"role_name": PICTURE, "remark": LINK, "menu_ids": []}
    config = {"param_key": "SCRIPT", "param_value": LINK, "remark": PICTURE}
    job = {"bean_name": "testTask", "trigger": {"kind": "cron", "expression": "0 0 0 1 1 ?"}}
    job |= {"params": LINK, "remark": PICTURE, "group": PICTURE}
    calendar = {"days": {"dates": ["2027-01-01"]}, "remark": PICTURE}
    folder = await admin.post("/platform/v1/menus", {"type": 0, "name": PICTURE, "name_en": LINK[:50]})
    listed = {"type": 1, "name": PICTURE, "parent_id": folder["menu_id"], "url": "script/page"}
    page = await admin.post("/platform/v1/menus", listed | {"perms": ["sys:log:list"]})
    made_role = await admin.post("/platform/v1/roles", role)
    made_config = await admin.post("/platform/v1/configs", config)
    made_job = await admin.post("/platform/v1/jobs", job)
    await admin.put("/platform/v1/job-calendars/script", calendar)
    return [
        f"/platform/v1/menus/{page['menu_id']}",
        f"/platform/v1/menus/{folder['menu_id']}",
        f"/platform/v1/roles/{made_role['role_id']}",
        f"/platform/v1/configs/{made_config['config_id']}?version=1",
        f"/platform/v1/jobs/{made_job['job_id']}",
        "/platform/v1/job-calendars/script",
    ]


@pytest.mark.requirement("S0-178")
@pytest.mark.parametrize("screen", [DESK], ids=["desk"], indirect=True)
async def test_stored_script_is_shown_as_the_text_that_it_is(operator: Operator, admin_api: StaffApi) -> None:
    made = await store_script(admin_api)
    await operator.sign_in("admin", ADMIN_PASSWORD)
    page = operator.page
    main, crumbs, dialog = page.locator("main"), page.get_by_role("banner"), page.get_by_role("dialog")

    async def look(within: Locator, path: str, *texts: str, press: tuple[str, ...] = ()) -> None:
        await operator.open(path)
        for test_id in press:
            await operator.press(operator.seen(test_id).first)
        for text in texts:
            await expect(within.get_by_text(text).first).to_be_visible()
        assert await page.evaluate(FOUND) == [], path

    await look(main, "/sys/role?role_name=onerror", PICTURE, LINK)
    await look(main, "/sys/config?param_key=SCRIPT", PICTURE, LINK)
    await look(main, "/sys/menu", PICTURE)
    await look(crumbs, "/script/page", PICTURE)
    await look(dialog, f"/job/schedule?group={quote(PICTURE)}", PICTURE, LINK, press=("row-open",))
    await look(dialog, "/job/schedule", PICTURE, press=("open-calendars",))
    await look(dialog, "/sys/log?operation=role.create", PICTURE, press=("row-open",))
    await look(page.get_by_role("listbox"), "/sys/user", PICTURE, press=("add-staff", "field-roles"))
    await operator.open(f"/sys/log?username={quote(PICTURE)}")
    await expect(operator.seen("list-empty")).to_be_visible()
    assert await page.evaluate(FOUND) == []
    for path in made:
        await admin_api.delete(path)
