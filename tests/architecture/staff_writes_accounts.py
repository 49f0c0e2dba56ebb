"""Writes about accounts and roles, of both consoles alike, and about one's own account."""

from itertools import count

from tests.architecture.staff_stage import MOBILE, NEW_PASSWORD, Stage
from tests.architecture.staff_writes import Write, changes, creates, removes, write_of
from tests.wanpu.system.people import PASSWORD

from wanpu.system.states import Audience

_names = count(1)
START = {Audience.PLATFORM: "/platform/v1", Audience.MERCHANT: "/merchant/v1"}
GRANTED = {Audience.PLATFORM: "29", Audience.MERCHANT: "603"}
"""A menu of each console that a role can be given."""


def fresh(word: str) -> str:
    """A name that nobody has."""
    return f"{word}{next(_names)}"


async def new_role(stage: Stage, console: Audience) -> str:
    role = await stage.make(console, f"{START[console]}/roles", {"role_name": fresh("role ")})
    return str(role["role_id"])


def enter_accounts(console: Audience) -> None:
    """The same routes in both consoles."""
    one = f"{START[console]}/staff/{{user_id}}"

    async def ids(stage: Stage) -> dict[str, str]:
        return {"user_id": str((await stage.person(fresh("staff"), console)).staff_id)}

    @write_of(f"POST {START[console]}/staff")
    async def create(stage: Stage) -> Write:
        body = {"username": fresh("new"), "password": NEW_PASSWORD, "mobile": MOBILE}
        return creates("staff.create", "staff:{user_id}", body=body)

    @write_of(f"PATCH {one}")
    async def change(stage: Stage) -> Write:
        body = {"mobile": MOBILE, "role_ids": [await new_role(stage, console)]}
        return changes("staff.change", "staff:{user_id}", ids=await ids(stage), body=body)

    @write_of(f"POST {one}/password")
    async def reset(stage: Stage) -> Write:
        body = {"password": NEW_PASSWORD}
        return Write("staff.reset_password", "staff:{user_id}", ids=await ids(stage), body=body)

    @write_of(f"DELETE {one}/second-factor")
    async def drop(stage: Stage) -> Write:
        person = await stage.person(fresh("staff"), console)
        await stage.switch_factor_on(person)
        return Write("staff.drop_second_factor", "staff:{user_id}", ids={"user_id": str(person.staff_id)})

    @write_of(f"POST {one}/disable")
    async def disable(stage: Stage) -> Write:
        return changes("staff.status", "staff:{user_id}", ids=await ids(stage))

    @write_of(f"POST {one}/enable")
    async def enable(stage: Stage) -> Write:
        made = await ids(stage)
        await stage.caller(stage.worker(console)).post(f"{START[console]}/staff/{made['user_id']}/disable")
        return changes("staff.status", "staff:{user_id}", ids=made)

    @write_of(f"DELETE {one}")
    async def delete(stage: Stage) -> Write:
        return removes("staff.delete", "staff:{user_id}", ids=await ids(stage))


def enter_roles(console: Audience) -> None:
    """The same routes in both consoles."""
    one = f"{START[console]}/roles/{{role_id}}"

    async def ids(stage: Stage) -> dict[str, str]:
        return {"role_id": await new_role(stage, console)}

    @write_of(f"POST {START[console]}/roles")
    async def create(stage: Stage) -> Write:
        body = {"role_name": fresh("role "), "menu_ids": [GRANTED[console]]}
        return creates("role.create", "role:{role_id}", body=body)

    @write_of(f"PATCH {one}")
    async def change(stage: Stage) -> Write:
        body = {"remark": "晚班😀", "menu_ids": [GRANTED[console]]}
        return changes("role.change", "role:{role_id}", ids=await ids(stage), body=body)

    @write_of(f"DELETE {one}")
    async def delete(stage: Stage) -> Write:
        return removes("role.delete", "role:{role_id}", ids=await ids(stage))


for audience in Audience:
    enter_accounts(audience)
    enter_roles(audience)


@write_of("POST /platform/v1/merchants/{merchant_id}/staff")
async def create_merchant_staff(stage: Stage) -> Write:
    body = {"username": fresh("boss"), "password": NEW_PASSWORD, "mobile": MOBILE}
    return creates("staff.create", "staff:{user_id}", ids={"merchant_id": str(stage.merchant_id)}, body=body)


@write_of("DELETE /platform/v1/sessions/{token_id}")
async def kick(stage: Stage) -> Write:
    person = await stage.person(fresh("staff"))
    return removes("session.kick", "session:{token_id}", ids={"token_id": str(person.role_id)})


@write_of("PATCH /console/v1/me")
async def change_me(stage: Stage) -> Write:
    person = await stage.person(fresh("self"))
    return changes("staff.change_own", f"staff:{person.staff_id}", by=person, body={"mobile": MOBILE})


@write_of("PUT /console/v1/me/allowed-ips")
async def allow_addresses(stage: Stage) -> Write:
    person = await stage.person(fresh("self"))
    body = {"password": PASSWORD, "allowed_ips": ["127.0.0.0/8"]}
    return changes("staff.allow_addresses", f"staff:{person.staff_id}", by=person, body=body)


@write_of("POST /console/v1/auth/password")
async def change_password(stage: Stage) -> Write:
    person = await stage.person(fresh("self"))
    body = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}
    return Write("staff.change_password", f"staff:{person.staff_id}", by=person, body=body)


@write_of("POST /console/v1/auth/totp/confirm")
async def confirm_factor(stage: Stage) -> Write:
    person = await stage.person(fresh("self"))
    body = {"code": await stage.propose_factor(person)}
    return Write("staff.second_factor_on", f"staff:{person.staff_id}", by=person, body=body)


@write_of("POST /console/v1/auth/totp/disable")
async def end_factor(stage: Stage) -> Write:
    person = await stage.person(fresh("self"))
    body = {"password": PASSWORD, "code": await stage.switch_factor_on(person)}
    return Write("staff.second_factor_off", f"staff:{person.staff_id}", by=person, body=body)
