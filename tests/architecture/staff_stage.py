"""The people and things that the consoles' writes are tried on."""

from dataclasses import dataclass, replace
from typing import Any

import pyotp
from pydantic import SecretStr
from sqlalchemy import insert, select
from tests.builders import make_merchant
from tests.http import Caller
from tests.wanpu.system.operations import make_caller
from tests.wanpu.system.people import PASSWORD, Person, make_administrator, make_staff

from wanpu.infra.models import DeadLetter, OutboxEvent
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.mall import Mall
from wanpu.system.base_rows.known_permissions import known_permissions
from wanpu.system.service import secrets
from wanpu.system.service.approvals import ApprovalRequest, request_approval
from wanpu.system.states import Audience

SECRET_NAME = "CLOUD_STORAGE_CONFIG_KEY/s3SecretKey"
NEW_PASSWORD = "a-Quiet-River-77"
SECRET = "storage-secret-of-tests-4711"
MOBILE = "13912345678"
MUST_NOT_BE_KEPT = (PASSWORD, NEW_PASSWORD, SECRET, MOBILE)
"""What the requests carry and no row of the log may hold."""


@dataclass(frozen=True)
class Stage:
    """A running mall, and who works in it. `colleague` has every permission of the platform."""

    mall: Mall
    http: Caller
    administrator: Person
    colleague: Person
    seller: Person
    merchant_id: Id

    @classmethod
    async def of(cls, mall: Mall, http: Caller) -> "Stage":
        """A mall in which nobody has done anything yet."""
        merchant_id = await make_merchant(mall.services)
        return cls(
            mall,
            http,
            await make_administrator(mall.system),
            await make_staff(mall.system, "colleague", sorted(known_permissions(Audience.PLATFORM))),
            await make_staff(
                mall.system, "seller", sorted(known_permissions(Audience.MERCHANT)), merchant_id=merchant_id
            ),
            merchant_id,
        )

    def worker(self, console: Audience) -> Person:
        """Who does the writes of a console."""
        return self.administrator if console is Audience.PLATFORM else self.seller

    def caller(self, person: Person) -> Caller:
        """The API as one of them."""
        return self.http.with_token(person.token)

    async def make(self, console: Audience, path: str, body: Any) -> dict[str, Any]:
        """Something that a write needs, made over HTTP; what came back."""
        answer = await self.caller(self.worker(console)).post(path, body)
        assert answer.status == 201, (path, answer.body)
        return dict(answer.body)

    async def person(self, username: str, console: Audience = Audience.PLATFORM) -> Person:
        """An account of that console with a session of its own."""
        merchant_id = None if console is Audience.PLATFORM else self.merchant_id
        return await make_staff(self.mall.system, username, merchant_id=merchant_id)

    async def propose_factor(self, person: Person) -> str:
        """The code that would switch somebody's second factor on now."""
        answer = await self.caller(person).post("/console/v1/auth/totp", {"password": PASSWORD})
        return pyotp.TOTP(answer.body["secret"]).at(self.mall.system.clock.now())

    async def switch_factor_on(self, person: Person) -> str:
        """Give somebody a second factor; one of its recovery codes."""
        code = await self.propose_factor(person)
        answer = await self.caller(person).post("/console/v1/auth/totp/confirm", {"code": code})
        return str(answer.body["recovery_codes"][0])

    async def request(self, by: Person, secret: str = SECRET) -> Id:
        """A change of a secret that waits for somebody else's agreement."""
        new = secrets.seal_secret(self.mall.system, SECRET_NAME, SecretStr(secret))
        caller = make_caller(by.staff_id, by.username)
        ask = ApprovalRequest(
            secrets.CHANGE_ACTION,
            f"secret:{SECRET_NAME}",
            params={"name": new.name, "sealed": new.sealed},
            shown={"name": new.name},
        )
        allowed = replace(caller, permissions=frozenset({"sys:secret:update"}))
        return await request_approval(self.mall.system, allowed, ask)

    async def bury_event(self) -> Id:
        """An event that its handler refused for good; the number of its dead letter."""
        now = self.mall.system.clock.now()
        stamps = {"name": "thing.made", "payload": {}, "attempts": 10, "created_at": now}
        event, letter = table_of(OutboxEvent), table_of(DeadLetter)
        event_row = {"aggregate": "thing:1", "request_id": "", "pending": None, "due_at": now, "dead_at": now}
        letter_row = {"handler": "order.settle", "error": "poison", "updated_at": now}
        newest_event = select(event.c.id).order_by(event.c.id.desc()).limit(1)
        async with self.mall.system.db.transaction() as session:
            await session.execute(insert(event).values(**stamps, **event_row))
            event_id = (await session.execute(newest_event)).scalar_one()
            await session.execute(insert(letter).values(event_id=event_id, **stamps, **letter_row))
            found = await session.execute(select(letter.c.id).where(letter.c.event_id == event_id))
            return Id(found.scalar_one())
