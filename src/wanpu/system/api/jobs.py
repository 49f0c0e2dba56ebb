"""Scheduled jobs (定时任务), their log, groups, holiday calendars and nodes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from wanpu.infra.http.fields import IdText, UtcTime
from wanpu.infra.http.json_body import StrictJsonRoute
from wanpu.infra.http.paging import sorted_by
from wanpu.infra.jobs.queries import JobFilter, JobLogFilter
from wanpu.infra.jobs.service import JobSpec
from wanpu.infra.jobs.services import JobServices
from wanpu.infra.jobs.states import JobStatus, LogStatus
from wanpu.infra.pages import PageAsk
from wanpu.system.api.identity import needs
from wanpu.system.api.schemas_jobs import (
    CalendarBody,
    CalendarList,
    CalendarOut,
    FiringList,
    FiringOut,
    GroupList,
    GroupOut,
    JobList,
    JobLogList,
    JobLogOut,
    JobOut,
    JobPreviewBody,
    JobPreviewOut,
    NodeList,
    NodeOut,
    RegisteredJobList,
    RegisteredJobOut,
)
from wanpu.system.callers import StaffCaller
from wanpu.system.service import jobs

router = APIRouter(prefix="/platform/v1", route_class=StrictJsonRoute, tags=["jobs"])

MayList = Annotated[StaffCaller, needs("sys:schedule:list")]
MayRead = Annotated[StaffCaller, needs("sys:schedule:info")]
MayAdd = Annotated[StaffCaller, needs("sys:schedule:save")]
MayChange = Annotated[StaffCaller, needs("sys:schedule:update")]
MayDelete = Annotated[StaffCaller, needs("sys:schedule:delete")]
MayPause = Annotated[StaffCaller, needs("sys:schedule:pause")]
MayResume = Annotated[StaffCaller, needs("sys:schedule:resume")]
MayRun = Annotated[StaffCaller, needs("sys:schedule:run")]
MayReadLog = Annotated[StaffCaller, needs("sys:schedule:log")]

Name = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
Text = Annotated[
    str | None, Query(min_length=1, max_length=200, description="A part of the name, or the whole group.")
]


def job_services_of(request: Request) -> JobServices:
    """The scheduler's services of the application that answers this request."""
    services: JobServices = request.app.state.jobs
    return services


JobsDep = Annotated[JobServices, Depends(job_services_of)]


@router.get("/jobs")
async def list_jobs(
    app: JobsDep,
    caller: MayList,
    ask: Annotated[PageAsk, sorted_by("bean_name", "next_fire_time", default="job_id")],
    name: Text = None,
    group: Text = None,
    status: Annotated[JobStatus | None, Query(description="0 fires, 1 is paused.")] = None,
) -> JobList:
    """任务列表; `name` may be a part of the registered name."""
    found, total = await jobs.list_jobs(app.db, JobFilter(name, group, status), ask)
    return JobList(items=[JobOut.of(job) for job in found], total=total)


@router.get("/jobs/registered")
async def list_registered_jobs(app: JobsDep, caller: MayList) -> RegisteredJobList:
    """可用任务: what a job may be; nothing else can be run."""
    return RegisteredJobList(items=[RegisteredJobOut.of(job) for _, job in sorted(app.registry.all.items())])


@router.get("/jobs/running")
async def list_running_jobs(app: JobsDep, caller: MayList) -> FiringList:
    """正在执行, with the node of each."""
    return FiringList(items=[FiringOut.of(firing) for firing in await jobs.list_firings(app.db)])


@router.get("/jobs/nodes")
async def list_nodes(app: JobsDep, caller: MayList) -> NodeList:
    """调度节点."""
    return NodeList(items=[NodeOut.of(node) for node in await jobs.list_scheduler_nodes(app.db)])


@router.post("/jobs/preview")
async def preview_job(body: JobPreviewBody, app: JobsDep, caller: MayRead) -> JobPreviewOut:
    """预览: the trigger in words and its next moments; nothing is written."""
    return JobPreviewOut.of(body.job, await jobs.preview(app, body.job, body.count))


@router.post("/jobs", status_code=201)
async def create_job(body: JobSpec, app: JobsDep, caller: MayAdd) -> JobOut:
    """新增任务."""
    return JobOut.of(await jobs.create_job(app, caller, body))


