"""Shoppers' routes of the product room over HTTP: shapes, orders, pages, refusals, age of answers."""

import base64
import json
from datetime import timedelta
from typing import Any

from tests.builders import make_category, make_merchant, make_spu
from tests.http import Caller

from wanpu.crm.service.merchants import change_merchant_status
from wanpu.crm.states import MerchantStatus
from wanpu.infra.metrics import CACHE_READS
from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.product.selling import StockChange, lock_available, move_stock
from wanpu.product.service.goods import change_price, record_sales, take_off_shelf
from wanpu.product.service.stock import add_stock
from wanpu.product.states import SpuStatus, StockMove

LIST = "/store/v1/products"


async def read_all(http: Caller, query: dict[str, str]) -> list[str]:
    """Titles of a whole list, read page by page."""
    titles: list[str] = []
    cursor = None
    for _ in range(50):
        page = await http.get(LIST, query=query | ({"cursor": cursor} if cursor else {}))
        assert page.status == 200
        titles += [item["title"] for item in page.body["items"]]
        cursor = page.body["next_cursor"]
        if cursor is None:
            return titles
    raise AssertionError("the list does not end")


async def sell_out(services: Services, sku_id: Id, quantity: int) -> None:
    async with services.db.transaction() as session:
        await lock_available(session, [sku_id])
        await move_stock(
            session, [StockChange(sku_id, StockMove.SOLD, quantity, "L1")], now=services.clock.now()
        )


def id_numbers(value: Any, name: str = "") -> list[str]:
    """Names of ids that stand as numbers somewhere inside a document."""
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in id_numbers(inner, key)]
    if isinstance(value, list):
        return [found for inner in value for found in id_numbers(inner, name)]
    return [name] if name.endswith("_id") and not isinstance(value, str | None) else []


async def test_a_product_is_shown_with_everything_its_page_needs(http: Caller, services: Services) -> None:
    merchant_id = await make_merchant(services, name="青山茶铺")
    category_id = await make_category(services)
    made = await make_spu(
        services,
        merchant_id=merchant_id,
        category_id=category_id,
        title="白瓷马克杯",
        subtitle="一杯刚好",
        skus={"黑": (1990, 8), "白": (2990, 0)},
        images=["/files/a.jpg"],
    )

    answer = await http.get(f"{LIST}/{made.spu_id}")

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.body == {
        "spu_id": str(made.spu_id),
        "title": "白瓷马克杯",
        "subtitle": "一杯刚好",
        "promotion_desc": "",
        "category_id": str(category_id),
        "merchant": {"merchant_id": str(merchant_id), "name": "青山茶铺"},
        "sales": 0,
        "images": ["/files/a.jpg"],
        "detail_images": [],
        "detail_html": "",
        "is_sold_out": False,
        "sale_attrs": [{"name": "颜色", "values": ["黑", "白"]}],
        "skus": [
            {
                "sku_id": str(made.sku_ids[0]),
                "sale_attr": {"颜色": "黑"},
                "spec": "黑",
                "price_fen": 1990,
                "stock": 8,
                "image_url": None,
            },
            {
                "sku_id": str(made.sku_ids[1]),
                "sale_attr": {"颜色": "白"},
                "spec": "白",
                "price_fen": 2990,
                "stock": 0,
                "image_url": None,
            },
        ],
    }


async def test_a_list_shows_cards_with_the_least_price(http: Caller, services: Services) -> None:
    merchant_id = await make_merchant(services, name="青山茶铺")
    made = await make_spu(
        services,
        merchant_id=merchant_id,
        skus=[(2990, 0), (1990, 0)],
        images=["/files/1.jpg", "/files/2.jpg"],
    )

    answer = await http.get(LIST)

    assert answer.status == 200
    assert answer.body == {
        "items": [
            {
                "spu_id": str(made.spu_id),
                "title": "白瓷马克杯",
                "subtitle": "",
                "image_url": "/files/1.jpg",
                "price_fen": 1990,
                "sales": 0,
                "is_sold_out": True,
                "merchant": {"merchant_id": str(merchant_id), "name": "青山茶铺"},
            }
        ],
        "next_cursor": None,
    }


