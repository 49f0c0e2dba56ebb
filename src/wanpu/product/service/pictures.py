"""Which product shows a picture: asked before a file is removed."""

from collections.abc import Sequence

from wanpu.infra.services import Services
from wanpu.product import queries


async def find_picture_use(services: Services, urls: Sequence[str]) -> str | None:
    """What shows one of these addresses, such as "product:65601234" or "category:11"; None: nothing does.

    Deleted products are not asked. Every look-up goes by an index of addresses.
    """
    async with services.db.reading() as session:
        return await queries.find_picture_use(session, urls)
