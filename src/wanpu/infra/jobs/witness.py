"""Who is told of a change inside its transaction: a console writes its operation log with it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

Facts = Mapping[str, Any]
Witness = Callable[[AsyncSession, Facts | None, Facts | None], Awaitable[None]]
"""Is told what stood before a change and what stands after it, as plain JSON values."""


async def nobody(_session: AsyncSession, _before: Facts | None, _after: Facts | None) -> None:
    """The witness of changes that no person made."""
