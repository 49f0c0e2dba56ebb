"""Merchants and members: tables of the CRM room."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.crm.states import MemberStatus, MerchantStatus
from wanpu.infra.columns import BigInt, IntStatus, code_text, name_text
from wanpu.infra.tables import Base, PrimaryId, Stamped
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen


class Merchant(Stamped, Base):
    """商家: whoever sells in the mall. Its id fits 32 bits, since seller order ids carry it."""

    __tablename__ = "merchant"

    id: Mapped[PrimaryId]
    merchant_name: Mapped[str] = mapped_column(name_text(128))
    merchant_diminutive: Mapped[str] = mapped_column(name_text(32))
    legal_person: Mapped[str] = mapped_column(name_text(32), default="")
    address: Mapped[str] = mapped_column(name_text(256), default="")
    phone: Mapped[str] = mapped_column(code_text(32), default="")
    customer_hotline: Mapped[str] = mapped_column(code_text(32), default="")
    status: Mapped[MerchantStatus] = mapped_column(
        IntStatus(MerchantStatus), default=MerchantStatus.TO_BE_AUTHENTICATED
    )
    uniform_social_credit_code: Mapped[str] = mapped_column(code_text(50), default="")
    profit_share_rate_bp: Mapped[int] = mapped_column(Integer, default=0)  # 平台分账比例, 万分之一

    __table_args__ = (
        CheckConstraint("id > 0 AND id <= 4294967295", name="id_fits_32_bits"),
        CheckConstraint("profit_share_rate_bp BETWEEN 0 AND 10000", name="rate_in_range"),
    )


class FreightRule(Stamped, Base):
    """运费规则: what one merchant asks for shipping one seller order."""

    __tablename__ = "freight_rule"

    merchant_id: Mapped[PrimaryId]
    fee: Mapped[Fen]  # fen
    free_over: Mapped[Fen | None] = mapped_column(BigInt)  # goods total from which shipping is free; fen

    __table_args__ = (CheckConstraint("fee >= 0", name="fee_not_negative"),)


class Member(Stamped, Base):
    """会员: a shopper. One member may sign in by name, by mobile or, later, by WeChat identities."""

    __tablename__ = "tb_user"

    user_id: Mapped[PrimaryId]
    username: Mapped[str | None] = mapped_column(code_text(50), unique=True)
    mobile: Mapped[str | None] = mapped_column(code_text(20), unique=True)
    password: Mapped[str | None] = mapped_column(code_text(255))  # Argon2 hash
    email: Mapped[str | None] = mapped_column(code_text(100))
    nickname: Mapped[str] = mapped_column(name_text(255), default="")
    photo: Mapped[str | None] = mapped_column(code_text(255))
    status: Mapped[MemberStatus] = mapped_column(IntStatus(MemberStatus), default=MemberStatus.NORMAL)

    __table_args__ = (
        CheckConstraint("user_id > 0 AND user_id <= 4294967295", name="id_fits_32_bits"),
        Index(None, "photo"),
    )


class MemberToken(Base):
    """A signed-in session of a member; the token itself is never stored, only its SHA-256."""

    __tablename__ = "member_token"

    token_hash: Mapped[str] = mapped_column(code_text(64), primary_key=True)
    user_id: Mapped[Id]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))


class MemberAddress(Stamped, Base):
    """收货地址 of one member. `default_for` holds the member's id on the default address only."""

    __tablename__ = "member_address"

    id: Mapped[PrimaryId]
    wx_user_id: Mapped[Id]
    recv_name: Mapped[str] = mapped_column(name_text(100))
    recv_tel: Mapped[str] = mapped_column(code_text(20))
    recv_province: Mapped[str] = mapped_column(name_text(50))
    recv_city: Mapped[str] = mapped_column(name_text(50))
    recv_area: Mapped[str] = mapped_column(name_text(50))
    recv_addr: Mapped[str] = mapped_column(name_text(255))
    recv_post_code: Mapped[str] = mapped_column(code_text(6), default="")
    default_for: Mapped[Id | None] = mapped_column(BigInt)

    __table_args__ = (UniqueConstraint("default_for"), Index(None, "wx_user_id"))
