"""The consoles' door in tests: captchas that can be read, and signing in over HTTP."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import func, select, update
from tests.http import Answer, Caller, room_app, serving
from tests.wanpu.system.people import PASSWORD, Person

from wanpu.infra.services import close_services, open_services
from wanpu.infra.settings import Settings
from wanpu.kernel.clock import Clock
from wanpu.kernel.ids import Id
from wanpu.system.api import console_auth, console_me, sessions
from wanpu.system.models import Captcha, LoginLog, Staff, StaffToken
from wanpu.system.queries.staff import find_staff
from wanpu.system.services import SystemServices, open_system_services

LOGIN = "/console/v1/auth/login"
FIXED = "open"
"""The captcha that always passes at these doors; drawing a real one for every try takes its time."""

ROUTERS = (console_auth.router, console_me.router, sessions.router)


@dataclass(frozen=True)
class Door:
    """One node that lets staff in, as one visitor sees it."""

    system: SystemServices
    http: Caller

    async def captcha(self) -> tuple[str, str]:
        """A fresh captcha: its uuid, and its text as the database holds it."""
        shown = await self.http.get("/console/v1/auth/captcha")
        assert shown.status == 200
        async with self.system.db.reading() as session:
            code = await session.execute(select(Captcha.code).where(Captcha.uuid == shown.body["uuid"]))
            return shown.body["uuid"], code.scalar_one()

    async def try_in(
        self, username: str, password: str = PASSWORD, *, totp: str | None = None, **options: Any
    ) -> Answer:
        """One try to sign in, with the captcha that always passes."""
        return await self.answer("", FIXED, username, password, totp=totp, **options)

    async def answer(
        self,
        uuid: str,
        code: str,
        username: str,
        password: str = PASSWORD,
        *,
        totp: str | None = None,
        **options: Any,
    ) -> Answer:
        """One try to sign in, with a captcha of the test's choice."""
        body = {"username": username, "password": password, "uuid": uuid, "captcha": code}
        return await self.http.post(LOGIN, body | ({"totp": totp} if totp is not None else {}), **options)

    async def let_in(self, person: Person, *, totp: str | None = None) -> Caller:
        """Somebody who signed in for real."""
        answer = await self.try_in(person.username, totp=totp)
        assert answer.status == 200, answer.body
        return self.http.with_token(answer.body["token"])


def changed(system: SystemServices, **parts: Any) -> SystemServices:
    """The same node with other parts."""
    standing = {field.name: getattr(system, field.name) for field in fields(SystemServices)}
    return SystemServices(**standing | parts)


@contextlib.asynccontextmanager
async def door_of(system: SystemServices, **settings: Any) -> AsyncIterator[Door]:
    """The console routes of this room over one node's services, with some settings changed."""
    wanted = system.settings.model_copy(update={"captcha_fixed": FIXED} | settings)
    system = changed(system, settings=wanted)
    app = room_app(system, ROUTERS)
    app.state.system = system
    async with serving(app) as http:
        yield Door(system, http)


@contextlib.asynccontextmanager
async def nodes(settings: Settings, clock: Clock, count: int = 2) -> AsyncIterator[Sequence[Door]]:
    """Several nodes over one database: each has services, a few connections and a port of its own."""
    settings = settings.model_copy(update={"database_pool_size": 4})  # all tests share one server
    async with contextlib.AsyncExitStack() as stack:
        doors = []
        for _ in range(count):
            services = await open_services(settings, clock=clock)
            stack.push_async_callback(close_services, services)
            doors.append(await stack.enter_async_context(door_of(open_system_services(services))))
        yield doors


async def read_staff(system: SystemServices, person: Person) -> Staff:
    """An account as the database holds it."""
    async with system.db.reading() as session:
        staff = await find_staff(session, person.staff_id)
    assert staff is not None
    return staff


async def read_sessions(system: SystemServices, person: Person) -> Sequence[StaffToken]:
    """Every session of an account, ended ones too; the one that `make_staff` gave stands last."""
    async with system.db.reading() as session:
        statement = select(StaffToken).where(StaffToken.user_id == person.staff_id)
        return (await session.execute(statement.order_by(StaffToken.token_id))).scalars().all()


async def read_log(system: SystemServices) -> list[tuple[str, str, str]]:
    """The login log as (name, event, reason), oldest first."""
    async with system.db.reading() as session:
        rows = await session.execute(
            select(LoginLog.username, LoginLog.event, LoginLog.reason).order_by(LoginLog.id)
        )
        return [(username, event.value, reason) for username, event, reason in rows]


async def count_captchas(system: SystemServices) -> int:
    """How many captchas wait for their answer."""
    async with system.db.reading() as session:
        return (await session.execute(select(func.count()).select_from(Captcha))).scalar_one()


async def import_password(system: SystemServices, staff_id: Id) -> None:
    """The password `admin` as renren's tables hold it."""
    async with system.db.transaction() as session:
        await session.execute(
            update(Staff)
            .where(Staff.user_id == staff_id)
            .values(
                password="9ec9750e709431dad22365cabc5c625482e574c74adaebba7dd02f1129e4ce1d",
                salt="YzcmCZNvbXocrsz9dm8e",
            )
        )
