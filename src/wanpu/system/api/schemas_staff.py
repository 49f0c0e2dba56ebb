"""What the consoles say and hear about staff accounts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field

from wanpu.infra.http.fields import Body, Email, IdText, Mobile, Out, PageOut, UtcTime
from wanpu.kernel.contacts import mask_email, mask_mobile
from wanpu.system.api.schemas_roles import RoleChoiceOut
from wanpu.system.api.schemas_sign_in import Network, Password
from wanpu.system.models import Staff
from wanpu.system.rules.sign_in import MAX_ALLOWED_IPS
from wanpu.system.service.staff_accounts import NewStaff, StaffWithRoles

MAX_ROLES = 100


Username = Annotated[
    str, Field(min_length=2, max_length=50, pattern=r"^[A-Za-z0-9_.-]+$", examples=["li.lei"])
]
AllowedIps = Annotated[list[Network], Field(max_length=MAX_ALLOWED_IPS)]
RoleIds = Annotated[list[IdText], Field(max_length=MAX_ROLES)]


class StaffOut(Out):
    """An account in a list; e-mail and mobile number are masked. `status`: 0 禁用, 1 正常."""

    user_id: IdText
    username: str
    email: str | None
    mobile: str | None
    status: int
    merchant_id: IdText | None
    create_user_id: IdText | None
    must_change_password: bool
    has_second_factor: bool
    locked_until: UtcTime | None
    last_login_at: UtcTime | None
    created_at: UtcTime

    @classmethod
    def masked(cls, staff: Staff, now: datetime) -> Self:
        """What everybody who may list accounts sees of one."""
        columns = _columns_of(staff, now)
        columns["email"] = staff.email and mask_email(staff.email)
        columns["mobile"] = staff.mobile and mask_mobile(staff.mobile)
        return cls(**columns)


class StaffList(PageOut[StaffOut]):
    """One page of accounts."""

    @classmethod
    def of(cls, found: tuple[Iterable[Staff], int], now: datetime) -> Self:
        return cls(items=[StaffOut.masked(staff, now) for staff in found[0]], total=found[1])


class StaffInfoOut(StaffOut):
    """An account by itself, with its roles and the addresses that it may sign in from (none: all)."""

    roles: list[RoleChoiceOut]
    allowed_ips: list[str]
    last_login_ip: str | None

    @classmethod
    def of(cls, found: StaffWithRoles, now: datetime) -> Self:
        staff = found.staff
        return cls(
            **_columns_of(staff, now),
            roles=[RoleChoiceOut.of(role) for role in found.roles],
            allowed_ips=staff.allowed_ips or [],
            last_login_ip=staff.last_login_ip,
        )


class MerchantStaffCreate(Body):
    """新增商家账号: one that may do everything for its merchant, and must change its password first."""

    username: Username
    password: Password
    email: Email | None = None
    mobile: Mobile | None = None

    def to_new_staff(self) -> NewStaff:
        """The same for the use case."""
        return NewStaff(self.username, self.password, self.email, self.mobile)


class StaffCreate(MerchantStaffCreate):
    """新增账号: it must change its password first."""

    allowed_ips: AllowedIps = []
    role_ids: RoleIds = []

    def to_new_staff(self) -> NewStaff:
        """The same for the use case."""
        return NewStaff(
            self.username,
            self.password,
            self.email,
            self.mobile,
            tuple(self.allowed_ips),
            frozenset(self.role_ids),
        )


class StaffPatch(Body):
    """修改账号: what is left out stays. No addresses: it may sign in from anywhere. `role_ids`: exactly these
    of the roles that the caller manages; null: as they are."""

    email: Email | None = None
    mobile: Mobile | None = None
    allowed_ips: AllowedIps = []
    role_ids: RoleIds | None = None

    def changes(self) -> dict[str, Any]:
        """Columns and their new values."""
        given = {name: getattr(self, name) for name in self.model_fields_set - {"role_ids"}}
        if "allowed_ips" in given:
            given["allowed_ips"] = self.allowed_ips or None
        return given


class StaffPassword(Body):
    """重置密码: a first password, which the owner of the account must change."""

    password: Password


def _columns_of(staff: Staff, now: datetime) -> dict[str, Any]:
    return {
        "user_id": staff.user_id,
        "username": staff.username,
        "email": staff.email,
        "mobile": staff.mobile,
        "status": int(staff.status),
        "merchant_id": staff.merchant_id,
        "create_user_id": staff.create_user_id,
        "must_change_password": staff.must_change_password,
        "has_second_factor": staff.totp_enabled_at is not None,
        "locked_until": staff.shut_until(now),
        "last_login_at": staff.last_login_at,
        "created_at": staff.created_at,
    }
