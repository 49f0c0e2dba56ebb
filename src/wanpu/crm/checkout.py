"""What a checkout asks of this room inside its own transaction: open merchants and addresses."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.crm.models import FreightRule, MemberAddress, Merchant
from wanpu.crm.states import MerchantStatus
from wanpu.infra.statements import Among, padded
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen


@dataclass(frozen=True, slots=True)
class SellingMerchant:
    """A merchant as checkout needs it; `name` is its shop's.

    `freight_free_over` None: shipping always costs `freight_fee`.
    """

    merchant_id: Id
    name: str
    is_open: bool
    profit_share_rate_bp: int
    freight_fee: Fen
    freight_free_over: Fen | None

    def freight_for(self, goods_fen: int) -> Fen:
        """Shipping of one seller order with goods of this sum (fen)."""
        if self.freight_free_over is not None and goods_fen >= self.freight_free_over:
            return Fen(0)
        return self.freight_fee


@dataclass(frozen=True, slots=True)
class DeliveryAddress:
    """Where a member wants a parcel; copied into every seller order."""

    address_id: Id
    member_id: Id
    recv_name: str
    recv_tel: str
    recv_province: str
    recv_city: str
    recv_area: str
    recv_addr: str
    recv_post_code: str


_SELLING_MERCHANTS = (
    select(
        Merchant.id,
        Merchant.merchant_diminutive,
        Merchant.status,
        Merchant.profit_share_rate_bp,
        FreightRule.fee,
        FreightRule.free_over,
    )
    .outerjoin(FreightRule, FreightRule.merchant_id == Merchant.id)
    .where(Among(Merchant.id, "merchant_ids"))
)
_DELIVERY_ADDRESSES = select(
    MemberAddress.id,
    MemberAddress.wx_user_id,
    MemberAddress.recv_name,
    MemberAddress.recv_tel,
    MemberAddress.recv_province,
    MemberAddress.recv_city,
    MemberAddress.recv_area,
    MemberAddress.recv_addr,
    MemberAddress.recv_post_code,
).where(Among(MemberAddress.id, "address_ids"))


async def get_selling_merchants(
    session: AsyncSession, merchant_ids: Collection[Id]
) -> dict[Id, SellingMerchant]:
    """Merchants by id; unknown ids are left out. Benchmark: place order."""
    if not merchant_ids:
        return {}
    rows = await session.execute(_SELLING_MERCHANTS, {"merchant_ids": padded(merchant_ids)})
    return {
        row.id: SellingMerchant(
            merchant_id=row.id,
            name=row.merchant_diminutive,
            is_open=row.status is MerchantStatus.AUTHENTICATED,
            profit_share_rate_bp=row.profit_share_rate_bp,
            freight_fee=row.fee or Fen(0),
            freight_free_over=row.free_over,
        )
        for row in rows
    }


async def get_delivery_addresses(
    session: AsyncSession, address_ids: Collection[Id]
) -> dict[Id, DeliveryAddress]:
    """Addresses by id, whoever owns them: the caller compares `member_id`. Benchmark: place order."""
    if not address_ids:
        return {}
    rows = await session.execute(_DELIVERY_ADDRESSES, {"address_ids": padded(address_ids)})
    return {row.id: DeliveryAddress(*row) for row in rows}
