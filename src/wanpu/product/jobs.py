"""Background work of the product room, safe to run twice."""

from wanpu.infra.jobs.registry import JobRegistry, every
from wanpu.infra.jobs.running import Run
from wanpu.infra.services import Services
from wanpu.product.service.pictures import list_detail_pictures


def register_jobs(registry: JobRegistry, app: Services) -> None:
    """Register what this room does by itself."""

    @registry.job(
        "list_detail_pictures",
        title_zh="登记商品详情中的图片",
        title_en="List the pictures in products' pages",
        schedule=every("0 7 * * * ?"),
    )
    async def list_pictures(_run: Run[str]) -> None:
        await list_detail_pictures(app)
