"""Routes of the consoles that belong to the operations base, a module per family."""

from wanpu.system.api import (
    approvals,
    dead_letters,
    logs,
    menus,
    merchant_roles,
    navigation,
    roles,
)

ROUTERS = [
    module.router
    for module in (
        approvals,
        dead_letters,
        logs,
        menus,
        merchant_roles,
        navigation,
        roles,
    )
]
