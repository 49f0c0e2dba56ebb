"""Shoppers' routes of the CRM room: registration, sessions, the member's own data, shops."""

from fastapi import APIRouter, Request, Response

from wanpu.crm.api.identity import MemberDep
from wanpu.crm.api.schemas import (
    AddressBody,
    AddressList,
    AddressOut,
    AddressPatch,
    LoginBody,
    MemberOut,
    MemberPatch,
    MerchantOut,
    RegisterBody,
    SignedInOut,
)
from wanpu.crm.service import addresses, members, merchants, sessions
from wanpu.infra.http.access import public
from wanpu.infra.http.app_services import ServicesDep
from wanpu.infra.http.bearer import bearer_token
from wanpu.infra.http.fields import IdText
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.system import SystemDep

router = APIRouter(prefix="/store/v1", route_class=StrictJsonRoute)


@router.post("/auth/register", status_code=201, tags=["members"])
@public
async def register(body: RegisterBody, services: ServicesDep) -> SignedInOut:
    """会员注册, signed in at once."""
    return SignedInOut.of(await members.register_member(services, body.to_new_member()))


@router.post("/auth/login", tags=["members"])
@public
async def login(body: LoginBody, request: Request, services: ServicesDep) -> SignedInOut:
    """会员登录 by username or mobile number."""
    client_ip = request.client.host if request.client else ""
    return SignedInOut.of(await sessions.sign_in(services, body.account, body.password, client_ip=client_ip))


@router.post("/auth/logout", status_code=204, tags=["members"])
async def logout(request: Request, services: ServicesDep, caller: MemberDep) -> Response:
    """退出登录: the token of this request is of no use afterwards."""
    await sessions.sign_out(services, bearer_token(request))
    return Response(status_code=204)


@router.get("/me", tags=["members"])
async def get_me(services: ServicesDep, caller: MemberDep) -> MemberOut:
    """我的资料."""
    return MemberOut.of(await members.get_member(services, caller.member_id))


@router.patch("/me", tags=["members"])
async def change_me(body: MemberPatch, app: SystemDep, caller: MemberDep) -> MemberOut:
    """修改资料: nickname, email, photo (a file of this mall)."""
    return MemberOut.of(await members.change_member(app, caller.member_id, body.changes()))


@router.get("/addresses", tags=["addresses"])
async def list_addresses(services: ServicesDep, caller: MemberDep) -> AddressList:
    """收货地址列表: the default first, then the newest."""
    found = await addresses.list_addresses(services, caller.member_id)
    return AddressList(items=[AddressOut.of(address) for address in found])


@router.post("/addresses", status_code=201, tags=["addresses"])
async def add_address(body: AddressBody, services: ServicesDep, caller: MemberDep) -> AddressOut:
    """新增收货地址: the first one becomes the default."""
    return AddressOut.of(
        await addresses.add_address(
            services, caller.member_id, body.to_new_address(), is_default=body.is_default
        )
    )


@router.get("/addresses/{address_id}", tags=["addresses"])
async def get_address(address_id: IdText, services: ServicesDep, caller: MemberDep) -> AddressOut:
    """收货地址详情."""
    return AddressOut.of(await addresses.get_address(services, caller.member_id, address_id))


@router.patch("/addresses/{address_id}", tags=["addresses"])
async def change_address(
    address_id: IdText, body: AddressPatch, services: ServicesDep, caller: MemberDep
) -> AddressOut:
    """修改收货地址."""
    return AddressOut.of(
        await addresses.change_address(
            services.db, caller.member_id, address_id, body.changes(), is_default=body.wants_default()
        )
    )


@router.delete("/addresses/{address_id}", status_code=204, tags=["addresses"])
async def delete_address(address_id: IdText, services: ServicesDep, caller: MemberDep) -> Response:
    """删除收货地址: after the default one, the newest of the others becomes it."""
    await addresses.delete_address(services.db, caller.member_id, address_id)
    return Response(status_code=204)


@router.get("/merchants/{merchant_id}", tags=["merchants"])
@public
async def get_merchant(merchant_id: IdText, services: ServicesDep) -> MerchantOut:
    """店铺主页."""
    return MerchantOut.of(await merchants.get_open_merchant(services, merchant_id))
