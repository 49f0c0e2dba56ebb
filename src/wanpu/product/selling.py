"""What a checkout asks of this room inside its own transaction: SKUs as they are sold, and stock.

Stock rows are always locked in ascending SKU order, within one call and across calls.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.bulk import BulkWrites
from wanpu.infra.statements import Among, padded
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.product.models import Sku, SkuAttachment, SkuStock, Spu, SpuAttachment, StockJournal
from wanpu.product.states import PictureType, SpuStatus, StockMove, StockStrategy


@dataclass(frozen=True, slots=True)
class SkuOnSale:
    """A SKU as it would be ordered now. Not `is_on_shelf`: nobody may buy it. `available` units were free
    when it was read: for screens and first checks, while what decides is `lock_available`."""

    sku_id: Id
    spu_id: Id
    merchant_id: Id
    name: str
    spec: str
    image_url: str | None
    price_fen: Fen
    snap_version: int
    strategy: StockStrategy
    is_on_shelf: bool
    available: int


@dataclass(frozen=True, slots=True)
class StockChange:
    """One movement of one SKU; `ref` is what moves it, once per kind of move."""

    sku_id: Id
    move: StockMove
    quantity: int
    ref: str


_SKU, _SPU, _STOCK, _JOURNAL = table_of(Sku), table_of(Spu), table_of(SkuStock), table_of(StockJournal)
_SKU_PICTURE, _SPU_PICTURE = table_of(SkuAttachment), table_of(SpuAttachment)
_SIGNS = {  # of one unit: available, held, sold
    StockMove.STOCKED: (1, 0, 0),
    StockMove.HELD: (-1, 1, 0),
    StockMove.RELEASED: (1, -1, 0),
    StockMove.SOLD_HELD: (0, -1, 1),
    StockMove.SOLD: (-1, 0, 1),
}


def _picture_of_sku() -> ColumnElement[str | None]:
    own = (
        select(_SKU_PICTURE.c.url)
        .where(_SKU_PICTURE.c.sku_id == _SKU.c.id, _SKU_PICTURE.c.type == PictureType.HEAD)
        .order_by(_SKU_PICTURE.c.seq)
        .limit(1)
        .scalar_subquery()
    )
    of_spu = (
        select(_SPU_PICTURE.c.url)
        .where(_SPU_PICTURE.c.spu_id == _SKU.c.spu_id, _SPU_PICTURE.c.type == PictureType.HEAD)
        .order_by(_SPU_PICTURE.c.seq)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(own, of_spu)


_SKUS_ON_SALE = (
    select(  # In the order of the fields of SkuOnSale.
        _SKU.c.id,
        _SKU.c.spu_id,
        _SKU.c.merchant_id,
        _SKU.c.title,
        _SKU.c.sale_attr_key,
        _picture_of_sku(),
        _SKU.c.sale_price,
        _SKU.c.snap_version,
        _SPU.c.stock_reduce_strategy,
        and_(_SPU.c.status == SpuStatus.ON_SHELF, _SPU.c.is_deleted.is_(False)),
        func.coalesce(_STOCK.c.available, 0),
    )
    .join_from(_SKU, _SPU, _SPU.c.id == _SKU.c.spu_id)
    .outerjoin(_STOCK, _STOCK.c.sku_id == _SKU.c.id)
    .where(Among(_SKU.c.id, "sku_ids"), _SKU.c.is_deleted.is_(False))
)
_AVAILABLE = select(_STOCK.c.sku_id, _STOCK.c.available).where(Among(_STOCK.c.sku_id, "sku_ids"))
_LOCKED_AVAILABLE = _AVAILABLE.order_by(_STOCK.c.sku_id).with_for_update()


async def get_skus_on_sale(session: AsyncSession, sku_ids: Collection[Id]) -> dict[Id, SkuOnSale]:
    """SKUs by id, on the shelf or not; unknown and deleted ones are left out. Benchmark: place order."""
    if not sku_ids:
        return {}
    rows: Any = await session.execute(_SKUS_ON_SALE, {"sku_ids": padded(sku_ids)})
    return {row.id: SkuOnSale(*row) for row in rows}


async def get_available(session: AsyncSession, sku_ids: Collection[Id]) -> dict[Id, int]:
    """Units that can be ordered, by SKU; for screens and first checks, not for decisions."""
    return await _available(session, _AVAILABLE, sku_ids)


async def lock_available(session: AsyncSession, sku_ids: Collection[Id]) -> dict[Id, int]:
    """Lock stock rows in SKU order and give what is available. Benchmark: place order, hot SKU."""
    return await _available(session, _LOCKED_AVAILABLE, sku_ids)


async def _available(
    session: AsyncSession, statement: Select[Id, int], sku_ids: Collection[Id]
) -> dict[Id, int]:
    if not sku_ids:
        return {}
    rows = await session.execute(statement, {"sku_ids": padded(sku_ids)})
    return {row[0]: row[1] for row in rows}


async def move_stock(session: AsyncSession, changes: Sequence[StockChange], *, now: datetime) -> None:
    """Apply movements of locked rows, and keep them in the journal.

    Raises:
        RowsMissing: a SKU has no stock row.
    """
    writes = BulkWrites()
    change_stock(writes, changes, now=now)
    note_stock_moves(writes, changes, now=now)
    await writes.send(session)


def change_stock(writes: BulkWrites, changes: Sequence[StockChange], *, now: datetime) -> None:
    """Add movements of locked rows to what is going to be written: one change of each row. The table's
    constraints refuse a figure below zero. Whoever calls it notes the same movements in the same transaction.
    Benchmark: place order, hot SKU."""
    totals: dict[Id, list[int]] = {}
    for change in changes:
        total = totals.setdefault(change.sku_id, [0, 0, 0])
        for place, sign in enumerate(_SIGNS[change.move]):
            total[place] += sign * change.quantity
    added = [
        {"sku_id": sku_id, "available": available, "held": held, "sold": sold}
        for sku_id, (available, held, sold) in sorted(totals.items())
    ]
    writes.add_to_rows(_STOCK, added, key="sku_id", values={"updated_at": now})


def note_stock_moves(writes: BulkWrites, changes: Sequence[StockChange], *, now: datetime) -> None:
    """Add the journal rows of movements to what is going to be written; no stock row need be locked for it.
    Benchmark: place order, hot SKU."""
    rows = []
    for change in changes:
        available, held, sold = _SIGNS[change.move]
        rows.append(
            {
                "sku_id": change.sku_id,
                "move": change.move,
                "ref": change.ref,
                "available_change": available * change.quantity,
                "held_change": held * change.quantity,
                "sold_change": sold * change.quantity,
                "created_at": now,
            }
        )
    writes.insert(_JOURNAL, rows)
