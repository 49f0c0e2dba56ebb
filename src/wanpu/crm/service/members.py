"""Registering members, and what a member may change of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wanpu.crm import queries
from wanpu.crm.errors import MobileTaken, PictureForeign, UsernameTaken
from wanpu.crm.models import Member
from wanpu.crm.rules import require_username
from wanpu.crm.service.sessions import NewToken, SignedIn, draw_token
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.passwords import check_strength
from wanpu.infra.services import Services
from wanpu.infra.sign_in.errors import TokenInvalid
from wanpu.kernel.contacts import require_email, require_mobile
from wanpu.kernel.ids import MAX_OWNER_ID, Id, require_owner
from wanpu.system import SystemServices, is_public_address

CHANGEABLE = frozenset({"nickname", "email", "photo"})


@dataclass(frozen=True, slots=True)
class NewMember:
    """What a shopper registers with."""

    username: str
    mobile: str
    password: str
    email: str | None = None


async def register_member(services: Services, new: NewMember) -> SignedIn:
    """Register a shopper and sign in at once.

    Raises:
        ValueError: a field is not of the form that `rules` describe.
        PasswordTooWeak, UsernameTaken, MobileTaken: nothing was written.
    """
    check_strength(new.password)
    hashed = await services.passwords.hash(new.password)
    [member_id] = await services.serials.take("member", ceiling=MAX_OWNER_ID)
    username = require_username(new.username)
    member = {
        "user_id": require_owner(member_id),
        "username": username,
        "nickname": username,
        "mobile": require_mobile(new.mobile),
        "email": None if new.email is None else require_email(new.email),
        "password": hashed,
    }
    token = draw_token(services)
    registered = await _add_member(services.db, member, token)
    return SignedIn(token.token, token.expires_at, registered)


async def get_member(services: Services, member_id: Id) -> Member:
    """One member.

    Raises:
        TokenInvalid: the member is gone since the token was looked up.
    """
    async with services.db.reading() as session:
        member = await queries.find_member(session, member_id)
    if member is None:
        raise TokenInvalid
    return member


async def find_member_id(services: Services, username: str) -> Id | None:
    """The id of the member with this name, whatever its status."""
    async with services.db.reading() as session:
        member = await queries.find_member_by_username(session, username)
    return None if member is None else member.user_id


async def change_member(app: SystemServices, member_id: Id, changes: Mapping[str, Any]) -> Member:
    """Change nickname, email or photo; other names are refused by an assertion.

    Raises:
        TokenInvalid: the member is gone since the token was looked up.
        PictureForeign: the photo is none of this mall's files.
    """
    assert changes.keys() <= CHANGEABLE, "a member may not change this"
    photo = changes.get("photo")
    if photo is not None and not await is_public_address(app, photo):
        raise PictureForeign(details={"field": "photo_url"})
    return await _write_changes(app.db, member_id, changes)


@rerun_on_conflict
async def _write_changes(db: Database, member_id: Id, changes: Mapping[str, Any]) -> Member:
    async with db.transaction() as session:
        member = await queries.lock_member(session, member_id)
        if member is None:
            raise TokenInvalid
        for name, value in changes.items():
            setattr(member, name, value)
    return member


async def set_password(services: Services, member_id: Id, password: str) -> None:
    """Give a member another password; sessions stay.

    Raises:
        PasswordTooWeak: the old one stays.
    """
    check_strength(password)
    await _write_password(services.db, member_id, await services.passwords.hash(password))


@rerun_on_conflict
async def _write_password(db: Database, member_id: Id, hashed: str) -> None:
    async with db.transaction() as session:
        member = await queries.lock_member(session, member_id)
        assert member is not None, "members are never removed"
        member.password = hashed


@rerun_on_conflict
async def _add_member(db: Database, columns: Mapping[str, Any], token: NewToken) -> Member:
    """Write member and session. When another registration takes a name first, the unique key makes
    this run again, and the second run says which one is taken."""
    now = db.clock.now()
    async with db.transaction() as session:
        if await queries.find_member_by_username(session, columns["username"]) is not None:
            raise UsernameTaken(details={"field": "username"})
        if await queries.find_member_by_mobile(session, columns["mobile"]) is not None:
            raise MobileTaken(details={"field": "mobile"})
        member = Member(**columns)
        session.add(member)
        session.add(token.row_for(member.user_id, now))
    return member
