"""Who works in the consoles (后台用户), and how they come in."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.infra.columns import BigInt, IntStatus, code_text, long_text, name_text
from wanpu.infra.tables import Base, PrimaryId, Stamped
from wanpu.kernel.ids import Id
from wanpu.system.states import StaffStatus

SUPER_ADMINISTRATOR = Id(1)
"""The account that may do everything and cannot be deleted or disabled."""


class Staff(Stamped, Base):
    """Whoever works in a console: an operator, or a merchant's staff when `merchant_id` is set."""

    __tablename__ = "sys_user"

    user_id: Mapped[PrimaryId]
    username: Mapped[str] = mapped_column(code_text(50), unique=True)
    password: Mapped[str] = mapped_column(code_text(255))  # Argon2; SHA-256 of an import until its first use
    salt: Mapped[str | None] = mapped_column(code_text(20))  # only beside an imported SHA-256 password
    email: Mapped[str | None] = mapped_column(code_text(100))
    mobile: Mapped[str | None] = mapped_column(code_text(20))
    status: Mapped[StaffStatus] = mapped_column(IntStatus(StaffStatus), default=StaffStatus.NORMAL)
    merchant_id: Mapped[Id | None] = mapped_column(BigInt)
    create_user_id: Mapped[Id | None] = mapped_column(BigInt)
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False)
    password_changed_at: Mapped[datetime | None]
    allowed_ips: Mapped[list[Any] | None]  # addresses and networks to sign in from; NULL: from anywhere
    totp_sealed: Mapped[str | None] = mapped_column(long_text())  # the second factor's secret, sealed
    totp_enabled_at: Mapped[datetime | None]  # NULL beside a secret: proposed, not yet proven
    totp_last_step: Mapped[int | None] = mapped_column(BigInt)  # the newest code used; none works twice
    totp_recovery: Mapped[list[Any] | None]  # digests of recovery codes that are left; each works once
    failed_logins: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))  # in a row
    locked_until: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]
    last_login_ip: Mapped[str | None] = mapped_column(code_text(64))

    __table_args__ = (Index(None, "merchant_id"), Index(None, "create_user_id"))

    def is_locked(self, now: datetime) -> bool:
        """Whether too many wrong passwords or codes still keep the account shut."""
        return self.locked_until is not None and self.locked_until > now

    def count_failure(self, now: datetime, *, lock_after: int, lock_for: timedelta) -> None:
        """One more wrong password or code; the last one in a row locks and starts the count anew."""
        self.failed_logins += 1
        if self.failed_logins >= lock_after:
            self.failed_logins = 0
            self.locked_until = now + lock_for

    def forget_failures(self) -> None:
        """The owner has proved itself: nothing is counted and nothing locked."""
        self.failed_logins = 0
        self.locked_until = None

    def drop_second_factor(self) -> None:
        """Go back to the password alone; recovery codes of the old factor die with it."""
        self.totp_sealed = None
        self.totp_enabled_at = None
        self.totp_last_step = None
        self.totp_recovery = None


class StaffToken(Base):
    """A signed-in session of a staff account; of the token itself only its SHA-256 is kept.

    `token_id` is the name by which a session is shown and ended. `expires_at` moves with activity, but
    never past `ends_at`.
    """

    __tablename__ = "sys_user_token"

    token_id: Mapped[PrimaryId]
    token_hash: Mapped[str] = mapped_column(code_text(64), unique=True)
    user_id: Mapped[Id]
    expires_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ip: Mapped[str] = mapped_column(code_text(64), default="")
    user_agent: Mapped[str] = mapped_column(name_text(255), default="")
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))


class Captcha(Base):
    """A captcha (验证码) that was shown: good for one look until `expires_at`."""

    __tablename__ = "sys_captcha"

    uuid: Mapped[str] = mapped_column(code_text(36), primary_key=True)
    code: Mapped[str] = mapped_column(code_text(6))
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "expires_at"),)
