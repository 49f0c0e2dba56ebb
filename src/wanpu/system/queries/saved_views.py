"""Statements about saved views. Whose they are is their first argument."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.kernel.ids import Id
from wanpu.system.models import SavedView


async def list_views(session: AsyncSession, staff_id: Id, list_name: str) -> Sequence[SavedView]:
    """The views that an account saved of one list, in the order in which it first did."""
    statement = select(SavedView).where(SavedView.staff_id == staff_id, SavedView.list_name == list_name)
    return (await session.execute(statement.order_by(SavedView.id))).scalars().all()


async def count_views(session: AsyncSession, staff_id: Id) -> int:
    """How many views an account saved of all lists."""
    statement = select(func.count()).select_from(SavedView).where(SavedView.staff_id == staff_id)
    return (await session.execute(statement)).scalar_one()


async def lock_view(session: AsyncSession, staff_id: Id, view_id: Id) -> SavedView | None:
    """One view of an account, locked."""
    statement = select(SavedView).where(SavedView.staff_id == staff_id, SavedView.id == view_id)
    return (await session.execute(statement.with_for_update())).scalar_one_or_none()


async def delete_views_of(session: AsyncSession, staff_id: Id) -> None:
    """Forget every view of an account."""
    await session.execute(delete(SavedView).where(SavedView.staff_id == staff_id))
