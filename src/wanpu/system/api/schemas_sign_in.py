"""Bodies and answers of signing in, of the account centre and of sessions."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row

from wanpu.infra.http.fields import Body, Email, IdText, Line, Mobile, Out, PageOut, UtcTime, checked_by
from wanpu.infra.passwords import MAX_LENGTH
from wanpu.system.models import Staff, StaffToken
from wanpu.system.rules.sign_in import MAX_ALLOWED_IPS, require_network
from wanpu.system.service.account import OwnAccount
from wanpu.system.service.captchas import ShownCaptcha
from wanpu.system.service.login_log import LoginDay
from wanpu.system.service.second_factor import ProposedFactor
from wanpu.system.service.signing_in import SignedIn, SignIn
from wanpu.system.states import Audience, LoginEvent

MAX_CODE_LENGTH = 32

Password = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH)]
Code = Annotated[
    Line,
    Field(max_length=MAX_CODE_LENGTH, description="Of the authenticator, or a recovery code."),
]
Network = Annotated[str, Field(max_length=64), checked_by(require_network, "network", "须为 IP 地址或网段")]


class CaptchaOut(Out):
    """A captcha to show; `image` is a data URL of a PNG. Good for five minutes and one answer."""

    uuid: str
    image: str

    @classmethod
    def of(cls, shown: ShownCaptcha) -> "CaptchaOut":
        """A captcha that was just drawn."""
        return cls(uuid=shown.uuid, image=shown.image)


class StaffLoginBody(Body):
    """后台登录."""

    username: Annotated[Line, Field(max_length=50)]
    password: Password
    uuid: Annotated[str, Field(max_length=36, description="Of the captcha that was answered.")]
    captcha: Annotated[Line, Field(max_length=32)]
    totp: Code | None = None

    def to_sign_in(self) -> SignIn:
        """What the use case asks for."""
        return SignIn(self.username, self.password, self.uuid, self.captcha, self.totp)


class LoginOut(Out):
    """A new session; the same token came as a cookie."""

    token: str
    expires_at: UtcTime
    must_change_password: bool

    @classmethod
    def of(cls, signed_in: SignedIn) -> "LoginOut":
        """A session that was just opened."""
        return cls(
            token=signed_in.token,
            expires_at=signed_in.expires_at,
            must_change_password=signed_in.must_change_password,
        )


class PasswordBody(Body):
    """修改密码."""

    old_password: Password
    new_password: Annotated[str, Field(max_length=1024)]


class PasswordProofBody(Body):
    """The account's password, asked for again."""

    password: Password


class CodeBody(Body):
    """A code of the authenticator that was just set up."""

    code: Code


class FactorOffBody(Body):
    """Both factors, to go back to one."""

    password: Password
    code: Code


class ProposedFactorOut(Out):
    """What an authenticator needs, shown this once; `qr` is a data URL of a PNG."""

    secret: str
    uri: str
    qr: str

    @classmethod
    def of(cls, proposed: ProposedFactor) -> "ProposedFactorOut":
        """A secret that was just drawn."""
        return cls(secret=proposed.secret, uri=proposed.uri, qr=proposed.qr)


class RecoveryCodesOut(Out):
    """Codes that let in once each when the authenticator is lost; shown this once."""

    recovery_codes: list[str]


