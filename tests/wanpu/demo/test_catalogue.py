"""The demo data keep the limits of the columns they are loaded into, and show every state of a shelf."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from wanpu.demo.catalogue import (
    CATEGORIES,
    MERCHANTS,
    OFF_SHELF,
    ON_SHELF,
    PRODUCTS,
    REDUCE_ON_ORDER,
    REDUCE_ON_PAYMENT,
    DemoProduct,
)
from wanpu.demo.catalogue.build import drawn, sell

CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

LEAVES = [
    (first.name, second.name, third.name)
    for first in CATEGORIES
    for second in first.children
    for third in second.children
]


class TagReader(HTMLParser):
    """Notes every tag that opens, its attributes, and the tags that are still open."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.extend(attrs)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def make_product(**changes: object) -> DemoProduct:
    given: dict[str, object] = {
        "merchant": "shengyu",
        "category": ("数码", "影音", "头戴耳机"),
        "title": "试听耳机",
        "subtitle": "听一听",
        "promotion": "",
        "keyword": "耳机",
        "attributes": {"颜色": ("黑", "白"), "长度": ("短", "长")},
        "price_fen": 1000,
        "stocks": (1, 2, 3, 4),
        "picture": drawn("headphones", "#333333", "#cccccc", "#dddddd"),
        "paragraphs": ("一段话",),
        "facts": {"重量": "1 g"},
        **changes,
    }
    return sell("sample", **given)  # type: ignore[arg-type]


def test_eight_merchants_differ_in_every_name_and_number():
    assert len(MERCHANTS) == 8
    for attribute in ("key", "name", "diminutive", "legal_person", "phone", "customer_hotline"):
        assert len({getattr(merchant, attribute) for merchant in MERCHANTS}) == 8


def test_credit_codes_carry_a_right_check_character_and_an_area_that_no_place_has():
    codes = [merchant.uniform_social_credit_code for merchant in MERCHANTS]

    assert len(set(codes)) == 8
    for code in codes:
        total = sum(
            CREDIT_CODE_ALPHABET.index(character) * weight
            for character, weight in zip(code[:17], CREDIT_CODE_WEIGHTS, strict=True)
        )
        assert len(code) == 18
        assert code[2:8] == "990000"
        assert code[17] == CREDIT_CODE_ALPHABET[(31 - total % 31) % 31]


def test_share_rates_run_from_nothing_to_a_tenth():
    assert sorted(merchant.profit_share_rate_bp for merchant in MERCHANTS) == [
        0, 200, 250, 300, 450, 500, 600, 1000,
    ]  # fmt: skip


def test_three_shops_never_charge_freight_and_one_never_waives_it():
    free = {merchant.key for merchant in MERCHANTS if merchant.freight.fee_fen == 0}
    never_waived = {
        merchant.key
        for merchant in MERCHANTS
        if merchant.freight.fee_fen > 0 and merchant.freight.free_over_fen is None
    }

    assert free == {"shengyu", "zhishangzhou", "chenluji"}
    assert never_waived == {"yejingxing"}


def test_the_category_tree_has_three_levels_without_repeated_names_beside_each_other():
    assert len(CATEGORIES) == 8
    assert sum(len(first.children) for first in CATEGORIES) == 27
    assert len(LEAVES) == 53
    assert len(set(LEAVES)) == 53
    for first in CATEGORIES:
        assert all(third.children == () for second in first.children for third in second.children)


def test_every_leaf_of_the_tree_holds_a_product_and_no_product_hangs_elsewhere():
    assert {product.category_path for product in PRODUCTS} == set(LEAVES)


def test_eighty_three_products_are_spread_over_all_merchants():
    counts = Counter(product.merchant_key for product in PRODUCTS)

    assert len(PRODUCTS) == 83
    assert sum(len(product.skus) for product in PRODUCTS) == 395
    assert counts == {
        "shengyu": 11,
        "yanxiabai": 11,
        "poshangyun": 11,
        "sulv": 10,
        "zhishangzhou": 11,
        "chenluji": 9,
        "yejingxing": 11,
        "xiangyuya": 9,
    }


def test_keys_titles_and_subtitles_are_not_repeated():
    for attribute in ("key", "title", "subtitle"):
        assert len({getattr(product, attribute) for product in PRODUCTS}) == len(PRODUCTS)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.key)
