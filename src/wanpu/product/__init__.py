"""Categories, products, variants and stock. Other rooms import from here only."""

from wanpu.product.audit import audit_stock, count_journal_moves
from wanpu.product.selling import (
    SkuOnSale,
    StockChange,
    change_stock,
    get_available,
    get_skus_on_sale,
    lock_available,
    move_stock,
    note_stock_moves,
)
from wanpu.product.service.goods import record_sales, refresh_sold_out
from wanpu.product.service.pictures import find_picture_use
from wanpu.product.states import SpuStatus, StockMove, StockStrategy

__all__ = [
    "SkuOnSale",
    "SpuStatus",
    "StockChange",
    "StockMove",
    "StockStrategy",
    "audit_stock",
    "change_stock",
    "count_journal_moves",
    "find_picture_use",
    "get_available",
    "get_skus_on_sale",
    "lock_available",
    "move_stock",
    "note_stock_moves",
    "record_sales",
    "refresh_sold_out",
]
