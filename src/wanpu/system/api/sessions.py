"""Who is signed in to the consoles, and who came in or did not, as operators see it."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from wanpu.infra.http.fields import IdText, UtcTime, WholeNumber
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.infra.http.paging import sorted_by
from wanpu.infra.pages import PageAsk
from wanpu.system.api.identity import SystemDep, needs
from wanpu.system.api.schemas_sign_in import (
    LoginDayOut,
    LoginLogList,
    LoginLogOut,
    LoginSummaryOut,
    SessionList,
    SessionOut,
)
from wanpu.system.callers import StaffCaller
from wanpu.system.queries.sessions import SessionFilter
from wanpu.system.queries.sign_in import LoginLogFilter
from wanpu.system.service import login_log, sessions
from wanpu.system.states import LoginEvent

router = APIRouter(prefix="/platform/v1", route_class=StrictJsonRoute, tags=["sessions"])

MayList = Annotated[StaffCaller, needs("sys:session:list")]
MayKick = Annotated[StaffCaller, needs("sys:session:kick")]
MayReadLog = Annotated[StaffCaller, needs("sys:loginlog:list")]

MAX_SUMMARY_DAYS = 31

Text = Annotated[str | None, Query(min_length=1, max_length=64, description="Exactly this text.")]
Time = Annotated[UtcTime | None, Query(description="ISO 8601 with a zone.")]


@router.get("/sessions")
async def list_sessions(
    app: SystemDep,
    caller: MayList,
    ask: Annotated[PageAsk, sorted_by("created_at", "username", default="last_seen_at")],
    username: Text = None,
    ip: Text = None,
) -> SessionList:
    """在线会话 of the accounts that the caller looks after: the last used first."""
    rows, total = await sessions.list_online(app, caller, SessionFilter(username, ip), ask)
    return SessionList(items=[SessionOut.of(row) for row in rows], total=total)


@router.delete("/sessions/{token_id}", status_code=204)
async def kick(token_id: IdText, app: SystemDep, caller: MayKick) -> Response:
    """强制下线: the session's token is dead afterwards, on every node."""
    await sessions.kick(app.db, caller, token_id)
    return Response(status_code=204)


@router.get("/login-logs")
async def list_login_logs(
    app: SystemDep,
    caller: MayReadLog,
    ask: Annotated[PageAsk, sorted_by("username", "ip", default="created_at")],
    username: Text = None,
    event: Annotated[LoginEvent | None, Query(description="What happened.")] = None,
    ip: Text = None,
    since: Time = None,
    until: Time = None,
) -> LoginLogList:
    """登录日志: newest first. `until` itself is left out."""
    wanted = LoginLogFilter(username, event, ip, since, until)
    rows, total = await login_log.list_login_logs(app.db, wanted, ask)
    return LoginLogList(items=[LoginLogOut.of(row) for row in rows], total=total)


@router.get("/login-logs/summary")
async def summarize_login_logs(
    app: SystemDep,
    caller: MayReadLog,
    days: Annotated[
        WholeNumber,
        Query(ge=1, le=MAX_SUMMARY_DAYS, description="How many days in Asia/Shanghai, with today."),
    ] = 7,
) -> LoginSummaryOut:
    """登录统计: how often people signed in and were refused, and why, on each of the last days."""
    summary = await login_log.summarize_logins(app, days)
    return LoginSummaryOut(days=[LoginDayOut.of(day) for day in summary])
