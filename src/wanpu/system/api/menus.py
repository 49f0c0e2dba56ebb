"""菜单管理: the menus of both consoles, for operators."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from wanpu.infra.http.fields import IdText
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.system.api.identity import SystemDep, needs
from wanpu.system.api.schemas_menus import (
    MenuCreate,
    MenuOrder,
    MenuOut,
    MenuPatch,
    MenuTreeOut,
)
from wanpu.system.callers import StaffCaller
from wanpu.system.models.access import TOP
from wanpu.system.service import menus as service
from wanpu.system.states import Audience, MenuType

router = APIRouter(prefix="/platform/v1/menus", route_class=StrictJsonRoute, tags=["menus"])

Console = Annotated[Audience, Query(description="Whose console: the platform's or the merchants'.")]


@router.get("")
async def list_menus(
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("sys:menu:list")],
    audience: Console = Audience.PLATFORM,
) -> MenuTreeOut:
    """菜单列表: the whole tree of one console, buttons included."""
    return MenuTreeOut.of(await service.list_menus(app, caller, audience))


@router.get("/select")
async def list_parents(
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("sys:menu:select")],
    audience: Console = Audience.PLATFORM,
) -> MenuTreeOut:
    """选择上级菜单: the tree without buttons, below which nothing stands."""
    rights = await service.list_menus(app, caller, audience)
    kept = {menu.menu_id for menu in rights.tree.by_id.values() if menu.type is not MenuType.BUTTON}
    return MenuTreeOut.of(rights, kept)


@router.put("/order", status_code=204)
async def order_menus(
    body: MenuOrder, app: SystemDep, caller: Annotated[StaffCaller, needs("sys:menu:update")]
) -> Response:
    """菜单排序: put the menus below one parent in a new order."""
    await service.order_menus(app.db, caller, body.audience, body.parent_id or TOP, body.menu_ids)
    return Response(status_code=204)


@router.get("/{menu_id}")
async def get_menu(
    menu_id: IdText, app: SystemDep, caller: Annotated[StaffCaller, needs("sys:menu:info")]
) -> MenuOut:
    """菜单信息."""
    return MenuOut.of(await service.get_menu(app, menu_id))


@router.post("", status_code=201)
async def create_menu(
    body: MenuCreate, app: SystemDep, caller: Annotated[StaffCaller, needs("sys:menu:save")]
) -> MenuOut:
    """新增菜单."""
    return MenuOut.of(await service.create_menu(app, caller, body.to_new_menu()))


@router.patch("/{menu_id}")
async def change_menu(
    menu_id: IdText,
    body: MenuPatch,
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("sys:menu:update")],
) -> MenuOut:
    """修改菜单: also moves it below another parent."""
    return MenuOut.of(await service.change_menu(app.db, caller, menu_id, body.changes()))


@router.delete("/{menu_id}", status_code=204)
async def delete_menu(
    menu_id: IdText, app: SystemDep, caller: Annotated[StaffCaller, needs("sys:menu:delete")]
) -> Response:
    """删除菜单."""
    await service.delete_menu(app.db, caller, menu_id)
    return Response(status_code=204)
