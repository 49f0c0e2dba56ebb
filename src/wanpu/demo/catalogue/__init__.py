"""演示商品目录: shops, categories and products as plain data; the loader decides how they are stored."""

from wanpu.demo.catalogue.categories import CATEGORIES
from wanpu.demo.catalogue.merchants import MERCHANTS
from wanpu.demo.catalogue.model import (
    OFF_SHELF,
    ON_SHELF,
    REDUCE_ON_ORDER,
    REDUCE_ON_PAYMENT,
    DemoAddress,
    DemoCategory,
    DemoFreight,
    DemoMerchant,
    DemoPicture,
    DemoProduct,
    DemoSaleAttribute,
    DemoSku,
)
from wanpu.demo.catalogue.products import PRODUCTS

__all__ = [
    "CATEGORIES",
    "MERCHANTS",
    "OFF_SHELF",
    "ON_SHELF",
    "PRODUCTS",
    "REDUCE_ON_ORDER",
    "REDUCE_ON_PAYMENT",
    "DemoAddress",
    "DemoCategory",
    "DemoFreight",
    "DemoMerchant",
    "DemoPicture",
    "DemoProduct",
    "DemoSaleAttribute",
    "DemoSku",
]
