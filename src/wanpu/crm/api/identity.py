"""Who is calling: the member behind a bearer token."""

from typing import Annotated

from fastapi import Depends, Request

from wanpu.crm.service.sessions import Caller, identify
from wanpu.infra.http.access import names_caller
from wanpu.infra.http.app_services import ServicesDep
from wanpu.infra.http.bearer import bearer_token
from wanpu.infra.services import Services


async def member_of(request: Request, services: Services) -> Caller:
    """The member behind a request, for routes without dependencies.

    Raises:
        Unauthenticated: no token was sent.
        TokenInvalid, TokenExpired: it does not let anybody in.
    """
    return await identify(services, bearer_token(request))


@names_caller("member")
async def require_member(request: Request, services: ServicesDep) -> Caller:
    """The member behind a request, as a dependency."""
    return await member_of(request, services)


MemberDep = Annotated[Caller, Depends(require_member)]
