"""Proofs over the money rows (资金审计)."""

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.kernel.audit import Finding


async def audit_money(session: AsyncSession) -> list[Finding]:
    """Every broken rule and every open case."""
    raise NotImplementedError
