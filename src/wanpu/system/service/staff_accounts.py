"""Staff accounts (后台用户) as those above them look after them: operators, and merchants' own people.

Whoever changes an account may do at least what the account may do; otherwise its password would be a way
to rights that were never granted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.pages import PageAsk
from wanpu.kernel.ids import Id
from wanpu.system.callers import StaffCaller
from wanpu.system.errors import (
    MerchantUnknown,
    RoleNotFound,
    StaffAboveYou,
    StaffAddressMissing,
    StaffIsYourself,
    StaffNameTaken,
    StaffNotFound,
    SuperAdministratorProtected,
)
from wanpu.system.models import Role, Staff
from wanpu.system.models.staff import SUPER_ADMINISTRATOR
from wanpu.system.queries import access, menus, roles, sessions
from wanpu.system.queries import staff as names
from wanpu.system.queries import staff_accounts as queries
from wanpu.system.queries.saved_views import delete_views_of
from wanpu.system.queries.staff_accounts import StaffFilter
from wanpu.system.rules.sign_in import is_allowed_address, require_strength
from wanpu.system.scopes import Scope
from wanpu.system.service.exports import remove_exports_of
from wanpu.system.service.login_log import note
from wanpu.system.service.operation_log import record
from wanpu.system.service.rights import read_rights
from wanpu.system.service.staff import draw_staff_id
from wanpu.system.services import SystemServices
from wanpu.system.states import Audience, LoginEvent, StaffStatus

MANAGES_MERCHANTS = "sys:user:merchant"
"""The permission to open and look after merchants' accounts from the platform."""

BUILT_IN_ROLE_NAME = "店主"


@dataclass(frozen=True, slots=True)
class NewStaff:
    """An account as somebody else opens it; its owner must change the password first."""

    username: str
    password: str
    email: str | None = None
    mobile: str | None = None
    allowed_ips: tuple[str, ...] = ()
    role_ids: frozenset[Id] = frozenset()


@dataclass(frozen=True, slots=True)
class StaffWithRoles:
    """An account and the roles that it has."""

    staff: Staff
    roles: Sequence[Role]


async def list_staff(
    db: Database, caller: StaffCaller, wanted: StaffFilter, ask: PageAsk
) -> tuple[list[Staff], int]:
    """One page of the accounts that the caller looks after, and how many match."""
    async with db.reading() as session:
        return await queries.list_staff(session, Scope.of(caller), wanted, ask)


async def get_staff(db: Database, caller: StaffCaller, staff_id: Id) -> StaffWithRoles:
    """One account with its roles.

    Raises:
        StaffNotFound: the caller looks after no such account.
    """
    async with db.reading() as session:
        staff = await queries.find_staff(session, Scope.of(caller), staff_id)
        if staff is None:
            raise StaffNotFound
        return StaffWithRoles(staff, await roles.list_roles_of_staff(session, staff_id))


async def open_account(app: SystemServices, caller: StaffCaller, new: NewStaff) -> StaffWithRoles:
    """Open an account beside the caller's: of the platform, or of the caller's merchant.

    Raises:
        PasswordTooWeak, StaffNameTaken: nothing was written.
        RoleNotFound: a role is none of the caller's.
        BeyondOwnRights: a role grants more than the caller has.
    """
    columns = await _columns_of(app, caller, new, merchant_id=caller.merchant_id)
    return await _open(app.db, caller, columns, new.role_ids)


@rerun_on_conflict
async def _open(
    db: Database, caller: StaffCaller, columns: Mapping[str, Any], role_ids: Collection[Id]
) -> StaffWithRoles:
    async with db.transaction() as session:
        await access.lock_epoch(session)
        given = await _grantable_roles(session, caller, caller.merchant_id, role_ids)
        staff = await _add(session, columns)
        await roles.replace_roles_of_staff(session, staff.user_id, role_ids)
        if role_ids:
            await access.renew_epoch(session)
        after = _shown(staff) | _shown_roles(role_ids)
        await record(session, caller, "staff.create", f"staff:{staff.user_id}", after=after)
    return StaffWithRoles(staff, given)


