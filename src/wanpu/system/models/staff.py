"""Who works in the consoles (后台用户), and how they come in."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.infra.columns import BigInt, IntStatus, code_text, long_text, name_text
from wanpu.infra.sign_in.throttle import UNKNOWN_LINE
from wanpu.infra.tables import Base, PrimaryId, Stamped
from wanpu.kernel.ids import Id
from wanpu.system.states import StaffStatus

SUPER_ADMINISTRATOR = Id(1)
"""The account that may do everything and cannot be deleted or disabled."""

KNOWN_ADDRESSES = 5
"""How many addresses of its own an account remembers."""


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
    known_addresses: Mapped[list[Any] | None]  # that it signed in from, the last one first
    known_failed_logins: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    known_locked_until: Mapped[datetime | None]  # for known addresses, which strangers cannot lock
    last_login_at: Mapped[datetime | None]
    last_login_ip: Mapped[str | None] = mapped_column(code_text(64))

    __table_args__ = (Index(None, "merchant_id"), Index(None, "create_user_id"))

    def knows(self, line: str) -> bool:
        """Whether it has signed in from an address before: what others do elsewhere does not count there."""
        return line in (self.known_addresses or ())

    def locked_for(self, line: str) -> datetime | None:
        """Until when too many wrong passwords or codes keep it shut for an address; perhaps that is past."""
        return self.known_locked_until if self.knows(line) else self.locked_until

    def shut_until(self, now: datetime) -> datetime | None:
        """Until when it is shut for anybody at all; None when it is open to all."""
        locks = [lock for lock in (self.locked_until, self.known_locked_until) if lock and lock > now]
        return max(locks, default=None)

    def is_locked(self, now: datetime, line: str) -> bool:
        """Whether it is shut for an address."""
        until = self.locked_for(line)
        return until is not None and until > now

    def count_failure(self, now: datetime, line: str, *, lock_after: int, lock_for: timedelta) -> None:
        """One more wrong password or code from an address; the last one in a row locks it for all known
        addresses, or for all others, and starts their count anew."""
        if self.knows(line):
            self.known_failed_logins += 1
            if self.known_failed_logins >= lock_after:
                self.known_failed_logins, self.known_locked_until = 0, now + lock_for
        else:
            self.failed_logins += 1
            if self.failed_logins >= lock_after:
                self.failed_logins, self.locked_until = 0, now + lock_for

    def admit(self, line: str) -> None:
        """The owner has signed in from an address: it is known from now on, and its row starts anew."""
        if self.knows(line):
            self.known_failed_logins, self.known_locked_until = 0, None
        else:
            self.failed_logins, self.locked_until = 0, None
        if line != UNKNOWN_LINE:
            others = [other for other in self.known_addresses or () if other != line]
            self.known_addresses = [line, *others][:KNOWN_ADDRESSES]

    def forget_failures(self) -> None:
        """Nothing is counted and nothing locked any more, wherever it was."""
        self.failed_logins = self.known_failed_logins = 0
        self.locked_until = self.known_locked_until = None

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