async def test_ids_beyond_what_browsers_count_are_text_everywhere(http: Caller, services: Services) -> None:
    made = await make_spu(services, category_id=await make_category(services))
    answers = [await http.get(path) for path in (LIST, f"{LIST}/{made.spu_id}", "/store/v1/categories")]

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert [id_numbers(answer.body) for answer in answers] == [[], [], []]
    assert answers[1].body["skus"][0]["sku_id"] == str(made.sku_ids[0])


async def test_the_category_tree_nests_three_levels(http: Caller, services: Services) -> None:
    top = await make_category(services, "家居")
    middle = await make_category(services, "餐具", parent_id=top)
    leaf = await make_category(services, "茶杯", parent_id=middle)

    answer = await http.get("/store/v1/categories")

    def node(category_id: Id, name: str, level: int, children: list[Any]) -> dict[str, Any]:
        return {
            "category_id": str(category_id),
            "name": name,
            "level": level,
            "image_url": None,
            "children": children,
        }

    assert answer.body == {
        "items": [node(top, "家居", 1, [node(middle, "餐具", 2, [node(leaf, "茶杯", 3, [])])])]
    }


async def test_each_order_is_kept_over_pages_and_equal_values_lose_nobody(
    http: Caller, services: Services, clock: ManualClock
) -> None:
    merchant_id, category_id = await make_merchant(services), await make_category(services)
    prices = {"甲": 300, "乙": 100, "丙": 200, "丁": 100, "戊": 200, "己": 100}
    ids = {}
    for title, price_fen in prices.items():
        made = await make_spu(
            services, merchant_id=merchant_id, category_id=category_id, title=title, skus=[(price_fen, 1)]
        )
        ids[title] = made.spu_id
        if title in "乙丁":
            clock.advance(timedelta(seconds=1))
    async with services.db.transaction() as session:
        await record_sales(session, {ids["丙"]: 5, ids["己"]: 5, ids["甲"]: 9})
    small = {"limit": "2"}

    def by(key: Any, *, is_descending: bool) -> list[str]:
        return sorted(prices, key=lambda title: (key(title), ids[title]), reverse=is_descending)

    shelved = {"甲": 0, "乙": 0, "丙": 1, "丁": 1, "戊": 2, "己": 2}
    sold = {"丙": 5, "己": 5, "甲": 9}
    newest = by(shelved.__getitem__, is_descending=True)
    assert await read_all(http, small) == newest
    assert await read_all(http, small | {"sort": "new"}) == newest
    assert await read_all(http, small | {"sort": "price"}) == by(prices.__getitem__, is_descending=False)
    assert await read_all(http, small | {"sort": "-price"}) == by(prices.__getitem__, is_descending=True)
    most_sold = by(lambda title: sold.get(title, 0), is_descending=True)
    assert await read_all(http, small | {"sort": "sales"}) == most_sold


async def test_a_category_lists_what_stands_in_it_and_below(http: Caller, services: Services) -> None:
    merchant_id = await make_merchant(services)
    top = await make_category(services, "家居")
    middle = await make_category(services, "餐具", parent_id=top)
    leaf = await make_category(services, "茶杯", parent_id=middle)
    other = await make_category(services, "图书")
    for title, category_id in (("杯", leaf), ("盘", middle), ("书", other)):
        await make_spu(services, merchant_id=merchant_id, category_id=category_id, title=title)

    async def titles(category_id: Id) -> set[str]:
        return set(await read_all(http, {"category_id": str(category_id)}))

    assert await titles(top) == await titles(middle) == {"杯", "盘"}
    assert await titles(leaf) == {"杯"}
    assert await titles(other) == {"书"}
    assert (await http.get(LIST, query={"category_id": "999999"})).refusal == (404, "category.not_found")


async def test_a_shop_lists_its_own_products(http: Caller, services: Services) -> None:
    mine, other = await make_merchant(services), await make_merchant(services)
    await make_spu(services, merchant_id=mine, title="我的")
    await make_spu(services, merchant_id=other, title="别人的")

    assert await read_all(http, {"merchant_id": str(mine)}) == ["我的"]
    assert await read_all(http, {"merchant_id": "999999"}) == []


