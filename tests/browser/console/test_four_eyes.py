"""双人复核: one person asks, that person cannot agree, another one does, and then it is done."""

import re

from playwright.async_api import expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST

BOTH_SIDES = (
    "sys:secret:list",
    "sys:secret:update",
    "sys:approval:list",
    "sys:approval:info",
    "sys:approval:decide",
)


async def ask_for(operator: Operator, name: str, reason: str) -> None:
    """Write a secret, which waits for somebody else, and open the request."""
    await operator.choose_menu("sys/secret")
    row = operator.seen("list-row").filter(has_text=f"/{name}")
    await operator.press(row.get_by_test_id("set-secret"))
    await operator.seen("secret-value").fill("a-Secret-of-Tests-1")
    await operator.seen("secret-reason").fill(reason)
    await operator.press("form-save")
    await expect(operator.page).to_have_url(re.compile(r"/sys/approval\?status=pending$"))
    await open_request(operator, name)


async def open_request(operator: Operator, name: str) -> None:
    """Open the request about one secret in the list that is shown."""
    row = operator.seen("list-row").filter(has_text=f"/{name}")
    await operator.press(row.get_by_test_id("row-open"))
    await expect(operator.seen("detail")).to_contain_text(name)


async def refused_to_itself(operator: Operator, admin: StaffApi, name: str) -> None:
    """Who asked finds no way to agree, neither on the page nor past it."""
    own = operator.word("这是您自己的申请，须由他人审批", "This is your own request: somebody else decides")
    await expect(operator.seen("detail")).to_contain_text(own)
    await expect(operator.seen("approve")).to_have_count(0)
    await expect(operator.seen("refuse")).to_have_count(0)
    await expect(operator.seen("withdraw")).to_be_visible()
    waiting = (await admin.get("/platform/v1/approvals?status=pending"))["items"]
    (request,) = [one for one in waiting if one["subject"].endswith(f"/{name}")]
    answer = await operator.context.request.post(
        f"{operator.house.url}/platform/v1/approvals/{request['approval_id']}/approve",
        headers={"X-Wanpu-Console": "1"},
        data={"comment": ""},
    )
    assert (answer.status, (await answer.json())["code"]) == (403, "approval.own_request")
    assert (await secret_of(admin, name))["is_set"] is False


async def secret_of(admin: StaffApi, name: str) -> dict[str, object]:
    """One secret as the mall lists it: never its value."""
    items = (await admin.get("/platform/v1/secrets"))["items"]
    (found,) = [one for one in items if one["name"].endswith(f"/{name}")]
    return dict(found)


async def agree(operator: Operator, name: str) -> None:
    """Read the request and agree to it; it is carried out."""
    await operator.choose_menu("sys/approval")
    await operator.press(f"view-{operator.word('待审批', 'Waiting')}")
    await open_request(operator, name)
    assert await nameless_controls(operator.page) == []
    assert await overflow_px(operator.page) <= 0
    await expect(operator.page.get_by_text("a-Secret-of-Tests-1")).to_have_count(0)
    await operator.press("approve")
    await operator.press("ask-confirm")
    await expect(operator.seen("list-row").filter(has_text=f"/{name}")).to_have_count(0)


@FIRST_AT_DESK
async def test_an_administrator_cannot_agree_to_a_request_of_its_own_and_a_colleague_can(
    operator: Operator, second_operator: Operator, admin_api: StaffApi
) -> None:
    name = "qcloudSecretId" if operator.screen.is_phone else "qcloudSecretKey"
    await admin_api.demand_four_eyes()
    await operator.sign_in("admin", ADMIN_PASSWORD)
    await ask_for(operator, name, "the provider changed it")
    await refused_to_itself(operator, admin_api, name)

    await second_operator.sign_in(await admin_api.hire_settled(*BOTH_SIDES), OWN_PASSWORD)
    await agree(second_operator, name)

    await operator.open("/sys/secret?is_set=true")
    row = operator.seen("list-row").filter(has_text=f"/{name}")
    await expect(row).to_contain_text(operator.word("已设置", "Set"))
    assert (await secret_of(admin_api, name))["is_set"] is True


@FIRST_IN_POCKET
async def test_a_colleague_asks_the_administrator_agrees_and_both_names_stand_in_the_history(
    operator: Operator, second_operator: Operator, admin_api: StaffApi
) -> None:
    name = "s3AccessKey" if operator.screen.is_phone else "qiniuAccessKey"
    username = await admin_api.hire_settled(*BOTH_SIDES)
    await admin_api.demand_four_eyes()
    await operator.sign_in(username, OWN_PASSWORD)
    await ask_for(operator, name, "a key of our own")
    await refused_to_itself(operator, admin_api, name)

    await second_operator.sign_in("admin", ADMIN_PASSWORD)
    await agree(second_operator, name)

    await operator.open("/sys/approval?status=done")
    await open_request(operator, name)
    for who in (username, "admin"):
        await expect(operator.seen("detail")).to_contain_text(who)
    assert (await secret_of(admin_api, name))["is_set"] is True
