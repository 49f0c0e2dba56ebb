"""Who calls a console route, and whether they may: the cookie or the bearer token of a staff session."""

import json
from typing import Annotated, Any

from fastapi import Depends, Request

from wanpu.infra.http.access import names_caller, needs_permission
from wanpu.infra.http.bearer import find_bearer_token
from wanpu.infra.masking import mask_fields
from wanpu.kernel.errors import Forbidden, Unauthenticated
from wanpu.system.callers import Origin, StaffCaller
from wanpu.system.errors import CrossSiteWrite, PasswordChangeRequired
from wanpu.system.service.sessions import identify
from wanpu.system.services import SystemServices
from wanpu.system.states import Audience

COOKIE = "wanpu_console"
WRITE_HEADER = "x-wanpu-console"
UNATTENDED_HEADER = "x-wanpu-unattended"
"""`1` where a page asks by itself, with nobody at work: such a request does not keep its session alive."""
PARAMS_LENGTH = 5000
IP_LENGTH = 64
_READS = ("GET", "HEAD", "OPTIONS")


def system_services_of(request: Request) -> SystemServices:
    """The operations base of the application that answers this request."""
    services: SystemServices = request.app.state.system
    return services


SystemDep = Annotated[SystemServices, Depends(system_services_of)]


def token_of(request: Request) -> str:
    """The session token: the bearer's, else the cookie's.

    A cookie comes along with requests that other sites start, so a write that relies on it must carry
    `X-Wanpu-Console: 1`, which only our own pages can add.

    Raises:
        Unauthenticated: neither was sent.
        CrossSiteWrite: a write with the cookie alone.
    """
    if token := find_bearer_token(request):
        return token
    token = request.cookies.get(COOKIE, "")
    if not token:
        raise Unauthenticated
    if request.method not in _READS and request.headers.get(WRITE_HEADER) != "1":
        raise CrossSiteWrite
    return token


def origin_of(request: Request) -> Origin:
    """What the operation log keeps of this request."""
    body = getattr(request, "_json", None)
    params = json.dumps(mask_fields(body), ensure_ascii=False) if isinstance(body, dict) else ""
    return Origin(
        method=f"{request.method} {request.url.path}"[:200],
        ip=request.client.host[:IP_LENGTH] if request.client else "",
        user_agent=request.headers.get("user-agent", "")[:255],
        params=params[:PARAMS_LENGTH],
        request_id=str(request.scope.get("state", {}).get("request_id", "")),
    )


@names_caller("staff")
async def require_signed_in(request: Request, app: SystemDep) -> StaffCaller:
    """Any signed-in account, even one that must change its password first.

    Raises:
        Unauthenticated, TokenInvalid, TokenExpired, CrossSiteWrite: nobody is let in.
    """
    is_use = request.headers.get(UNATTENDED_HEADER) != "1"
    return await identify(app, token_of(request), origin_of(request), is_use=is_use)


SignedIn = Annotated[StaffCaller, Depends(require_signed_in)]


@names_caller("staff")
async def require_at_work(caller: SignedIn) -> StaffCaller:
    """Any signed-in account whose password is its own.

    Raises:
        PasswordChangeRequired: the first password still stands.
    """
    if caller.must_change_password:
        raise PasswordChangeRequired
    return caller


AtWork = Annotated[StaffCaller, Depends(require_at_work)]


def needs(permission: str, *, audience: Audience = Audience.PLATFORM) -> Any:
    """A dependency that lets in the accounts of one console that have a permission.

    Raises, when a request comes in:
        PasswordChangeRequired: the first password still stands.
        Forbidden: the account works in another console, or lacks the permission.
    """

    @names_caller("staff")
    @needs_permission(permission)
    async def require(request: Request, app: SystemDep) -> StaffCaller:
        caller = await require_at_work(await require_signed_in(request, app))
        if caller.audience is not audience or not caller.may(permission):
            raise Forbidden(details={"permission": permission})
        return caller

    return Depends(require)
