"""What the store API says and hears about members, addresses and merchants."""

from typing import Annotated, Self

from pydantic import Field

from wanpu.crm import rules
from wanpu.crm.models import Member, MemberAddress
from wanpu.crm.service.addresses import NewAddress
from wanpu.crm.service.members import NewMember
from wanpu.crm.service.merchants import MerchantProfile
from wanpu.crm.service.sessions import SignedIn
from wanpu.infra.http.fields import Body, Email, IdText, Line, Mobile, Out, UtcTime, checked_by
from wanpu.infra.passwords import MAX_LENGTH as MAX_PASSWORD_LENGTH
from wanpu.kernel.contacts import mask_mobile

Username = Annotated[
    str,
    Field(min_length=2, max_length=50, examples=["li"]),
    checked_by(rules.require_username, "username", "用户名为 2 至 50 个字母、数字、_、- 或 .，不能是手机号"),
]
Password = Annotated[str, Field(min_length=1, max_length=MAX_PASSWORD_LENGTH)]
Telephone = Annotated[
    str, Field(max_length=20), checked_by(rules.require_telephone, "telephone", "电话号码格式不正确")
]
PostCode = Annotated[
    str, Field(max_length=6), checked_by(rules.require_post_code, "post_code", "须为 6 位数字")
]
PictureUrl = Annotated[
    str,
    Field(max_length=rules.MAX_URL_LENGTH),
    checked_by(rules.require_picture_url, "picture_url", "图片地址格式不正确"),
]


class RegisterBody(Body):
    """会员注册."""

    username: Username
    mobile: Mobile
    password: Password
    email: Email | None = None

    def to_new_member(self) -> NewMember:
        return NewMember(self.username, self.mobile, self.password, self.email)


class LoginBody(Body):
    """会员登录: `account` is a username or a mobile number."""

    account: Annotated[Line, Field(max_length=50)]
    password: Password


class MemberOut(Out):
    """A member as it sees itself; the mobile number is masked."""

    member_id: IdText
    username: str | None
    nickname: str
    mobile: str | None
    email: str | None
    photo_url: str | None

    @classmethod
    def of(cls, member: Member) -> Self:
        return cls(
            member_id=member.user_id,
            username=member.username,
            nickname=member.nickname,
            mobile=None if member.mobile is None else mask_mobile(member.mobile),
            email=member.email,
            photo_url=member.photo,
        )


class SignedInOut(Out):
    """A new session; the token is shown only here."""

    token: str
    expires_at: UtcTime
    member: MemberOut

    @classmethod
    def of(cls, signed_in: SignedIn) -> Self:
        return cls(
            token=signed_in.token, expires_at=signed_in.expires_at, member=MemberOut.of(signed_in.member)
        )


class MemberPatch(Body):
    """Fields that are left out stay; `email` and `photo_url` may be null."""

    nickname: Annotated[Line, Field(max_length=50)] = ""
    email: Email | None = None
    photo_url: PictureUrl | None = None

    def changes(self) -> dict[str, str | None]:
        """The columns that were sent."""
        columns = {"nickname": "nickname", "email": "email", "photo_url": "photo"}
        return {columns[name]: getattr(self, name) for name in self.model_fields_set}


class AddressBody(Body):
    """收货地址."""

    recv_name: Annotated[Line, Field(max_length=50)]
    recv_tel: Telephone
    recv_province: Annotated[Line, Field(max_length=50)]
    recv_city: Annotated[Line, Field(max_length=50)]
    recv_area: Annotated[Line, Field(max_length=50)]
    recv_addr: Annotated[Line, Field(max_length=200)]
    recv_post_code: PostCode | None = None
    is_default: bool = False

    def to_new_address(self) -> NewAddress:
        return NewAddress(
            recv_name=self.recv_name,
            recv_tel=self.recv_tel,
            recv_province=self.recv_province,
            recv_city=self.recv_city,
            recv_area=self.recv_area,
            recv_addr=self.recv_addr,
            recv_post_code=self.recv_post_code or "",
        )


class AddressPatch(Body):
    """Fields that are left out stay."""

    recv_name: Annotated[Line, Field(max_length=50)] = ""
    recv_tel: Telephone = ""
    recv_province: Annotated[Line, Field(max_length=50)] = ""
    recv_city: Annotated[Line, Field(max_length=50)] = ""
    recv_area: Annotated[Line, Field(max_length=50)] = ""
    recv_addr: Annotated[Line, Field(max_length=200)] = ""
    recv_post_code: PostCode | None = None
    is_default: bool = False

    def changes(self) -> dict[str, str]:
        """The columns that were sent, `is_default` aside."""
        return {name: getattr(self, name) or "" for name in self.model_fields_set - {"is_default"}}

    def wants_default(self) -> bool | None:
        """What was sent as `is_default`; None when it was left out."""
        return self.is_default if "is_default" in self.model_fields_set else None


class AddressOut(Out):
    """One address of the caller."""

    address_id: IdText
    recv_name: str
    recv_tel: str
    recv_province: str
    recv_city: str
    recv_area: str
    recv_addr: str
    recv_post_code: str
    is_default: bool

    @classmethod
    def of(cls, address: MemberAddress) -> Self:
        return cls(
            address_id=address.id,
            recv_name=address.recv_name,
            recv_tel=address.recv_tel,
            recv_province=address.recv_province,
            recv_city=address.recv_city,
            recv_area=address.recv_area,
            recv_addr=address.recv_addr,
            recv_post_code=address.recv_post_code,
            is_default=address.default_for is not None,
        )


class AddressList(Out):
    """All addresses of the caller, fifty at most: the default first, then the newest."""

    items: list[AddressOut]
    next_cursor: None = None


class FreightOut(Out):
    """运费规则; `free_over_fen` null: no total makes shipping free."""

    fee_fen: int
    free_over_fen: int | None


class MerchantOut(Out):
    """A shop with what the law asks a platform to show of it (亮照经营): `name` is the company's,
    `diminutive` the name over the shop's door, under which it stands everywhere else."""

    merchant_id: IdText
    name: str
    diminutive: str
    customer_hotline: str
    address: str
    uniform_social_credit_code: str
    freight: FreightOut

    @classmethod
    def of(cls, profile: MerchantProfile) -> Self:
        merchant = profile.merchant
        return cls(
            merchant_id=merchant.id,
            name=merchant.merchant_name,
            diminutive=merchant.merchant_diminutive,
            customer_hotline=merchant.customer_hotline,
            address=merchant.address,
            uniform_social_credit_code=merchant.uniform_social_credit_code,
            freight=FreightOut(fee_fen=profile.freight.fee_fen, free_over_fen=profile.freight.free_over_fen),
        )
