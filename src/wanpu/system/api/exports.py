"""Exports (导出) of whoever is signed in: each asks for the lists of their own console, and sees their own.

The permission is that of the list, so the use cases ask for it.
"""

from datetime import timedelta

from fastapi import APIRouter, Request, Response

from wanpu.infra.http.errors import language_of
from wanpu.infra.http.fields import IdText
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.system.api.identity import AtWork, SystemDep
from wanpu.system.api.schemas_exports import ExportCreate, ExportLinkOut, ExportList, ExportOut
from wanpu.system.models import ListExport
from wanpu.system.service import exports
from wanpu.system.services import SystemServices

router = APIRouter(prefix="/console/v1/exports", route_class=StrictJsonRoute, tags=["exports"])


@router.post("", status_code=202)
async def create_export(body: ExportCreate, request: Request, app: SystemDep, caller: AtWork) -> ExportOut:
    """导出列表: it is written in the background. The same again while it goes on gives the same export."""
    ask = body.to_start(language_of(request.scope))
    return _shown(app, await exports.start_export(app, caller, ask))


@router.get("")
async def list_exports(app: SystemDep, caller: AtWork) -> ExportList:
    """我的导出: newest first."""
    found = await exports.list_exports(app.db, caller)
    return ExportList(items=[_shown(app, one) for one in found])


@router.get("/{export_id}")
async def get_export(export_id: IdText, app: SystemDep, caller: AtWork) -> ExportOut:
    """导出进度."""
    return _shown(app, await exports.get_export(app.db, caller, export_id))


@router.get("/{export_id}/link")
async def get_export_link(export_id: IdText, app: SystemDep, caller: AtWork) -> ExportLinkOut:
    """下载地址: opens the file for ten minutes."""
    link = await exports.link_to_file(app, caller, export_id)
    return ExportLinkOut(url=link.url, expires_at=link.expires_at)


@router.post("/{export_id}/cancel")
async def cancel_export(export_id: IdText, app: SystemDep, caller: AtWork) -> ExportOut:
    """取消导出: nothing of it is kept."""
    return _shown(app, await exports.cancel_export(app.db, caller, export_id))


@router.delete("/{export_id}", status_code=204)
async def delete_export(export_id: IdText, app: SystemDep, caller: AtWork) -> Response:
    """删除导出 that is over, with its file."""
    await exports.delete_export(app.db, caller, export_id)
    return Response(status_code=204)


def _shown(app: SystemServices, found: ListExport) -> ExportOut:
    return ExportOut.of(found, app.exports, timedelta(days=app.settings.export_days))
