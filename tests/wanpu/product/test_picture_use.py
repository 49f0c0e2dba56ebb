"""A picture that something shows is known, so that nobody removes its file."""

from sqlalchemy import update
from tests.builders import make_category, make_spu

from wanpu.infra.services import Services
from wanpu.product import find_picture_use
from wanpu.product.models import Category, Sku, SkuAttachment, Spu
from wanpu.product.states import PictureType

URL = "/files/product/202611/a_1.png"


async def test_pictures_of_products_variants_details_and_categories_are_in_use(services: Services) -> None:
    category_id = await make_category(services)
    shown = await make_spu(services, category_id=category_id, images=[URL])
    assert await find_picture_use(services, ["/files/other.png", URL]) == f"product:{shown.spu_id}"
    assert await find_picture_use(services, ["/files/other.png"]) is None

    async with services.db.transaction() as session:
        html = '<p><img src="/files/detail/202611/b_1.png"></p>'
        await session.execute(update(Spu).where(Spu.id == shown.spu_id).values(detail_html=html))
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
