"""What shoppers read: lists of products and one product."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.crm import get_merchant_cards
from wanpu.infra.services import Services
from wanpu.kernel.ids import Id
from wanpu.kernel.money import MAX_FEN
from wanpu.product import queries
from wanpu.product.errors import ProductNotFound, ProductOffShelf
from wanpu.product.queries import ListedSpu
from wanpu.product.search import query_terms
from wanpu.product.selling import get_available
from wanpu.product.service.categories import get_category_tree
from wanpu.product.states import PictureType, SpuStatus

MAX_ROUNDS = 5
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class ProductSort(StrEnum):
    """Orders of a product list; equal products are ordered by id."""

    NEW = "new"  # shelved last first
    PRICE = "price"  # cheapest first
    PRICE_DOWN = "-price"
    SALES = "sales"  # most sold first


RELEVANCE = "relevance"
"""What a search is ordered by when it asks for no order."""

LARGEST_SORT_VALUE = {
    ProductSort.NEW.value: (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND,
    ProductSort.PRICE.value: MAX_FEN,
    ProductSort.PRICE_DOWN.value: MAX_FEN,
    ProductSort.SALES.value: 2**31 - 1,
    RELEVANCE: 2**15 - 1,
}
"""By order: no position lies beyond it, and no column could be compared with more."""


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """Which products are wanted. `after`: the sort value and id of the last one seen.

    A time stands in `after` as microseconds since 1970.
    """

    category_id: Id | None = None
    keyword: str | None = None
    merchant_id: Id | None = None
    sort: ProductSort | None = None
    after: tuple[int, Id] | None = None
    limit: int = 20

    @property
    def order(self) -> str:
        """The order in force."""
        if self.sort is not None:
            return self.sort.value
        return ProductSort.NEW.value if self.keyword is None else RELEVANCE


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product in a list; `price_fen` is that of its cheapest variant."""

    spu_id: Id
    title: str
    subtitle: str
    image_url: str | None
    price_fen: int
    sales: int
    is_sold_out: bool
    merchant_id: Id
    merchant_name: str


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Some products and where the list goes on; `next_after` None: nowhere."""

    cards: list[ProductCard]
    next_after: tuple[int, Id] | None


@dataclass(frozen=True, slots=True)
class SkuDetail:
    """A variant as it is shown; its stock is read apart, since it is younger."""

    sku_id: Id
    sale_attr: Mapping[str, Any]
    spec: str
    price_fen: int
    image_url: str | None


@dataclass(frozen=True, slots=True)
class ProductDetail:
    """A product on the shelf as it is shown, without its stock."""

    spu_id: Id
    title: str
    subtitle: str
    promotion_desc: str
    category_id: Id
    merchant_id: Id
    merchant_name: str
    sales: int
    images: list[str]
    detail_images: list[str]
    detail_html: str
    sale_attrs: Sequence[Mapping[str, Any]]
    skus: list[SkuDetail]


async def list_products(services: Services, query: ProductQuery) -> ProductPage:
    """Products on the shelf of open merchants; a page may be short although the list goes on.

    Raises:
        CategoryNotFound: no such category.
    """
    category_ids = None
    if query.category_id is not None:
        category_ids = (await get_category_tree(services)).with_descendants(query.category_id)
    terms = None if query.keyword is None else query_terms(query.keyword)
    if terms is not None and not terms:
        return ProductPage([], None)

    async with services.db.reading() as session:
        position = _position_of(query)
        kept: list[tuple[ListedSpu, str]] = []
        goes_on = True
        for _ in range(MAX_ROUNDS):
            wanted = query.limit + 1 - len(kept)
            rows = await queries.list_spus(
                session,
                sort=query.order,
                category_ids=category_ids,
                merchant_id=query.merchant_id,
                terms=terms,
                after=position,
                limit=wanted,
            )
            kept += await _of_open_merchants(session, rows)
            goes_on = len(rows) == wanted
            if not goes_on or len(kept) > query.limit:
                break
            position = (rows[-1].sort_value, rows[-1].spu_id)
        shown = kept[: query.limit]
        pictures = await queries.get_first_pictures(session, [row.spu_id for row, _ in shown])

    cards = [_card(row, name, pictures.get(row.spu_id)) for row, name in shown]
    if not goes_on:
        return ProductPage(cards, None)
    if len(kept) > query.limit:
        position = (shown[-1][0].sort_value, shown[-1][0].spu_id)
    assert position is not None, "a list that goes on has been read up to somewhere"
    return ProductPage(cards, (_sort_number(position[0]), position[1]))


async def get_product(services: Services, spu_id: Id) -> ProductDetail:
    """One product that may be bought.

    Raises:
        ProductNotFound: no such product, or it was deleted.
        ProductOffShelf: it is not on the shelf, or its merchant is closed.
    """
    async with services.db.reading() as session:
        spu = await queries.find_spu(session, spu_id)
        if spu is None:
            raise ProductNotFound
        merchant = (await get_merchant_cards(session, [spu.merchant_id])).get(spu.merchant_id)
        if spu.status is not SpuStatus.ON_SHELF or merchant is None or not merchant.is_open:
            raise ProductOffShelf
        skus = await queries.list_skus(session, spu_id)
        pictures = await queries.list_pictures(session, spu_id)
        sku_pictures = await queries.get_sku_pictures(session, [sku.id for sku in skus])
    return ProductDetail(
        spu_id=spu.id,
        title=spu.title,
        subtitle=spu.subtitle,
        promotion_desc=spu.promotion_desc,
        category_id=spu.category_id,
        merchant_id=merchant.merchant_id,
        merchant_name=merchant.name,
        sales=spu.sales,
        images=[picture.url for picture in pictures if picture.type is PictureType.HEAD],
        detail_images=[picture.url for picture in pictures if picture.type is PictureType.DETAIL],
        detail_html=spu.detail_html,
        sale_attrs=spu.sale_attr,
        skus=[
            SkuDetail(sku.id, sku.sale_attr, sku.sale_attr_key, sku.sale_price, sku_pictures.get(sku.id))
            for sku in skus
        ],
    )


async def get_stock(services: Services, sku_ids: Sequence[Id]) -> dict[Id, int]:
    """Units that can be ordered now, by SKU; 0 for a SKU without a stock row."""
    async with services.db.reading() as session:
        available = await get_available(session, sku_ids)
    return {sku_id: available.get(sku_id, 0) for sku_id in sku_ids}


async def find_product_id(services: Services, merchant_id: Id, title: str) -> Id | None:
    """The id of a merchant's product with this title, on the shelf or not."""
    async with services.db.reading() as session:
        spu = await queries.find_spu_by_title(session, merchant_id, title)
    return None if spu is None else spu.id


