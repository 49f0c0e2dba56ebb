"""Accounts of the back office."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from tests.builders import PASSWORD
from tests.wanpu.system.doors import read_log, read_sessions, read_staff
from tests.wanpu.system.operations import make_caller
from tests.wanpu.system.people import make_administrator

from wanpu.infra.passwords import PasswordTooWeak
from wanpu.infra.services import Services, close_services, open_services
from wanpu.infra.settings import Settings
from wanpu.kernel.ids import Id
from wanpu.system import SystemServices, create_staff, has_staff, reset_staff
from wanpu.system.errors import StaffNameInvalid, StaffNameTaken, StaffNotFound, SuperAdministratorProtected
from wanpu.system.models import Staff
from wanpu.system.models.staff import SUPER_ADMINISTRATOR
from wanpu.system.queries.staff import find_staff_by_username
from wanpu.system.service.staff_accounts import delete_staff
from wanpu.system.states import StaffStatus


async def count_staff(services: Services) -> int:
    async with services.db.reading() as session:
        return (await session.execute(select(func.count()).select_from(Staff))).scalar_one()


async def test_an_operator_is_created_once_and_only_a_hash_is_kept(services: Services) -> None:
    assert await has_staff(services, "admin") is False

    staff_id = await create_staff(services, "admin", PASSWORD, must_change_password=True)
    with pytest.raises(StaffNameTaken):
        await create_staff(services, "admin", "another horse 43")

    assert await has_staff(services, "admin") is True
    assert await count_staff(services) == 1
    async with services.db.reading() as session:
        staff = await session.get_one(Staff, staff_id)
    assert (staff.username, staff.status, staff.merchant_id) == ("admin", StaffStatus.NORMAL, None)
    assert staff.must_change_password is True
    assert await services.passwords.verify(PASSWORD, staff.password)
    assert not await services.passwords.verify("another horse 43", staff.password)


async def test_a_bad_name_or_a_weak_password_creates_nobody(services: Services) -> None:
    for username in ("", "a", "a" * 51, "ad min", "管理员", "admin\n"):
        with pytest.raises(StaffNameInvalid):
            await create_staff(services, username, PASSWORD)
    for password in ("short", "password123", "aaaaaaaa"):
        with pytest.raises(PasswordTooWeak):
            await create_staff(services, "admin", password)

    assert await count_staff(services) == 0


async def draw_as_far_as(services: Services, serial: int) -> None:
    await services.serials.take("sys_user", serial)


@pytest.mark.requirement("S0-131")
async def test_the_first_account_is_the_super_administrator_for_good_whatever_number_was_drawn(
    services: Services,
) -> None:
    await draw_as_far_as(services, 40)

    first = await create_staff(services, "admin", PASSWORD, must_change_password=True)
    second = await create_staff(services, "wang", PASSWORD)

    assert first == SUPER_ADMINISTRATOR == 1
    assert second > 41
    async with services.db.reading() as session:
        admin = await find_staff_by_username(session, "admin")
    assert admin is not None
    assert (admin.user_id, admin.must_change_password) == (1, True)
    with pytest.raises(StaffNotFound):
        await delete_staff(services.db, make_caller(second, "wang"), first)
    with pytest.raises(SuperAdministratorProtected):
        await delete_staff(services.db, make_caller(first, "admin"), first)
    assert await has_staff(services, "admin") is True


async def test_no_later_account_is_given_the_super_administrators_number(services: Services) -> None:
    async with services.db.transaction() as session:
        session.add(Staff(user_id=Id(77), username="imported", password="x", status=StaffStatus.NORMAL))

    assert await create_staff(services, "wang", PASSWORD) == 2


async def test_of_two_first_accounts_at_once_one_is_the_super_administrator(
    settings: Settings, services: Services
) -> None:
    other = await open_services(settings, clock=services.clock)
    try:
        ids = await asyncio.gather(
            create_staff(services, "admin", PASSWORD), create_staff(other, "wang", PASSWORD)
        )
    finally:
        await close_services(other)

    assert sorted(ids)[0] == 1
    assert len(set(ids)) == 2
    assert await count_staff(services) == 2


async def test_a_password_that_is_the_accounts_name_is_refused(services: Services) -> None:
    with pytest.raises(PasswordTooWeak):
        await create_staff(services, "zhang.wei", "Zhang.Wei")

    assert await count_staff(services) == 0


async def test_the_machine_lets_the_owner_of_an_account_in_again(system: SystemServices) -> None:
    person = await make_administrator(system)
    later = system.clock.now() + timedelta(minutes=9)
    async with system.db.transaction() as session:
        staff = await session.get_one(Staff, person.staff_id)
        staff.locked_until, staff.failed_logins = later, 2
        staff.allowed_ips = ["203.0.113.7/32"]
        staff.totp_sealed, staff.totp_enabled_at = "x", later

    with pytest.raises(PasswordTooWeak):
        await reset_staff(system, "admin", "short")
    assert await reset_staff(system, "nobody", PASSWORD) is False
    assert len(await read_sessions(system, person)) == 1
    assert await reset_staff(system, "admin", "Third-Horse-9") is True

    staff = await read_staff(system, person)
    assert await system.passwords.verify("Third-Horse-9", staff.password)
    assert (staff.must_change_password, staff.locked_until, staff.failed_logins) == (True, None, 0)
    assert (staff.allowed_ips, staff.totp_sealed, staff.totp_enabled_at) == (None, None, None)
    assert await read_sessions(system, person) == []
    assert await read_log(system) == [("admin", "password_changed", "command_line")]