async def open_merchant_account(
    app: SystemServices, caller: StaffCaller, merchant_id: Id, new: NewStaff
) -> StaffWithRoles:
    """Open an account that may do everything for one merchant: its first, or one more when the merchant
    has lost the others. Its role is made with it and always has every menu of the merchant console.

    Raises:
        MerchantUnknown: there is no such merchant.
        PasswordTooWeak, StaffNameTaken: nothing was written.
    """
    if not await app.merchants.is_known(merchant_id):
        raise MerchantUnknown
    columns = await _columns_of(app, caller, new, merchant_id=merchant_id)
    [role_id] = await app.serials.take("sys_role")
    return await _open_for_merchant(app.db, caller, columns, merchant_id, Id(role_id))


@rerun_on_conflict
async def _open_for_merchant(
    db: Database, caller: StaffCaller, columns: Mapping[str, Any], merchant_id: Id, role_id: Id
) -> StaffWithRoles:
    async with db.transaction() as session:
        await access.renew_epoch(session)
        role = await roles.find_built_in_role(session, merchant_id)
        if role is None:
            role = Role(role_id=role_id, role_name=BUILT_IN_ROLE_NAME, merchant_id=merchant_id)
            session.add(role)
            whole = await menus.list_menus(session, Audience.MERCHANT)
            await roles.replace_menus(session, role_id, {menu.menu_id for menu in whole})
        staff = await _add(session, columns)
        await roles.replace_roles_of_staff(session, staff.user_id, [role.role_id])
        after = _shown(staff) | _shown_roles([role.role_id]) | {"merchant_id": str(merchant_id)}
        await record(session, caller, "staff.create", f"staff:{staff.user_id}", after=after)
    return StaffWithRoles(staff, [role])


@rerun_on_conflict
async def change_staff(
    db: Database,
    caller: StaffCaller,
    staff_id: Id,
    changes: Mapping[str, Any],
    role_ids: Collection[Id] | None = None,
) -> StaffWithRoles:
    """Change e-mail, mobile number, the addresses to sign in from, and the roles when `role_ids` is set:
    exactly these of the roles that the caller manages, beside those beyond the caller's sight. New
    addresses end every session but the caller's own.

    Raises:
        StaffNotFound, StaffAboveYou: the caller does not look after it.
        StaffAddressMissing: the caller would shut itself out.
        StaffIsYourself, SuperAdministratorProtected: nobody gives roles to this account.
        RoleNotFound: a role is none of the caller's, or of another merchant.
        BeyondOwnRights: a role grants more than the caller has.
    """
    async with db.transaction() as session:
        if role_ids is not None:
            await access.renew_epoch(session)
        staff = await _lock_to_change(session, caller, staff_id, is_own_fine=role_ids is None)
        before, after = _shown(staff), {}
        if role_ids is not None:
            had, has = await _replace_roles(session, caller, staff, role_ids)
            before, after = before | _shown_roles(had), _shown_roles(has)
        if "allowed_ips" in changes and changes["allowed_ips"] != staff.allowed_ips:
            if staff_id == caller.staff_id:
                _require_own_address(caller, changes["allowed_ips"])
            else:
                await _end_sessions(session, caller, staff)
        for name, value in changes.items():
            setattr(staff, name, value)
        after |= _shown(staff)
        await record(session, caller, "staff.change", f"staff:{staff_id}", before=before, after=after)
        return StaffWithRoles(staff, await roles.list_roles_of_staff(session, staff_id))


