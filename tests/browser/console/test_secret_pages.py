"""Secrets as an operator works with them: written, replaced, never read."""

from playwright.async_api import expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST

NAME_OF = {"desk": "aliyunAccessKeyId", "pocket": "aliyunAccessKeySecret"}


@FIRST_AT_DESK
async def test_a_secret_is_sent_and_waits_for_somebody_else_where_four_eyes_are_asked_for(
    operator: Operator, admin_api: StaffApi
) -> None:
    await admin_api.demand_four_eyes()
    await operator.arrive("admin", ADMIN_PASSWORD, "/sys/secret")
    row = operator.seen("list-row").filter(has_text=f"/{NAME_OF[operator.screen.name]}")
    await operator.press(row.get_by_test_id("set-secret"))
    await operator.press("form-save")
    await expect(operator.page.get_by_role("alert")).to_have_text(
        operator.word("请填写新的内容", "Write the new value")
    )
    await operator.seen("secret-value").fill("LTAI-of-tests")
    await operator.seen("secret-reason").fill("first key")

    await operator.press("form-save")

    await expect(operator.seen("list-approval")).to_be_visible()
    waiting = (await admin_api.get("/platform/v1/approvals?status=pending"))["items"]
    subject = f"secret:CLOUD_STORAGE_CONFIG_KEY/{NAME_OF[operator.screen.name]}"
    assert [one["reason"] for one in waiting if one["subject"] == subject] == ["first key"]
    assert "LTAI-of-tests" not in await operator.page.content()


@FIRST_IN_POCKET
async def test_somebody_who_may_only_look_sees_which_secrets_are_set(
    operator: Operator, admin_api: StaffApi
) -> None:
    await operator.arrive(await admin_api.hire_settled("sys:secret:list"), OWN_PASSWORD, "/sys/secret")

    await expect(operator.seen("list-row")).to_have_count(8)
    waiting = operator.seen("list-row").filter(has_text=f"/{NAME_OF['desk']}")
    await expect(waiting).to_contain_text(operator.word("未设置", "Not set"))
    await expect(operator.seen("set-secret")).to_have_count(0)
    assert await overflow_px(operator.page) <= 0
    assert await nameless_controls(operator.page) == []
