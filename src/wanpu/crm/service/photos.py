"""Which member shows a picture: asked before a file is removed."""

from collections.abc import Sequence

from wanpu.crm import queries
from wanpu.infra.services import Services


async def find_photo_use(services: Services, urls: Sequence[str]) -> str | None:
    """The member whose photo has one of these addresses, such as "member:17"; None: nobody's has."""
    async with services.db.reading() as session:
        member_id = await queries.find_member_id_by_photo(session, urls)
    return None if member_id is None else f"member:{member_id}"
