"""Stock invariants over the whole database."""

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.kernel.audit import Finding
from wanpu.product.models import SkuStock, StockJournal
from wanpu.product.states import StockMove


async def audit_stock(session: AsyncSession) -> list[Finding]:
    """S1: no figure below zero, and the journal's sums give the current figures of every SKU."""
    moved = (
        select(
            StockJournal.sku_id,
            func.sum(StockJournal.available_change).label("available"),
            func.sum(StockJournal.held_change).label("held"),
            func.sum(StockJournal.sold_change).label("sold"),
        )
        .group_by(StockJournal.sku_id)
        .subquery()
    )
    figures = ("available", "held", "sold")
    differs = [getattr(SkuStock, name) != func.coalesce(moved.c[name], 0) for name in figures]
    negative = [getattr(SkuStock, name) < 0 for name in figures]
    statement = (
        select(
            SkuStock.sku_id,
            *(getattr(SkuStock, name).label(name) for name in figures),
            *(func.coalesce(moved.c[name], 0).label(f"journal_{name}") for name in figures),
        )
        .outerjoin(moved, moved.c.sku_id == SkuStock.sku_id)
        .where(or_(*differs, *negative))
        .order_by(SkuStock.sku_id)
    )
    findings = []
    for row in (await session.execute(statement)).mappings():
        wrong = ", ".join(
            f"{name} is {row[name]}, the journal says {int(row[f'journal_{name}'])}"
            for name in figures
            if row[name] != row[f"journal_{name}"] or row[name] < 0
        )
        findings.append(Finding("S1", f"sku {row['sku_id']}", wrong))
    orphans = (
        select(StockJournal.sku_id)
        .distinct()
        .outerjoin(SkuStock, SkuStock.sku_id == StockJournal.sku_id)
        .where(SkuStock.sku_id.is_(None))
    )
    findings += [
        Finding("S1", f"sku {sku_id}", "moved, but has no stock row")
        for sku_id in (await session.execute(orphans)).scalars()
    ]
    return findings


async def count_journal_moves(session: AsyncSession) -> dict[str, dict[StockMove, int]]:
    """Units that each line moved, by its reference and kind of move; stocking is left out.

    A sum, not a last value: a line that moved twice shows twice its quantity.
    """
    units = func.sum(
        func.abs(StockJournal.available_change)
        + func.abs(StockJournal.held_change)
        + func.abs(StockJournal.sold_change)
    )
    statement = (
        select(StockJournal.ref, StockJournal.move, units.label("units"))
        .where(StockJournal.move != StockMove.STOCKED)
        .group_by(StockJournal.ref, StockJournal.move)
    )
    moved: dict[str, dict[StockMove, int]] = {}
    for row in await session.execute(statement):
        moved.setdefault(row.ref, {})[row.move] = int(row.units) // 2  # each move changes two figures
    return moved
