"""The cart (购物车): add, change, delete, and see it with live prices and stock."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from wanpu.crm import get_selling_merchants
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.statements import upsert
from wanpu.kernel.ids import Id
from wanpu.order import queries
from wanpu.order.errors import (
    CartFull,
    CartItemNotFound,
    QuantityTooLarge,
    SkuNotFound,
    SkuOffShelf,
    SoldOut,
)
from wanpu.order.numbering import CART_ITEM
from wanpu.order.rules import MAX_LINES, MAX_QUANTITY
from wanpu.order.services import OrderServices
from wanpu.order.states import CartSource
from wanpu.product import get_skus_on_sale


@dataclass(frozen=True)
class AddToCart:
    """So many more of one SKU; `source` is the page it was added on."""

    member_id: Id
    sku_id: Id
    quantity: int
    source: CartSource


async def add_to_cart(app: OrderServices, ask: AddToCart) -> None:
    """Add units to the member's row of this SKU, or make the row. Parallel adds all count.

    Raises:
        SkuNotFound, SkuOffShelf, SoldOut, QuantityTooLarge, CartFull: the cart is as it was.
    """
    numbers = await app.numbers.reserve(**{CART_ITEM: 1})
    await _add(app.db, ask, numbers.plain(CART_ITEM))


@rerun_on_conflict
async def _add(db: Database, ask: AddToCart, new_id: Id) -> None:
    async with db.transaction() as session:
        sku = (await get_skus_on_sale(session, [ask.sku_id])).get(ask.sku_id)
        if sku is None:
            raise SkuNotFound(details={"sku_ids": [str(ask.sku_id)]})
        if not sku.is_on_shelf:
            raise SkuOffShelf.naming([ask.sku_id])
        if sku.available < 1:
            raise SoldOut.short_of([(ask.sku_id, ask.quantity, sku.available)])
        now = db.clock.now()
        row: dict[str, Any] = {
            "id": new_id,
            "wx_user_id": ask.member_id,
            "merchant_id": sku.merchant_id,
            "spu_id": sku.spu_id,
            "sku_id": sku.sku_id,
            "sku_name": sku.name,
            "sku_spec": sku.spec,
            "quantity": ask.quantity,
            "price": sku.price_fen,
            "source": ask.source,
            "selected": True,
            "created_at": now,
            "updated_at": now,
        }
        changes = {"quantity": queries.CART.c.quantity + ask.quantity, "selected": True, "updated_at": now}
        await upsert(session, queries.CART, row, key=["wx_user_id", "sku_id"], changes=changes)
        stands = await queries.get_cart_rows(session, [ask.member_id], [ask.sku_id])
        if stands[ask.member_id, ask.sku_id]["quantity"] > MAX_QUANTITY:
            raise QuantityTooLarge(details={"limit": MAX_QUANTITY})
        if await queries.count_cart(session, ask.member_id) > MAX_LINES:
            raise CartFull(details={"limit": MAX_LINES})


@rerun_on_conflict
async def change_cart_item(
    app: OrderServices, member_id: Id, sku_id: Id, *, quantity: int | None, selected: bool | None
) -> None:
    """Set the quantity of a row, its tick, or both.

    Raises:
        CartItemNotFound: the member has no such row.
    """
    values: dict[str, Any] = {"updated_at": app.clock.now()}
    if quantity is not None:
        values["quantity"] = quantity
    if selected is not None:
        values["selected"] = selected
    async with app.db.transaction() as session:
        if not await queries.change_cart_row(session, member_id, sku_id, values):
            raise CartItemNotFound


@rerun_on_conflict
async def delete_from_cart(app: OrderServices, member_id: Id, sku_ids: Collection[Id]) -> None:
    """Move rows to the history; rows that are gone already are left out of it."""
    async with app.db.transaction() as session:
        rows = await queries.lock_cart_rows(session, [member_id], list(sku_ids))
        await queries.move_cart_to_history(session, list(rows.values()), app.clock.now())


@rerun_on_conflict
async def select_cart(app: OrderServices, member_id: Id, selected: bool) -> None:
    """Tick or untick the whole cart."""
    async with app.db.transaction() as session:
        await queries.select_whole_cart(session, member_id, selected, app.clock.now())


async def view_cart(app: OrderServices, member_id: Id) -> dict[str, Any]:
    """The cart grouped per merchant, the latest added first, every price and stock as it is now.

    Sums count ticked rows that can be bought; `total_quantity` counts all rows.
    """
    async with app.db.reading() as session:
        rows = await queries.get_cart(session, member_id)
        skus = await get_skus_on_sale(session, [row["sku_id"] for row in rows])
        merchants = await get_selling_merchants(session, {row["merchant_id"] for row in rows})
    groups: dict[Id, dict[str, Any]] = {}
    for row in rows:
        merchant = merchants[row["merchant_id"]]
        sku = skus.get(row["sku_id"])
        stock = 0 if sku is None else sku.available
        reason = None
        if sku is None or not sku.is_on_shelf:
            reason = "off_shelf"
        elif not merchant.is_open:
            reason = "merchant_closed"
        elif stock < 1:
            reason = "sold_out"
        price = row["price"] if sku is None else sku.price_fen
        group = groups.setdefault(
            merchant.merchant_id,
            {"merchant_id": str(merchant.merchant_id), "name": merchant.name, "items": []},
        )
        group["items"].append(
            {
                "sku_id": str(row["sku_id"]),
                "spu_id": str(row["spu_id"]),
                "sku_name": row["sku_name"] if sku is None else sku.name,
                "sku_spec": row["sku_spec"] if sku is None else sku.spec,
                "quantity": row["quantity"],
                "selected": row["selected"],
                "added_price_fen": row["price"],
                "price_fen": price,
                "amount_fen": price * row["quantity"],
                "stock": stock,
                "is_valid": reason is None,
                "invalid_reason": reason,
                "image_url": None if sku is None else sku.image_url,
            }
        )
    counted = [
        item for group in groups.values() for item in group["items"] if item["selected"] and item["is_valid"]
    ]
    return {
        "merchants": list(groups.values()),
        "selected_quantity": sum(item["quantity"] for item in counted),
        "selected_amount_fen": sum(item["amount_fen"] for item in counted),
        "total_quantity": sum(row["quantity"] for row in rows),
    }