async def test_a_search_finds_all_words_and_ranks_titles_first(http: Caller, services: Services) -> None:
    await make_spu(services, title="无线蓝牙耳机", keyword="数码")
    await make_spu(services, title="手机支架", keyword="耳机", subtitle="蓝牙自拍")
    await make_spu(services, title="蓝色马克杯", keyword="牙刷 耳饰")
    await make_spu(services, title="USB-C 快充线")

    assert await read_all(http, {"keyword": "蓝牙耳机"}) == ["无线蓝牙耳机"]
    assert await read_all(http, {"keyword": "耳机", "limit": "1"}) == ["无线蓝牙耳机", "手机支架"]
    assert await read_all(http, {"keyword": "ｕｓｂ"}) == ["USB-C 快充线"]
    assert await read_all(http, {"keyword": "蓝牙 数码"}) == ["无线蓝牙耳机"]
    assert await read_all(http, {"keyword": "杯", "sort": "price"}) == ["蓝色马克杯"]
    for nothing in ("没有的", "%", "_", "' OR 1=1 --", "蓝机"):
        assert await read_all(http, {"keyword": nothing}) == []
    assert len(await read_all(http, {"keyword": "  "})) == 4


async def test_only_goods_on_the_shelf_of_open_merchants_are_listed_and_shown(
    http: Caller, services: Services
) -> None:
    frozen = await make_merchant(services, status=MerchantStatus.FROZEN)
    hidden = [
        await make_spu(services, title="冻结", merchant_id=frozen),
        await make_spu(services, title="下架", status=SpuStatus.OFF_SHELF),
        await make_spu(services, title="待审", status=SpuStatus.TO_BE_SHELVED),
        await make_spu(services, title="被拒", status=SpuStatus.REJECTED),
    ]
    await make_spu(services, title="在售")

    assert await read_all(http, {}) == ["在售"]
    for title in ("冻结", "下架", "待审", "被拒"):
        assert await read_all(http, {"keyword": title}) == []
    for made in hidden:
        assert (await http.get(f"{LIST}/{made.spu_id}")).refusal == (404, "product.off_shelf")
    assert (await http.get(f"{LIST}/999999")).refusal == (404, "product.not_found")


async def test_many_products_of_a_frozen_merchant_never_end_a_list_early(
    http: Caller, services: Services, clock: ManualClock
) -> None:
    shop, frozen = await make_merchant(services), await make_merchant(services)
    category_id = await make_category(services)
    await make_spu(services, merchant_id=shop, category_id=category_id, title="最早")
    for number in range(15):
        clock.advance(timedelta(seconds=1))
        await make_spu(services, merchant_id=frozen, category_id=category_id, title=f"冻结{number}")
    clock.advance(timedelta(seconds=1))
    await make_spu(services, merchant_id=shop, category_id=category_id, title="最新")
    await change_merchant_status(services.db, frozen, MerchantStatus.FROZEN)

    assert await read_all(http, {"limit": "1"}) == ["最新", "最早"]


async def test_stock_is_at_most_a_second_old_and_prices_are_as_old_as_their_change(
    http: Caller, services: Services, clock: ManualClock
) -> None:
    made = await make_spu(services, skus=[(1990, 8)])
    sku_id, path = made.sku_ids[0], f"{LIST}/{made.spu_id}"

    async def shown() -> tuple[int, int, bool]:
        body = (await http.get(path)).body
        return body["skus"][0]["stock"], body["skus"][0]["price_fen"], body["is_sold_out"]

    assert await shown() == (8, 1990, False)
    await sell_out(services, sku_id, 8)
    clock.advance(timedelta(seconds=1))
    assert await shown() == (0, 1990, True)
    await change_price(services, sku_id, Fen(990))
    assert await shown() == (0, 990, True)
    await add_stock(services, sku_id, 3, "IN1")
    assert await shown() == (3, 990, False)
    await take_off_shelf(services, made.spu_id)
    assert (await http.get(path)).refusal == (404, "product.off_shelf")
    assert await read_all(http, {}) == []


async def test_what_was_just_read_is_read_again_from_memory_byte_for_byte(
    http: Caller, services: Services
) -> None:
    made = await make_spu(services, skus=[(1990, 8)])
    hits = CACHE_READS.labels("hit")
    for path, told in (
        (f"{LIST}/{made.spu_id}", 1),
        (LIST, 1),
        (f"{LIST}?sort=price&limit=5", 1),
        (f"{LIST}?sort=price&limit=5&keyword=", 1),
        (f"{LIST}?keyword=x", 0),
    ):
        first = await http.get(path)
        before = hits.value

        second = await http.get(path)

        assert (second.status, second.body) == (first.status, first.body)
        assert hits.value == before + told


