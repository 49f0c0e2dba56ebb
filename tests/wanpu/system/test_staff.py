"""Accounts of the back office."""

import pytest
from sqlalchemy import func, select
from tests.builders import PASSWORD

from wanpu.infra.passwords import PasswordTooWeak
from wanpu.infra.services import Services
from wanpu.system import create_staff, has_staff
from wanpu.system.errors import StaffNameInvalid, StaffNameTaken
from wanpu.system.models import Staff
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
