"""Listing, shelving, prices, stock and sales."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.builders import make_category, make_merchant, make_spu

from wanpu.crm import MerchantNotFound
from wanpu.infra.database import rerun_on_conflict
from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock
from wanpu.kernel.ids import Id, stamped_id
from wanpu.kernel.money import Fen
from wanpu.kernel.states import IllegalMove
from wanpu.product.errors import (
    CategoryNotFound,
    CategoryTooDeep,
    ProductInvalid,
    ProductNotFound,
    SkuNotFound,
    StockRefReused,
)
from wanpu.product.models import SearchTerm, Sku, SkuStock, Spu, SpuAttachment, StockJournal
from wanpu.product.rules import MAX_STOCK
from wanpu.product.selling import StockChange, lock_available, move_stock
from wanpu.product.service.catalogue import get_product
from wanpu.product.service.categories import get_category_tree
from wanpu.product.service.goods import (
    change_price,
    put_on_shelf,
    record_sales,
    refresh_sold_out,
    take_off_shelf,
)
from wanpu.product.service.stock import add_stock
from wanpu.product.states import SpuStatus, StockMove

NOBODY = Id(999_999)


async def spu_of(services: Services, spu_id: Id) -> Spu:
    async with services.db.reading() as session:
        return await session.get_one(Spu, spu_id)


async def stock_of(services: Services, sku_id: Id) -> tuple[int, int, int]:
    async with services.db.reading() as session:
        row = await session.get_one(SkuStock, sku_id)
    return row.available, row.held, row.sold


async def journal_sums(services: Services, sku_id: Id) -> tuple[int, int, int]:
    statement = select(
        func.coalesce(func.sum(StockJournal.available_change), 0),
        func.coalesce(func.sum(StockJournal.held_change), 0),
        func.coalesce(func.sum(StockJournal.sold_change), 0),
    ).where(StockJournal.sku_id == sku_id)
    async with services.db.reading() as session:
        available, held, sold = (await session.execute(statement)).one()
    return int(available), int(held), int(sold)


async def count_rows(services: Services, model: type[Any]) -> int:
    async with services.db.reading() as session:
        return (await session.execute(select(func.count()).select_from(model))).scalar_one()


async def sell(services: Services, sku_id: Id, quantity: int, ref: str) -> None:
    async with services.db.transaction() as session:
        await lock_available(session, [sku_id])
        await move_stock(
            session, [StockChange(sku_id, StockMove.SOLD, quantity, ref)], now=services.clock.now()
        )


async def test_a_new_product_has_ids_stock_journal_and_terms(services: Services, clock: ManualClock) -> None:
    made = await make_spu(
        services,
        title="白瓷马克杯",
        skus={"白": (2990, 8), "黑": (1990, 0)},
        images=["/files/a.jpg", "/files/b.jpg"],
    )

    spu = await spu_of(services, made.spu_id)
    assert (spu.min_price, spu.sales, spu.is_sold_out) == (1990, 0, False)
    assert (spu.status, spu.on_shelved_at) == (SpuStatus.ON_SHELF, clock.now())
    assert spu.sale_attr == [{"name": "颜色", "values": ["白", "黑"]}]
    assert made.spu_id == stamped_id(made.spu_id >> 16, clock.now())
    white, black = made.sku_ids
    assert await stock_of(services, white) == await journal_sums(services, white) == (8, 0, 0)
    assert await stock_of(services, black) == await journal_sums(services, black) == (0, 0, 0)
    async with services.db.reading() as session:
        sku = await session.get_one(Sku, white)
        pictures = (
            (await session.execute(select(SpuAttachment.url).order_by(SpuAttachment.seq))).scalars().all()
        )
        term = (await session.execute(select(SearchTerm).where(SearchTerm.term == "马克"))).scalar_one()
    assert (sku.sale_attr, sku.sale_attr_key, sku.sale_price, sku.snap_version) == (
        {"颜色": "白"},
        "白",
        2990,
        1,
    )
    assert pictures == ["/files/a.jpg", "/files/b.jpg"]
    assert (term.spu_id, term.weight) == (made.spu_id, 4)


async def test_a_product_of_an_unknown_merchant_or_category_leaves_no_row(services: Services) -> None:
    merchant_id = await make_merchant(services)

    with pytest.raises(MerchantNotFound):
        await make_spu(services, merchant_id=NOBODY)
    with pytest.raises(CategoryNotFound):
        await make_spu(services, merchant_id=merchant_id, category_id=NOBODY)

    for model in (Spu, Sku, SkuStock, StockJournal, SearchTerm):
        assert await count_rows(services, model) == 0


async def test_a_product_goes_off_the_shelf_and_back(services: Services, clock: ManualClock) -> None:
    made = await make_spu(services)
    shelved_at = clock.now()

    clock.advance(timedelta(hours=1))
    await take_off_shelf(services, made.spu_id)
    await take_off_shelf(services, made.spu_id)
    taken = await spu_of(services, made.spu_id)
    clock.advance(timedelta(hours=1))
    await put_on_shelf(services, made.spu_id)
    back = await spu_of(services, made.spu_id)

    assert taken.status is SpuStatus.OFF_SHELF
    assert (taken.on_shelved_at, taken.off_shelved_at) == (shelved_at, shelved_at + timedelta(hours=1))
    assert (back.status, back.on_shelved_at) == (SpuStatus.ON_SHELF, shelved_at + timedelta(hours=2))


async def test_a_product_that_never_was_on_the_shelf_cannot_go_off_it(services: Services) -> None:
    made = await make_spu(services, status=SpuStatus.TO_BE_SHELVED)
    rejected = await make_spu(services, title="被拒的杯子", status=SpuStatus.REJECTED)

    with pytest.raises(IllegalMove):
        await take_off_shelf(services, made.spu_id)
    with pytest.raises(IllegalMove):
        await put_on_shelf(services, rejected.spu_id)

    assert (await spu_of(services, made.spu_id)).status is SpuStatus.TO_BE_SHELVED
    assert (await spu_of(services, rejected.spu_id)).status is SpuStatus.REJECTED


async def test_a_change_of_price_grows_the_snapshot_version_and_moves_the_least_price(
    services: Services,
) -> None:
    made = await make_spu(services, skus=[(1990, 8), (2990, 8)])
    cheap = made.sku_ids[0]

    await change_price(services, cheap, Fen(3990))
    await change_price(services, cheap, Fen(3990))

    assert (await spu_of(services, made.spu_id)).min_price == 2990
    async with services.db.reading() as session:
        sku = await session.get_one(Sku, cheap)
    assert (sku.sale_price, sku.snap_version) == (3990, 2)


async def test_a_price_that_is_none_changes_nothing(services: Services) -> None:
    made = await make_spu(services)

    for price_fen in (0, -1, 10**15 + 1):
        with pytest.raises(ProductInvalid):
            await change_price(services, made.sku_ids[0], Fen(price_fen))
    with pytest.raises(SkuNotFound):
        await change_price(services, NOBODY, Fen(1))

    async with services.db.reading() as session:
        sku = await session.get_one(Sku, made.sku_ids[0])
    assert (sku.sale_price, sku.snap_version) == (1990, 1)


async def test_stocking_adds_once_per_number(services: Services) -> None:
    made = await make_spu(services, skus=[(1990, 8)])
    sku_id = made.sku_ids[0]

    await add_stock(services, sku_id, 5, "IN1")
    await add_stock(services, sku_id, 5, "IN1")
    with pytest.raises(StockRefReused):
        await add_stock(services, sku_id, 6, "IN1")
    await add_stock(services, sku_id, 6, "IN2")

    assert await stock_of(services, sku_id) == await journal_sums(services, sku_id) == (19, 0, 0)


async def test_the_same_stocking_ten_times_at_once_adds_once(services: Services) -> None:
    made = await make_spu(services, skus=[(1990, 0)])
    sku_id = made.sku_ids[0]

    await asyncio.gather(*(add_stock(services, sku_id, 5, "IN1") for _ in range(10)))

    assert await stock_of(services, sku_id) == await journal_sums(services, sku_id) == (5, 0, 0)


async def test_a_quantity_that_is_none_or_overflows_adds_nothing(services: Services) -> None:
    made = await make_spu(services, skus=[(1990, 8)])
    sku_id = made.sku_ids[0]

    for quantity in (0, -1, MAX_STOCK - 7, MAX_STOCK + 1):
        with pytest.raises(ProductInvalid):
            await add_stock(services, sku_id, quantity, "IN1")
    with pytest.raises(SkuNotFound):
        await add_stock(services, NOBODY, 1, "IN1")

    assert await stock_of(services, sku_id) == (8, 0, 0)


async def test_sold_out_follows_the_stock_of_all_variants(services: Services) -> None:
    made = await make_spu(services, skus=[(1990, 2), (1990, 1)])
    await sell(services, made.sku_ids[0], 2, "L1")
    await refresh_sold_out(services, [made.spu_id])
    assert (await spu_of(services, made.spu_id)).is_sold_out is False

    await sell(services, made.sku_ids[1], 1, "L2")
    await refresh_sold_out(services, [made.spu_id, NOBODY])
    assert (await spu_of(services, made.spu_id)).is_sold_out is True
    await add_stock(services, made.sku_ids[1], 1, "IN1")

    assert (await spu_of(services, made.spu_id)).is_sold_out is False


async def test_sales_are_added_per_product(services: Services) -> None:
    first, second = await make_spu(services), await make_spu(services, title="竹茶盘")
    sold: list[Mapping[Id, int]] = [{first.spu_id: 2, second.spu_id: 5}, {first.spu_id: 1}, {}]

    for units in sold:
        async with services.db.transaction() as session:
            await record_sales(session, units)

    assert (await spu_of(services, first.spu_id)).sales == 3
    assert (await spu_of(services, second.spu_id)).sales == 5


async def test_sales_of_the_same_products_in_any_order_are_all_added(services: Services) -> None:
    first, second = await make_spu(services), await make_spu(services, title="竹茶盘")

    @rerun_on_conflict
    async def record(units: Mapping[Id, int]) -> None:
        async with services.db.transaction() as session:
            await record_sales(session, units)

    there = {first.spu_id: 1, second.spu_id: 1}
    back = {second.spu_id: 1, first.spu_id: 1}
    await asyncio.gather(*(record(units) for units in [there, back] * 10))

    assert (await spu_of(services, first.spu_id)).sales == 20
    assert (await spu_of(services, second.spu_id)).sales == 20


async def test_a_deleted_or_unknown_product_is_not_found(services: Services) -> None:
    made = await make_spu(services)
    async with services.db.transaction() as session:
        spu = await session.get_one(Spu, made.spu_id)
        spu.is_deleted = True

    for spu_id in (made.spu_id, NOBODY):
        with pytest.raises(ProductNotFound):
            await get_product(services, spu_id)
        with pytest.raises(ProductNotFound):
            await take_off_shelf(services, spu_id)


async def test_categories_have_three_levels_and_one_node_per_name(services: Services) -> None:
    top = await make_category(services, "家居")
    middle = await make_category(services, "餐具", parent_id=top)
    leaf = await make_category(services, "茶杯", parent_id=middle)

    assert await make_category(services, "餐具", parent_id=top) == middle
    with pytest.raises(CategoryTooDeep):
        await make_category(services, "马克杯", parent_id=leaf)
    with pytest.raises(CategoryNotFound):
        await make_category(services, "马克杯", parent_id=NOBODY)

    tree = await get_category_tree(services)
    assert [(node.name, node.level) for node in tree.nodes] == [("家居", 1), ("餐具", 2), ("茶杯", 3)]
    assert tree.with_descendants(top) == [top, middle, leaf]
    with pytest.raises(CategoryNotFound):
        tree.with_descendants(NOBODY)