async def test_a_list_follows_changes_of_its_products_at_once(http: Caller, services: Services) -> None:
    made = await make_spu(services, skus=[(1990, 8)])
    first = (await http.get(LIST)).body["items"]

    await change_price(services, made.sku_ids[0], Fen(990))
    await make_spu(services, title="新品")
    second = (await http.get(LIST)).body["items"]

    assert [item["price_fen"] for item in first] == [1990]
    assert {(item["title"], item["price_fen"]) for item in second} == {("白瓷马克杯", 990), ("新品", 1990)}


BAD_QUERIES = [
    ({"limit": "0"}, "limit"),
    ({"limit": "101"}, "limit"),
    ({"limit": "-1"}, "limit"),
    ({"limit": "many"}, "limit"),
    ({"limit": "1.0"}, "limit"),
    ({"sort": "title"}, "sort"),
    ({"sort": "price; drop table spu"}, "sort"),
    ({"category_id": "0"}, "category_id"),
    ({"category_id": "abc"}, "category_id"),
    ({"merchant_id": "9223372036854775808"}, "merchant_id"),
    ({"keyword": "字" * 65}, "keyword"),
    ({"keyword": "a\nb"}, "keyword"),
    ({"cursor": "a" * 513}, "cursor"),
]


async def test_each_bad_parameter_of_a_list_is_named(http: Caller) -> None:
    for query, field in BAD_QUERIES:
        answer = await http.get(LIST, query=query)

        assert answer.refusal == (422, "request.invalid"), query
        assert answer.bad_fields == {field}, query


async def test_what_is_no_product_id_is_refused(http: Caller) -> None:
    for spu_id in ("0", "-1", "1.0", "abc", "9223372036854775808", "%E4%B8%80"):
        answer = await http.get(f"{LIST}/{spu_id}")

        assert answer.refusal == (422, "request.invalid"), spu_id
        assert answer.bad_fields == {"spu_id"}, spu_id


def cursor_of(position: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


async def test_a_cursor_that_no_list_of_this_order_gave_is_refused(http: Caller, services: Services) -> None:
    category_id = await make_category(services)
    for title in ("甲", "乙"):
        await make_spu(services, title=title, category_id=category_id)
    genuine = (await http.get(LIST, query={"limit": "1", "sort": "price"})).body["next_cursor"]
    assert (await http.get(LIST, query={"cursor": genuine, "sort": "price"})).status == 200

    bad = [genuine, "!", "bm9wZQ", "", cursor_of(["new"]), cursor_of({}), cursor_of(["new", "1", 1])]
    bad += [cursor_of(["new", value, 1]) for value in (-1, 2**63 - 1, 1.5, None, True)]
    bad += [cursor_of(["new", 1, spu_id]) for spu_id in (0, -1, 2**63, "1")]
    for cursor in bad:
        answer = await http.get(LIST, query={"cursor": cursor})
        assert answer.refusal == (422, "paging.cursor_invalid"), cursor
    for sort, value in (("sales", 2**31), ("price", 10**15 + 1), ("-price", 2**63 - 1)):
        answer = await http.get(LIST, query={"sort": sort, "cursor": cursor_of([sort, value, 1])})
        assert answer.refusal == (422, "paging.cursor_invalid"), sort
    largest = cursor_of(["relevance", 2**15 - 1, 2**63 - 1])
    assert (await http.get(LIST, query={"keyword": "甲", "cursor": largest})).status == 200
    assert (
        await http.get(LIST, query={"keyword": "甲", "cursor": cursor_of(["relevance", 2**15, 1])})
    ).status == 422


async def test_a_new_category_is_in_the_tree_at_once(http: Caller, services: Services) -> None:
    await make_category(services, "家居")
    assert [node["name"] for node in (await http.get("/store/v1/categories")).body["items"]] == ["家居"]

    await make_category(services, "图书")

    names = [node["name"] for node in (await http.get("/store/v1/categories")).body["items"]]
    assert names == ["家居", "图书"]
