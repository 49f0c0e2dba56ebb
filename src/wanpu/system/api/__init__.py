"""Routes of the consoles that belong to the operations base, a module per family."""

from wanpu.system.api import (
    approvals,
    configs,
    console_auth,
    console_me,
    dead_letters,
    exports,
    files,
    health,
    jobs,
    logs,
    menus,
    merchant_files,
    merchant_roles,
    merchant_staff,
    navigation,
    roles,
    saved_views,
    secrets,
    sessions,
    staff,
)

ROUTERS = [
    module.router
    for module in (
        approvals,
        configs,
        console_auth,
        console_me,
        dead_letters,
        exports,
        files,
        health,
        jobs,
        logs,
        menus,
        merchant_files,
        merchant_roles,
        merchant_staff,
        navigation,
        roles,
        saved_views,
        secrets,
        sessions,
        staff,
    )
]
