"""Looking around: search, deep links, the way back, goods that cannot be had."""

from playwright.async_api import expect
from tests.browser.marks import BROWSER_TEST
from tests.browser.shopper import Shopper

pytestmark = BROWSER_TEST


async def test_a_search_finds_goods_and_says_when_there_are_none(visitor: Shopper) -> None:
    await search(visitor, "铅笔")
    await expect(visitor.seen("product-card").filter(has_text="原木三角铅笔")).to_have_count(1)

    await visitor.open("/")
    await search(visitor, "不存在的东西")
    await expect(visitor.seen("empty-state")).to_contain_text("没有找到“不存在的东西”")


async def search(me: Shopper, words: str) -> None:
    """From the home page, the way of this screen."""
    if me.screen.is_phone:
        await me.open("/")
        await me.press("home-search")
        field = me.seen("search-input")
    else:
        await me.open("/")
        field = me.seen("top-search-input")
    await field.fill(words)
    await field.press("Enter")
    await me.page.wait_for_url("**/pages/product/list?*")


async def test_a_product_opened_by_its_address_survives_a_reload(visitor: Shopper) -> None:
    mug = await visitor.store.product("手捏半釉马克杯")
    await visitor.open_product(mug["spu_id"])
    await visitor.page.reload()

    await expect(visitor.seen("product-title")).to_have_text(mug["title"])
    await expect(visitor.seen("product-price")).to_have_text("¥58.00")
    await expect(visitor.page).to_have_title(mug["title"])


async def test_an_order_opened_by_its_address_survives_a_reload(shopper: Shopper) -> None:
    sku = await shopper.store.sku("手捏半釉马克杯", "豆绿")
    order = await shopper.store.place_order(await shopper.store.add_address(), sku["sku_id"])
    await shopper.open(f"/pages/order/detail?order_id={order['order_id']}")
    await expect(shopper.seen("order-no")).to_have_text(order["order_no"])
    await shopper.page.reload()

    await expect(shopper.seen("order-no")).to_have_text(order["order_no"])
    await expect(shopper.seen("money-pay")).to_have_text("¥66.00")
    await expect(shopper.seen("order-pay")).to_be_visible()


async def test_an_unknown_address_says_that_there_is_no_such_page(visitor: Shopper) -> None:
    visitor.watch.expect(404)
    for path in ("/nowhere", "/pages/product/nothing?spu_id=1"):
        await visitor.open(path)
        await expect(visitor.seen("not-found")).to_be_visible()
    await visitor.press("empty-action")
    await expect(visitor.seen("product-card").first).to_be_visible()


async def test_the_way_back_keeps_the_place_in_the_list(visitor: Shopper) -> None:
    await visitor.open("/pages/product/list?sort=price")
    await expect(visitor.seen("product-card").first).to_be_visible()
    target = visitor.seen("product-card").nth(14)
    await target.scroll_into_view_if_needed()
    before = await visitor.page.evaluate("scrollY")
    assert before > 200
    await visitor.press(target)
    await expect(visitor.seen("product-title")).to_be_visible()

    await visitor.back()
    await expect(target).to_be_in_viewport()
    assert abs(await visitor.page.evaluate("scrollY") - before) <= 2
    assert visitor.page.url.endswith("/pages/product/list?sort=price")


async def test_scrolling_down_brings_the_whole_range_and_then_says_so(visitor: Shopper) -> None:
    everything = await visitor.store.get("/products", query={"sort": "new", "limit": "100"})
    wanted = [item["spu_id"] for item in everything["items"]]
    cards = visitor.seen("product-card")
    await visitor.open("/pages/product/list?sort=new")
    for shown in range(20, len(wanted), 20):
        await expect(cards.nth(shown - 1)).to_be_visible()
        await visitor.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")

    await expect(visitor.page.get_by_text("没有更多了").filter(visible=True)).to_be_visible()
    assert await cards.evaluate_all("(all) => all.map((card) => card.dataset.spuId)") == wanted


STAY_AT_THE_END = """() => {
  const goThere = () => scrollTo(0, document.documentElement.scrollHeight);
  new MutationObserver(goThere).observe(document.body, { childList: true, subtree: true });
  goThere();
}"""


async def test_whoever_is_at_the_end_again_at_once_is_brought_the_rest_as_well(visitor: Shopper) -> None:
    await visitor.open("/pages/product/list?sort=new")
    await expect(visitor.seen("product-card").nth(19)).to_be_visible()

    await visitor.page.evaluate(STAY_AT_THE_END)

    await expect(visitor.page.get_by_text("没有更多了").filter(visible=True)).to_be_visible()


async def test_a_sold_out_product_can_be_looked_at_and_not_bought(visitor: Shopper) -> None:
    rattle = await visitor.store.product("小太阳摇铃牙胶")
    await visitor.open_product(rattle["spu_id"])

    await expect(visitor.seen("sold-out")).to_be_visible()
    await expect(visitor.seen("add-to-cart")).to_be_disabled()
    await expect(visitor.seen("buy-now")).to_be_disabled()


async def test_a_sold_out_variant_is_greyed_and_says_why(visitor: Shopper) -> None:
    mouse = await visitor.store.product("掌心静音无线鼠标")
    await visitor.open_product(mouse["spu_id"])
    await visitor.choose(颜色="石墨")

    gone = visitor.seen("sku-value-颜色-薄荷")
    await expect(gone).to_have_attribute("aria-disabled", "true")
    await expect(gone).to_have_attribute("aria-label", "薄荷，已售罄")
    await gone.dispatch_event("click")
    await expect(visitor.seen("sku-value-颜色-石墨")).to_have_attribute("aria-checked", "true")


async def test_a_product_that_left_the_shelf_says_so(visitor: Shopper) -> None:
    headphones = visitor.house.read_rows("SELECT id FROM spu WHERE title LIKE '半开放式有线监听耳机%'")
    ((spu_id,),) = headphones
    visitor.watch.expect(404)
    visitor.house.change_rows("UPDATE spu SET status = 90 WHERE id = ?", spu_id)
    await visitor.open(f"/pages/product/detail?spu_id={spu_id}")

    await expect(visitor.seen("empty-state")).to_contain_text("这件商品已经下架")
    await visitor.press("empty-action")
    await expect(visitor.seen("product-card").first).to_be_visible()


async def test_a_page_asks_for_what_it_shows_first_once_and_early(visitor: Shopper) -> None:
    mug = await visitor.store.product("手捏半釉马克杯")
    calls: list[str] = []
    visitor.page.on("request", lambda request: calls.append(request.url.removeprefix(visitor.house.url)))
    pages = {
        "/": "/store/v1/products?sort=sales&limit=20",
        "/pages/product/list?keyword=杯": "/store/v1/products?keyword=%E6%9D%AF&limit=20",
        f"/pages/product/detail?spu_id={mug['spu_id']}": f"/store/v1/products/{mug['spu_id']}",
    }
    for page, first in pages.items():
        calls.clear()
        await visitor.open(page)
        await visitor.page.wait_for_load_state("networkidle")

        asked = [call for call in calls if call.startswith("/store/v1/")]
        assert first in asked
        assert len(asked) == len(set(asked)), asked
        began_by = await visitor.page.evaluate(
            "(first) => performance.getEntriesByType('resource')"
            ".find((one) => one.name.endsWith(first)).initiatorType",
            first,
        )
        assert began_by == "link"
