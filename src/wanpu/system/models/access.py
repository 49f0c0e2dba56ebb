"""Who may do what: roles, menus with their permissions, and the links between them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.infra.columns import BigInt, IntStatus, TextStatus, code_text, name_text
from wanpu.infra.tables import Base, PrimaryId, Stamped
from wanpu.kernel.ids import Id
from wanpu.system.states import Audience, MenuType

TOP = Id(0)
"""The parent of menus on the top level."""

LAST_BASE_MENU = 1000
"""Menus up to this id come with Wanpu; those that people add have higher ones."""


class Menu(Stamped, Base):
    """A folder, a page or a button of a console (菜单), with the permissions that it grants.

    Rows that come with Wanpu have ids up to `LAST_BASE_MENU`; their place and permissions are the code's.
    """

    __tablename__ = "sys_menu"

    menu_id: Mapped[PrimaryId]
    parent_id: Mapped[Id] = mapped_column(BigInt, default=TOP)
    name: Mapped[str] = mapped_column(name_text(50))
    name_en: Mapped[str] = mapped_column(name_text(50), default="")
    url: Mapped[str | None] = mapped_column(code_text(200))
    perms: Mapped[str | None] = mapped_column(
        code_text(500)
    )  # comma-separated: "sys:user:list,sys:user:info"
    type: Mapped[MenuType] = mapped_column(IntStatus(MenuType))
    icon: Mapped[str | None] = mapped_column(code_text(50))
    order_num: Mapped[int] = mapped_column(Integer, default=0)
    audience: Mapped[Audience] = mapped_column(TextStatus(Audience), default=Audience.PLATFORM)

    __table_args__ = (Index(None, "parent_id", "order_num"),)


class Role(Stamped, Base):
    """A set of menus that staff can be given (角色); of one merchant when `merchant_id` is set."""

    __tablename__ = "sys_role"

    role_id: Mapped[PrimaryId]
    role_name: Mapped[str] = mapped_column(name_text(100))
    remark: Mapped[str] = mapped_column(name_text(100), default="")
    merchant_id: Mapped[Id | None] = mapped_column(BigInt)
    create_user_id: Mapped[Id | None] = mapped_column(BigInt)

    __table_args__ = (Index(None, "create_user_id"), Index(None, "merchant_id"))

    @property
    def is_built_in(self) -> bool:
        """Whether the mall itself made it, for a merchant's first account."""
        return self.merchant_id is not None and self.create_user_id is None


class StaffRole(Base):
    """A staff account has a role; removed with either side."""

    __tablename__ = "sys_user_role"

    user_id: Mapped[PrimaryId]
    role_id: Mapped[PrimaryId]
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "role_id"),)


class RoleMenu(Base):
    """A role grants a menu; removed with either side."""

    __tablename__ = "sys_role_menu"

    role_id: Mapped[PrimaryId]
    menu_id: Mapped[PrimaryId]
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "menu_id"),)


class AccessEpoch(Base):
    """One row whose number grows with every change of roles, menus or their links.

    Every request reads it beside its session, so each node knows at once that what it has worked out
    about permissions is old.
    """

    __tablename__ = "sys_access_epoch"

    id: Mapped[PrimaryId]
    epoch: Mapped[int] = mapped_column(BigInt)
    updated_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
