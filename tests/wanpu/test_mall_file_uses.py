"""Before the mall removes a file it asks every room that shows files."""

from sqlalchemy import update
from tests.builders import make_member, make_spu

from wanpu.crm.models import Member
from wanpu.infra.settings import Settings
from wanpu.kernel.clock import ManualClock
from wanpu.mall import close_mall, open_mall


async def test_the_mall_asks_about_products_and_about_members_photos(
    settings: Settings, clock: ManualClock
) -> None:
    mall = await open_mall(settings, clock=clock)
    try:
        shown = await make_spu(mall.services, images=["/files/a.png"])
        member = await make_member(mall.services)
        async with mall.services.db.transaction() as session:
            await session.execute(update(Member).values(photo="/files/b.png"))

        answers = [
            {await use([url]) for use in mall.system.file_uses}
            for url in ("/files/a.png", "/files/b.png", "/files/c.png")
        ]
    finally:
        await close_mall(mall)

    assert answers == [{f"product:{shown.spu_id}", None}, {f"member:{member.member_id}", None}, {None}]
