"""Secrets of settings (密钥) as operators work with them: no route ever gives one back."""

from typing import Annotated

from fastapi import APIRouter, Response

from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.system.api.identity import SystemDep, needs
from wanpu.system.api.schemas_configs import SecretChange, SecretChangeOut, SecretList, SecretOut
from wanpu.system.callers import StaffCaller
from wanpu.system.config_keys import APPROVALS
from wanpu.system.service import secrets
from wanpu.system.service.approvals import ApprovalRequest, request_approval

router = APIRouter(prefix="/platform/v1", route_class=StrictJsonRoute, tags=["secrets"])

MayList = Annotated[StaffCaller, needs("sys:secret:list")]
MayChange = Annotated[StaffCaller, needs("sys:secret:update")]


@router.get("/secrets")
async def list_secrets(app: SystemDep, caller: MayList) -> SecretList:
    """密钥列表: which are set, by whom and when."""
    states = await secrets.list_secrets(app)
    return SecretList(items=[SecretOut.of(state) for state in states])


@router.put("/secrets/{name:path}", responses={202: {"model": SecretChangeOut}})
async def change_secret(
    name: str, body: SecretChange, app: SystemDep, caller: MayChange, response: Response
) -> SecretChangeOut:
    """修改密钥: every node uses it within a second; 202 where the approval policy asks for four eyes."""
    new = secrets.seal_secret(app, name, body.secret)
    if (await app.configs.value(APPROVALS)).secret_change:
        ask = ApprovalRequest(
            secrets.CHANGE_ACTION,
            f"secret:{name}",
            params={"name": new.name, "sealed": new.sealed},
            shown={"name": new.name},
            reason=body.reason,
        )
        approval_id = await request_approval(app, caller, ask)
        response.status_code = 202
        return SecretChangeOut(name=name, status="waiting", approval_id=approval_id)
    await secrets.change_secret(app, caller, new)
    return SecretChangeOut(name=name, status="changed", approval_id=None)


@router.delete("/secrets/{name:path}", status_code=204)
async def delete_secret(name: str, app: SystemDep, caller: MayChange) -> Response:
    """删除密钥."""
    await secrets.delete_secret(app, caller, name)
    return Response(status_code=204)
