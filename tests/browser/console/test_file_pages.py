"""Files as an operator works with them."""

import io

from PIL import Image
from playwright.async_api import FilePayload, expect
from tests.browser.console.combinations import FIRST_AT_DESK, FIRST_IN_POCKET
from tests.browser.console.operator import Operator
from tests.browser.console.staff_api import OWN_PASSWORD, StaffApi
from tests.browser.marks import BROWSER_TEST
from tests.browser.page_checks import nameless_controls, overflow_px, pictures_without_text
from tests.browser.running_mall import ADMIN_PASSWORD

pytestmark = BROWSER_TEST


def picture(name: str, colour: str) -> FilePayload:
    """A small picture as a browser would choose it."""
    drawn = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(drawn, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": drawn.getvalue()}


NO_PICTURE: FilePayload = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture at all"}


@FIRST_AT_DESK
async def test_files_are_uploaded_each_with_its_own_outcome_and_one_in_use_cannot_be_deleted(
    operator: Operator, admin_api: StaffApi
) -> None:
    operator.watch.expect(409, 422)
    name = f"tea-{operator.screen.name}.png"
    await operator.arrive("admin", ADMIN_PASSWORD, "/oss/oss")
    await operator.press("open-upload")
    await operator.page.get_by_test_id("upload-input").set_input_files([picture(name, "teal"), NO_PICTURE])
    refused = operator.seen("upload-row").filter(has_text="notes.txt")
    await expect(refused.get_by_role("alert")).to_be_visible()
    await operator.see_uploads(1, total=2)
    await operator.page.keyboard.press("Escape")
    await operator.open(f"/oss/oss?name={name}")
    tile = operator.seen("list-row")
    await expect(tile).to_have_count(1)
    (stored,) = (await admin_api.get(f"/platform/v1/files?name={name}"))["items"]
    assert (stored["folder"], stored["is_private"], stored["width"]) == ("product", False, 320)
    operator.house.change_rows(
        "UPDATE spu_attachment SET url = ? WHERE id = (SELECT min(id) FROM spu_attachment)", stored["url"]
    )

    await operator.press("delete-file")
    await operator.press("ask-confirm")

    used = operator.word("文件正在使用，不能删除：商品", "The file is still in use: product")
    await expect(operator.page.get_by_role("alert").filter(has_text=used)).to_be_visible()
    await expect(tile).to_have_count(1)


@FIRST_IN_POCKET
async def test_somebody_with_files_alone_uploads_looks_in_both_views_and_deletes(
    operator: Operator, admin_api: StaffApi
) -> None:
    name = f"cup-{operator.screen.name}.png"
    await operator.arrive(await admin_api.hire_settled("sys:oss:all"), OWN_PASSWORD, "/oss/oss")
    await operator.press("open-upload")
    await operator.page.get_by_test_id("upload-input").set_input_files([picture(name, "navy")])
    await operator.see_uploads(1, total=1)
    await operator.open(f"/oss/oss?name={name}")
    await expect(operator.seen("file-grid")).to_contain_text(name)
    assert await overflow_px(operator.page) <= 0
    assert await nameless_controls(operator.page) == []
    assert await pictures_without_text(operator.page) == []
    await operator.press("view-rows")
    await operator.press("test-storage")
    works = operator.word("存储可用：local", "The storage works: local")
    await expect(operator.page.get_by_text(works)).to_be_visible()

    await operator.press("delete-file")
    await operator.press("ask-confirm")

    await expect(operator.seen("list-empty")).to_be_visible()
    assert (await admin_api.get(f"/platform/v1/files?name={name}"))["total"] == 0
