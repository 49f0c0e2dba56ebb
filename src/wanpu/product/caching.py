"""Names of what the product room caches, and how changes make it forget."""

from collections.abc import Iterable

from wanpu.infra.services import Services
from wanpu.kernel.ids import Id

LISTS_TAG = "product-lists"
CATEGORIES_KEY = "product-categories"
CATEGORIES_PAGE_KEY = "product-categories-page"


def product_key(spu_id: Id) -> str:
    """Everything about a product but its stock."""
    return f"product:{spu_id}"


def product_page_key(spu_id: Id | str) -> str:
    """The whole answer about a product, stock included."""
    return f"product-page:{spu_id}"


async def forget_products(services: Services, spu_ids: Iterable[Id]) -> None:
    """Drop what is cached of these products and every list; call it after the change is committed."""
    keys = [key for spu_id in spu_ids for key in (product_key(spu_id), product_page_key(spu_id))]
    await services.cache.drop(*keys)
    await services.cache.drop_tag(LISTS_TAG)


async def forget_categories(services: Services) -> None:
    """Drop the tree and every list; call it after the change is committed."""
    await services.cache.drop(CATEGORIES_KEY, CATEGORIES_PAGE_KEY)
    await services.cache.drop_tag(LISTS_TAG)
