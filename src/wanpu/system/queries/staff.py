"""Statements about staff accounts."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.kernel.ids import Id
from wanpu.system.models import Staff


async def find_staff_by_username(session: AsyncSession, username: str) -> Staff | None:
    """One back-office account by its exact name."""
    return (await session.execute(select(Staff).where(Staff.username == username))).scalar_one_or_none()


async def find_staff(session: AsyncSession, staff_id: Id) -> Staff | None:
    """One back-office account."""
    return await session.get(Staff, staff_id)


async def lock_staff(session: AsyncSession, staff_id: Id) -> Staff | None:
    """One back-office account, locked."""
    statement = select(Staff).where(Staff.user_id == staff_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def has_any_staff(session: AsyncSession) -> bool:
    """Whether the database knows any account at all."""
    return (await session.execute(select(Staff.user_id).limit(1))).first() is not None
