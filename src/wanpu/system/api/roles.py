"""角色管理 in the platform's console."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from wanpu.infra.http.fields import IdText
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.infra.http.paging import sorted_by
from wanpu.infra.pages import PageAsk
from wanpu.system.api.identity import SystemDep, needs
from wanpu.system.api.schemas_menus import NavOut
from wanpu.system.api.schemas_roles import RoleChoices, RoleCreate, RoleInfoOut, RoleList, RolePatch
from wanpu.system.callers import StaffCaller
from wanpu.system.queries.roles import RoleFilter
from wanpu.system.service import roles as service

router = APIRouter(prefix="/platform/v1/roles", route_class=StrictJsonRoute, tags=["roles"])

NamePart = Annotated[str | None, Query(max_length=100, description="A part of the name.")]
OfMerchant = Annotated[IdText | None, Query(description="Whole id of the merchant that the rows belong to.")]
Asked = Annotated[PageAsk, sorted_by("created_at", "role_name", default="created_at")]


@router.get("")
async def list_roles(
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("sys:role:list")],
    ask: Asked,
    role_name: NamePart = None,
    merchant_id: OfMerchant = None,
) -> RoleList:
    """角色列表: all for the super administrator, own creations for everybody else."""
    return RoleList.of(await service.list_roles(app.db, caller, RoleFilter(role_name, merchant_id), ask))


@router.get("/select")
async def list_role_choices(
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("sys:role:select")],
    merchant_id: OfMerchant = None,
) -> RoleChoices:
    """选择角色: what an account can be given; roles of one merchant when it is named."""
    return RoleChoices.of(await service.list_choices(app.db, caller, merchant_id))


@router.get("/{role_id}")
async def get_role(
    role_id: IdText, app: SystemDep, caller: Annotated[StaffCaller, needs("sys:role:info")]
) -> RoleInfoOut:
    """角色信息, with its menus."""
    return RoleInfoOut.with_menus(await service.get_role(app.db, caller, role_id))


@router.get("/{role_id}/nav")
async def preview_role(
    role_id: IdText, app: SystemDep, caller: Annotated[StaffCaller, needs("sys:role:info")]
) -> NavOut:
    """以角色查看: the pages and permissions of an account with this role alone."""
    return NavOut.of(await service.preview_navigation(app.db, caller, role_id))


@router.post("", status_code=201)
async def create_role(
    body: RoleCreate, app: SystemDep, caller: Annotated[StaffCaller, needs("sys:role:save")]
) -> RoleInfoOut:
    """新增角色: with menus that the caller has itself."""
    return RoleInfoOut.with_menus(await service.create_role(app, caller, body.to_new_role()))


@router.patch("/{role_id}")
async def change_role(
    role_id: IdText,
    body: RolePatch,
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("sys:role:update")],
) -> RoleInfoOut:
    """修改角色."""
    return RoleInfoOut.with_menus(await service.change_role(app.db, caller, role_id, body.changes()))


@router.delete("/{role_id}", status_code=204)
async def delete_role(
    role_id: IdText, app: SystemDep, caller: Annotated[StaffCaller, needs("sys:role:delete")]
) -> Response:
    """删除角色: whoever has it loses it."""
    await service.delete_role(app.db, caller, role_id)
    return Response(status_code=204)