async def _of_open_merchants(session: AsyncSession, rows: list[ListedSpu]) -> list[tuple[ListedSpu, str]]:
    """The rows whose merchant sells at present, each with its merchant's name."""
    cards = await get_merchant_cards(session, {row.merchant_id for row in rows})
    open_names = {card.merchant_id: card.name for card in cards.values() if card.is_open}
    return [(row, open_names[row.merchant_id]) for row in rows if row.merchant_id in open_names]


def _card(row: ListedSpu, merchant_name: str, image_url: str | None) -> ProductCard:
    return ProductCard(
        spu_id=row.spu_id,
        title=row.title,
        subtitle=row.subtitle,
        image_url=image_url,
        price_fen=row.min_price,
        sales=row.sales,
        is_sold_out=row.is_sold_out,
        merchant_id=row.merchant_id,
        merchant_name=merchant_name,
    )


def _position_of(query: ProductQuery) -> tuple[Any, Id] | None:
    """Where the list goes on, with a time where the list is sorted by one."""
    if query.after is None:
        return None
    value, spu_id = query.after
    if query.order != ProductSort.NEW:
        return value, spu_id
    return _EPOCH + value * _MICROSECOND, spu_id


def _sort_number(value: Any) -> int:
    """A sort value as a whole number: a time as microseconds since 1970."""
    return (value - _EPOCH) // _MICROSECOND if isinstance(value, datetime) else int(value)
