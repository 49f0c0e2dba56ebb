"""Settings that operators change while the mall runs (参数管理): versions, history, going back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import Database, after_commit, rerun_on_conflict
from wanpu.infra.outside_addresses import require_outside_address
from wanpu.infra.pages import PageAsk
from wanpu.kernel.ids import Id
from wanpu.system.callers import StaffCaller
from wanpu.system.config_keys import ConfigKey
from wanpu.system.errors import ConfigKeyTaken, ConfigNotFound, ConfigStale, ConfigVersionNotFound
from wanpu.system.queries import configs as queries
from wanpu.system.service.operation_log import record
from wanpu.system.services import SystemServices
from wanpu.system.states import ConfigChange, ConfigStatus


@dataclass(frozen=True, slots=True)
class ConfigContent:
    """What people write in a setting."""

    param_value: str
    status: ConfigStatus
    remark: str


async def list_configs(
    db: Database, wanted: queries.ConfigFilter, ask: PageAsk
) -> tuple[Sequence[Row[Any]], int]:
    """One page of the settings that are shown, and how many match."""
    async with db.reading() as session:
        return await queries.list_configs(session, wanted, ask)


async def list_keys(app: SystemServices) -> Sequence[tuple[ConfigKey[Any], Id | None]]:
    """The settings that code reads, each with the id of its row, if it has one."""
    keys = app.configs.keys
    async with app.db.reading() as session:
        ids = await queries.list_ids(session, list(keys))
    return [(key, ids.get(name)) for name, key in sorted(keys.items())]


async def get_config(db: Database, config_id: Id) -> Row[Any]:
    """One setting, hidden ones as well.

    Raises:
        ConfigNotFound: there is none.
    """
    async with db.reading() as session:
        found = await queries.find_config(session, config_id)
    if found is None:
        raise ConfigNotFound
    return found


async def list_history(db: Database, config_id: Id, ask: PageAsk) -> tuple[Sequence[Row[Any]], int]:
    """The versions of a setting, of a deleted one too.

    Raises:
        ConfigNotFound: there never was one.
    """
    async with db.reading() as session:
        versions, total = await queries.list_history(session, config_id, ask)
    if not total:
        raise ConfigNotFound
    return versions, total


async def create_config(
    app: SystemServices, caller: StaffCaller, param_key: str, content: ConfigContent
) -> Row[Any]:
    """Write a new setting.

    Raises:
        ConfigValueInvalid, OutsideAddressRefused: the value is none for this key.
        ConfigKeyTaken: it stands already.
    """
    await _require_fit(app, param_key, content.param_value)
    [drawn] = await app.serials.take("sys_config")
    return await _create(app, caller, Id(drawn), param_key, content)


async def change_config(
    app: SystemServices, caller: StaffCaller, config_id: Id, content: ConfigContent, *, version: int
) -> Row[Any]:
    """Write the next version; `version` is the one that the caller has read.

    Raises:
        ConfigNotFound, ConfigStale: it is gone, or somebody else was faster.
        ConfigValueInvalid, OutsideAddressRefused: the value is none for this key.
    """
    standing = await get_config(app.db, config_id)
    await _require_fit(app, standing.param_key, content.param_value)
    return await _change(app, caller, config_id, content, version, ConfigChange.CHANGED)


async def roll_back(
    app: SystemServices, caller: StaffCaller, config_id: Id, *, to_version: int, version: int
) -> Row[Any]:
    """Write an earlier version's content as the next version; `version` is the one that the caller has read.

    Raises:
        ConfigNotFound, ConfigVersionNotFound: there is nothing to go back to.
        ConfigStale: somebody else was faster.
        ConfigValueInvalid, OutsideAddressRefused: the old value does not fit its key any more.
    """
    async with app.db.reading() as session:
        earlier = await queries.find_version(session, config_id, to_version)
    standing = await get_config(app.db, config_id)
    if earlier is None or earlier.change is ConfigChange.DELETED:
        raise ConfigVersionNotFound(details={"version": to_version})
    await _require_fit(app, standing.param_key, earlier.param_value)
    content = ConfigContent(earlier.param_value, earlier.status, earlier.remark)
    return await _change(app, caller, config_id, content, version, ConfigChange.ROLLED_BACK)


@rerun_on_conflict
async def delete_config(app: SystemServices, caller: StaffCaller, config_id: Id, *, version: int) -> None:
    """Remove a setting; its history stays, and code that reads its key falls back to the defaults.

    Raises:
        ConfigNotFound, ConfigStale: it is gone, or somebody else was faster.
    """
    async with app.db.transaction() as session:
        standing = await _lock(session, config_id, version)
        await queries.delete_config(session, config_id)
        last = dict(standing._mapping) | {"version": version + 1}
        await _keep(session, caller, last, ConfigChange.DELETED)
        await record(
            session, caller, "config.delete", f"config:{config_id}", before=_shown(dict(standing._mapping))
        )
        after_commit(session, app.configs.forget)


@rerun_on_conflict
async def _create(
    app: SystemServices, caller: StaffCaller, config_id: Id, param_key: str, content: ConfigContent
) -> Row[Any]:
    """When another takes the key first, the unique key makes this run again and refuse."""
    now = app.clock.now()
    row = {
        "id": config_id,
        "param_key": param_key,
        "param_value": content.param_value,
        "status": content.status,
        "remark": content.remark,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    async with app.db.transaction() as session:
        if await queries.list_ids(session, [param_key]):
            raise ConfigKeyTaken(param_key, details={"field": "param_key"})
        await queries.add_config(session, row)
        await _keep(session, caller, row, ConfigChange.CREATED)
        await record(session, caller, "config.create", f"config:{config_id}", after=_shown(row))
        after_commit(session, app.configs.forget)
        return await _find(session, config_id)


@rerun_on_conflict
async def _change(
    app: SystemServices,
    caller: StaffCaller,
    config_id: Id,
    content: ConfigContent,
    version: int,
    change: ConfigChange,
) -> Row[Any]:
    columns = {
        "param_value": content.param_value,
        "status": content.status,
        "remark": content.remark,
        "version": version + 1,
        "updated_at": app.clock.now(),
    }
    operation = "config.roll_back" if change is ConfigChange.ROLLED_BACK else "config.change"
    async with app.db.transaction() as session:
        standing = await _lock(session, config_id, version)
        await queries.change_config(session, config_id, columns)
        row = dict(standing._mapping) | columns
        await _keep(session, caller, row, change)
        await record(
            session,
            caller,
            operation,
            f"config:{config_id}",
            before=_shown(dict(standing._mapping)),
            after=_shown(row),
        )
        after_commit(session, app.configs.forget)
        return await _find(session, config_id)


async def _require_fit(app: SystemServices, param_key: str, param_value: str) -> None:
    key = app.configs.keys.get(param_key)
    if key is None:
        return
    value = key.read(param_value)
    for address in key.addresses(value):
        await require_outside_address(app.settings, address)


async def _lock(session: AsyncSession, config_id: Id, version: int) -> Row[Any]:
    standing = await queries.lock_config(session, config_id)
    if standing is None:
        raise ConfigNotFound
    if standing.version != version:
        raise ConfigStale(details={"version": standing.version})
    return standing


async def _find(session: AsyncSession, config_id: Id) -> Row[Any]:
    found = await queries.find_config(session, config_id)
    assert found is not None
    return found


async def _keep(
    session: AsyncSession, caller: StaffCaller, row: Mapping[str, Any], change: ConfigChange
) -> None:
    now = session.info["clock"].now()
    version = {
        "config_id": row["id"],
        "version": row["version"],
        "param_key": row["param_key"],
        "param_value": row["param_value"],
        "status": row["status"],
        "remark": row["remark"],
        "change": change,
        "changed_by": caller.staff_id,
        "created_at": now,
        "updated_at": now,
    }
    await queries.add_history(session, version)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "param_key": row["param_key"],
        "param_value": row["param_value"],
        "status": int(row["status"]),
        "remark": row["remark"],
        "version": row["version"],
    }
