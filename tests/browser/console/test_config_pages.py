"""Settings as an operator works with them."""

import json

from playwright.async_api import expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import nameless_controls, overflow_px
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST


async def the_setting(admin: StaffApi, key: str) -> dict[str, object]:
    """The row of one key."""
    found = (await admin.get(f"/platform/v1/configs?param_key={key}"))["items"]
    (row,) = [one for one in found if one["param_key"] == key]
    return dict(row)


@FIRST_AT_DESK
async def test_a_version_saved_meanwhile_is_shown_beside_what_was_written_and_can_be_taken_back(
    operator: Operator, admin_api: StaffApi
) -> None:
    operator.watch.expect(409)
    key = f"shop.motto.{operator.screen.name}"
    await operator.arrive("admin", ADMIN_PASSWORD, "/sys/config")
    await operator.press("add-config")
    await operator.seen("config-key").fill(key)
    await operator.seen("config-value").fill("good things")
    await operator.press("form-save")
    await operator.open(f"/sys/config?param_key={key}")
    await operator.press("edit-config")
    await operator.seen("config-value").fill("my words")
    row = await the_setting(admin_api, key)
    theirs = {"version": 1, "param_value": "their words", "status": 1, "remark": ""}
    await admin_api.put(f"/platform/v1/configs/{row['config_id']}", theirs)

    await operator.press("form-save")

    stale = operator.seen("config-stale")
    await expect(stale).to_contain_text("my words")
    await expect(stale).to_contain_text("their words")
    await operator.press("keep-mine")
    await operator.press("form-save")
    await expect(operator.seen("list-row")).to_contain_text("my words")
    await operator.press("config-history-open")
    await expect(operator.seen("config-version")).to_have_count(3)
    await operator.press(operator.seen("roll-back").nth(1))
    await operator.press("ask-confirm")
    await expect(operator.seen("config-version")).to_have_count(4)
    after = await the_setting(admin_api, key)
    assert (after["param_value"], after["version"]) == ("good things", 4)


@FIRST_IN_POCKET
async def test_a_value_that_does_not_fit_is_refused_at_its_field_and_secrets_stay_out_of_reach(
    operator: Operator, admin_api: StaffApi
) -> None:
    operator.watch.expect(422)
    await operator.arrive(await admin_api.hire_settled("sys:config:list"), OWN_PASSWORD, "/sys/config")
    storage = operator.seen("key-CLOUD_STORAGE_CONFIG_KEY")
    await operator.press(storage.get_by_test_id("edit-key"))
    await operator.press("config-as-json")
    value = json.loads(await operator.seen("config-value").input_value())
    await operator.seen("config-value").fill(json.dumps(value | {"type": 4, "s3BucketName": "NO BUCKET"}))
    await operator.press("config-as-json")
    assert await overflow_px(operator.page) <= 0
    assert await nameless_controls(operator.page) == []

    await operator.press("form-save")

    problem = operator.word("不是合法的空间名", "must be a bucket's name")
    await expect(operator.page.get_by_role("alert").filter(has_text=problem)).to_be_visible()
    await expect(operator.seen("value-s3BucketName")).to_have_value("NO BUCKET")
    await operator.page.keyboard.press("Escape")
    await operator.press("ask-confirm")
    await expect(operator.seen("value-s3BucketName")).to_have_count(0)
    await operator.open("/sys/secret")
    await expect(operator.seen("list-secret")).to_have_count(0)
