"""角色 in the merchants' console: a merchant's own roles, and the menus that they can grant."""

from typing import Annotated

from fastapi import APIRouter, Response

from wanpu.infra.http.fields import IdText
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.system.api.identity import SystemDep, needs
from wanpu.system.api.roles import Asked, NamePart
from wanpu.system.api.schemas_menus import MenuTreeOut, NavOut
from wanpu.system.api.schemas_roles import RoleChoices, RoleCreate, RoleInfoOut, RoleList, RolePatch
from wanpu.system.callers import StaffCaller
from wanpu.system.queries.roles import RoleFilter
from wanpu.system.service import menus
from wanpu.system.service import roles as service
from wanpu.system.states import Audience

router = APIRouter(prefix="/merchant/v1", route_class=StrictJsonRoute, tags=["merchant roles"])


@router.get("/roles")
async def list_roles(
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("merchant:role:list", audience=Audience.MERCHANT)],
    ask: Asked,
    role_name: NamePart = None,
) -> RoleList:
    """角色列表: those of the caller's merchant."""
    return RoleList.of(await service.list_roles(app.db, caller, RoleFilter(role_name), ask))


@router.get("/roles/select")
async def list_role_choices(
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("merchant:role:select", audience=Audience.MERCHANT)],
) -> RoleChoices:
    """选择角色: what an account can be given."""
    return RoleChoices.of(await service.list_choices(app.db, caller, caller.merchant_id))


@router.get("/roles/{role_id}")
async def get_role(
    role_id: IdText,
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("merchant:role:info", audience=Audience.MERCHANT)],
) -> RoleInfoOut:
    """角色信息, with its menus."""
    return RoleInfoOut.with_menus(await service.get_role(app.db, caller, role_id))


@router.get("/roles/{role_id}/nav")
async def preview_role(
    role_id: IdText,
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("merchant:role:info", audience=Audience.MERCHANT)],
) -> NavOut:
    """以角色查看: the pages and permissions of an account with this role alone."""
    return NavOut.of(await service.preview_navigation(app.db, caller, role_id))


@router.post("/roles", status_code=201)
async def create_role(
    body: RoleCreate,
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("merchant:role:save", audience=Audience.MERCHANT)],
) -> RoleInfoOut:
    """新增角色: with menus that the caller has itself."""
    return RoleInfoOut.with_menus(await service.create_role(app, caller, body.to_new_role()))


@router.patch("/roles/{role_id}")
async def change_role(
    role_id: IdText,
    body: RolePatch,
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("merchant:role:update", audience=Audience.MERCHANT)],
) -> RoleInfoOut:
    """修改角色."""
    return RoleInfoOut.with_menus(await service.change_role(app.db, caller, role_id, body.changes()))


@router.delete("/roles/{role_id}", status_code=204)
async def delete_role(
    role_id: IdText,
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("merchant:role:delete", audience=Audience.MERCHANT)],
) -> Response:
    """删除角色: whoever has it loses it."""
    await service.delete_role(app.db, caller, role_id)
    return Response(status_code=204)


@router.get("/menus")
async def list_menus(
    app: SystemDep, caller: Annotated[StaffCaller, needs("merchant:menu:list", audience=Audience.MERCHANT)]
) -> MenuTreeOut:
    """菜单列表: the merchants' console, with what the caller may give to a role."""
    return MenuTreeOut.of(await menus.list_menus(app, caller, Audience.MERCHANT))
