"""Categories, products, variants and stock. Other rooms import from here only."""

from wanpu.product.audit import audit_stock, count_journal_moves
from wanpu.product.selling import (
    SkuOnSale,
    StockChange,
    add_stock_moves,
    get_available,
    get_skus_on_sale,
    lock_available,
    move_stock,
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
    "add_stock_moves",
    "audit_stock",
    "count_journal_moves",
    "find_picture_use",
    "get_available",
    "get_skus_on_sale",
    "lock_available",
    "move_stock",
    "record_sales",
    "refresh_sold_out",
]