async def _replace_roles(
    session: AsyncSession, caller: StaffCaller, staff: Staff, role_ids: Collection[Id]
) -> tuple[set[Id], set[Id]]:
    """Give a locked account roles, and take away those that the caller manages; what it had and has."""
    await _grantable_roles(session, caller, staff.merchant_id, role_ids)
    had = await roles.list_role_ids_of_staff(session, staff.user_id)
    in_sight = await roles.list_roles_by_id(session, Scope.of(caller), had)
    has = (had - in_sight.keys()) | set(role_ids)
    await roles.replace_roles_of_staff(session, staff.user_id, has)
    return had, has


async def reset_password(app: SystemServices, caller: StaffCaller, staff_id: Id, password: str) -> None:
    """Give an account a new first password, which its owner must change; its sessions end.

    Raises:
        PasswordTooWeak: nothing was changed.
        StaffNotFound, StaffAboveYou, StaffIsYourself, SuperAdministratorProtected: not this account.
    """
    async with app.db.reading() as session:
        staff = await queries.find_staff(session, Scope.of(caller), staff_id)
    require_strength(password, "" if staff is None else staff.username)
    hashed = await app.passwords.hash(password)
    await _set_password(app.db, caller, staff_id, hashed)


@rerun_on_conflict
async def _set_password(db: Database, caller: StaffCaller, staff_id: Id, hashed: str) -> None:
    async with db.transaction() as session:
        staff = await _lock_to_change(session, caller, staff_id)
        staff.password = hashed
        staff.salt = None
        staff.must_change_password = True
        staff.password_changed_at = db.clock.now()
        staff.known_addresses = None
        staff.forget_failures()
        await _end_sessions(session, caller, staff)
        await record(session, caller, "staff.reset_password", f"staff:{staff_id}")


@rerun_on_conflict
async def drop_second_factor(db: Database, caller: StaffCaller, staff_id: Id) -> None:
    """Let an account sign in by its password alone, after its owner has lost the second factor; its
    sessions end.

    Raises:
        StaffNotFound, StaffAboveYou, StaffIsYourself, SuperAdministratorProtected: not this account.
    """
    async with db.transaction() as session:
        staff = await _lock_to_change(session, caller, staff_id)
        staff.drop_second_factor()
        await _end_sessions(session, caller, staff)
        await record(session, caller, "staff.drop_second_factor", f"staff:{staff_id}")


@rerun_on_conflict
async def set_status(db: Database, caller: StaffCaller, staff_id: Id, status: StaffStatus) -> None:
    """Switch an account off, which ends its sessions at once, or on again, which unlocks it as well.

    Raises:
        StaffNotFound, StaffAboveYou, StaffIsYourself, SuperAdministratorProtected: not this account.
    """
    async with db.transaction() as session:
        staff = await _lock_to_change(session, caller, staff_id)
        before = {"status": int(staff.status)}
        staff.status = status
        if status is StaffStatus.DISABLED:
            await _end_sessions(session, caller, staff)
        else:
            staff.forget_failures()
        after = {"status": int(status)}
        await record(session, caller, "staff.status", f"staff:{staff_id}", before=before, after=after)


@rerun_on_conflict
async def delete_staff(db: Database, caller: StaffCaller, staff_id: Id) -> None:
    """Remove an account, its roles' links, sessions, views and exports. Its name is free again, not its id.

    Raises:
        StaffNotFound, StaffAboveYou, StaffIsYourself, SuperAdministratorProtected: not this account.
    """
    async with db.transaction() as session:
        await access.renew_epoch(session)
        staff = await _lock_to_change(session, caller, staff_id)
        before = _shown(staff) | _shown_roles(await roles.list_role_ids_of_staff(session, staff_id))
        await _end_sessions(session, caller, staff)
        await queries.delete_role_links(session, staff_id)
        await delete_views_of(session, staff_id)
        await remove_exports_of(session, staff_id)
        await session.delete(staff)
        await record(session, caller, "staff.delete", f"staff:{staff_id}", before=before)


