"""Every statement of the product room, except plain adds and those of `selling`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, delete, false, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.statements import padded
from wanpu.kernel.ids import Id
from wanpu.product.models import (
    Category,
    SearchTerm,
    Sku,
    SkuAttachment,
    SkuStock,
    Spu,
    SpuAttachment,
    SpuDetailPicture,
    StockJournal,
)
from wanpu.product.states import PictureType, SpuStatus, StockMove

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ListedSpu:
    """A product as lists show it, with the value that the list is sorted by."""

    spu_id: Id
    merchant_id: Id
    title: str
    subtitle: str
    min_price: int
    sales: int
    is_sold_out: bool
    sort_value: Any


async def list_categories(session: AsyncSession) -> list[Category]:
    """The whole tree, parents before children, brothers in their order."""
    statement = select(Category).order_by(Category.level, Category.seq, Category.id)
    return list((await session.execute(statement)).scalars())


async def find_category(session: AsyncSession, category_id: Id) -> Category | None:
    """One category by id."""
    return await session.get(Category, category_id)


async def find_category_by_name(session: AsyncSession, parent_id: Id | None, name: str) -> Category | None:
    """The first category of this name under a parent, or among the roots."""
    parent = Category.parent_id.is_(None) if parent_id is None else Category.parent_id == parent_id
    statement = select(Category).where(parent, Category.name == name).order_by(Category.id).limit(1)
    return (await session.execute(statement)).scalar_one_or_none()


async def list_spus(
    session: AsyncSession,
    *,
    sort: str,
    category_ids: Collection[Id] | None,
    merchant_id: Id | None,
    terms: Collection[str] | None,
    after: tuple[Any, Id] | None,
    limit: int,
) -> list[ListedSpu]:
    """Products on the shelf behind a position, in one of five orders; the id decides between equals.

    `sort`: new, price, -price, sales, or relevance, which needs `terms`. `category_ids`: the product
    stands in one of them. `terms`: it holds all of them. Benchmark: product list.
    """
    found = None if terms is None else _spus_with(terms)
    value, is_ascending = _sort_of(sort, found)
    source = select(
        Spu.id, Spu.merchant_id, Spu.title, Spu.subtitle, Spu.min_price, Spu.sales, Spu.is_sold_out, value
    ).where(Spu.status == SpuStatus.ON_SHELF, Spu.is_deleted.is_(False))
    if found is not None:
        source = source.join(found, found.c.spu_id == Spu.id)
    if category_ids is not None:
        source = source.where(Spu.category_id.in_(padded(category_ids)))
    if merchant_id is not None:
        source = source.where(Spu.merchant_id == merchant_id)
    if after is not None:
        source = source.where(_is_behind(value, after, is_ascending=is_ascending))
    order = (value.asc(), Spu.id.asc()) if is_ascending else (value.desc(), Spu.id.desc())
    rows = await session.execute(source.order_by(*order).limit(limit))
    return [ListedSpu(*row) for row in rows]


def _spus_with(terms: Collection[str]) -> Any:
    """Products that hold every term, with the sum of their weights."""
    wanted = sorted(set(terms))
    return (
        select(SearchTerm.spu_id, func.sum(SearchTerm.weight).label("score"))
        .where(SearchTerm.term.in_(wanted))
        .group_by(SearchTerm.spu_id)
        .having(func.count() == len(wanted))
        .subquery("found")
    )


def _sort_of(sort: str, found: Any) -> tuple[ColumnElement[Any], bool]:
    """What a list is sorted by, and whether the smallest comes first."""
    if sort == "relevance":
        return found.c.score, False
    columns: dict[str, tuple[Any, bool]] = {
        "new": (Spu.on_shelved_at, False),
        "price": (Spu.min_price, True),
        "-price": (Spu.min_price, False),
        "sales": (Spu.sales, False),
    }
    return columns[sort]


def _is_behind(
    value: ColumnElement[Any], after: tuple[Any, Id], *, is_ascending: bool
) -> ColumnElement[bool]:
    """Behind a position. The first condition alone bounds the range that the index is read in."""
    last_value, last_id = after
    if is_ascending:
        return and_(value >= last_value, or_(value > last_value, Spu.id > last_id))
    return and_(value <= last_value, or_(value < last_value, Spu.id < last_id))


async def get_first_pictures(session: AsyncSession, spu_ids: Collection[Id]) -> dict[Id, str]:
    """The first main picture of each product that has one."""
    if not spu_ids:
        return {}
    statement = (
        select(SpuAttachment.spu_id, SpuAttachment.url)
        .where(SpuAttachment.spu_id.in_(padded(spu_ids)), SpuAttachment.type == PictureType.HEAD)
        .order_by(SpuAttachment.spu_id, SpuAttachment.seq.desc())
    )
    return {row.spu_id: row.url for row in await session.execute(statement)}


async def find_spu(session: AsyncSession, spu_id: Id) -> Spu | None:
    """One product that is not deleted."""
    statement = select(Spu).where(Spu.id == spu_id, Spu.is_deleted.is_(False))
    return (await session.execute(statement)).scalar_one_or_none()


async def find_spu_by_title(session: AsyncSession, merchant_id: Id, title: str) -> Spu | None:
    """The first product of this title at a merchant."""
    statement = (
        select(Spu)
        .where(Spu.merchant_id == merchant_id, Spu.title == title, Spu.is_deleted.is_(False))
        .order_by(Spu.id)
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_spus(session: AsyncSession, spu_ids: Collection[Id]) -> list[Spu]:
    """Products that are not deleted, locked in the order of their ids."""
    if not spu_ids:
        return []
    statement = (
        select(Spu)
        .where(Spu.id.in_(padded(spu_ids)), Spu.is_deleted.is_(False))
        .order_by(Spu.id)
        .with_for_update()
    )
    return list((await session.execute(statement)).scalars())


async def list_skus(session: AsyncSession, spu_id: Id) -> list[Sku]:
    """The variants of a product, in the order they were listed."""
    statement = select(Sku).where(Sku.spu_id == spu_id, Sku.is_deleted.is_(False)).order_by(Sku.id)
    return list((await session.execute(statement)).scalars())


async def find_sku(session: AsyncSession, sku_id: Id) -> Sku | None:
    """One variant that is not deleted."""
    statement = select(Sku).where(Sku.id == sku_id, Sku.is_deleted.is_(False))
    return (await session.execute(statement)).scalar_one_or_none()


async def list_pictures(session: AsyncSession, spu_id: Id) -> list[SpuAttachment]:
    """All pictures of a product, kind by kind in their order."""
    statement = (
        select(SpuAttachment)
        .where(SpuAttachment.spu_id == spu_id)
        .order_by(SpuAttachment.type, SpuAttachment.seq)
    )
    return list((await session.execute(statement)).scalars())


async def get_sku_pictures(session: AsyncSession, sku_ids: Collection[Id]) -> dict[Id, str]:
    """The first picture of each variant that has one of its own."""
    if not sku_ids:
        return {}
    statement = (
        select(SkuAttachment.sku_id, SkuAttachment.url)
        .where(SkuAttachment.sku_id.in_(padded(sku_ids)), SkuAttachment.type == PictureType.HEAD)
        .order_by(SkuAttachment.sku_id, SkuAttachment.seq.desc())
    )
    return {row.sku_id: row.url for row in await session.execute(statement)}


async def find_stocking(session: AsyncSession, sku_id: Id, ref: str) -> int | None:
    """The quantity that a stocking number put in, if it did."""
    statement = select(StockJournal.available_change).where(
        StockJournal.ref == ref, StockJournal.move == StockMove.STOCKED, StockJournal.sku_id == sku_id
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def get_available_by_spu(session: AsyncSession, spu_ids: Collection[Id]) -> dict[Id, int]:
    """Units that can be ordered of all variants together; 0 for products without any."""
    if not spu_ids:
        return {}
    statement = (
        select(Sku.spu_id, func.sum(SkuStock.available))
        .join(SkuStock, SkuStock.sku_id == Sku.id)
        .where(Sku.spu_id.in_(padded(spu_ids)), Sku.is_deleted.is_(False))
        .group_by(Sku.spu_id)
    )
    available = dict.fromkeys(spu_ids, 0)
    available.update({row[0]: int(row[1]) for row in await session.execute(statement)})
    return available


async def add_sales(session: AsyncSession, sold: Mapping[Id, int], now: datetime) -> None:
    """Add sold units to products, locked in the order of their ids."""
    spu_ids = padded(sold)
    await session.execute(select(Spu.id).where(Spu.id.in_(spu_ids)).order_by(Spu.id).with_for_update())
    spu: Table = Spu.__table__  # type: ignore[assignment]
    added = case(*((spu.c.id == spu_id, units) for spu_id, units in sorted(sold.items())), else_=0)
    await session.execute(
        update(spu).where(spu.c.id.in_(spu_ids)).values(sales=spu.c.sales + added, updated_at=now)
    )


async def add_rows(session: AsyncSession, model: type[Any], rows: Rows) -> None:
    """Insert rows of one table by one statement."""
    if rows:
        await session.execute(insert(model.__table__), list(rows))


async def list_unlisted_ids(session: AsyncSession, limit: int) -> Sequence[Id]:
    """Some products whose pages are not in `spu_detail_picture` yet, deleted ones as well."""
    statement = select(Spu.id).where(Spu.is_detail_listed == false()).order_by(Spu.id).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def lock_unlisted_pages(session: AsyncSession, spu_ids: Collection[Id]) -> dict[Id, str]:
    """The pages of those products that are still not listed, locked in the order of their ids."""
    statement = (
        select(Spu.id, Spu.detail_html)
        .where(Spu.id.in_(padded(spu_ids)), Spu.is_detail_listed == false())
        .order_by(Spu.id)
        .with_for_update()
    )
    return {row.id: row.detail_html for row in await session.execute(statement)}


async def replace_detail_pictures(session: AsyncSession, spu_ids: Collection[Id], rows: Rows) -> None:
    """Let `rows` be all that the pages of these locked products show."""
    if not spu_ids:
        return
    await session.execute(delete(SpuDetailPicture).where(SpuDetailPicture.spu_id.in_(padded(spu_ids))))
    await add_rows(session, SpuDetailPicture, rows)
    spu: Table = Spu.__table__  # type: ignore[assignment]
    await session.execute(update(spu).where(spu.c.id.in_(padded(spu_ids))).values(is_detail_listed=True))


async def find_picture_use(session: AsyncSession, urls: Sequence[str]) -> str | None:
    """The first thing that shows one of these addresses: in its pictures, its variants' or its detail."""
    looks = [
        (
            "product",
            select(Spu.id)
            .join(SpuDetailPicture, SpuDetailPicture.spu_id == Spu.id)
            .where(~Spu.is_deleted, SpuDetailPicture.url.in_(urls)),
        ),
        (
            "product",
            select(Spu.id)
            .join(SpuAttachment, SpuAttachment.spu_id == Spu.id)
            .where(~Spu.is_deleted, SpuAttachment.url.in_(urls)),
        ),
        (
            "sku",
            select(Sku.id)
            .join(SkuAttachment, SkuAttachment.sku_id == Sku.id)
            .where(~Sku.is_deleted, SkuAttachment.url.in_(urls)),
        ),
        ("category", select(Category.id).where(Category.picture_url.in_(urls))),
    ]
    for name, statement in looks:
        found = (await session.execute(statement.limit(1))).scalar_one_or_none()
        if found is not None:
            return f"{name}:{found}"
    return None
