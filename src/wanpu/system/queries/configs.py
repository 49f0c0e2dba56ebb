"""Statements about settings, their history, and secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.pages import PageAsk, read_page
from wanpu.infra.statements import upsert
from wanpu.infra.tables import table_of
from wanpu.kernel.ids import Id
from wanpu.system.models import Config, ConfigHistory, Secret, Staff
from wanpu.system.states import ConfigStatus

CONFIG = table_of(Config)
HISTORY = table_of(ConfigHistory)
SECRET = table_of(Secret)
STAFF = table_of(Staff)

_CHANGED_BY_NAME = STAFF.c.username.label("changed_by_name")

CONFIG_SORTS = {"param_key": CONFIG.c.param_key, "updated_at": CONFIG.c.updated_at}


@dataclass(frozen=True, slots=True)
class ConfigFilter:
    """Which settings are wanted: `param_key` is a part of the key, `remark` of the remark."""

    param_key: str | None = None
    remark: str | None = None


async def read_values(session: AsyncSession, keys: Sequence[str]) -> Mapping[str, str]:
    """The values of some keys, where rows stand."""
    statement = select(CONFIG.c.param_key, CONFIG.c.param_value).where(CONFIG.c.param_key.in_(keys))
    return {row.param_key: row.param_value for row in await session.execute(statement)}


async def read_sealed(session: AsyncSession, names: Sequence[str]) -> Mapping[str, str]:
    """Some secrets as they are kept, where rows stand."""
    statement = select(SECRET.c.name, SECRET.c.sealed).where(SECRET.c.name.in_(names))
    return {row.name: row.sealed for row in await session.execute(statement)}


async def list_configs(
    session: AsyncSession, wanted: ConfigFilter, ask: PageAsk
) -> tuple[Sequence[Row[Any]], int]:
    """One page of the settings that are shown, and how many match."""
    statement = select(CONFIG).where(CONFIG.c.status == ConfigStatus.SHOWN)
    if wanted.param_key is not None:
        statement = statement.where(CONFIG.c.param_key.contains(wanted.param_key, autoescape=True))
    if wanted.remark is not None:
        statement = statement.where(CONFIG.c.remark.contains(wanted.remark, autoescape=True))
    return await read_page(session, statement, ask, sorts=CONFIG_SORTS, last=CONFIG.c.id)


async def find_config(session: AsyncSession, config_id: Id) -> Row[Any] | None:
    """One setting, hidden or not."""
    return (await session.execute(select(CONFIG).where(CONFIG.c.id == config_id))).first()


async def lock_config(session: AsyncSession, config_id: Id) -> Row[Any] | None:
    """One setting, locked."""
    statement = select(CONFIG).where(CONFIG.c.id == config_id).with_for_update()
    return (await session.execute(statement)).first()


async def list_ids(session: AsyncSession, keys: Sequence[str]) -> Mapping[str, Id]:
    """The ids of some keys, where rows stand."""
    statement = select(CONFIG.c.param_key, CONFIG.c.id).where(CONFIG.c.param_key.in_(keys))
    return {row.param_key: row.id for row in await session.execute(statement)}


async def add_config(session: AsyncSession, row: Mapping[str, Any]) -> None:
    """Write a new setting."""
    await session.execute(insert(CONFIG).values(**row))


async def change_config(session: AsyncSession, config_id: Id, columns: Mapping[str, Any]) -> None:
    """Change columns of a locked setting."""
    await session.execute(update(CONFIG).where(CONFIG.c.id == config_id).values(**columns))


async def delete_config(session: AsyncSession, config_id: Id) -> None:
    """Remove a locked setting; its history stays."""
    await session.execute(delete(CONFIG).where(CONFIG.c.id == config_id))


async def add_history(session: AsyncSession, row: Mapping[str, Any]) -> None:
    """Write down a version."""
    await session.execute(insert(HISTORY).values(**row))


async def list_history(session: AsyncSession, config_id: Id, ask: PageAsk) -> tuple[Sequence[Row[Any]], int]:
    """One page of the versions of a setting with the names of who wrote them, and how many there are."""
    statement = (
        select(HISTORY, _CHANGED_BY_NAME)
        .outerjoin(STAFF, STAFF.c.user_id == HISTORY.c.changed_by)
        .where(HISTORY.c.config_id == config_id)
    )
    return await read_page(
        session, statement, ask, sorts={"version": HISTORY.c.version}, last=HISTORY.c.version
    )


async def find_version(session: AsyncSession, config_id: Id, version: int) -> Row[Any] | None:
    """One version of a setting."""
    statement = select(HISTORY).where(HISTORY.c.config_id == config_id, HISTORY.c.version == version)
    return (await session.execute(statement)).first()


async def list_secrets(session: AsyncSession) -> Mapping[str, Any]:
    """What is known of each secret that is set, by name; never the secret."""
    columns = (SECRET.c.name, SECRET.c.version, SECRET.c.changed_by, SECRET.c.updated_at, _CHANGED_BY_NAME)
    statement = select(*columns).outerjoin_from(SECRET, STAFF, STAFF.c.user_id == SECRET.c.changed_by)
    return {row.name: row for row in await session.execute(statement)}


async def write_secret(session: AsyncSession, name: str, sealed: str, changed_by: Id) -> None:
    """Set or replace a secret."""
    now = session.info["clock"].now()
    new = {
        "name": name,
        "sealed": sealed,
        "version": 1,
        "changed_by": changed_by,
        "created_at": now,
        "updated_at": now,
    }
    changes = {
        "sealed": sealed,
        "version": SECRET.c.version + 1,
        "changed_by": changed_by,
        "updated_at": now,
    }
    await upsert(session, SECRET, new, key=["name"], changes=changes)


async def lock_secret(session: AsyncSession, name: str) -> Row[Any] | None:
    """A secret as it is kept, locked; None when it is not set."""
    statement = select(SECRET).where(SECRET.c.name == name).with_for_update()
    return (await session.execute(statement)).first()


async def delete_secret(session: AsyncSession, name: str) -> None:
    """Remove a locked secret."""
    await session.execute(delete(SECRET).where(SECRET.c.name == name))
