"""Categories, products, variants and stock. Other rooms import from here only."""

from wanpu.product.states import SpuStatus, StockStrategy

__all__ = ["SpuStatus", "StockStrategy"]
