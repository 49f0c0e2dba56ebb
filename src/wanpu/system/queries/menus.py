"""Statements about menus (菜单) and who has them."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.kernel.ids import Id
from wanpu.system.models import Menu, RoleMenu, StaffRole
from wanpu.system.states import Audience


async def list_menus(session: AsyncSession, audience: Audience) -> Sequence[Menu]:
    """Every menu of one console."""
    return (await session.execute(select(Menu).where(Menu.audience == audience))).scalars().all()


async def list_menu_ids_of_staff(session: AsyncSession, staff_id: Id) -> set[Id]:
    """The menus that the roles of one account grant."""
    statement = (
        select(RoleMenu.menu_id)
        .join(StaffRole, StaffRole.role_id == RoleMenu.role_id)
        .where(StaffRole.user_id == staff_id)
        .distinct()
    )
    return set((await session.execute(statement)).scalars())


async def find_menu(session: AsyncSession, menu_id: Id) -> Menu | None:
    """One menu by id."""
    return await session.get(Menu, menu_id)


async def delete_links_of_menu(session: AsyncSession, menu_id: Id) -> None:
    """Take a menu out of every role."""
    await session.execute(delete(RoleMenu).where(RoleMenu.menu_id == menu_id))
