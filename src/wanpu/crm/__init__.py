"""Merchants and members. Other rooms import from here only."""

from wanpu.crm.api.identity import MemberDep, member_of
from wanpu.crm.checkout import (
    DeliveryAddress,
    SellingMerchant,
    get_delivery_addresses,
    get_selling_merchants,
)
from wanpu.crm.errors import MerchantNotFound
from wanpu.crm.service.merchants import MerchantCard, MerchantRegister, get_merchant_cards
from wanpu.crm.service.photos import find_photo_use
from wanpu.crm.service.sessions import Caller
from wanpu.crm.states import MerchantStatus

__all__ = [
    "Caller",
    "DeliveryAddress",
    "MemberDep",
    "MerchantCard",
    "MerchantNotFound",
    "MerchantRegister",
    "MerchantStatus",
    "SellingMerchant",
    "find_photo_use",
    "get_delivery_addresses",
    "get_merchant_cards",
    "get_selling_merchants",
    "member_of",
]