class MePatch(Body):
    """修改资料; null empties a field, what is left out stays."""

    email: Email | None = None
    mobile: Mobile | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that were sent."""
        return self.model_dump(exclude_unset=True)


class AllowedIpsBody(Body):
    """允许登录的地址; an empty list allows every one."""

    password: Password
    allowed_ips: Annotated[list[Network], Field(max_length=MAX_ALLOWED_IPS)]


class LoginLogOut(Out):
    """One line of the login log; `reason` is the true cause of a refusal."""

    log_id: IdText
    user_id: IdText | None
    username: str
    merchant_id: IdText | None
    event: LoginEvent
    reason: str
    is_success: bool
    ip: str
    user_agent: str
    created_at: UtcTime

    @classmethod
    def of(cls, row: Row[Any]) -> "LoginLogOut":
        """A row of the log."""
        return cls(
            log_id=row.id,
            user_id=row.user_id,
            username=row.username,
            merchant_id=row.merchant_id,
            event=row.event,
            reason=row.reason,
            is_success=bool(row.is_success),
            ip=row.ip,
            user_agent=row.user_agent,
            created_at=row.created_at,
        )


class LoginLogList(PageOut[LoginLogOut]):
    """One page of the login log."""


class LoginReasonOut(Out):
    """How often a sign-in was refused for one reason: a code, as in the log."""

    reason: str
    count: int


class LoginDayOut(Out):
    """Sign-ins of one day in Asia/Shanghai, which lasts from `since` until just before `until`; reasons with
    the most refusals first."""

    day_cn: date
    since: UtcTime
    until: UtcTime
    successes: int
    failures: int
    failures_by_reason: list[LoginReasonOut]

    @classmethod
    def of(cls, day: LoginDay) -> "LoginDayOut":
        """The summary of one day."""
        ranked = sorted(day.refusals.items(), key=lambda pair: (-pair[1], pair[0]))
        return cls(
            day_cn=day.day,
            since=day.since,
            until=day.until,
            successes=day.successes,
            failures=sum(day.refusals.values()),
            failures_by_reason=[LoginReasonOut(reason=reason, count=count) for reason, count in ranked],
        )


class LoginSummaryOut(Out):
    """Sign-ins by day, the oldest first and today at the end."""

    days: list[LoginDayOut]


class SecurityOut(Out):
    """安全信息: what protects the account."""

    second_factor_since: UtcTime | None
    recovery_codes_left: int
    password_changed_at: UtcTime | None
    allowed_ips: list[str]
    last_login_at: UtcTime | None
    last_login_ip: str | None
    open_sessions: int
    recent_logins: list[LoginLogOut]

    @classmethod
    def of(cls, own: OwnAccount) -> "SecurityOut":
        """The protection of one account."""
        staff = own.staff
        return cls(
            second_factor_since=staff.totp_enabled_at,
            recovery_codes_left=len(staff.totp_recovery or ()),
            password_changed_at=staff.password_changed_at,
            allowed_ips=staff.allowed_ips or [],
            last_login_at=staff.last_login_at,
            last_login_ip=staff.last_login_ip,
            open_sessions=own.sessions,
            recent_logins=[LoginLogOut.of(row) for row in own.recent],
        )


class MeOut(Out):
    """账号中心: the caller's own account."""

    user_id: IdText
    username: str
    email: str | None
    mobile: str | None
    merchant_id: IdText | None
    audience: Audience
    is_super: bool
    must_change_password: bool
    created_at: UtcTime
    security: SecurityOut

    @classmethod
    def of(cls, own: OwnAccount, *, audience: Audience, is_super: bool) -> "MeOut":
        """One account as its owner sees it."""
        staff: Staff = own.staff
        return cls(
            user_id=staff.user_id,
            username=staff.username,
            email=staff.email,
            mobile=staff.mobile,
            merchant_id=staff.merchant_id,
            audience=audience,
            is_super=is_super,
            must_change_password=staff.must_change_password,
            created_at=staff.created_at,
            security=SecurityOut.of(own),
        )


class OwnSessionOut(Out):
    """One of the caller's sessions."""

    token_id: IdText
    ip: str
    user_agent: str
    created_at: UtcTime
    last_seen_at: UtcTime
    expires_at: UtcTime
    is_current: bool

    @classmethod
    def of(cls, token: StaffToken, *, is_current: bool) -> "OwnSessionOut":
        """A session as its owner sees it."""
        return cls(
            token_id=token.token_id,
            ip=token.ip,
            user_agent=token.user_agent,
            created_at=token.created_at,
            last_seen_at=token.last_seen_at,
            expires_at=token.expires_at,
            is_current=is_current,
        )


class OwnSessionList(Out):
    """The caller's sessions, the last used first."""

    items: list[OwnSessionOut]


class SessionOut(Out):
    """A live session of a staff account."""

    token_id: IdText
    user_id: IdText
    username: str
    merchant_id: IdText | None
    ip: str
    user_agent: str
    created_at: UtcTime
    last_seen_at: UtcTime
    expires_at: UtcTime

    @classmethod
    def of(cls, row: Row[Any]) -> "SessionOut":
        """A session as an operator sees it."""
        return cls(**row._mapping)


class SessionList(PageOut[SessionOut]):
    """One page of live sessions."""
