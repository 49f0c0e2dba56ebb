"""A picture that a member shows as photo is known, so that nobody removes its file."""

from collections.abc import Sequence

from sqlalchemy import insert, update
from tests.builders import make_member
from tests.plans import analyze, plan_of

from wanpu.crm import find_photo_use
from wanpu.crm.models import Member
from wanpu.infra.database import Database
from wanpu.infra.services import Services
from wanpu.infra.tables import table_of

MANY = 5_000
PHOTO = "/files/photo/202611/a.webp"


async def show(services: Services, member_id: int, photo: str) -> None:
    async with services.db.transaction() as session:
        await session.execute(update(Member).where(Member.user_id == member_id).values(photo=photo))


async def test_a_members_photo_is_in_use(services: Services) -> None:
    member = await make_member(services)
    await make_member(services)
    await show(services, member.member_id, PHOTO)

    found: list[tuple[Sequence[str], str | None]] = [
        ([PHOTO], f"member:{member.member_id}"),
        (["/files/other.webp", PHOTO], f"member:{member.member_id}"),
        (["/files/photo/202611/A.webp"], None),
        (["%"], None),
    ]
    for urls, used_by in found:
        assert await find_photo_use(services, urls) == used_by, urls


async def test_a_photo_is_found_through_an_index_however_many_members_there_are(
    db: Database, services: Services
) -> None:
    now = services.clock.now()
    rows = [
        {"user_id": n, "photo": f"/files/photo/{n}.webp", "created_at": now, "updated_at": now}
        for n in range(1, MANY + 1)
    ]
    async with db.transaction() as session:
        await session.execute(insert(table_of(Member)), rows)
    await analyze(db, "tb_user")

    plan = await plan_of(db, lambda: find_photo_use(services, ["/files/none.webp", "/files/no.webp"]))

    assert "uses an index" in plan, plan
