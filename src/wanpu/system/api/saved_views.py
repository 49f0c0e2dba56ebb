"""Saved views (保存的视图) of whoever is signed in."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from wanpu.infra.http.fields import IdText
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.system.api.identity import AtWork, SystemDep
from wanpu.system.api.schemas_saved_views import ListName, SavedViewCreate, SavedViewList, SavedViewOut
from wanpu.system.service import saved_views

router = APIRouter(prefix="/console/v1/saved-views", route_class=StrictJsonRoute, tags=["saved views"])

OfList = Annotated[ListName, Query(description="The list's name in the console.")]


@router.get("")
async def list_saved_views(app: SystemDep, caller: AtWork, list_name: OfList) -> SavedViewList:
    """我的视图 of one list."""
    found = await saved_views.list_views(app.db, caller, list_name)
    return SavedViewList(items=[SavedViewOut.of(view) for view in found])


@router.post("", status_code=201)
async def create_saved_view(body: SavedViewCreate, app: SystemDep, caller: AtWork) -> SavedViewOut:
    """保存视图."""
    return SavedViewOut.of(await saved_views.save_view(app, caller, body.list_name, body.title, body.query))


@router.delete("/{view_id}", status_code=204)
async def delete_saved_view(view_id: IdText, app: SystemDep, caller: AtWork) -> Response:
    """删除视图."""
    await saved_views.delete_view(app.db, caller, view_id)
    return Response(status_code=204)
