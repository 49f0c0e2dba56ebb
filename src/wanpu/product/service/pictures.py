"""Which product shows a picture: asked before a file is removed."""

from collections.abc import Sequence

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.infra.services import Services
from wanpu.kernel.ids import Id
from wanpu.product import queries
from wanpu.product.rules import detail_addresses

LISTED_AT_ONCE = 50
"""Pages of products that one transaction reads for their addresses."""


async def find_picture_use(services: Services, urls: Sequence[str]) -> str | None:
    """What shows one of these addresses, such as "product:65601234" or "category:11"; None: nothing does.

    Deleted products are not asked. Every look-up goes by an index of addresses; pages that are not in it
    yet are listed first.
    """
    await list_detail_pictures(services)
    async with services.db.reading() as session:
        return await queries.find_picture_use(session, urls)


async def list_detail_pictures(services: Services) -> int:
    """List the addresses in products' pages that are not listed yet, such as those that an older version
    wrote; how many pages there were."""
    listed = 0
    while True:
        async with services.db.reading() as session:
            spu_ids = await queries.list_unlisted_ids(session, LISTED_AT_ONCE)
        if not spu_ids:
            return listed
        listed += await _list_pages(services.db, spu_ids)


@rerun_on_conflict
async def _list_pages(db: Database, spu_ids: Sequence[Id]) -> int:
    async with db.transaction() as session:
        pages = await queries.lock_unlisted_pages(session, spu_ids)
        rows = [
            {"spu_id": spu_id, "url": url, "created_at": db.clock.now()}
            for spu_id, page in pages.items()
            for url in sorted(detail_addresses(page))
        ]
        await queries.replace_detail_pictures(session, list(pages), rows)
    return len(pages)
