"""Staff for tests: accounts with just the permissions that a test is about, already signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert

from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system.models import Menu, Role, RoleMenu, Staff, StaffRole, StaffToken
from wanpu.system.models.staff import SUPER_ADMINISTRATOR
from wanpu.system.queries import access
from wanpu.system.services import SystemServices
from wanpu.system.states import Audience, MenuType, StaffStatus

PASSWORD = "Correct-Horse-7"
_HASHES: dict[str, str] = {}


@dataclass(frozen=True)
class Person:
    """A staff account that a test made, and a session of it."""

    staff_id: Id
    username: str
    role_id: Id
    token: str


async def make_administrator(system: SystemServices) -> Person:
    """The super administrator, signed in. It may do whatever the menus of the database name."""
    return await make_staff(system, "admin", staff_id=SUPER_ADMINISTRATOR)


async def make_staff(
    system: SystemServices,
    username: str,
    permissions: Sequence[str] = (),
    *,
    staff_id: Id | None = None,
    merchant_id: Id | None = None,
    status: StaffStatus = StaffStatus.NORMAL,
    created_by: Id | None = None,
    must_change_password: bool = False,
) -> Person:
    """An account with one role whose buttons grant `permissions`, signed in for a day. The role and the
    first button have the same number."""
    [drawn] = await system.serials.take("test_staff")
    number = Id(1_000_000 + drawn)
    staff_id = staff_id or number
    token, digest = system.tokens.new()
    if PASSWORD not in _HASHES:
        _HASHES[PASSWORD] = await system.passwords.hash(PASSWORD)
    now = system.clock.now()
    stamps = {"created_at": now, "updated_at": now}
    audience = Audience.PLATFORM if merchant_id is None else Audience.MERCHANT
    async with system.db.transaction() as session:
        session.add(
            Staff(
                user_id=staff_id,
                username=username,
                password=_HASHES[PASSWORD],
                status=status,
                merchant_id=merchant_id,
                create_user_id=created_by,
                must_change_password=must_change_password,
            )
        )
        chunks = [permissions[start : start + 10] for start in range(0, len(permissions), 10)] or [()]
        menu_ids = [number, *(Id(number * 1000 + place) for place in range(1, len(chunks)))]
        session.add_all(
            Menu(
                menu_id=menu_id,
                name=f"all of {username}",
                perms=",".join(chunk) or None,
                type=MenuType.BUTTON,
                audience=audience,
            )
            for menu_id, chunk in zip(menu_ids, chunks, strict=True)
        )
        session.add(Role(role_id=number, role_name=f"role of {username}", merchant_id=merchant_id))
        await session.flush()
        await session.execute(
            insert(table_of(RoleMenu)),
            [{"role_id": number, "menu_id": menu_id, "created_at": now} for menu_id in menu_ids],
        )
        await session.execute(
            insert(table_of(StaffRole)), [{"user_id": staff_id, "role_id": number, "created_at": now}]
        )
        await session.execute(
            insert(table_of(StaffToken)),
            [
                {
                    "token_id": number,
                    "token_hash": digest,
                    "user_id": staff_id,
                    "expires_at": now + timedelta(days=1),
                    "ends_at": now + timedelta(days=1),
                    "last_seen_at": now,
                    "ip": "",
                    "user_agent": "",
                    "created_at": stamps["created_at"],
                }
            ],
        )
        await access.renew_epoch(session)
    return Person(staff_id, username, number, token)
