"""Changes of products: listing, shelving, prices (商品管理)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.crm import MerchantNotFound, get_merchant_cards
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.services import Services
from wanpu.kernel.ids import Id, stamped_id
from wanpu.kernel.money import Fen
from wanpu.product import queries
from wanpu.product.caching import forget_products
from wanpu.product.errors import CategoryNotFound, ProductNotFound, SkuNotFound
from wanpu.product.models import (
    SearchTerm,
    Sku,
    SkuAttachment,
    SkuStock,
    Spu,
    SpuAttachment,
    SpuDetailPicture,
    StockJournal,
)
from wanpu.product.rules import (
    NewSpu,
    check_new_spu,
    check_price,
    detail_addresses,
    spec_of,
)
from wanpu.product.search import index_terms
from wanpu.product.states import SPU_MOVES, PictureType, SpuStatus, StockMove

FIRST_STOCKING = "first"
"""The stocking number of the units that a product is listed with."""

TITLE_WEIGHT, KEYWORD_WEIGHT, SUBTITLE_WEIGHT = 4, 2, 1


@dataclass(frozen=True, slots=True)
class CreatedSpu:
    """Ids of a new product: its variants stand in the order they were given."""

    spu_id: Id
    sku_ids: tuple[Id, ...]


async def create_spu(
    services: Services, new: NewSpu, *, status: SpuStatus = SpuStatus.ON_SHELF
) -> CreatedSpu:
    """List a product with variants, first stock, pictures and search terms, in one transaction.

    It reaches `status` through the moves of its table: off the shelf means that it was on it.

    Raises:
        ProductInvalid: the product contradicts itself.
        MerchantNotFound, CategoryNotFound: nothing was written.
    """
    check_new_spu(new)
    now = services.clock.now()
    [spu_serial] = await services.serials.take("spu")
    sku_serials = await services.serials.take("sku", len(new.skus))
    created = CreatedSpu(
        stamped_id(spu_serial, now), tuple(stamped_id(serial, now) for serial in sku_serials)
    )
    await _add_spu(services.db, created, new, status)
    await forget_products(services, [created.spu_id])
    return created


async def put_on_shelf(services: Services, spu_id: Id) -> None:
    """上架; a product that is on the shelf stays as it is.

    Raises:
        ProductNotFound: no such product.
        IllegalMove: the product was rejected and has to be changed first.
    """
    await _move_spu(services.db, spu_id, SpuStatus.ON_SHELF)
    await forget_products(services, [spu_id])


async def take_off_shelf(services: Services, spu_id: Id) -> None:
    """下架; a product that is off the shelf stays as it is.

    Raises:
        ProductNotFound: no such product.
        IllegalMove: the product never was on the shelf.
    """
    await _move_spu(services.db, spu_id, SpuStatus.OFF_SHELF)
    await forget_products(services, [spu_id])


async def change_price(services: Services, sku_id: Id, price_fen: Fen) -> None:
    """改价: what the variant costs from now on; its snapshot version grows. The same price changes nothing.

    Raises:
        ProductInvalid: not a price.
        SkuNotFound: no such variant.
    """
    check_price(price_fen)
    spu_id = await _change_price(services.db, sku_id, price_fen)
    await forget_products(services, [spu_id])


async def refresh_sold_out(services: Services, spu_ids: Sequence[Id]) -> None:
    """Write whether products have anything left, after their stock moved; a repeat changes nothing."""
    changed = await _refresh_sold_out(services.db, sorted(set(spu_ids)))
    if changed:
        await forget_products(services, changed)


async def record_sales(session: AsyncSession, sold: Mapping[Id, int]) -> None:
    """Add paid units to the sales of products, by SPU id, inside the caller's transaction."""
    if sold:
        await queries.add_sales(session, sold, session.info["clock"].now())


@rerun_on_conflict
async def _add_spu(db: Database, created: CreatedSpu, new: NewSpu, status: SpuStatus) -> None:
    async with db.transaction() as session:
        if new.merchant_id not in await get_merchant_cards(session, [new.merchant_id]):
            raise MerchantNotFound
        if await queries.find_category(session, new.category_id) is None:
            raise CategoryNotFound
        now = db.clock.now()
        spu = _spu_of(created.spu_id, new)
        if status is SpuStatus.OFF_SHELF:
            _apply_move(spu, SpuStatus.ON_SHELF, db)
        _apply_move(spu, status, db)
        session.add(spu)
        stamps = {"created_at": now, "updated_at": now}
        await queries.add_rows(session, Sku, [row | stamps for row in _sku_rows(created, new)])
        await queries.add_rows(session, SkuStock, _stock_rows(created, new, stamps["updated_at"]))
        await queries.add_rows(session, StockJournal, _journal_rows(created, new, stamps["created_at"]))
        await queries.add_rows(session, SpuAttachment, [row | stamps for row in _picture_rows(created, new)])
        await queries.add_rows(
            session, SkuAttachment, [row | stamps for row in _sku_picture_rows(created, new)]
        )
        await queries.add_rows(session, SpuDetailPicture, _detail_picture_rows(created.spu_id, new, now))
        await queries.add_rows(session, SearchTerm, _term_rows(created.spu_id, new, now))


@rerun_on_conflict
async def _move_spu(db: Database, spu_id: Id, status: SpuStatus) -> None:
    async with db.transaction() as session:
        _apply_move(await _lock_spu(session, spu_id), status, db)


