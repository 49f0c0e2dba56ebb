"""员工 in the merchants' console: a merchant's people, and nobody else's."""

from typing import Annotated

from fastapi import APIRouter, Response

from wanpu.infra.http.fields import IdText
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.system.api.identity import SystemDep, needs
from wanpu.system.api.schemas_staff import (
    StaffCreate,
    StaffInfoOut,
    StaffList,
    StaffPassword,
    StaffPatch,
)
from wanpu.system.api.staff import Asked, NamePart, WithMobile, WithRole, WithStatus
from wanpu.system.callers import StaffCaller
from wanpu.system.queries.staff_accounts import StaffFilter
from wanpu.system.service import staff_accounts as service
from wanpu.system.states import Audience, StaffStatus

router = APIRouter(prefix="/merchant/v1", route_class=StrictJsonRoute, tags=["merchant staff"])

MayUpdate = Annotated[StaffCaller, needs("merchant:staff:update", audience=Audience.MERCHANT)]


@router.get("/staff")
async def list_staff(
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("merchant:staff:list", audience=Audience.MERCHANT)],
    ask: Asked,
    username: NamePart = None,
    mobile: WithMobile = None,
    status: WithStatus = None,
    role_id: WithRole = None,
) -> StaffList:
    """员工列表: everybody of the caller's merchant."""
    wanted = StaffFilter(username, mobile, status, role_id)
    return StaffList.of(await service.list_staff(app.db, caller, wanted, ask), app.clock.now())


@router.get("/staff/{user_id}")
async def get_staff(
    user_id: IdText,
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("merchant:staff:info", audience=Audience.MERCHANT)],
) -> StaffInfoOut:
    """员工信息, with its roles."""
    return StaffInfoOut.of(await service.get_staff(app.db, caller, user_id), app.clock.now())


@router.post("/staff", status_code=201)
async def create_staff(
    body: StaffCreate,
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("merchant:staff:save", audience=Audience.MERCHANT)],
) -> StaffInfoOut:
    """新增员工."""
    return StaffInfoOut.of(await service.open_account(app, caller, body.to_new_staff()), app.clock.now())


@router.patch("/staff/{user_id}")
async def change_staff(user_id: IdText, body: StaffPatch, app: SystemDep, caller: MayUpdate) -> StaffInfoOut:
    """修改员工: other addresses to sign in from end its sessions, other roles count at once."""
    changed = await service.change_staff(app.db, caller, user_id, body.changes(), body.role_ids)
    return StaffInfoOut.of(changed, app.clock.now())


@router.post("/staff/{user_id}/password", status_code=204)
async def reset_password(user_id: IdText, body: StaffPassword, app: SystemDep, caller: MayUpdate) -> Response:
    """重置密码: its sessions end, and it must change the password at once."""
    await service.reset_password(app, caller, user_id, body.password)
    return Response(status_code=204)


@router.delete("/staff/{user_id}/second-factor", status_code=204)
async def drop_second_factor(user_id: IdText, app: SystemDep, caller: MayUpdate) -> Response:
    """解除二次验证: for an owner who has lost the telephone; its sessions end."""
    await service.drop_second_factor(app.db, caller, user_id)
    return Response(status_code=204)


@router.post("/staff/{user_id}/disable", status_code=204)
async def disable_staff(user_id: IdText, app: SystemDep, caller: MayUpdate) -> Response:
    """禁用: its sessions end at once."""
    await service.set_status(app.db, caller, user_id, StaffStatus.DISABLED)
    return Response(status_code=204)


@router.post("/staff/{user_id}/enable", status_code=204)
async def enable_staff(user_id: IdText, app: SystemDep, caller: MayUpdate) -> Response:
    """启用: also unlocks it."""
    await service.set_status(app.db, caller, user_id, StaffStatus.NORMAL)
    return Response(status_code=204)


@router.delete("/staff/{user_id}", status_code=204)
async def delete_staff(
    user_id: IdText,
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("merchant:staff:delete", audience=Audience.MERCHANT)],
) -> Response:
    """删除员工."""
    await service.delete_staff(app.db, caller, user_id)
    return Response(status_code=204)
