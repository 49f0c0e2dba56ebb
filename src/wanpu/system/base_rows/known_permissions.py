"""The permissions that exist: those that the menus of this version name."""

from functools import cache

from wanpu.system.base_rows.merchant_menus import MERCHANT_MENUS
from wanpu.system.base_rows.platform_menus import PLATFORM_MENUS
from wanpu.system.rules.access import split_permissions
from wanpu.system.states import Audience

BASE_MENUS = (*PLATFORM_MENUS, *MERCHANT_MENUS)


@cache
def known_permissions(audience: Audience) -> frozenset[str]:
    """What routes of one console may ask for, and so what a menu can grant."""
    return split_permissions(row.perms for row in BASE_MENUS if row.perms and row.audience is audience)
