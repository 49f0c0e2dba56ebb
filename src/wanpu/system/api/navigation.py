"""What a console shows whoever has signed in."""

from fastapi import APIRouter

from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.system.api.identity import AtWork, SystemDep
from wanpu.system.api.schemas_menus import NavOut
from wanpu.system.service import navigation as service

router = APIRouter(prefix="/console/v1", route_class=StrictJsonRoute, tags=["console"])


@router.get("/nav")
async def get_nav(app: SystemDep, caller: AtWork) -> NavOut:
    """导航: the caller's menus as a tree, and its permissions."""
    return NavOut.of(await service.get_navigation(app, caller))
