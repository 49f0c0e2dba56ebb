"""Settings (参数管理) as operators work with them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from wanpu.infra.http.fields import IdText, WholeNumber
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.infra.http.paging import sorted_by
from wanpu.infra.pages import PageAsk
from wanpu.system.api.identity import SystemDep, needs
from wanpu.system.api.schemas_configs import (
    ConfigChange,
    ConfigCreate,
    ConfigKeyList,
    ConfigKeyOut,
    ConfigList,
    ConfigOut,
    ConfigRollback,
    ConfigVersionList,
    ConfigVersionOut,
)
from wanpu.system.callers import StaffCaller
from wanpu.system.queries.configs import ConfigFilter
from wanpu.system.service import configs

router = APIRouter(prefix="/platform/v1", route_class=StrictJsonRoute, tags=["configs"])

MayList = Annotated[StaffCaller, needs("sys:config:list")]
MayRead = Annotated[StaffCaller, needs("sys:config:info")]
MayAdd = Annotated[StaffCaller, needs("sys:config:save")]
MayChange = Annotated[StaffCaller, needs("sys:config:update")]
MayDelete = Annotated[StaffCaller, needs("sys:config:delete")]
Part = Annotated[str | None, Query(min_length=1, max_length=100, description="A part of it.")]


@router.get("/configs")
async def list_configs(
    app: SystemDep,
    caller: MayList,
    ask: Annotated[PageAsk, sorted_by("param_key", default="updated_at")],
    param_key: Part = None,
    remark: Part = None,
) -> ConfigList:
    """参数列表: those that are shown; hidden ones are found by their id or in `config-keys`."""
    rows, total = await configs.list_configs(app.db, ConfigFilter(param_key, remark), ask)
    return ConfigList(items=[ConfigOut.of(row, app.configs.keys) for row in rows], total=total)


@router.get("/config-keys")
async def list_config_keys(app: SystemDep, caller: MayRead) -> ConfigKeyList:
    """登记的参数: the settings that code reads, hidden ones as well, with the shape of their values."""
    keys = await configs.list_keys(app)
    return ConfigKeyList(items=[ConfigKeyOut.of(*pair) for pair in keys])


@router.post("/configs", status_code=201)
async def create_config(body: ConfigCreate, app: SystemDep, caller: MayAdd) -> ConfigOut:
    """新增参数."""
    row = await configs.create_config(app, caller, body.param_key, body.content())
    return ConfigOut.of(row, app.configs.keys)


@router.get("/configs/{config_id}")
async def get_config(config_id: IdText, app: SystemDep, caller: MayRead) -> ConfigOut:
    """参数详情, of hidden ones as well."""
    return ConfigOut.of(await configs.get_config(app.db, config_id), app.configs.keys)


@router.put("/configs/{config_id}")
async def change_config(
    config_id: IdText, body: ConfigChange, app: SystemDep, caller: MayChange
) -> ConfigOut:
    """修改参数: every node reads the new value within a second."""
    row = await configs.change_config(app, caller, config_id, body.content(), version=body.version)
    return ConfigOut.of(row, app.configs.keys)


@router.delete("/configs/{config_id}", status_code=204)
async def delete_config(
    config_id: IdText,
    app: SystemDep,
    caller: MayDelete,
    version: Annotated[WholeNumber, Query(ge=1, le=2**31 - 2, description="The version that was read.")],
) -> Response:
    """删除参数: its history stays."""
    await configs.delete_config(app, caller, config_id, version=version)
    return Response(status_code=204)


@router.get("/configs/{config_id}/history")
async def list_history(
    config_id: IdText,
    app: SystemDep,
    caller: MayRead,
    ask: Annotated[PageAsk, sorted_by(default="version")],
) -> ConfigVersionList:
    """修改历史: newest first, of a deleted setting too."""
    rows, total = await configs.list_history(app.db, config_id, ask)
    return ConfigVersionList(items=[ConfigVersionOut.of(row) for row in rows], total=total)


@router.post("/configs/{config_id}/rollback")
async def roll_back(config_id: IdText, body: ConfigRollback, app: SystemDep, caller: MayChange) -> ConfigOut:
    """回滚: an earlier version's content becomes the next version."""
    row = await configs.roll_back(
        app, caller, config_id, to_version=body.version, version=body.current_version
    )
    return ConfigOut.of(row, app.configs.keys)
