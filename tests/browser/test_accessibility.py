"""Every page by name, by size and by keyboard."""

import pytest
from playwright.async_api import expect
from tests.browser.marks import BROWSER_TEST
from tests.browser.orders import order_of_two_shops
from tests.browser.page_checks import (
    headings,
    nameless_controls,
    overflow_px,
    pictures_without_text,
    small_targets,
)
from tests.browser.screens import DESKTOP
from tests.browser.shopper import Shopper

pytestmark = BROWSER_TEST

THUMB_PX = 40
"""What a thumb hits; a mouse needs less."""

PAGES = {
    "home": "/",
    "categories": "/pages/category/index",
    "list": "/pages/product/list?sort=sales",
    "search": "/pages/product/search",
    "product": "/pages/product/detail?spu_id={spu_id}",
    "cart": "/pages/cart/index",
    "checkout": "/pages/order/checkout?sku_id={sku_id}&quantity=1",
    "orders": "/pages/order/list",
    "order": "/pages/order/detail?order_id={order_id}",
    "addresses": "/pages/address/list",
    "address": "/pages/address/edit",
    "me": "/pages/me/index",
    "login": "/pages/auth/login",
    "register": "/pages/auth/register",
    "not-found": "/pages/error/not-found",
    "cashier": "{cashier_url}",
}


async def check(me: Shopper, name: str) -> list[str]:
    """Everything that is wrong with the page that is shown, as sentences."""
    page = me.page
    found = [f"{name}: no name: {one}" for one in await nameless_controls(page)]
    found += [f"{name}: no alt: {one}" for one in await pictures_without_text(page)]
    if me.screen.is_phone:
        found += [f"{name}: small: {one}" for one in await small_targets(page, THUMB_PX)]
    if wider := await overflow_px(page):
        found.append(f"{name}: {wider} px wider than the screen")
    if len(titles := await headings(page)) != 1:
        found.append(f"{name}: main headings {titles}")
    if not (await page.evaluate("document.documentElement.lang")).startswith("zh"):
        found.append(f"{name}: no language")
    return found


async def test_every_page_has_names_sizes_one_heading_and_fits_its_screen(shopper: Shopper) -> None:
    order = await order_of_two_shops(shopper)
    mug = await shopper.store.product("手捏半釉马克杯")
    await shopper.store.add_to_cart(mug["skus"][0]["sku_id"])
    places = {"spu_id": mug["spu_id"], "sku_id": mug["skus"][0]["sku_id"]}
    found = []
    for name, path in PAGES.items():
        await shopper.open(
            path.format(**places, order_id=order["order_id"], cashier_url=order["cashier_url"])
        )
        await shopper.watch.quiet(shopper.page)
        found += await check(shopper, name)

    assert not found, "\n" + "\n".join(found)


async def test_the_sku_sheet_and_the_region_sheet_are_dialogs_that_escape_closes(shopper: Shopper) -> None:
    if shopper.screen.is_phone:
        mug = await shopper.store.product("手捏半釉马克杯")
        await shopper.open_product(mug["spu_id"])
        await shopper.press("open-sku-sheet")
        await expect(shopper.page.get_by_role("dialog", name="选择规格")).to_be_visible()
        assert await check(shopper, "SKU sheet") == []
        await shopper.page.keyboard.press("Escape")
        await expect(shopper.page.get_by_role("dialog")).to_have_count(0)
    await shopper.open("/pages/address/edit")
    await shopper.press("field-region")
    await expect(shopper.page.get_by_role("dialog", name="选择所在地区")).to_be_visible()
    await shopper.page.keyboard.press("Escape")
    await expect(shopper.page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("screen", [DESKTOP], ids=["desktop"], indirect=True)
async def test_the_keyboard_alone_reaches_a_product_and_puts_it_into_the_cart(shopper: Shopper) -> None:
    page = shopper.page
    await shopper.open("/pages/product/list?sort=price")
    card = shopper.seen("product-card").first.get_by_role("link")
    await expect(card).to_be_visible()
    await card.focus()
    await page.keyboard.press("Enter")
    await expect(shopper.seen("product-title")).to_be_visible()

    await shopper.seen("sku-value-香型-栀子").focus()
    await page.keyboard.press("Enter")
    await expect(shopper.seen("sku-value-香型-栀子")).to_have_attribute("aria-checked", "true")
    await shopper.seen("add-to-cart").focus()
    await page.keyboard.press("Enter")
    await expect(shopper.seen("top-cart-badge")).to_have_text("1")
