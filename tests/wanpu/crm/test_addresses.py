"""Addresses of a member and the one default among them."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests.builders import make_address, make_member

from wanpu.crm.errors import AddressNotFound, TooManyAddresses
from wanpu.crm.models import MemberAddress
from wanpu.crm.service.addresses import change_address, delete_address, get_address, list_addresses
from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id


async def defaults_of(services: Services, member_id: Id) -> list[str]:
    async with services.db.reading() as session:
        statement = select(MemberAddress.recv_name).where(MemberAddress.default_for == member_id)
        return list((await session.execute(statement)).scalars())


async def test_the_first_address_becomes_the_default_and_the_second_does_not(services: Services) -> None:
    member = await make_member(services)

    await make_address(services, member.member_id, recv_name="first")
    await make_address(services, member.member_id, recv_name="second")

    assert await defaults_of(services, member.member_id) == ["first"]


async def test_a_new_default_takes_the_place_of_the_old_one(services: Services) -> None:
    member = await make_member(services)
    first = await make_address(services, member.member_id, recv_name="first")
    await make_address(services, member.member_id, recv_name="second", is_default=True)
    assert await defaults_of(services, member.member_id) == ["second"]

    await change_address(services.db, member.member_id, first.id, {}, is_default=True)

    assert await defaults_of(services, member.member_id) == ["first"]


async def test_the_default_stands_first_and_the_others_newest_first(
    services: Services, clock: ManualClock
) -> None:
    member = await make_member(services)
    for name in ("first", "second", "third"):
        clock.advance(timedelta(minutes=1))
        await make_address(services, member.member_id, recv_name=name)

    listed = await list_addresses(services, member.member_id)

    assert [address.recv_name for address in listed] == ["first", "third", "second"]


async def test_deleting_the_default_promotes_the_newest_of_the_others(
    services: Services, clock: ManualClock
) -> None:
    member = await make_member(services)
    made = []
    for name in ("first", "second", "third"):
        clock.advance(timedelta(minutes=1))
        made.append(await make_address(services, member.member_id, recv_name=name))

    await delete_address(services.db, member.member_id, made[0].id)
    assert await defaults_of(services, member.member_id) == ["third"]
    await delete_address(services.db, member.member_id, made[1].id)
    assert await defaults_of(services, member.member_id) == ["third"]
    await delete_address(services.db, member.member_id, made[2].id)

    assert await list_addresses(services, member.member_id) == []


async def test_giving_up_the_default_hands_it_to_the_newest_other_or_keeps_it(services: Services) -> None:
    member = await make_member(services)
    first = await make_address(services, member.member_id, recv_name="first")
    await change_address(services.db, member.member_id, first.id, {}, is_default=False)
    assert await defaults_of(services, member.member_id) == ["first"]
    await make_address(services, member.member_id, recv_name="second")

    await change_address(services.db, member.member_id, first.id, {}, is_default=False)

    assert await defaults_of(services, member.member_id) == ["second"]


async def test_ten_addresses_at_once_leave_one_default(services: Services) -> None:
    member = await make_member(services)

    await asyncio.gather(*(make_address(services, member.member_id, is_default=True) for _ in range(10)))

    assert len(await list_addresses(services, member.member_id)) == 10
    assert await defaults_of(services, member.member_id) == ["张三"]


async def test_the_fifty_first_address_is_refused(services: Services) -> None:
    member = await make_member(services)
    for _ in range(50):
        await make_address(services, member.member_id)

    with pytest.raises(TooManyAddresses):
        await make_address(services, member.member_id)

    assert len(await list_addresses(services, member.member_id)) == 50


async def test_another_members_address_does_not_exist(services: Services) -> None:
    owner, stranger = await make_member(services), await make_member(services)
    address = await make_address(services, owner.member_id)

    with pytest.raises(AddressNotFound):
        await get_address(services, stranger.member_id, address.id)
    with pytest.raises(AddressNotFound):
        await change_address(
            services.db, stranger.member_id, address.id, {"recv_name": "stranger"}, is_default=True
        )
    with pytest.raises(AddressNotFound):
        await delete_address(services.db, stranger.member_id, address.id)

    kept = await get_address(services, owner.member_id, address.id)
    assert (kept.recv_name, kept.default_for) == ("张三", owner.member_id)
