"""The operation log and the login log as files."""

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Select

from wanpu.infra.http.fields import UtcTime
from wanpu.system.callers import StaffCaller
from wanpu.system.exports.csv_text import Words
from wanpu.system.exports.kinds import ExportColumn, ExportKind, Filters
from wanpu.system.queries import logs, sign_in
from wanpu.system.states import Audience, LoginEvent

Text = Annotated[str, Field(min_length=1, max_length=128)]
ShortText = Annotated[str, Field(min_length=1, max_length=64)]

_EVENTS = {
    LoginEvent.SIGNED_IN: Words("登录", "Signed in"),
    LoginEvent.REFUSED: Words("被拒绝", "Refused"),
    LoginEvent.SIGNED_OUT: Words("退出", "Signed out"),
    LoginEvent.KICKED: Words("强制下线", "Ended by an operator"),
    LoginEvent.PASSWORD_CHANGED: Words("修改密码", "Password changed"),
}


class OperationFilters(Filters):
    """As `GET /platform/v1/logs` takes them."""

    username: Text | None = None
    operation: Text | None = None
    subject: Text | None = None
    ip: Text | None = None
    request_id: Text | None = None
    since: UtcTime | None = None
    until: UtcTime | None = None


class LoginFilters(Filters):
    """As `GET /platform/v1/login-logs` takes them."""

    username: ShortText | None = None
    event: LoginEvent | None = None
    ip: ShortText | None = None
    since: UtcTime | None = None
    until: UtcTime | None = None


def _operations(_caller: StaffCaller, wanted: OperationFilters) -> Select[Any]:
    return logs.select_operations(logs.LogFilter(**dict(wanted)))


def _logins(_caller: StaffCaller, wanted: LoginFilters) -> Select[Any]:
    return sign_in.select_login_logs(sign_in.LoginLogFilter(**dict(wanted)))


OPERATION_LOGS = ExportKind(
    name="operation_log",
    title=Words("系统日志", "System log"),
    audience=Audience.PLATFORM,
    permission="sys:log:list",
    filters=OperationFilters,
    rows=_operations,
    sorts={"created_at": logs.LOG.c.created_at},
    page_sorts=logs.LOG_SORTS,
    default_sort="created_at",
    last=logs.LOG.c.id,
    columns=(
        ExportColumn(Words("日志号", "Number"), lambda row: str(row.id)),
        ExportColumn(Words("时间", "Time"), lambda row: row.created_at),
        ExportColumn(Words("账号", "Account"), lambda row: row.username),
        ExportColumn(Words("商家", "Merchant"), lambda row: _id_text(row.merchant_id)),
        ExportColumn(Words("操作", "Operation"), lambda row: row.operation),
        ExportColumn(Words("对象", "Subject"), lambda row: row.subject),
        ExportColumn(Words("请求", "Request line"), lambda row: row.method),
        ExportColumn(Words("请求内容", "Request body"), lambda row: row.params),
        ExportColumn(Words("耗时（毫秒）", "Took (ms)"), lambda row: row.time),
        ExportColumn(Words("IP 地址", "IP address"), lambda row: row.ip),
        ExportColumn(Words("请求号", "Request"), lambda row: row.request_id),
        ExportColumn(Words("封条", "Seal"), lambda row: row.seal_no),
    ),
)

LOGIN_LOGS = ExportKind(
    name="login_log",
    title=Words("登录日志", "Login log"),
    audience=Audience.PLATFORM,
    permission="sys:loginlog:list",
    filters=LoginFilters,
    rows=_logins,
    sorts={"created_at": sign_in.LOG.c.created_at},
    page_sorts=sign_in.LOG_SORTS,
    default_sort="created_at",
    last=sign_in.LOG.c.id,
    columns=(
        ExportColumn(Words("时间", "Time"), lambda row: row.created_at),
        ExportColumn(Words("账号", "Account"), lambda row: row.username),
        ExportColumn(Words("商家", "Merchant"), lambda row: _id_text(row.merchant_id)),
        ExportColumn(Words("事件", "Event"), lambda row: _EVENTS[row.event]),
        ExportColumn(Words("成功", "Succeeded"), lambda row: bool(row.is_success)),
        ExportColumn(Words("原因", "Reason"), lambda row: row.reason),
        ExportColumn(Words("IP 地址", "IP address"), lambda row: row.ip),
        ExportColumn(Words("设备", "Device"), lambda row: row.user_agent),
    ),
)


def _id_text(number: int | None) -> str | None:
    return None if number is None else str(number)