@rerun_on_conflict
async def _change_price(db: Database, sku_id: Id, price_fen: Fen) -> Id:
    async with db.transaction() as session:
        known = await queries.find_sku(session, sku_id)
        if known is None:
            raise SkuNotFound
        spu = await _lock_spu(session, known.spu_id)
        skus = await queries.list_skus(session, spu.id)
        sku = next(sku for sku in skus if sku.id == sku_id)
        if sku.sale_price != price_fen:
            sku.sale_price = price_fen
            sku.snap_version += 1
            spu.min_price = min(sku.sale_price for sku in skus)
    return spu.id


@rerun_on_conflict
async def _refresh_sold_out(db: Database, spu_ids: Sequence[Id]) -> list[Id]:
    """Compare and write under the products' locks; the ids that changed."""
    changed = []
    async with db.transaction() as session:
        spus = await queries.lock_spus(session, spu_ids)
        available = await queries.get_available_by_spu(session, [spu.id for spu in spus])
        for spu in spus:
            is_sold_out = available[spu.id] == 0
            if spu.is_sold_out is not is_sold_out:
                spu.is_sold_out = is_sold_out
                changed.append(spu.id)
    return changed


async def _lock_spu(session: AsyncSession, spu_id: Id) -> Spu:
    spus = await queries.lock_spus(session, [spu_id])
    if not spus:
        raise ProductNotFound
    return spus[0]


def _apply_move(spu: Spu, status: SpuStatus, db: Database) -> None:
    """Change the status through its table and stamp the moment; back to the shelf goes through the audit."""
    if status is SpuStatus.ON_SHELF and spu.status is SpuStatus.OFF_SHELF:
        SPU_MOVES.move(spu.status, SpuStatus.TO_BE_SHELVED)
        spu.status = SpuStatus.TO_BE_SHELVED
    if not SPU_MOVES.move(spu.status, status):
        return
    spu.status = status
    if status is SpuStatus.ON_SHELF:
        spu.on_shelved_at = db.clock.now()
    elif status is SpuStatus.OFF_SHELF:
        spu.off_shelved_at = db.clock.now()


def _spu_of(spu_id: Id, new: NewSpu) -> Spu:
    return Spu(
        id=spu_id,
        merchant_id=new.merchant_id,
        category_id=new.category_id,
        title=new.title,
        subtitle=new.subtitle,
        promotion_desc=new.promotion_desc,
        stock_reduce_strategy=new.stock_strategy,
        sale_attr=[
            {"name": attribute.name, "values": list(attribute.values)} for attribute in new.sale_attrs
        ],
        detail_html=new.detail_html,
        is_detail_listed=True,
        keyword=new.keyword,
        status=SpuStatus.TO_BE_SHELVED,
        min_price=min(sku.price_fen for sku in new.skus),
        is_sold_out=not any(sku.stock for sku in new.skus),
    )


def _sku_rows(created: CreatedSpu, new: NewSpu) -> list[dict[str, Any]]:
    return [
        {
            "id": sku_id,
            "merchant_id": new.merchant_id,
            "spu_id": created.spu_id,
            "title": new.title,
            "sale_attr": dict(sku.sale_attr),
            "sale_attr_key": spec_of(sku.sale_attr, new.sale_attrs),
            "sale_price": sku.price_fen,
            "snap_version": 1,
            "is_deleted": False,
        }
        for sku_id, sku in zip(created.sku_ids, new.skus, strict=True)
    ]


def _stock_rows(created: CreatedSpu, new: NewSpu, now: Any) -> list[dict[str, Any]]:
    return [
        {"sku_id": sku_id, "available": sku.stock, "held": 0, "sold": 0, "updated_at": now}
        for sku_id, sku in zip(created.sku_ids, new.skus, strict=True)
    ]


def _journal_rows(created: CreatedSpu, new: NewSpu, now: Any) -> list[dict[str, Any]]:
    return [
        {
            "sku_id": sku_id,
            "move": StockMove.STOCKED,
            "ref": FIRST_STOCKING,
            "available_change": sku.stock,
            "held_change": 0,
            "sold_change": 0,
            "created_at": now,
        }
        for sku_id, sku in zip(created.sku_ids, new.skus, strict=True)
        if sku.stock
    ]


def _detail_picture_rows(spu_id: Id, new: NewSpu, now: Any) -> list[dict[str, Any]]:
    return [
        {"spu_id": spu_id, "url": url, "created_at": now} for url in sorted(detail_addresses(new.detail_html))
    ]


def _picture_rows(created: CreatedSpu, new: NewSpu) -> list[dict[str, Any]]:
    kinds = ((PictureType.HEAD, new.images), (PictureType.DETAIL, new.detail_images))
    return [
        {"spu_id": created.spu_id, "type": kind, "url": url, "seq": seq}
        for kind, urls in kinds
        for seq, url in enumerate(urls, start=1)
    ]


def _sku_picture_rows(created: CreatedSpu, new: NewSpu) -> list[dict[str, Any]]:
    return [
        {"sku_id": sku_id, "type": PictureType.HEAD, "url": sku.image_url, "seq": 1}
        for sku_id, sku in zip(created.sku_ids, new.skus, strict=True)
        if sku.image_url is not None
    ]


def _term_rows(spu_id: Id, new: NewSpu, now: datetime) -> list[dict[str, Any]]:
    weights = {new.subtitle: SUBTITLE_WEIGHT, new.keyword: KEYWORD_WEIGHT, new.title: TITLE_WEIGHT}
    return [
        {"term": term, "spu_id": spu_id, "weight": weight, "created_at": now}
        for term, weight in sorted(index_terms(weights).items())
    ]
