"""The account centre (账号中心): the caller's own account, what protects it, and its sessions."""

from fastapi import APIRouter, Response

from wanpu.infra.http.fields import IdText
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.system.api.identity import SignedIn, SystemDep
from wanpu.system.api.schemas_sign_in import (
    AllowedIpsBody,
    MeOut,
    MePatch,
    OwnSessionList,
    OwnSessionOut,
)
from wanpu.system.callers import StaffCaller
from wanpu.system.service import account, sessions
from wanpu.system.services import SystemServices

router = APIRouter(prefix="/console/v1/me", route_class=StrictJsonRoute, tags=["account centre"])


@router.get("")
async def get_me(app: SystemDep, caller: SignedIn) -> MeOut:
    """我的账号, with what protects it: second factor, last sign-ins, allowed addresses."""
    return await _shown(app, caller)


@router.patch("")
async def change_me(body: MePatch, app: SystemDep, caller: SignedIn) -> MeOut:
    """修改资料: e-mail address and mobile number."""
    await account.change_own_account(app.db, caller, body.changes())
    return await _shown(app, caller)


@router.put("/allowed-ips")
async def set_allowed_ips(body: AllowedIpsBody, app: SystemDep, caller: SignedIn) -> MeOut:
    """允许登录的地址: addresses and networks, which must hold the caller's own."""
    await account.set_allowed_addresses(app, caller, body.password, body.allowed_ips)
    return await _shown(app, caller)


@router.get("/sessions")
async def list_own_sessions(app: SystemDep, caller: SignedIn) -> OwnSessionList:
    """我的会话: the last used first."""
    found = await sessions.list_own_sessions(app, caller)
    items = [OwnSessionOut.of(token, is_current=token.token_id == caller.token_id) for token in found]
    return OwnSessionList(items=items)


@router.delete("/sessions/{token_id}", status_code=204)
async def end_own_session(token_id: IdText, app: SystemDep, caller: SignedIn) -> Response:
    """结束一个会话."""
    await sessions.end_own_session(app.db, caller, token_id)
    return Response(status_code=204)


async def _shown(app: SystemServices, caller: StaffCaller) -> MeOut:
    own = await account.get_own_account(app, caller)
    return MeOut.of(own, audience=caller.audience, is_super=caller.is_super)
