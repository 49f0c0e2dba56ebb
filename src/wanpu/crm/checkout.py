"""What a checkout asks of this room inside its own transaction: open merchants and addresses."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.crm.models import FreightRule, MemberAddress, Merchant
from wanpu.crm.states import MerchantStatus
from wanpu.infra.statements import Among, padded
from wanpu.infra.tables import table_of
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


_MERCHANT, _FREIGHT, _ADDRESS = table_of(Merchant).c, table_of(FreightRule).c, table_of(MemberAddress).c
_SELLING_MERCHANTS = (
    select(
        _MERCHANT.id,
        _MERCHANT.merchant_diminutive,
        _MERCHANT.status,
        _MERCHANT.profit_share_rate_bp,
        _FREIGHT.fee,
        _FREIGHT.free_over,
    )
    .outerjoin_from(table_of(Merchant), table_of(FreightRule), _FREIGHT.merchant_id == _MERCHANT.id)
    .where(Among(_MERCHANT.id, "merchant_ids"))
)
_DELIVERY_ADDRESSES = select(
    _ADDRESS.id,
    _ADDRESS.wx_user_id,
    _ADDRESS.recv_name,
    _ADDRESS.recv_tel,
    _ADDRESS.recv_province,
    _ADDRESS.recv_city,
    _ADDRESS.recv_area,
    _ADDRESS.recv_addr,
    _ADDRESS.recv_post_code,
).where(Among(_ADDRESS.id, "address_ids"))


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