async def _columns_of(
    app: SystemServices, caller: StaffCaller, new: NewStaff, *, merchant_id: Id | None
) -> dict[str, Any]:
    """The columns of a new account; hashing takes its time, so it comes before the transaction."""
    require_strength(new.password, new.username)
    hashed = await app.passwords.hash(new.password)
    return {
        "user_id": await draw_staff_id(app),
        "username": new.username,
        "password": hashed,
        "email": new.email,
        "mobile": new.mobile,
        "allowed_ips": list(new.allowed_ips) or None,
        "merchant_id": merchant_id,
        "create_user_id": caller.staff_id,
        "must_change_password": True,
    }


async def _add(session: AsyncSession, columns: Mapping[str, Any]) -> Staff:
    if await names.find_staff_by_username(session, columns["username"]) is not None:
        raise StaffNameTaken(details={"field": "username"})
    staff = Staff(status=StaffStatus.NORMAL, **columns)
    session.add(staff)
    await session.flush()
    return staff


async def _lock_to_change(
    session: AsyncSession, caller: StaffCaller, staff_id: Id, *, is_own_fine: bool = False
) -> Staff:
    """One account of the caller's scope, locked after everything that decides about rights."""
    await access.lock_epoch(session)
    staff = await queries.lock_staff(session, Scope.of(caller), staff_id)
    if staff is None:
        raise StaffIsYourself if staff_id == caller.staff_id else StaffNotFound
    if staff_id == caller.staff_id and is_own_fine:
        return staff
    if staff_id == SUPER_ADMINISTRATOR:
        raise SuperAdministratorProtected
    if staff_id == caller.staff_id:
        raise StaffIsYourself
    if not caller.is_super:
        await _require_not_above(session, caller, staff)
    return staff


async def _end_sessions(session: AsyncSession, caller: StaffCaller, staff: Staff) -> None:
    """End every session of an account, and tell the login log who did."""
    if await sessions.delete_sessions_of(session, staff.user_id):
        reason = f"by {caller.username}"
        await note(
            session, LoginEvent.KICKED, caller.origin, username=staff.username, account=staff, reason=reason
        )


async def _require_not_above(session: AsyncSession, caller: StaffCaller, staff: Staff) -> None:
    rights = await read_rights(session, caller, caller.audience)
    if staff.merchant_id != caller.merchant_id:
        if MANAGES_MERCHANTS not in rights.permissions:
            raise StaffAboveYou
    elif not rights.covers(await menus.list_menu_ids_of_staff(session, staff.user_id)):
        raise StaffAboveYou


async def _grantable_roles(
    session: AsyncSession, caller: StaffCaller, merchant_id: Id | None, role_ids: Collection[Id]
) -> list[Role]:
    """The roles that a caller wants to give to an account of the platform or of one merchant."""
    known = await roles.list_roles_by_id(session, Scope.of(caller), role_ids)
    fitting = {role_id for role_id, role in known.items() if role.merchant_id == merchant_id}
    if missing := sorted(set(role_ids) - fitting):
        raise RoleNotFound(details={"role_ids": [str(role_id) for role_id in missing]})
    audience = Audience.PLATFORM if merchant_id is None else Audience.MERCHANT
    rights = await read_rights(session, caller, audience)
    rights.require_menus(await roles.list_menu_ids(session, role_ids) & rights.tree.by_id.keys())
    return sorted(known.values(), key=lambda role: (role.role_name, role.role_id))


def _require_own_address(caller: StaffCaller, allowed: Sequence[str] | None) -> None:
    if not is_allowed_address(allowed, caller.origin.ip):
        raise StaffAddressMissing(details={"ip": caller.origin.ip})


def _shown(staff: Staff) -> dict[str, Any]:
    """What the operation log keeps of an account."""
    return {
        "username": staff.username,
        "email": staff.email,
        "mobile": staff.mobile,
        "allowed_ips": staff.allowed_ips,
        "status": int(staff.status),
    }


def _shown_roles(role_ids: Collection[Id]) -> dict[str, Any]:
    return {"role_ids": [str(role_id) for role_id in sorted(role_ids)]}
