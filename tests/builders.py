"""Valid things with a name for what the test is about; they are written through the rooms' use cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from wanpu.crm.models import MemberAddress
from wanpu.crm.service.addresses import NewAddress, add_address
from wanpu.crm.service.members import NewMember, register_member
from wanpu.crm.service.merchants import Freight, NewMerchant, change_merchant_status, create_merchant
from wanpu.crm.states import MerchantStatus
from wanpu.infra.services import Services
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.product.rules import NewSku, NewSpu, SaleAttribute
from wanpu.product.service.categories import NewCategory, create_category
from wanpu.product.service.goods import CreatedSpu, create_spu
from wanpu.product.states import SpuStatus, StockStrategy

PASSWORD = "correct horse 42"
_numbers = count(1)


@dataclass(frozen=True)
class MadeMember:
    """A registered member and its live token."""

    member_id: Id
    token: str
    username: str
    mobile: str


async def make_member(
    services: Services, *, username: str | None = None, mobile: str | None = None, password: str = PASSWORD
) -> MadeMember:
    """A member that is signed in; name and mobile number are new ones unless given."""
    number = next(_numbers)
    username = username or f"member{number}"
    mobile = mobile or f"139{number:08d}"
    signed_in = await register_member(services, NewMember(username, mobile, password))
    return MadeMember(signed_in.member.user_id, signed_in.token, username, mobile)


async def make_address(
    services: Services, member_id: Id, *, recv_name: str = "张三", is_default: bool = False
) -> MemberAddress:
    """An address of this member."""
    new = NewAddress(recv_name, "13800138000", "浙江省", "杭州市", "西湖区", "文三路 1 号", "310000")
    return await add_address(services, member_id, new, is_default=is_default)


async def make_merchant(
    services: Services,
    *,
    name: str | None = None,
    status: MerchantStatus = MerchantStatus.AUTHENTICATED,
    profit_share_rate_bp: int = 0,
    freight_fee_fen: int = 0,
    freight_free_over_fen: int | None = None,
) -> Id:
    """A merchant; without a fee it ships free."""
    name = name or f"店铺{next(_numbers)}"
    new = NewMerchant(merchant_name=name, merchant_diminutive=name, profit_share_rate_bp=profit_share_rate_bp)
    free_over = None if freight_free_over_fen is None else Fen(freight_free_over_fen)
    merchant_id = await create_merchant(services, new, freight=Freight(Fen(freight_fee_fen), free_over))
    if status is MerchantStatus.FROZEN:
        await change_merchant_status(services.db, merchant_id, MerchantStatus.AUTHENTICATED)
    await change_merchant_status(services.db, merchant_id, status)
    return merchant_id


async def make_category(services: Services, name: str = "茶杯", *, parent_id: Id | None = None) -> Id:
    """A category; the same name under the same parent gives the same one."""
    return await create_category(services, NewCategory(name, parent_id))


async def make_spu(
    services: Services,
    *,
    merchant_id: Id | None = None,
    category_id: Id | None = None,
    title: str = "白瓷马克杯",
    skus: Mapping[str, tuple[int, int]] | Sequence[tuple[int, int]] = ((1990, 8),),
    strategy: StockStrategy = StockStrategy.ON_ORDER,
    status: SpuStatus = SpuStatus.ON_SHELF,
    subtitle: str = "",
    keyword: str = "",
    images: Sequence[str] = (),
    detail_html: str = "",
) -> CreatedSpu:
    """A product. `skus`: (price in fen, stock) for each, by its colour or in a row."""
    by_colour = (
        skus if isinstance(skus, Mapping) else {f"色{index}": sku for index, sku in enumerate(skus, start=1)}
    )
    new = NewSpu(
        merchant_id=merchant_id or await make_merchant(services),
        category_id=category_id or await make_category(services),
        title=title,
        subtitle=subtitle,
        keyword=keyword,
        stock_strategy=strategy,
        sale_attrs=[SaleAttribute("颜色", tuple(by_colour))],
        skus=[
            NewSku({"颜色": colour}, Fen(price_fen), stock)
            for colour, (price_fen, stock) in by_colour.items()
        ],
        images=images,
        detail_html=detail_html,
    )
    return await create_spu(services, new, status=status)
