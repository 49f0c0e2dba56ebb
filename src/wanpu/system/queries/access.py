"""Statements about sessions and permissions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.statements import insert_if_absent
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system.models import AccessEpoch, Menu, RoleMenu, Staff, StaffRole, StaffToken
from wanpu.system.states import Audience, StaffStatus

_EPOCH = 1


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One session with its account and the present access epoch, read by one statement."""

    token_id: Id
    expires_at: datetime
    ends_at: datetime
    last_seen_at: datetime
    staff_id: Id
    username: str
    status: StaffStatus
    merchant_id: Id | None
    must_change_password: bool
    epoch: int


async def find_open_session(session: AsyncSession, token_hash: str) -> OpenSession | None:
    """The session of a token, whatever its state. Benchmark: permission check."""
    epoch = select(AccessEpoch.epoch).where(AccessEpoch.id == _EPOCH).scalar_subquery()
    statement = (
        select(
            StaffToken.token_id,
            StaffToken.expires_at,
            StaffToken.ends_at,
            StaffToken.last_seen_at,
            Staff.user_id,
            Staff.username,
            Staff.status,
            Staff.merchant_id,
            Staff.must_change_password,
            func.coalesce(epoch, 0),
        )
        .join(Staff, Staff.user_id == StaffToken.user_id)
        .where(StaffToken.token_hash == token_hash)
    )
    row = (await session.execute(statement)).first()
    return None if row is None else OpenSession(*row)


async def list_granted(session: AsyncSession, staff_id: Id, audience: Audience) -> Sequence[str]:
    """The comma-separated permissions of every menu that the roles of one account grant."""
    statement = (
        select(Menu.perms)
        .join(RoleMenu, RoleMenu.menu_id == Menu.menu_id)
        .join(StaffRole, StaffRole.role_id == RoleMenu.role_id)
        .where(StaffRole.user_id == staff_id, Menu.perms.is_not(None), Menu.audience == audience)
        .distinct()
    )
    return [perms for perms in (await session.execute(statement)).scalars() if perms is not None]


async def list_all_permissions(session: AsyncSession, audience: Audience) -> Sequence[str]:
    """The comma-separated permissions of every menu of one console."""
    statement = select(Menu.perms).where(Menu.perms.is_not(None), Menu.audience == audience)
    return [perms for perms in (await session.execute(statement)).scalars() if perms is not None]


async def lock_epoch(session: AsyncSession) -> None:
    """Stand in line with every change of access: whatever is read about rights after this stays so until
    the end of the transaction."""
    table = table_of(AccessEpoch)
    now = session.info["clock"].now()
    await insert_if_absent(session, table, {"id": _EPOCH, "epoch": 0, "updated_at": now}, key=["id"])
    await session.execute(select(table.c.epoch).where(table.c.id == _EPOCH).with_for_update())


async def renew_epoch(session: AsyncSession) -> None:
    """Tell every node that what it has worked out about permissions is old from this commit on, and
    stand in line with other changes of access."""
    table = table_of(AccessEpoch)
    now = session.info["clock"].now()
    await insert_if_absent(session, table, {"id": _EPOCH, "epoch": 0, "updated_at": now}, key=["id"])
    await session.execute(
        update(table).where(table.c.id == _EPOCH).values(epoch=table.c.epoch + 1, updated_at=now)
    )
