"""Staff (后台用户). Roles, menus, configuration, files and logs join them with the operations base."""

from sqlalchemy import Boolean
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.infra.columns import BigInt, IntStatus, code_text
from wanpu.infra.tables import Base, PrimaryId, Stamped
from wanpu.kernel.ids import Id
from wanpu.system.states import StaffStatus


class Staff(Stamped, Base):
    """Whoever works in the console: an operator, or a merchant's staff when `merchant_id` is set."""

    __tablename__ = "sys_user"

    user_id: Mapped[PrimaryId]
    username: Mapped[str] = mapped_column(code_text(50), unique=True)
    password: Mapped[str] = mapped_column(code_text(255))  # Argon2 hash
    email: Mapped[str | None] = mapped_column(code_text(100))
    mobile: Mapped[str | None] = mapped_column(code_text(20))
    status: Mapped[StaffStatus] = mapped_column(IntStatus(StaffStatus), default=StaffStatus.NORMAL)
    merchant_id: Mapped[Id | None] = mapped_column(BigInt)
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False)
    create_user_id: Mapped[Id | None] = mapped_column(BigInt)
