"""The log of scheduled jobs as a file."""

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Select

from wanpu.infra.http.fields import IdText, UtcTime
from wanpu.infra.jobs.queries import JOB_LOG, LOG_SORTS, JobLogFilter, select_job_logs
from wanpu.infra.jobs.states import FiringCause, LogStatus
from wanpu.system.callers import StaffCaller
from wanpu.system.exports.csv_text import Words
from wanpu.system.exports.kinds import ExportColumn, ExportKind, Filters
from wanpu.system.states import Audience

_STATUSES = {LogStatus.SUCCESS: Words("成功", "Succeeded"), LogStatus.FAILED: Words("失败", "Failed")}
_CAUSES = {
    FiringCause.SCHEDULE: Words("按计划", "By schedule"),
    FiringCause.BY_HAND: Words("手动执行", "By hand"),
}


class JobLogFilters(Filters):
    """As `GET /platform/v1/job-logs` takes them."""

    job_id: IdText | None = None
    bean_name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    status: LogStatus | None = None
    since: UtcTime | None = None
    until: UtcTime | None = None


def _runs(_caller: StaffCaller, wanted: JobLogFilters) -> Select[Any]:
    return select_job_logs(JobLogFilter(**dict(wanted)))


JOB_LOGS = ExportKind(
    name="job_log",
    title=Words("任务日志", "Job log"),
    audience=Audience.PLATFORM,
    permission="sys:schedule:log",
    filters=JobLogFilters,
    rows=_runs,
    sorts={"log_id": JOB_LOG.c.log_id},
    page_sorts=LOG_SORTS,
    default_sort="log_id",
    last=JOB_LOG.c.log_id,
    columns=(
        ExportColumn(Words("日志号", "Number"), lambda row: str(row.log_id)),
        ExportColumn(Words("任务号", "Job number"), lambda row: str(row.job_id)),
        ExportColumn(Words("任务", "Job"), lambda row: row.bean_name),
        ExportColumn(Words("结果", "Result"), lambda row: _STATUSES[row.status]),
        ExportColumn(Words("开始时间", "Started"), lambda row: row.created_at),
        ExportColumn(Words("计划时间", "Planned for"), lambda row: row.fire_time),
        ExportColumn(Words("耗时（毫秒）", "Took (ms)"), lambda row: row.times),
        ExportColumn(Words("第几次", "Try"), lambda row: row.attempt),
        ExportColumn(Words("起因", "Cause"), lambda row: _CAUSES[row.cause]),
        ExportColumn(Words("节点", "Node"), lambda row: row.node),
        ExportColumn(Words("参数", "Parameters"), lambda row: row.params),
        ExportColumn(Words("错误信息", "Error"), lambda row: row.error),
    ),
)
