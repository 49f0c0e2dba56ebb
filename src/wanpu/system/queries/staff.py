"""Statements about staff accounts."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.system.models import Staff


async def find_staff_by_username(session: AsyncSession, username: str) -> Staff | None:
    """One back-office account by its exact name."""
    return (await session.execute(select(Staff).where(Staff.username == username))).scalar_one_or_none()
