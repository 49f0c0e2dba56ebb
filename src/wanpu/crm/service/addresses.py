"""Addresses of a member: at most fifty, one of them the default."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.crm import queries
from wanpu.crm.errors import AddressNotFound, TooManyAddresses
from wanpu.crm.models import MemberAddress
from wanpu.crm.rules import MAX_ADDRESSES
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.services import Services
from wanpu.infra.sign_in.errors import TokenInvalid
from wanpu.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class NewAddress:
    """An address as it was typed."""

    recv_name: str
    recv_tel: str
    recv_province: str
    recv_city: str
    recv_area: str
    recv_addr: str
    recv_post_code: str = ""


async def list_addresses(services: Services, member_id: Id) -> list[MemberAddress]:
    """A member's addresses: the default first, then the newest."""
    async with services.db.reading() as session:
        return await queries.list_addresses(session, member_id)


async def get_address(services: Services, member_id: Id, address_id: Id) -> MemberAddress:
    """One address of this member.

    Raises:
        AddressNotFound: no such address, or another member's.
    """
    async with services.db.reading() as session:
        return await _own_address(session, member_id, address_id)


async def add_address(
    services: Services, member_id: Id, new: NewAddress, *, is_default: bool = False
) -> MemberAddress:
    """Write an address; the first one becomes the default whatever was asked.

    Raises:
        TooManyAddresses: the member has fifty.
    """
    [address_id] = await services.serials.take("member_address")
    return await _add_address(services.db, member_id, Id(address_id), new, is_default=is_default)


@rerun_on_conflict
async def change_address(
    db: Database, member_id: Id, address_id: Id, changes: Mapping[str, Any], *, is_default: bool | None = None
) -> MemberAddress:
    """Change fields of an address, and whether it is the default.

    Giving the default up hands it to the newest other address; an only address keeps it.

    Raises:
        AddressNotFound: no such address, or another member's.
    """
    assert changes.keys() <= set(NewAddress.__slots__), "an address has no such field"
    async with db.transaction() as session:
        await _lock_member(session, member_id)
        address = await _own_address(session, member_id, address_id)
        for name, value in changes.items():
            setattr(address, name, value)
        if is_default is True:
            await _make_default(session, member_id, address)
        elif is_default is False and address.default_for is not None:
            other = await queries.find_newest_address(session, member_id, other_than=address_id)
            await _make_default(session, member_id, other or address)
    return address


@rerun_on_conflict
async def delete_address(db: Database, member_id: Id, address_id: Id) -> None:
    """Remove an address; when it was the default, the newest of the others becomes it.

    Raises:
        AddressNotFound: no such address, or another member's.
    """
    async with db.transaction() as session:
        await _lock_member(session, member_id)
        address = await _own_address(session, member_id, address_id)
        was_default = address.default_for is not None
        await session.delete(address)
        await session.flush()
        if was_default and (newest := await queries.find_newest_address(session, member_id)):
            newest.default_for = member_id


@rerun_on_conflict
async def _add_address(
    db: Database, member_id: Id, address_id: Id, new: NewAddress, *, is_default: bool
) -> MemberAddress:
    async with db.transaction() as session:
        await _lock_member(session, member_id)
        count = await queries.count_addresses(session, member_id)
        if count >= MAX_ADDRESSES:
            raise TooManyAddresses(details={"limit": MAX_ADDRESSES})
        address = MemberAddress(id=address_id, wx_user_id=member_id, default_for=None, **asdict(new))
        session.add(address)
        if is_default or count == 0:
            await _make_default(session, member_id, address)
    return address


async def _lock_member(session: AsyncSession, member_id: Id) -> None:
    """Lock the root of the addresses, so that two changes never meet at the one default."""
    if await queries.lock_member(session, member_id) is None:
        raise TokenInvalid


async def _own_address(session: AsyncSession, member_id: Id, address_id: Id) -> MemberAddress:
    address = await queries.find_address(session, member_id, address_id)
    if address is None:
        raise AddressNotFound
    return address


async def _make_default(session: AsyncSession, member_id: Id, address: MemberAddress) -> None:
    """Move the default; the old one is written first, since the column is unique."""
    if (current := await queries.find_default_address(session, member_id)) is not None:
        current.default_for = None
        await session.flush()
    address.default_for = member_id
