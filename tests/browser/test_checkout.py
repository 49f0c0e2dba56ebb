"""Between the sums and the order: what changes meanwhile is told, and nothing is ordered unseen."""

from playwright.async_api import expect
from tests.browser.marks import BROWSER_TEST
from tests.browser.shopper import Phone, Shopper

pytestmark = BROWSER_TEST


async def buy_directly(me: Shopper, sku_id: str) -> None:
    """Open the checkout of one SKU by its address."""
    await me.open(f"/pages/order/checkout?sku_id={sku_id}&quantity=1")
    await expect(me.seen("money-pay")).to_be_visible()


async def test_a_price_that_changed_is_shown_and_confirmed_before_anything_is_ordered(
    shopper: Shopper, phone: Phone
) -> None:
    await shopper.store.add_address()
    sku = await shopper.store.sku(
        "慢慢来木框静音挂钟", (await shopper.store.product("慢慢来木框静音挂钟"))["skus"][0]["spec"]
    )
    await buy_directly(shopper, sku["sku_id"])
    await expect(shopper.seen("money-pay")).to_have_text("¥99.00")
    shopper.watch.expect(409)
    shopper.house.change_rows("UPDATE sku SET sale_price = 10900 WHERE id = ?", sku["sku_id"])
    await shopper.press("submit-order-phone" if shopper.screen.is_phone else "submit-order")

    await expect(shopper.seen("order-refusal")).to_contain_text("价格或运费刚刚有调整")
    await expect(shopper.seen("new-total")).to_have_text("¥109.00")
    assert await shopper.store.orders() == []
    await shopper.press("refusal-recount")
    await expect(shopper.seen("money-pay")).to_have_text("¥109.00")
    await shopper.submit_order()
    (order,) = await shopper.store.orders()
    assert order["pay_fen"] == 10900
    shopper.house.change_rows("UPDATE sku SET sale_price = 9900 WHERE id = ?", sku["sku_id"])


async def test_what_sold_out_meanwhile_is_named_with_what_is_left(shopper: Shopper) -> None:
    await shopper.store.add_address()
    sku = await shopper.store.sku(
        "雨滴 68 键机械键盘", (await shopper.store.product("雨滴 68 键机械键盘"))["skus"][0]["spec"]
    )
    await buy_directly(shopper, sku["sku_id"])
    shopper.watch.expect(409)
    take_away(shopper, sku["sku_id"], left=0)
    await shopper.press("submit-order-phone" if shopper.screen.is_phone else "submit-order")

    await expect(shopper.seen("short-item")).to_contain_text("已售罄")
    assert await shopper.store.orders() == []
    take_away(shopper, sku["sku_id"], left=sku["stock"])


def take_away(me: Shopper, sku_id: str, *, left: int) -> None:
    """Somebody else buys the rest, or returns it."""
    me.house.change_rows("UPDATE sku_stock SET available = ? WHERE sku_id = ?", left, sku_id)


async def test_a_double_tap_places_one_order(shopper: Shopper) -> None:
    await shopper.store.add_address()
    sku = await shopper.store.sku("原木三角铅笔", "2B")
    await buy_directly(shopper, sku["sku_id"])
    button = shopper.seen("submit-order-phone" if shopper.screen.is_phone else "submit-order")
    await button.evaluate("(one) => { one.click(); one.click(); }")
    await shopper.scene("paying")

    assert len(await shopper.store.orders()) == 1


async def test_remarks_go_to_their_shop_and_another_address_changes_the_parcel(shopper: Shopper) -> None:
    await shopper.store.add_address()
    sku = await shopper.store.sku("原木三角铅笔", "2B")
    await buy_directly(shopper, sku["sku_id"])
    await shopper.fill("checkout-remark", "请放门口")
    await shopper.press("checkout-address")
    await shopper.press("address-add")
    await shopper.write_address(
        name="周予安", mobile="13900139000", region=("广东省", "广州市", "天河区"), street="体育东路 66 号"
    )
    await shopper.press(shopper.seen("address-use").filter(has_text="周予安"))
    await expect(shopper.seen("checkout-address")).to_contain_text("广东省广州市天河区 体育东路 66 号")
    await shopper.submit_order()

    (placed,) = await shopper.store.orders()
    order = await shopper.store.order(placed["order_id"])
    assert (order["recv_name"], order["recv_area"], order["recv_addr"]) == (
        "周予安",
        "天河区",
        "体育东路 66 号",
    )
    assert [seller["buyer_remark"] for seller in order["seller_orders"]] == ["请放门口"]
