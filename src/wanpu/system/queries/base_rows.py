"""Statements that lay and mend the rows of every installation."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.statements import insert_if_absent
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system.models import Config, ConfigHistory, Menu, Role, RoleMenu
from wanpu.system.models.access import LAST_BASE_MENU


async def list_base_menus(session: AsyncSession) -> dict[Id, Menu]:
    """The menus that came with Wanpu, as they stand now, by id."""
    statement = select(Menu).where(Menu.menu_id <= LAST_BASE_MENU)
    return {menu.menu_id: menu for menu in (await session.execute(statement)).scalars()}


async def add_base_menus(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write menus; a conflict when another node has just written one of them."""
    await session.execute(insert(table_of(Menu)), list(rows))


async def mend_base_menu(session: AsyncSession, menu_id: Id, columns: Mapping[str, Any]) -> None:
    """Put columns of a menu right."""
    now = session.info["clock"].now()
    await session.execute(
        update(table_of(Menu)).where(Menu.menu_id == menu_id).values(**columns, updated_at=now)
    )


async def grant_to_built_in_roles(session: AsyncSession, menu_ids: Collection[Id]) -> None:
    """Let the roles that the mall itself made for merchants have menus that are new."""
    now = session.info["clock"].now()
    built_in = select(Role.role_id).where(Role.merchant_id.is_not(None), Role.create_user_id.is_(None))
    rows = [
        {"role_id": role_id, "menu_id": menu_id, "created_at": now}
        for role_id in (await session.execute(built_in)).scalars()
        for menu_id in menu_ids
    ]
    if rows:
        await session.execute(insert(table_of(RoleMenu)), rows)


async def list_config_keys(session: AsyncSession) -> set[str]:
    """The keys of every setting."""
    return set((await session.execute(select(Config.param_key))).scalars())


async def add_base_config(
    session: AsyncSession, config: Mapping[str, Any], history: Mapping[str, Any]
) -> None:
    """Write a setting and its first version, unless its key stands already."""
    if await insert_if_absent(session, table_of(Config), config, key=["param_key"]):
        await session.execute(insert(table_of(ConfigHistory)).values(**history))