def test_texts_are_written_and_fit_their_columns(product: DemoProduct):
    assert 8 <= len(product.title) <= 60
    assert 4 <= len(product.subtitle) <= 64
    assert 4 <= len(product.promotion_desc) <= 128
    assert 4 <= len(product.keyword) <= 128
    assert all(10 <= len(paragraph) <= 120 for paragraph in product.paragraphs)
    assert len(product.facts) >= 2


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.key)
def test_skus_are_distinct_choices_of_the_declared_values(product: DemoProduct):
    declared = {attribute.name: attribute.values for attribute in product.sale_attributes}
    chosen = [tuple(sku.sale_attr.values()) for sku in product.skus]

    assert 1 <= len(declared) <= 3
    assert 2 <= len(product.skus) <= 12
    assert len(set(chosen)) == len(product.skus)
    for sku in product.skus:
        assert list(sku.sale_attr) == list(declared)
    for name, values in declared.items():
        assert len(set(values)) == len(values)
        assert {sku.sale_attr[name] for sku in product.skus} == set(values)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.key)
def test_attribute_texts_hold_no_sign_that_separates_stored_attributes(product: DemoProduct):
    for attribute in product.sale_attributes:
        for text in (attribute.name, *attribute.values):
            assert re.fullmatch(r"[^:;\-\s]{1,16}", text)


def test_every_price_is_at_least_one_fen_and_fits_the_price_column():
    prices = [sku.price_fen for product in PRODUCTS for sku in product.skus]

    assert min(prices) == 1
    assert max(prices) == 148900
    assert all(type(price) is int for price in prices)


def test_five_products_of_four_shops_cost_at_most_a_yuan():
    cheap = {
        product.key: (product.merchant_key, min(sku.price_fen for sku in product.skus))
        for product in PRODUCTS
        if min(sku.price_fen for sku in product.skus) <= 100
    }

    assert cheap == {
        "cable-ties": ("shengyu", 100),
        "tea-sample": ("poshangyun", 88),
        "tiny-stickers": ("zhishangzhou", 2),
        "school-pencil": ("zhishangzhou", 50),
        "hand-cream-sample": ("chenluji", 1),
    }


def test_one_product_is_sold_out_one_is_off_the_shelf_and_others_lack_some_choices():
    sold_out = [product.key for product in PRODUCTS if product.is_sold_out]
    off_shelf = [product.key for product in PRODUCTS if product.status == OFF_SHELF]
    partly = [product for product in PRODUCTS if 0 in {sku.stock for sku in product.skus}]

    assert sold_out == ["sun-rattle"]
    assert off_shelf == ["studio-headphones"]
    assert len(partly) == 26
    assert {product.status for product in PRODUCTS} == {ON_SHELF, OFF_SHELF}
    assert all(sku.stock >= 0 for product in PRODUCTS for sku in product.skus)


def test_ten_products_reduce_their_stock_on_payment_and_the_others_on_order():
    counts = Counter(product.stock_reduce_strategy for product in PRODUCTS)

    assert counts == {REDUCE_ON_ORDER: 73, REDUCE_ON_PAYMENT: 10}


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.key)
def test_detail_text_is_plain_markup_without_attributes(product: DemoProduct):
    reader = TagReader()
    reader.feed(product.detail_html)
    reader.close()

    assert reader.tags == {"p", "table", "tbody", "tr", "th", "td"}
    assert reader.attributes == []
    assert reader.open == []


def test_signs_of_markup_in_a_text_are_shown_and_not_obeyed():
    product = make_product(paragraphs=("<script>alert(1)</script>",), facts={"a&b": "<i>"})

    assert product.detail_html == (
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"
        "<table><tbody><tr><th>a&amp;b</th><td>&lt;i&gt;</td></tr></tbody></table>"
    )


def test_stocks_follow_the_combinations_and_none_leaves_one_out():
    product = make_product(stocks=(5, None, 0, 7))

    assert [(sku.spec, sku.stock) for sku in product.skus] == [("黑 短", 5), ("白 短", 0), ("白 长", 7)]
    assert product.skus[0].sale_attr == {"颜色": "黑", "长度": "短"}


def test_surcharges_add_up_by_value_and_by_full_combination():
    product = make_product(extra_fen={"长": 300, "白": 50, "白 长": 7})

    assert [sku.price_fen for sku in product.skus] == [1000, 1300, 1050, 1357]


def test_a_wrong_number_of_stocks_is_refused():
    with pytest.raises(ValueError, match="zip"):
        make_product(stocks=(1, 2, 3))
