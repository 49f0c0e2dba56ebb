"""Base rows (初始数据): laid after every change of the schema, by whichever nodes start."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.services import Services
from wanpu.kernel.ids import Id
from wanpu.system.base_rows.configs import BASE_CONFIGS, BaseConfig
from wanpu.system.base_rows.known_permissions import BASE_MENUS
from wanpu.system.base_rows.menu_row import BaseMenu
from wanpu.system.models import Menu
from wanpu.system.queries import access
from wanpu.system.queries import base_rows as queries
from wanpu.system.states import Audience, ConfigChange

_OURS = ("parent_id", "url", "perms", "type", "audience")
"""Columns of a base menu that belong to the code; people may change the others."""


async def lay_base_rows(services: Services) -> None:
    """Write what is missing of the menus and settings that every installation has, and put base menus
    back in their place; a second time, and on many nodes at once, nothing more happens."""
    await _lay_menus(services.db)
    async with services.db.reading() as session:
        standing = await queries.list_config_keys(session)
    missing = [config for config in BASE_CONFIGS if config.param_key not in standing]
    if missing:
        drawn = await services.serials.take("sys_config", len(missing))
        await _lay_configs(services.db, dict(zip(map(Id, drawn), missing, strict=True)))


@rerun_on_conflict
async def _lay_menus(db: Database) -> None:
    stamps = {"created_at": db.clock.now(), "updated_at": db.clock.now()}
    async with db.transaction() as session:
        standing = await queries.list_base_menus(session)
        missing = [row for row in BASE_MENUS if row.menu_id not in standing]
        if missing:
            await queries.add_base_menus(session, [asdict(row) | stamps for row in missing])
            new = [Id(row.menu_id) for row in missing if row.audience is Audience.MERCHANT]
            await queries.grant_to_built_in_roles(session, new)
        mended = False
        for row in BASE_MENUS:
            menu = standing.get(Id(row.menu_id))
            if menu is not None and (wrong := _out_of_place(menu, row)):
                await queries.mend_base_menu(session, menu.menu_id, wrong)
                mended = True
        if missing or mended:
            await access.renew_epoch(session)


def _out_of_place(menu: Menu, row: BaseMenu) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _OURS if getattr(menu, name) != getattr(row, name)}


@rerun_on_conflict
async def _lay_configs(db: Database, missing: Mapping[Id, BaseConfig]) -> None:
    stamps = {"created_at": db.clock.now(), "updated_at": db.clock.now()}
    async with db.transaction() as session:
        for config_id, config in missing.items():
            row = asdict(config) | {"version": 1} | stamps
            first = row | {"config_id": config_id, "change": ConfigChange.CREATED, "changed_by": None}
            await queries.add_base_config(session, row | {"id": config_id}, first)
