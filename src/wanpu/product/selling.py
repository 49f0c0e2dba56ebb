"""What a checkout asks of this room inside its own transaction: SKUs as they are sold, and stock.

Stock rows are always locked in ascending SKU order, within one call and across calls.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    TextClause,
    and_,
    bindparam,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.columns import BigInt, UtcDateTime
from wanpu.infra.statements import padded
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.product.models import Sku, SkuAttachment, SkuStock, Spu, SpuAttachment, StockJournal
from wanpu.product.states import PictureType, SpuStatus, StockMove, StockStrategy


@dataclass(frozen=True, slots=True)
class SkuOnSale:
    """A SKU as it would be ordered now. Not `is_on_shelf`: nobody may buy it."""

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


@dataclass(frozen=True, slots=True)
class StockChange:
    """One movement of one SKU; `ref` is what moves it, once per kind of move."""

    sku_id: Id
    move: StockMove
    quantity: int
    ref: str


_COLUMNS = ("available", "held", "sold")
_SIGNS = {  # of one unit: available, held, sold
    StockMove.STOCKED: (1, 0, 0),
    StockMove.HELD: (-1, 1, 0),
    StockMove.RELEASED: (1, -1, 0),
    StockMove.SOLD_HELD: (0, -1, 1),
    StockMove.SOLD: (-1, 0, 1),
}


class StockMoveRefused(RuntimeError):
    """A stock row is missing: code moved what it had not locked."""


def _picture_of_sku() -> ColumnElement[str | None]:
    own = (
        select(SkuAttachment.url)
        .where(SkuAttachment.sku_id == Sku.id, SkuAttachment.type == PictureType.HEAD)
        .order_by(SkuAttachment.seq)
        .limit(1)
        .scalar_subquery()
    )
    of_spu = (
        select(SpuAttachment.url)
        .where(SpuAttachment.spu_id == Sku.spu_id, SpuAttachment.type == PictureType.HEAD)
        .order_by(SpuAttachment.seq)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(own, of_spu)


async def get_skus_on_sale(session: AsyncSession, sku_ids: Collection[Id]) -> dict[Id, SkuOnSale]:
    """SKUs by id, on the shelf or not; unknown and deleted ones are left out. Benchmark: place order."""
    if not sku_ids:
        return {}
    statement = (
        select(
            Sku.id,
            Sku.spu_id,
            Sku.merchant_id,
            Sku.title,
            Sku.sale_attr_key,
            _picture_of_sku().label("image_url"),
            Sku.sale_price,
            Sku.snap_version,
            Spu.stock_reduce_strategy,
            and_(Spu.status == SpuStatus.ON_SHELF, Spu.is_deleted.is_(False)).label("is_on_shelf"),
        )
        .join(Spu, Spu.id == Sku.spu_id)
        .where(Sku.id.in_(padded(sku_ids)), Sku.is_deleted.is_(False))
    )
    return {
        row.id: SkuOnSale(
            sku_id=row.id,
            spu_id=row.spu_id,
            merchant_id=row.merchant_id,
            name=row.title,
            spec=row.sale_attr_key,
            image_url=row.image_url,
            price_fen=row.sale_price,
            snap_version=row.snap_version,
            strategy=row.stock_reduce_strategy,
            is_on_shelf=bool(row.is_on_shelf),
        )
        for row in await session.execute(statement)
    }


async def get_available(session: AsyncSession, sku_ids: Collection[Id]) -> dict[Id, int]:
    """Units that can be ordered, by SKU; for screens and first checks, not for decisions."""
    if not sku_ids:
        return {}
    statement = select(SkuStock.sku_id, SkuStock.available).where(SkuStock.sku_id.in_(padded(sku_ids)))
    return {row.sku_id: row.available for row in await session.execute(statement)}


async def lock_available(session: AsyncSession, sku_ids: Collection[Id]) -> dict[Id, int]:
    """Lock stock rows in SKU order and give what is available. Benchmark: place order, hot SKU."""
    if not sku_ids:
        return {}
    statement = (
        select(SkuStock.sku_id, SkuStock.available)
        .where(SkuStock.sku_id.in_(padded(sku_ids)))
        .order_by(SkuStock.sku_id)
        .with_for_update()
    )
    return {row.sku_id: row.available for row in await session.execute(statement)}


async def move_stock(session: AsyncSession, changes: Sequence[StockChange], *, now: datetime) -> None:
    """Apply movements of locked rows: one statement for all rows, one journal row per movement.

    The table's constraints refuse a figure below zero. Benchmark: place order, hot SKU.

    Raises:
        StockMoveRefused: a SKU has no stock row.
    """
    if not changes:
        return
    deltas: dict[Id, list[int]] = defaultdict(lambda: [0, 0, 0])
    journal = []
    for change in changes:
        signed = [sign * change.quantity for sign in _SIGNS[change.move]]
        for index, delta in enumerate(signed):
            deltas[change.sku_id][index] += delta
        journal.append(
            {
                "sku_id": change.sku_id,
                "move": change.move,
                "ref": change.ref,
                "available_change": signed[0],
                "held_change": signed[1],
                "sold_change": signed[2],
                "created_at": now,
            }
        )
    sku_ids: list[Id] = padded(deltas)
    values: dict[str, Any] = {"now": now}
    for index, sku_id in enumerate(sku_ids):
        values[f"sku{index}"] = sku_id
        for column, delta in zip(_COLUMNS, deltas[sku_id], strict=True):
            values[f"{column}{index}"] = delta
    result: Any = await session.execute(_stock_update(len(sku_ids)), values)
    if result.rowcount != len(deltas):
        raise StockMoveRefused(f"{len(deltas) - result.rowcount} of {len(deltas)} stock rows are missing")
    await session.execute(insert(table_of(StockJournal)), journal)


@cache
def _stock_update(size: int) -> TextClause:
    """One UPDATE that changes `size` stock rows, each by its own figures. It is text, since building it
    from expressions costs more than all the rest of an order; sizes are powers of two, so few exist."""
    rows = range(size)
    changes = [
        f"{column} = {column} + CASE sku_id {cases} ELSE 0 END"
        for column in _COLUMNS
        for cases in [" ".join(f"WHEN :sku{n} THEN :{column}{n}" for n in rows)]
    ]
    wanted = ", ".join(f":sku{n}" for n in rows)
    statement = f"UPDATE sku_stock SET {', '.join(changes)}, updated_at = :now WHERE sku_id IN ({wanted})"  # noqa: S608
    return text(statement).bindparams(
        bindparam("now", type_=UtcDateTime()),
        *(bindparam(f"sku{n}", type_=BigInt) for n in rows),
        *(bindparam(f"{column}{n}", type_=Integer()) for n in rows for column in _COLUMNS),
    )
