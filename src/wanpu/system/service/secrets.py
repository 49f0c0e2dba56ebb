"""Secrets of settings (密钥): written by people, read by code alone, never given back to anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

from wanpu.infra.database import after_commit, rerun_on_conflict
from wanpu.kernel.ids import Id
from wanpu.system.approvals import ApprovalAction, Approved
from wanpu.system.callers import StaffCaller
from wanpu.system.errors import SecretUnknown
from wanpu.system.queries import configs as queries
from wanpu.system.service.config_book import secret_purpose
from wanpu.system.service.operation_log import record
from wanpu.system.services import SystemServices

CHANGE_ACTION = "secret.change"


@dataclass(frozen=True, slots=True)
class SecretState:
    """What may be known of a secret: whether it is set, and by whom when."""

    name: str
    title_zh: str
    title_en: str
    is_set: bool
    version: int
    changed_by: Id | None
    changed_by_name: str | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A secret that only the vault opens again; safe to keep in a row or a request for approval."""

    name: str
    sealed: str


async def list_secrets(app: SystemServices) -> Sequence[SecretState]:
    """Every secret that some part of the mall asks for, by name."""
    async with app.db.reading() as session:
        rows = await queries.list_secrets(session)
    states = []
    for name, titles in sorted(app.configs.secrets.items()):
        row = rows.get(name)
        if row is None:
            states.append(SecretState(name, *titles, False, 0, None, None, None))
        else:
            who = (row.changed_by, row.changed_by_name)
            states.append(SecretState(name, *titles, True, row.version, *who, row.updated_at))
    return states


def seal_secret(app: SystemServices, name: str, value: SecretStr) -> SealedSecret:
    """Seal a new value for its own name; nothing is written yet.

    Raises:
        SecretUnknown: nothing asks for such a secret.
    """
    _require_known(app, name)
    return SealedSecret(name, app.vault.seal(value.get_secret_value(), purpose=secret_purpose(name)))


@rerun_on_conflict
async def change_secret(app: SystemServices, caller: StaffCaller, new: SealedSecret) -> None:
    """Set or replace a secret; a repeat of the same sealed value changes nothing. Every node uses it within
    a second.

    Raises:
        SecretUnknown: nothing asks for such a secret.
    """
    _require_known(app, new.name)
    async with app.db.transaction() as session:
        standing = await queries.lock_secret(session, new.name)
        if standing is not None and standing.sealed == new.sealed:
            return
        version = 0 if standing is None else standing.version
        await queries.write_secret(session, new.name, new.sealed, caller.staff_id)
        subject = f"secret:{new.name}"
        before, after = {"version": version}, {"version": version + 1}
        await record(session, caller, CHANGE_ACTION, subject, before=before, after=after)
        after_commit(session, app.configs.forget)


@rerun_on_conflict
async def delete_secret(app: SystemServices, caller: StaffCaller, name: str) -> None:
    """Take a secret away; one that is not set stays so.

    Raises:
        SecretUnknown: nothing asks for such a secret.
    """
    _require_known(app, name)
    async with app.db.transaction() as session:
        standing = await queries.lock_secret(session, name)
        if standing is None:
            return
        await queries.delete_secret(session, name)
        before = {"version": standing.version}
        await record(session, caller, "secret.delete", f"secret:{name}", before=before)
        after_commit(session, app.configs.forget)


def change_action(app: SystemServices) -> ApprovalAction:
    """Changing a secret as an action that takes four eyes: subject is its name, `params` hold the seal."""

    async def carry_out(approved: Approved) -> None:
        new = SealedSecret(approved.params["name"], approved.params["sealed"])
        await change_secret(app, approved.caller, new)

    return ApprovalAction(CHANGE_ACTION, "sys:secret:update", "修改密钥", "Change a secret", carry_out)


def _require_known(app: SystemServices, name: str) -> None:
    if name not in app.configs.secrets:
        raise SecretUnknown(details={"name": name})
