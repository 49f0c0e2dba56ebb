"""Merchants and members. Other rooms import from here only."""

from wanpu.crm.checkout import (
    DeliveryAddress,
    SellingMerchant,
    get_delivery_addresses,
    get_selling_merchants,
)
from wanpu.crm.states import MerchantStatus

__all__ = [
    "DeliveryAddress",
    "MerchantStatus",
    "SellingMerchant",
    "get_delivery_addresses",
    "get_selling_merchants",
]
