"""Two clicks where one was meant: every question, and every button that acts, has one effect."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from playwright.async_api import Locator, expect
from tests.browser.console.combinations import FIRST_AT_DESK
from tests.browser.console.held import answer_late, held
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import StaffApi
from tests.browser.console.writes import writes_of
from tests.browser.marks import BROWSER_TEST
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST


@dataclass(frozen=True)
class Deed:
    """Something that is asked about first: its page, the row and its button, and the one request."""

    page: str
    row: str
    button: str
    request: str


Prepare = Callable[[StaffApi, str], Awaitable[Deed]]


async def deleted_role(admin: StaffApi, name: str) -> Deed:
    role = await admin.post("/platform/v1/roles", {"role_name": name, "menu_ids": []})
    return Deed("/sys/role", name, "delete-role", f"DELETE /platform/v1/roles/{role['role_id']}")


async def deleted_menu(admin: StaffApi, name: str) -> Deed:
    menu = {"type": 0, "name": name, "name_en": "", "audience": "platform", "order_num": 99}
    made = await admin.post("/platform/v1/menus", menu)
    return Deed("/sys/menu", name, "delete-menu", f"DELETE /platform/v1/menus/{made['menu_id']}")


async def kicked_session(admin: StaffApi, name: str) -> Deed:
    colleague = await admin.colleague("sys:log:list")
    username = (await colleague.get("/console/v1/me"))["username"]
    online = await admin.get(f"/platform/v1/sessions?username={username}")
    (token_id,) = [one["token_id"] for one in online["items"]]
    return Deed(
        f"/sys/session?username={username}", username, "kick", f"DELETE /platform/v1/sessions/{token_id}"
    )


async def run_job(admin: StaffApi, name: str) -> Deed:
    job = await a_job(admin, name)
    return Deed(
        "/job/schedule?name=testTask&size=100",
        "testTask",
        "run-job",
        f"POST /platform/v1/jobs/{job}/run",
    )


async def paused_job(admin: StaffApi, name: str) -> Deed:
    job = await a_job(admin, name)
    return Deed(
        "/job/schedule?name=testTask&size=100",
        "testTask",
        "pause-job",
        f"POST /platform/v1/jobs/{job}/pause",
    )


async def a_job(admin: StaffApi, name: str) -> str:
    """The only job of the test's own kind; others of it are removed."""
    for one in (await admin.get("/platform/v1/jobs?name=testTask"))["items"]:
        await admin.delete(f"/platform/v1/jobs/{one['job_id']}")
    made = await admin.post(
        "/platform/v1/jobs",
        {"bean_name": "testTask", "params": name, "trigger": {"kind": "cron", "expression": "0 0 3 1 1 ?"}},
    )
    return str(made["job_id"])


ROWS = "[data-testid=list-row], [data-testid^=menu-row-]"
DEEDS = [deleted_role, deleted_menu, kicked_session, run_job, paused_job]


async def hammer(operator: Operator, button: Locator) -> None:
    """Click twice at once, and go on clicking there after the answer came."""
    await button.hover()
    box = await button.bounding_box()
    assert box is not None
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    async with operator.page.expect_response(lambda answer: answer.request.method in ("POST", "DELETE")):
        await operator.page.mouse.dblclick(*place)
    for _ in range(8):
        await operator.page.mouse.click(*place)


@FIRST_AT_DESK
@pytest.mark.parametrize("prepare", DEEDS, ids=lambda one: one.__name__)
async def test_a_confirmation_that_is_clicked_again_and_again_acts_once(
    operator: Operator, admin_api: StaffApi, prepare: Prepare
) -> None:
    deed = await prepare(admin_api, f"{prepare.__name__} {operator.screen.name}")
    await operator.page.emulate_media(reduced_motion="no-preference")
    await operator.arrive("admin", ADMIN_PASSWORD, deed.page)
    row = operator.page.locator(ROWS).filter(has_text=deed.row)
    await row.get_by_test_id(deed.button).dblclick()
    writes = writes_of(operator.page)

    await hammer(operator, operator.seen("ask-confirm"))

    await expect(operator.seen("ask-confirm")).to_have_count(0)
    await operator.page.wait_for_load_state("networkidle")
    assert writes.sent == [deed.request]


@FIRST_AT_DESK
async def test_an_agreement_that_is_clicked_twice_is_given_once(
    operator: Operator, admin_api: StaffApi
) -> None:
    await admin_api.demand_four_eyes()
    colleague = await admin_api.colleague("sys:secret:update")
    approval_id = await colleague.ask_for_secret("s3SecretKey", "twice at once")
    await operator.page.emulate_media(reduced_motion="no-preference")
    await operator.arrive("admin", ADMIN_PASSWORD, "/sys/approval?status=pending")
    await operator.open_row()
    writes = writes_of(operator.page)
    await operator.seen("approve").dblclick()

    await hammer(operator, operator.seen("ask-confirm"))

    await expect(operator.seen("ask-confirm")).to_have_count(0)
    await operator.page.wait_for_load_state("networkidle")
    assert writes.sent == [f"POST /platform/v1/approvals/{approval_id}/approve"]
    assert (await admin_api.approval(approval_id))["status"] in {"approved", "done"}


@dataclass(frozen=True)
class Opening:
    """A button that opens a form: where it is, a field of the form, and what is read before it opens."""

    page: str
    button: str
    field: str
    reads: str | None


OPENINGS = [
    Opening("/sys/user", "add-staff", "field-username", "**/platform/v1/roles/select"),
    Opening("/sys/role", "add-role", "field-role-name", "**/platform/v1/menus?*"),
    Opening("/sys/menu", "add-menu", "field-name", "**/platform/v1/menus/select?*"),
    Opening("/sys/menu", "edit-menu", "field-name", "**/platform/v1/menus/select?*"),
    Opening("/sys/config", "add-config", "config-key", None),
    Opening("/sys/config?param_key=CLICKED", "edit-config", "config-remark", "**/platform/v1/configs/*"),
]


@FIRST_AT_DESK
async def test_a_button_that_opens_a_form_opens_one_and_a_late_second_click_leaves_what_was_typed(
    operator: Operator, admin_api: StaffApi
) -> None:
    config = await admin_api.post("/platform/v1/configs", {"param_key": "CLICKED", "param_value": "1"})
    await operator.sign_in("admin", ADMIN_PASSWORD)
    for one in OPENINGS:
        await operator.open(one.page)
        await operator.seen(one.button).first.hover()
        await operator.page.wait_for_load_state("networkidle")
        async with held(operator.page, one.reads or "**/nothing", only=2) as second:
            await operator.seen(one.button).first.dblclick()
            await operator.seen(one.field).fill("typed")
            if one.reads:
                await second.waits.wait()
                await answer_late(operator.page, one.reads, second)
        await expect(operator.seen("form-save")).to_have_count(1)
        await expect(operator.seen(one.field)).to_have_value("typed")
        await operator.page.keyboard.press("Escape")
        await operator.press("ask-confirm")
        await expect(operator.seen(one.field)).to_have_count(0)
    await admin_api.delete(f"/platform/v1/configs/{config['config_id']}?version=1")