@router.get("/jobs/{job_id}")
async def get_job(job_id: IdText, app: JobsDep, caller: MayRead) -> JobOut:
    """任务详情."""
    return JobOut.of(await jobs.get_job(app.db, job_id))


@router.put("/jobs/{job_id}")
async def edit_job(job_id: IdText, body: JobSpec, app: JobsDep, caller: MayChange) -> JobOut:
    """修改任务: replaces all that is said about it."""
    return JobOut.of(await jobs.edit_job(app, caller, job_id, body))


@router.delete("/jobs/{job_id}", status_code=204)
async def delete_job(job_id: IdText, app: JobsDep, caller: MayDelete) -> Response:
    """删除任务; its log stays."""
    await jobs.delete_job(app, caller, job_id)
    return Response(status_code=204)


@router.post("/jobs/{job_id}/pause")
async def pause_job(job_id: IdText, app: JobsDep, caller: MayPause) -> JobOut:
    """暂停."""
    return JobOut.of(await jobs.pause_job(app, caller, job_id))


@router.post("/jobs/{job_id}/resume")
async def resume_job(job_id: IdText, app: JobsDep, caller: MayResume) -> JobOut:
    """恢复."""
    return JobOut.of(await jobs.resume_job(app, caller, job_id))


@router.post("/jobs/{job_id}/run", status_code=202)
async def run_job_now(job_id: IdText, app: JobsDep, caller: MayRun) -> FiringOut:
    """立即执行 once, beside the schedule."""
    return FiringOut.of(await jobs.run_job_now(app, caller, job_id))


@router.get("/job-groups")
async def list_groups(app: JobsDep, caller: MayList) -> GroupList:
    """任务组."""
    return GroupList(items=[GroupOut.of(group) for group in await jobs.list_job_groups(app.db)])


@router.post("/job-groups/{name}/pause", status_code=204)
async def pause_group(name: Name, app: JobsDep, caller: MayPause) -> Response:
    """暂停任务组: its present and future jobs rest."""
    await jobs.pause_group(app, caller, name)
    return Response(status_code=204)


@router.post("/job-groups/{name}/resume", status_code=204)
async def resume_group(name: Name, app: JobsDep, caller: MayResume) -> Response:
    """恢复任务组."""
    await jobs.resume_group(app, caller, name)
    return Response(status_code=204)


@router.get("/job-calendars")
async def list_calendars(app: JobsDep, caller: MayList) -> CalendarList:
    """节假日日历."""
    found = await jobs.list_holiday_calendars(app.db)
    return CalendarList(items=[CalendarOut.of(calendar) for calendar in found])


@router.put("/job-calendars/{name}", status_code=204)
async def save_calendar(name: Name, body: CalendarBody, app: JobsDep, caller: MayChange) -> Response:
    """保存节假日日历; the next moments of jobs that obey it are worked out again."""
    await jobs.save_calendar(app, caller, name, body.days, remark=body.remark)
    return Response(status_code=204)


@router.delete("/job-calendars/{name}", status_code=204)
async def delete_calendar(name: Name, app: JobsDep, caller: MayDelete) -> Response:
    """删除节假日日历 that no job obeys."""
    await jobs.delete_calendar(app, caller, name)
    return Response(status_code=204)


@router.get("/job-logs")
async def list_job_logs(
    app: JobsDep,
    caller: MayReadLog,
    ask: Annotated[PageAsk, sorted_by("times", default="log_id")],
    job_id: Annotated[IdText | None, Query(description="Of this job alone.")] = None,
    bean_name: Text = None,
    status: Annotated[LogStatus | None, Query(description="0 succeeded, 1 failed.")] = None,
    since: Annotated[UtcTime | None, Query(description="From this moment on.")] = None,
    until: Annotated[UtcTime | None, Query(description="Before this moment.")] = None,
) -> JobLogList:
    """任务日志: newest first."""
    wanted = JobLogFilter(job_id, bean_name, status, since, until)
    rows, total = await jobs.list_job_logs(app.db, wanted, ask)
    return JobLogList(items=[JobLogOut.of(row) for row in rows], total=total)


@router.get("/job-logs/{log_id}")
async def get_job_log(log_id: IdText, app: JobsDep, caller: MayReadLog) -> JobLogOut:
    """任务日志详情."""
    return JobLogOut.of(await jobs.get_job_log(app.db, log_id))
