"""The README's pictures, taken from the purchase itself; WANPU_SCREENSHOTS=1 puts them into the docs."""

from pathlib import Path

import pytest
from playwright.async_api import expect
from tests.browser.album import album_for, take
from tests.browser.marks import BROWSER_TEST
from tests.browser.shopper import Phone, Shopper

pytestmark = BROWSER_TEST


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Where these pictures go."""
    return album_for("", tmp_path)


async def test_the_purchase_as_the_readme_shows_it(shopper: Shopper, phone: Phone, album: Path) -> None:
    screen = shopper.screen.name
    await shopper.store.add_address()
    await shopper.open("/")
    await expect(shopper.seen("product-card").first).to_be_visible()
    await take(shopper.page, shopper.watch, album / f"home-{screen}.webp")

    pot = await shopper.store.product("慢炖珐琅铸铁锅")
    await shopper.open_product(pot["spu_id"])
    await shopper.choose(颜色="番茄红", 尺寸="24厘米")
    await take(shopper.page, shopper.watch, album / f"detail-{screen}.webp")

    wanted = (
        ("慢炖珐琅铸铁锅", "番茄红-24厘米"),
        ("轻烤混合坚果罐", "原味-300克"),
        ("晨雾中度烘焙咖啡豆", None),
    )
    for title, spec in wanted:
        sku = await shopper.store.sku(title, spec or (await shopper.store.product(title))["skus"][0]["spec"])
        await shopper.store.add_to_cart(sku["sku_id"])
    await shopper.open_cart()
    if shopper.screen.is_phone:
        await take(shopper.page, shopper.watch, album / "cart-phone.webp")
    await shopper.press("cart-checkout")
    await expect(shopper.seen("money-pay")).to_be_visible()
    if not shopper.screen.is_phone:
        await take(shopper.page, shopper.watch, album / "checkout-desktop.webp")
    await shopper.submit_order()
    code = await shopper.scan_code()
    await take(shopper.page, shopper.watch, album / f"cashier-{screen}.webp")

    await phone.scan(code)
    if shopper.screen.is_phone:
        await take(phone.page, shopper.watch, album / "wallet.webp")
    await phone.end("pay")
    await shopper.scene("paid")
    await shopper.press("view-order")
    await expect(shopper.seen("transaction-id").first).to_be_visible()
    if shopper.screen.is_phone:
        await take(shopper.page, shopper.watch, album / "order-phone.webp")
