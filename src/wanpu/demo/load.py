"""Fills an empty mall with the demo data: shops, categories, products, payment accounts, members.

Every step looks first at what stands already, so that a load that was interrupted goes on where it
stopped and a second load changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wanpu.crm.service.addresses import add_address, list_addresses
from wanpu.crm.service.members import NewMember, find_member_id, register_member, set_password
from wanpu.crm.service.merchants import (
    Freight,
    NewMerchant,
    change_merchant_status,
    create_merchant,
    find_merchant_id,
)
from wanpu.crm.states import MerchantStatus
from wanpu.demo.catalogue import CATEGORIES, MERCHANTS, PRODUCTS
from wanpu.demo.catalogue.model import DemoCategory, DemoMerchant, DemoProduct
from wanpu.demo.members import ADDRESSES, MEMBERS
from wanpu.demo.payment_accounts import load_payment_accounts
from wanpu.demo.picture_files import PictureFiles, write_pictures
from wanpu.infra.services import Services
from wanpu.kernel.ids import Id
from wanpu.kernel.money import Fen
from wanpu.product.rules import NewSku, NewSpu, SaleAttribute
from wanpu.product.service.catalogue import find_product_id
from wanpu.product.service.categories import NewCategory, create_category
from wanpu.product.service.goods import create_spu
from wanpu.product.states import SpuStatus, StockStrategy

Progress = Callable[[str, int, int], None]
"""Told after each piece: what is being loaded, how many are done, how many there are."""


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What this load added; all zero when everything stood already."""

    merchants: int
    products: int
    pictures: int
    members: int


async def load_demo(
    services: Services, *, sandbox_credentials: Mapping[str, Any], demo_password: str, progress: Progress
) -> DemoSummary:
    """Load the demo data. `sandbox_credentials`: what `wanpu sandbox credentials --json` shows.

    Raises:
        PasswordTooWeak: the members could not sign in with this password; the rest was loaded.
    """
    files, pictures = await write_pictures(services.settings.data_dir, PRODUCTS, progress)
    category_ids = await _load_categories(services)
    merchant_ids, merchants = await _load_merchants(services, progress)
    await load_payment_accounts(
        services, sandbox_credentials, [merchant_ids[merchant.key] for merchant in MERCHANTS]
    )
    products = await _load_products(services, merchant_ids, category_ids, files, progress)
    members = 0
    if not await is_demo_loaded(services):
        members = await _load_members(services, demo_password, progress)
    return DemoSummary(merchants=merchants, products=products, pictures=pictures, members=members)


async def is_demo_loaded(services: Services) -> bool:
    """Whether a load has come to its end: the last member has its addresses."""
    last_member_id = await find_member_id(services, MEMBERS[-1][0])
    return last_member_id is not None and bool(await list_addresses(services, last_member_id))


async def _load_categories(services: Services) -> dict[tuple[str, ...], Id]:
    """Every node of the tree, by its path of names."""
    ids: dict[tuple[str, ...], Id] = {}

    async def load(nodes: tuple[DemoCategory, ...], path: tuple[str, ...]) -> None:
        for seq, node in enumerate(nodes, start=1):
            here = (*path, node.name)
            ids[here] = await create_category(services, NewCategory(node.name, ids.get(path), seq))
            await load(node.children, here)

    await load(CATEGORIES, ())
    return ids


async def _load_merchants(services: Services, progress: Progress) -> tuple[dict[str, Id], int]:
    """Authenticated shops by their key, and how many are new."""
    ids: dict[str, Id] = {}
    added = 0
    for done, merchant in enumerate(MERCHANTS, start=1):
        known = await find_merchant_id(services, merchant.uniform_social_credit_code)
        if known is None:
            known = await create_merchant(
                services,
                _new_merchant(merchant),
                freight=Freight(
                    Fen(merchant.freight.fee_fen),
                    None if merchant.freight.free_over_fen is None else Fen(merchant.freight.free_over_fen),
                ),
            )
            added += 1
        await change_merchant_status(services.db, known, MerchantStatus.AUTHENTICATED)
        ids[merchant.key] = known
        progress("merchants", done, len(MERCHANTS))
    return ids, added


async def _load_products(
    services: Services,
    merchant_ids: Mapping[str, Id],
    category_ids: Mapping[tuple[str, ...], Id],
    files: Mapping[str, PictureFiles],
    progress: Progress,
) -> int:
    added = 0
    for done, product in enumerate(PRODUCTS, start=1):
        merchant_id = merchant_ids[product.merchant_key]
        if await find_product_id(services, merchant_id, product.title) is None:
            new = _new_spu(product, merchant_id, category_ids[product.category_path], files[product.key])
            await create_spu(services, new, status=SpuStatus(product.status))
            added += 1
        progress("products", done, len(PRODUCTS))
    return added


async def _load_members(services: Services, password: str, progress: Progress) -> int:
    """Register the shoppers; one that an interrupted load left behind gets the password of this load."""
    added = 0
    for done, (username, mobile) in enumerate(MEMBERS, start=1):
        member_id = await find_member_id(services, username)
        if member_id is None:
            signed_in = await register_member(services, NewMember(username, mobile, password))
            member_id = signed_in.member.user_id
            added += 1
        else:
            await set_password(services, member_id, password)
        if not await list_addresses(services, member_id):
            for address in ADDRESSES[username]:
                await add_address(services, member_id, address)
        progress("members", done, len(MEMBERS))
    return added


def _new_merchant(merchant: DemoMerchant) -> NewMerchant:
    place = merchant.address
    return NewMerchant(
        merchant_name=merchant.name,
        merchant_diminutive=merchant.diminutive,
        legal_person=merchant.legal_person,
        address=f"{place.province}{place.city}{place.area}{place.street}",
        phone=merchant.phone,
        customer_hotline=merchant.customer_hotline,
        uniform_social_credit_code=merchant.uniform_social_credit_code,
        profit_share_rate_bp=merchant.profit_share_rate_bp,
    )


def _new_spu(product: DemoProduct, merchant_id: Id, category_id: Id, files: PictureFiles) -> NewSpu:
    colour_attribute = product.picture.colour_attribute
    return NewSpu(
        merchant_id=merchant_id,
        category_id=category_id,
        title=product.title,
        subtitle=product.subtitle,
        promotion_desc=product.promotion_desc,
        keyword=product.keyword,
        detail_html=product.detail_html,
        stock_strategy=StockStrategy(product.stock_reduce_strategy),
        sale_attrs=[SaleAttribute(one.name, one.values) for one in product.sale_attributes],
        skus=[
            NewSku(
                sale_attr=sku.sale_attr,
                price_fen=Fen(sku.price_fen),
                stock=sku.stock,
                image_url=files.of_colour.get(sku.sale_attr.get(colour_attribute or "", "")),
            )
            for sku in product.skus
        ],
        images=files.main,
        detail_images=files.detail,
    )
