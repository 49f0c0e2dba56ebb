"""Routes of the consoles that belong to the operations base, a module per family."""

from wanpu.system.api import (
    approvals,
    console_auth,
    console_me,
    dead_letters,
    logs,
    menus,
    merchant_roles,
    merchant_staff,
    navigation,
    roles,
    sessions,
    staff,
)

ROUTERS = [
    module.router
    for module in (
        approvals,
        console_auth,
        console_me,
        dead_letters,
        logs,
        menus,
        merchant_roles,
        merchant_staff,
        navigation,
        roles,
        sessions,
        staff,
    )
]
