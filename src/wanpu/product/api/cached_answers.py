"""Answers about products as ready bytes: a hit costs neither a query nor an encoding.

Benchmark: product detail, product list.
"""

import orjson

from wanpu.infra.http.paging import encode_cursor
from wanpu.infra.services import Services
from wanpu.kernel.ids import Id
from wanpu.product.api.schemas import CategoryTreeOut, ProductCardOut, ProductListOut, ProductOut
from wanpu.product.caching import CATEGORIES_PAGE_KEY, LISTS_TAG, product_key, product_page_key
from wanpu.product.service.catalogue import (
    ProductPage,
    ProductQuery,
    get_product,
    get_stock,
    list_products,
)
from wanpu.product.service.categories import get_category_tree

CATEGORIES_FOR_S, CATEGORIES_REFRESHED_AFTER_S = 30.0, 20.0
PRODUCT_FOR_S, PRODUCT_REFRESHED_AFTER_S = 20.0, 12.0
STOCK_FOR_S, STOCK_REFRESHED_AFTER_S = 1.0, 0.7
LIST_FOR_S, LIST_REFRESHED_AFTER_S = 10.0, 6.0


async def category_tree_answer(services: Services) -> bytes:
    """The tree of categories."""

    async def load() -> bytes:
        return CategoryTreeOut.of(await get_category_tree(services)).model_dump_json().encode()

    return await services.cache.get_or_load(
        CATEGORIES_PAGE_KEY, load, ttl_s=CATEGORIES_FOR_S, early_s=CATEGORIES_REFRESHED_AFTER_S
    )


async def product_list_answer(services: Services, query: ProductQuery) -> bytes:
    """A page of a list. First pages without a search are kept; the others are as many as callers invent.

    Raises:
        CategoryNotFound: no such category.
    """

    async def load() -> bytes:
        return _encode_page(await list_products(services, query), query)

    if not _is_kept(query):
        return await load()
    return await services.cache.get_or_load(
        _list_key(query), load, ttl_s=LIST_FOR_S, early_s=LIST_REFRESHED_AFTER_S, tags=[LISTS_TAG]
    )


def ready_product_list(services: Services, query: ProductQuery) -> bytes | None:
    """What `product_list_answer` would give, when it lies ready; nothing is asked or waited for."""
    return services.cache.ready(_list_key(query), tags=[LISTS_TAG]) if _is_kept(query) else None


async def product_answer(services: Services, spu_id: Id) -> bytes:
    """One product; its stock is at most a second old, the rest as old as the last change.

    Raises:
        ProductNotFound, ProductOffShelf: it cannot be shown.
    """

    async def load_product() -> bytes:
        product = ProductOut.without_stock(await get_product(services, spu_id))
        return product.model_dump_json().encode()

    async def load_page() -> bytes:
        product = orjson.loads(
            await services.cache.get_or_load(
                product_key(spu_id), load_product, ttl_s=PRODUCT_FOR_S, early_s=PRODUCT_REFRESHED_AFTER_S
            )
        )
        stock = await get_stock(services, [Id(int(sku["sku_id"])) for sku in product["skus"]])
        for sku in product["skus"]:
            sku["stock"] = stock[Id(int(sku["sku_id"]))]
        product["is_sold_out"] = not any(stock.values())
        return orjson.dumps(product)

    return await services.cache.get_or_load(
        product_page_key(spu_id), load_page, ttl_s=STOCK_FOR_S, early_s=STOCK_REFRESHED_AFTER_S
    )


def ready_product(services: Services, spu_id: str) -> bytes | None:
    """What `product_answer` would give, when it lies ready.

    The text needs no check: answers are kept under proper ids alone.
    """
    return services.cache.ready(product_page_key(spu_id))


def _is_kept(query: ProductQuery) -> bool:
    return query.keyword is None and query.after is None


def _list_key(query: ProductQuery) -> str:
    return f"product-list:{query.category_id}:{query.merchant_id}:{query.order}:{query.limit}"


def _encode_page(page: ProductPage, query: ProductQuery) -> bytes:
    cursor = None if page.next_after is None else encode_cursor([query.order, *page.next_after])
    items = [ProductCardOut.of(card) for card in page.cards]
    return ProductListOut(items=items, next_cursor=cursor).model_dump_json().encode()
