"""A picture that something shows is known, so that nobody removes its file."""

from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from tests.builders import make_category, make_spu
from tests.plans import analyze, plan_of

from wanpu.infra.database import Database
from wanpu.infra.services import Services
from wanpu.infra.tables import table_of
from wanpu.product import find_picture_use
from wanpu.product.models import Category, Sku, SkuAttachment, Spu, SpuAttachment, SpuDetailPicture
from wanpu.product.service import pictures
from wanpu.product.states import PictureType

MANY = 5_000
URL = "/files/product/202611/a_1.png"


async def test_pictures_of_products_variants_details_and_categories_are_in_use(services: Services) -> None:
    category_id = await make_category(services)
    html = '<p><img src="/files/detail/202611/b_1.png?w=3"></p>'
    shown = await make_spu(services, category_id=category_id, images=[URL], detail_html=html)
    assert await find_picture_use(services, ["/files/other.png", URL]) == f"product:{shown.spu_id}"
    assert await find_picture_use(services, ["/files/other.png"]) is None

    async with services.db.transaction() as session:
        await session.execute(
            update(Category).where(Category.id == category_id).values(picture_url="/files/category/c.png")
        )
        session.add(
            SkuAttachment(
                sku_id=shown.sku_ids[0], type=PictureType.HEAD, url="/files/product/202611/d.png", seq=9
            )
        )

    for url, used_by in (
        ("/files/detail/202611/b_1.png", f"product:{shown.spu_id}"),
        ("/files/category/c.png", f"category:{category_id}"),
        ("/files/product/202611/d.png", f"sku:{shown.sku_ids[0]}"),
        ("/files/detail/202611/bX1.png", None),
        ("%", None),
        ("' OR 1=1 --", None),
    ):
        assert await find_picture_use(services, [url]) == used_by, url


async def test_deleted_products_hold_no_file(services: Services) -> None:
    shown = await make_spu(services, images=[URL])

    async with services.db.transaction() as session:
        await session.execute(update(Spu).where(Spu.id == shown.spu_id).values(is_deleted=True))
        await session.execute(update(Sku).where(Sku.spu_id == shown.spu_id).values(is_deleted=True))

    assert await find_picture_use(services, [URL]) is None


async def test_a_use_is_found_through_an_index_however_many_pictures_there_are(
    db: Database, services: Services
) -> None:
    now = services.clock.now()
    stamps = {"created_at": now, "updated_at": now}
    numbers = range(1, MANY + 1)
    rows: dict[type[Any], list[dict[str, Any]]] = {
        Spu: [
            {
                "id": n,
                "merchant_id": 1,
                "category_id": 1,
                "title": "杯",
                "stock_reduce_strategy": 1,
                "sale_attr": [],
                "min_price": 1,
                "is_detail_listed": True,
            }
            | stamps
            for n in numbers
        ],
        Sku: [
            {"id": n, "merchant_id": 1, "spu_id": n, "title": "杯", "sale_attr": {}, "sale_price": 1} | stamps
            for n in numbers
        ],
        SpuAttachment: [
            {"spu_id": n, "type": PictureType.HEAD, "url": f"/files/a/{n}.png", "seq": 1} | stamps
            for n in numbers
        ],
        SkuAttachment: [
            {"sku_id": n, "type": PictureType.HEAD, "url": f"/files/b/{n}.png", "seq": 1} | stamps
            for n in numbers
        ],
        SpuDetailPicture: [{"spu_id": n, "url": f"/files/c/{n}.png", "created_at": now} for n in numbers],
        Category: [
            {
                "id": n,
                "name": "杯",
                "path": f"/{n}/",
                "level": 1,
                "seq": n,
                "picture_url": f"/files/d/{n}.png",
            }
            | stamps
            for n in numbers
        ],
    }
    for model, some in rows.items():
        async with db.transaction() as session:
            await session.execute(insert(table_of(model)), some)
        await analyze(db, model.__tablename__)

    plan = await plan_of(
        db, lambda: find_picture_use(services, ["/files/none.png", "/files/none_small.webp"])
    )

    assert "uses an index" in plan, plan


async def test_pages_that_an_older_version_wrote_are_listed_before_a_use_is_looked_for(
    db: Database, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "LISTED_AT_ONCE", 2)
    url = "https://img.shop.cn/a.png"
    shown = [await make_spu(services, detail_html=f'<img src="{url}">') for _ in range(5)]
    async with db.transaction() as session:
        await session.execute(delete(SpuDetailPicture).where(SpuDetailPicture.spu_id != shown[1].spu_id))
        await session.execute(update(Spu).values(is_detail_listed=False))
        await session.execute(update(Spu).where(Spu.id == shown[0].spu_id).values(is_deleted=True))

    assert await find_picture_use(services, [url]) == f"product:{shown[1].spu_id}"

    async with db.reading() as session:
        listed = (await session.execute(select(SpuDetailPicture.spu_id))).scalars().all()
    assert sorted(listed) == sorted(one.spu_id for one in shown)
    assert await pictures.list_detail_pictures(services) == 0


async def test_a_product_is_listed_with_its_page_when_it_is_made(services: Services) -> None:
    await make_spu(services, detail_html=f'<img src="{URL}">')

    assert await pictures.list_detail_pictures(services) == 0


async def test_a_picture_is_in_use_under_a_style_and_before_a_full_stop(services: Services) -> None:
    page = f'<img src="https://img.shop.cn/a/b.jpg-thumb"><p>{URL}.</p>'
    shown = await make_spu(services, detail_html=page)

    for url in ("https://img.shop.cn/a/b.jpg", URL):
        assert await find_picture_use(services, [url]) == f"product:{shown.spu_id}"
