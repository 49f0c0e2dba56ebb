"""Merchants: what a shopper may see of them, and the changes that operators make."""

from collections.abc import Collection
from dataclasses import asdict, dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.crm import queries
from wanpu.crm.errors import MerchantNotFound
from wanpu.crm.models import FreightRule, Merchant
from wanpu.crm.states import MERCHANT_MOVES, MerchantStatus
from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.services import Services
from wanpu.kernel.ids import MAX_OWNER_ID, Id, require_owner
from wanpu.kernel.money import Fen


@dataclass(frozen=True, slots=True)
class NewMerchant:
    """A merchant as it applies: `merchant_name` is the company's, `merchant_diminutive` the shop's."""

    merchant_name: str
    merchant_diminutive: str
    legal_person: str = ""
    address: str = ""
    phone: str = ""
    customer_hotline: str = ""
    uniform_social_credit_code: str = ""
    profit_share_rate_bp: int = 0


@dataclass(frozen=True, slots=True)
class Freight:
    """运费规则: what a seller order costs to ship, and the goods total from which it is free."""

    fee_fen: Fen
    free_over_fen: Fen | None = None


@dataclass(frozen=True, slots=True)
class MerchantCard:
    """A merchant as it stands beside its products: under the name of its shop."""

    merchant_id: Id
    name: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class MerchantProfile:
    """An open merchant with its freight rule; no rule means free shipping."""

    merchant: Merchant
    freight: Freight


async def create_merchant(services: Services, new: NewMerchant, *, freight: Freight | None = None) -> Id:
    """Write a merchant that waits to be authenticated.

    Raises:
        ValueError: the company or the shop has no name.
        IdOutOfRange: the mall has used up its 32-bit merchant ids.
    """
    if not new.merchant_name.strip() or not new.merchant_diminutive.strip():
        raise ValueError("a merchant needs the names of its company and of its shop")
    [merchant_id] = await services.serials.take("merchant", ceiling=MAX_OWNER_ID)
    await _add_merchant(services.db, require_owner(merchant_id), new, freight)
    return Id(merchant_id)


@rerun_on_conflict
async def change_merchant_status(db: Database, merchant_id: Id, status: MerchantStatus) -> None:
    """Authenticate, reject, freeze or thaw a merchant; its present status again changes nothing.

    Raises:
        MerchantNotFound: no such merchant.
        IllegalMove: the transition table does not list it.
    """
    async with db.transaction() as session:
        merchant = await queries.lock_merchant(session, merchant_id)
        if merchant is None:
            raise MerchantNotFound
        if MERCHANT_MOVES.move(merchant.status, status):
            merchant.status = status


async def get_open_merchant(services: Services, merchant_id: Id) -> MerchantProfile:
    """What the storefront shows of a merchant.

    Raises:
        MerchantNotFound: no such merchant, or it does not sell at present.
    """
    async with services.db.reading() as session:
        merchant = await queries.find_merchant(session, merchant_id)
        rule = await queries.find_freight_rule(session, merchant_id)
    if merchant is None or merchant.status is not MerchantStatus.AUTHENTICATED:
        raise MerchantNotFound
    freight = Freight(Fen(0)) if rule is None else Freight(rule.fee, rule.free_over)
    return MerchantProfile(merchant, freight)


async def find_merchant_id(services: Services, credit_code: str) -> Id | None:
    """The id of the merchant with this 统一社会信用代码, whatever its status."""
    async with services.db.reading() as session:
        merchant = await queries.find_merchant_by_credit_code(session, credit_code)
    return None if merchant is None else merchant.id


async def get_merchant_cards(session: AsyncSession, merchant_ids: Collection[Id]) -> dict[Id, MerchantCard]:
    """Shop names of merchants and whether they sell; unknown ids are left out."""
    return {
        merchant.id: MerchantCard(
            merchant.id, merchant.merchant_diminutive, merchant.status is MerchantStatus.AUTHENTICATED
        )
        for merchant in await queries.list_merchants(session, merchant_ids)
    }


class MerchantRegister:
    """Tells rooms below, which know merchants by their ids alone, whether one exists."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def is_known(self, merchant_id: Id) -> bool:
        """Whether there is such a merchant, whatever its status."""
        async with self._db.reading() as session:
            return await queries.find_merchant(session, merchant_id) is not None


@rerun_on_conflict
async def _add_merchant(db: Database, merchant_id: Id, new: NewMerchant, freight: Freight | None) -> None:
    async with db.transaction() as session:
        session.add(Merchant(id=merchant_id, **asdict(new)))
        if freight is not None:
            session.add(
                FreightRule(merchant_id=merchant_id, fee=freight.fee_fen, free_over=freight.free_over_fen)
            )
