"""管理员列表 in the platform's console, and the accounts of merchants that operators open."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from wanpu.infra.http.fields import IdText, Mobile
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.infra.http.paging import sorted_by
from wanpu.infra.pages import PageAsk
from wanpu.system.api.identity import SystemDep, needs
from wanpu.system.api.schemas_staff import (
    MerchantStaffCreate,
    StaffCreate,
    StaffInfoOut,
    StaffList,
    StaffPassword,
    StaffPatch,
)
from wanpu.system.callers import StaffCaller
from wanpu.system.queries.staff_accounts import StaffFilter
from wanpu.system.service import staff_accounts as service
from wanpu.system.states import StaffStatus

router = APIRouter(prefix="/platform/v1", route_class=StrictJsonRoute, tags=["staff"])

NamePart = Annotated[str | None, Query(max_length=50, description="A part of the name.")]
WithMobile = Annotated[Mobile | None, Query(description="The whole mobile number.")]
WithStatus = Annotated[StaffStatus | None, Query(description="0 禁用, 1 正常.")]
WithRole = Annotated[IdText | None, Query(description="The id of a role that the account has.")]
OfMerchant = Annotated[IdText | None, Query(description="The id of the merchant that it works for.")]
Asked = Annotated[
    PageAsk, sorted_by("created_at", "username", "status", "last_login_at", default="created_at")
]

MayUpdate = Annotated[StaffCaller, needs("sys:user:update")]


@router.get("/staff")
async def list_staff(
    app: SystemDep,
    caller: Annotated[StaffCaller, needs("sys:user:list")],
    ask: Asked,
    username: NamePart = None,
    mobile: WithMobile = None,
    status: WithStatus = None,
    role_id: WithRole = None,
    merchant_id: OfMerchant = None,
) -> StaffList:
    """管理员列表: all for the super administrator, own creations for everybody else."""
    wanted = StaffFilter(username, mobile, status, role_id, merchant_id)
    return StaffList.of(await service.list_staff(app.db, caller, wanted, ask), app.clock.now())


@router.get("/staff/{user_id}")
async def get_staff(
    user_id: IdText, app: SystemDep, caller: Annotated[StaffCaller, needs("sys:user:info")]
) -> StaffInfoOut:
    """管理员信息, with its roles."""
    return StaffInfoOut.of(await service.get_staff(app.db, caller, user_id), app.clock.now())


@router.post("/staff", status_code=201)
async def create_staff(
    body: StaffCreate, app: SystemDep, caller: Annotated[StaffCaller, needs("sys:user:save")]
) -> StaffInfoOut:
    """新增管理员."""
    return StaffInfoOut.of(await service.open_account(app, caller, body.to_new_staff()), app.clock.now())


@router.post("/merchants/{merchant_id}/staff", status_code=201)
async def create_merchant_staff(
    merchant_id: IdText,
    body: MerchantStaffCreate,
    app: SystemDep,
    caller: Annotated[StaffCaller, needs(service.MANAGES_MERCHANTS)],
) -> StaffInfoOut:
    """新增商家账号: a merchant's first account, which may do everything for it."""
    opened = await service.open_merchant_account(app, caller, merchant_id, body.to_new_staff())
    return StaffInfoOut.of(opened, app.clock.now())


@router.patch("/staff/{user_id}")
async def change_staff(user_id: IdText, body: StaffPatch, app: SystemDep, caller: MayUpdate) -> StaffInfoOut:
    """修改管理员: other addresses to sign in from end its sessions, other roles count at once."""
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
    user_id: IdText, app: SystemDep, caller: Annotated[StaffCaller, needs("sys:user:delete")]
) -> Response:
    """删除管理员."""
    await service.delete_staff(app.db, caller, user_id)
    return Response(status_code=204)
