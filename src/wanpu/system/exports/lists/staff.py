"""Staff accounts as files: an operator's, and a merchant's own people. Contacts are masked as in the list."""

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Select

from wanpu.infra.http.fields import IdText, Mobile
from wanpu.kernel.contacts import mask_email, mask_mobile
from wanpu.system.callers import StaffCaller
from wanpu.system.exports.csv_text import Words
from wanpu.system.exports.kinds import ExportColumn, ExportKind, Filters
from wanpu.system.queries.staff_accounts import SORTS, STAFF, StaffFilter, select_staff
from wanpu.system.scopes import Scope
from wanpu.system.states import Audience, StaffStatus

_STATUSES = {
    StaffStatus.DISABLED: Words("禁用", "Disabled"),
    StaffStatus.NORMAL: Words("正常", "Normal"),
}


class OwnStaffFilters(Filters):
    """As `GET /merchant/v1/staff` takes them."""

    username: Annotated[str | None, Field(max_length=50)] = None
    mobile: Mobile | None = None
    status: StaffStatus | None = None
    role_id: IdText | None = None


class StaffFilters(OwnStaffFilters):
    """As `GET /platform/v1/staff` takes them."""

    merchant_id: IdText | None = None


def _staff(caller: StaffCaller, wanted: OwnStaffFilters) -> Select[Any]:
    return select_staff(Scope.of(caller), StaffFilter(**dict(wanted)))


_COLUMNS = (
    ExportColumn(Words("编号", "Number"), lambda row: str(row.Staff.user_id)),
    ExportColumn(Words("用户名", "User name"), lambda row: row.Staff.username),
    ExportColumn(Words("邮箱", "E-mail"), lambda row: row.Staff.email and mask_email(row.Staff.email)),
    ExportColumn(Words("手机号", "Mobile"), lambda row: row.Staff.mobile and mask_mobile(row.Staff.mobile)),
    ExportColumn(Words("状态", "Status"), lambda row: _STATUSES[row.Staff.status]),
    ExportColumn(Words("二次验证", "Second factor"), lambda row: row.Staff.totp_enabled_at is not None),
    ExportColumn(Words("最后登录", "Last sign-in"), lambda row: row.Staff.last_login_at),
    ExportColumn(Words("创建时间", "Created"), lambda row: row.Staff.created_at),
)

PLATFORM_STAFF = ExportKind(
    name="staff",
    title=Words("管理员", "Staff"),
    audience=Audience.PLATFORM,
    permission="sys:user:list",
    filters=StaffFilters,
    rows=_staff,
    sorts=SORTS,
    default_sort="created_at",
    last=STAFF.c.user_id,
    columns=(
        *_COLUMNS,
        ExportColumn(
            Words("商家", "Merchant"),
            lambda row: None if row.Staff.merchant_id is None else str(row.Staff.merchant_id),
        ),
    ),
)

MERCHANT_STAFF = ExportKind(
    name="merchant_staff",
    title=Words("员工", "Staff"),
    audience=Audience.MERCHANT,
    permission="merchant:staff:list",
    filters=OwnStaffFilters,
    rows=_staff,
    sorts=SORTS,
    default_sort="created_at",
    last=STAFF.c.user_id,
    columns=_COLUMNS,
)
