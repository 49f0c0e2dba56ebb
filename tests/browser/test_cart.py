"""The cart's own doings: quantities, ticks, deletions, and rows that can no longer be bought."""

from typing import Any

import pytest_asyncio
from playwright.async_api import expect
from tests.browser.marks import BROWSER_TEST
from tests.browser.shopper import Shopper

pytestmark = BROWSER_TEST


@pytest_asyncio.fixture(loop_scope="session")
async def filled(shopper: Shopper) -> dict[str, str]:
    """A cart with two of one shop and one of another; SKU ids by a short name."""
    ids = {
        "pencil": (await shopper.store.sku("原木三角铅笔", "HB"))["sku_id"],
        "pen": (await shopper.store.sku("原木三角铅笔", "2B"))["sku_id"],
        "mug": (await shopper.store.sku("手捏半釉马克杯", "烟灰"))["sku_id"],
    }
    for sku_id in ids.values():
        await shopper.store.add_to_cart(sku_id)
    return ids


async def rows(me: Shopper) -> dict[str, Any]:
    """The server's cart by SKU id."""
    return {item["sku_id"]: item for shop in (await me.store.cart())["merchants"] for item in shop["items"]}


async def test_a_quantity_is_changed_by_button_and_by_hand(shopper: Shopper, filled: dict[str, str]) -> None:
    await shopper.open_cart()
    mug = shopper.cart_line(filled["mug"])
    await expect(shopper.seen("cart-total")).to_have_text("¥59.00")

    await shopper.press(shopper.seen("quantity-plus", within=mug))
    await expect(shopper.seen("cart-total")).to_have_text("¥117.00")
    await shopper.fill(shopper.seen("quantity-input", within=mug), "3")
    await expect(shopper.seen("cart-total")).to_have_text("¥175.00")
    await shopper.page.reload()
    await expect(shopper.seen("cart-total")).to_have_text("¥175.00")
    assert (await rows(shopper))[filled["mug"]]["quantity"] == 3


async def test_more_than_the_stock_is_not_taken(shopper: Shopper, filled: dict[str, str]) -> None:
    await shopper.open_cart()
    mug = shopper.cart_line(filled["mug"])
    stock = (await rows(shopper))[filled["mug"]]["stock"]
    await shopper.fill(shopper.seen("quantity-input", within=mug), "999")

    await expect(shopper.seen("quantity-input", within=mug)).to_have_value(str(stock))
    await expect(shopper.seen("quantity-plus", within=mug)).to_have_attribute("aria-disabled", "true")
    await expect(shopper.seen("cart-total")).to_have_text(f"¥{58 * stock + 1:,}.00")


async def test_ticks_of_a_row_a_shop_and_the_whole_cart_decide_what_is_paid(
    shopper: Shopper, filled: dict[str, str]
) -> None:
    await shopper.open_cart()
    pencil = shopper.cart_line(filled["pencil"])
    shop = shopper.seen("cart-group").filter(has=pencil)

    await shopper.press(shopper.seen("cart-item-check", within=pencil))
    await expect(shopper.seen("cart-total")).to_have_text("¥58.50")
    await expect(shopper.seen("cart-merchant-check", within=shop)).to_have_attribute("aria-checked", "mixed")
    await shopper.press("cart-check-all")
    await expect(shopper.seen("cart-total")).to_have_text("¥59.00")
    await shopper.press(shopper.seen("cart-merchant-check", within=shop))
    await expect(shopper.seen("cart-total")).to_have_text("¥58.00")
    await expect(shopper.seen("cart-checkout")).to_have_text("结算 (1)")

    selected = {sku_id for sku_id, row in (await rows(shopper)).items() if row["selected"]}
    assert selected == {filled["mug"]}


async def test_a_row_is_deleted_only_after_a_question(shopper: Shopper, filled: dict[str, str]) -> None:
    await shopper.open_cart()
    pencil = shopper.cart_line(filled["pencil"])
    await shopper.press(shopper.seen("cart-item-delete", within=pencil))
    await shopper.press("question-no")
    await expect(pencil).to_be_visible()
    assert filled["pencil"] in await rows(shopper)

    await shopper.press(shopper.seen("cart-item-delete", within=pencil))
    await shopper.press("question-yes")
    await expect(pencil).to_have_count(0)
    assert set(await rows(shopper)) == {filled["pen"], filled["mug"]}


async def test_a_row_off_the_shelf_is_folded_away_and_can_be_cleared(
    shopper: Shopper, filled: dict[str, str]
) -> None:
    tote = await shopper.store.product("十二安帆布托特包")
    await shopper.store.add_to_cart(tote["skus"][0]["sku_id"])
    shopper.house.change_rows("UPDATE spu SET status = 90 WHERE id = ?", tote["spu_id"])
    await shopper.open_cart()
    await expect(shopper.seen("cart-total")).to_have_text("¥59.00")
    await shopper.press("cart-invalid-toggle")
    await expect(shopper.seen("cart-invalid-line")).to_contain_text("下架")

    await shopper.press("cart-invalid-clear")
    await shopper.press("question-yes")
    await expect(shopper.seen("cart-invalid-toggle")).to_have_count(0)
    assert set(await rows(shopper)) == set(filled.values())
    shopper.house.change_rows("UPDATE spu SET status = 20 WHERE id = ?", tote["spu_id"])
