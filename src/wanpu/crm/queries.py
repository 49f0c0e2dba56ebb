"""Every statement of the CRM room, except plain adds and those of `checkout`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.crm.models import FreightRule, Member, MemberAddress, MemberToken, Merchant
from wanpu.crm.states import MemberStatus
from wanpu.infra.statements import Among, padded
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id


async def find_member(session: AsyncSession, member_id: Id) -> Member | None:
    """One member by id."""
    return await session.get(Member, member_id)


async def find_member_by_username(session: AsyncSession, username: str) -> Member | None:
    """One member by the exact name."""
    return (await session.execute(select(Member).where(Member.username == username))).scalar_one_or_none()


async def find_member_by_mobile(session: AsyncSession, mobile: str) -> Member | None:
    """One member by mobile number."""
    return (await session.execute(select(Member).where(Member.mobile == mobile))).scalar_one_or_none()


async def find_member_id_by_photo(session: AsyncSession, urls: Collection[str]) -> Id | None:
    """Some member whose photo has one of these addresses."""
    statement = select(Member.user_id).where(Member.photo.in_(urls)).limit(1)
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_member(session: AsyncSession, member_id: Id) -> Member | None:
    """One member, locked: the root of the member's addresses."""
    statement = select(Member).where(Member.user_id == member_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


_TOKEN, _MEMBER = table_of(MemberToken), table_of(Member)
_SESSIONS = (
    select(_TOKEN.c.token_hash, _TOKEN.c.user_id, _TOKEN.c.expires_at, _MEMBER.c.status)
    .join(_MEMBER, _MEMBER.c.user_id == _TOKEN.c.user_id)
    .where(Among(_TOKEN.c.token_hash, "token_hashes"))
)


async def find_sessions(
    session: AsyncSession, token_hashes: Sequence[str]
) -> dict[str, tuple[Id, datetime, MemberStatus]]:
    """Whose sessions the digests of tokens name, when they end, and the members' statuses; unknown digests
    are left out. Benchmark: place order."""
    rows = await session.execute(_SESSIONS, {"token_hashes": padded(token_hashes)})
    return {row.token_hash: (row.user_id, row.expires_at, row.status) for row in rows}


async def delete_token(session: AsyncSession, token_hash: str) -> None:
    """End one session."""
    await session.execute(delete(MemberToken).where(MemberToken.token_hash == token_hash))


async def delete_expired_tokens(session: AsyncSession, member_id: Id, now: datetime) -> None:
    """Remove the member's sessions that are over."""
    await session.execute(
        delete(MemberToken).where(MemberToken.user_id == member_id, MemberToken.expires_at <= now)
    )


async def delete_tokens_expired_before(session: AsyncSession, moment: datetime, limit: int) -> int:
    """Forget some sessions that were over before a moment; how many."""
    old = (
        select(MemberToken.token_hash)
        .where(MemberToken.expires_at < moment)
        .order_by(MemberToken.expires_at)
        .limit(limit)
    )
    digests = (await session.execute(old)).scalars().all()
    if not digests:
        return 0
    result: Any = await session.execute(
        delete(MemberToken).where(MemberToken.token_hash.in_(padded(digests)))
    )
    return int(result.rowcount)


async def list_addresses(session: AsyncSession, member_id: Id) -> list[MemberAddress]:
    """A member's addresses: the default first, then the newest."""
    statement = (
        select(MemberAddress)
        .where(MemberAddress.wx_user_id == member_id)
        .order_by(
            MemberAddress.default_for.is_(None), MemberAddress.created_at.desc(), MemberAddress.id.desc()
        )
    )
    return list((await session.execute(statement)).scalars())


async def find_address(session: AsyncSession, member_id: Id, address_id: Id) -> MemberAddress | None:
    """One address of this member."""
    statement = select(MemberAddress).where(
        MemberAddress.wx_user_id == member_id, MemberAddress.id == address_id
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def count_addresses(session: AsyncSession, member_id: Id) -> int:
    """How many addresses a member has."""
    statement = select(func.count()).where(MemberAddress.wx_user_id == member_id)
    return (await session.execute(statement)).scalar_one()


async def find_default_address(session: AsyncSession, member_id: Id) -> MemberAddress | None:
    """The address that a checkout takes when none is chosen."""
    statement = select(MemberAddress).where(MemberAddress.default_for == member_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def find_newest_address(
    session: AsyncSession, member_id: Id, *, other_than: Id | None = None
) -> MemberAddress | None:
    """The member's newest address, one of them left aside."""
    statement = select(MemberAddress).where(MemberAddress.wx_user_id == member_id)
    if other_than is not None:
        statement = statement.where(MemberAddress.id != other_than)
    newest_first = statement.order_by(MemberAddress.created_at.desc(), MemberAddress.id.desc()).limit(1)
    return (await session.execute(newest_first)).scalar_one_or_none()


async def find_merchant(session: AsyncSession, merchant_id: Id) -> Merchant | None:
    """One merchant by id."""
    return await session.get(Merchant, merchant_id)


async def lock_merchant(session: AsyncSession, merchant_id: Id) -> Merchant | None:
    """One merchant, locked."""
    statement = select(Merchant).where(Merchant.id == merchant_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def find_merchant_by_credit_code(session: AsyncSession, credit_code: str) -> Merchant | None:
    """The first merchant registered with a 统一社会信用代码."""
    statement = (
        select(Merchant)
        .where(Merchant.uniform_social_credit_code == credit_code)
        .order_by(Merchant.id)
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def list_merchants(session: AsyncSession, merchant_ids: Collection[Id]) -> list[Merchant]:
    """Merchants by id; unknown ids are left out."""
    if not merchant_ids:
        return []
    return list(
        (await session.execute(select(Merchant).where(Merchant.id.in_(padded(merchant_ids))))).scalars()
    )


async def find_freight_rule(session: AsyncSession, merchant_id: Id) -> FreightRule | None:
    """What a merchant asks for shipping."""
    return await session.get(FreightRule, merchant_id)
