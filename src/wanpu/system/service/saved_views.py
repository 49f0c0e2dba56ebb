"""Saved views (保存的视图): each account names filters of lists; nobody else sees them."""

from collections.abc import Mapping, Sequence

from wanpu.infra.database import Database, rerun_on_conflict
from wanpu.kernel.ids import Id
from wanpu.system.callers import StaffCaller
from wanpu.system.errors import StaffNotFound, ViewNotFound, ViewsTooMany
from wanpu.system.models import SavedView
from wanpu.system.queries import saved_views as queries
from wanpu.system.queries.staff import lock_staff
from wanpu.system.service.operation_log import record
from wanpu.system.services import SystemServices

VIEWS_OF_A_LIST = 12
VIEWS_OF_AN_ACCOUNT = 300


async def list_views(db: Database, caller: StaffCaller, list_name: str) -> Sequence[SavedView]:
    """The caller's views of one list, the oldest first."""
    async with db.reading() as session:
        return await queries.list_views(session, caller.staff_id, list_name)


async def save_view(
    app: SystemServices, caller: StaffCaller, list_name: str, title: str, query: Mapping[str, str]
) -> SavedView:
    """Keep a view; one of the same title is replaced.

    Raises:
        ViewsTooMany: the list, or all lists together, have as many as they may.
    """
    [number] = await app.serials.take("saved_view")
    return await _save(app.db, caller, Id(number), list_name, title, dict(query))


@rerun_on_conflict
async def delete_view(db: Database, caller: StaffCaller, view_id: Id) -> None:
    """Forget a view of the caller.

    Raises:
        ViewNotFound: there is none, or it is another's.
    """
    async with db.transaction() as session:
        found = await queries.lock_view(session, caller.staff_id, view_id)
        if found is None:
            raise ViewNotFound
        await session.delete(found)
        before = {"list": found.list_name, "title": found.title}
        await record(session, caller, "view.delete", f"view:{view_id}", before=before)


@rerun_on_conflict
async def _save(
    db: Database, caller: StaffCaller, number: Id, list_name: str, title: str, query: dict[str, str]
) -> SavedView:
    async with db.transaction() as session:
        if await lock_staff(session, caller.staff_id) is None:
            raise StaffNotFound
        views = await queries.list_views(session, caller.staff_id, list_name)
        view = next((known for known in views if known.title == title), None)
        if view is None:
            if len(views) >= VIEWS_OF_A_LIST:
                raise ViewsTooMany(details={"limit": VIEWS_OF_A_LIST})
            if await queries.count_views(session, caller.staff_id) >= VIEWS_OF_AN_ACCOUNT:
                raise ViewsTooMany(details={"limit": VIEWS_OF_AN_ACCOUNT})
            view = SavedView(
                id=number, staff_id=caller.staff_id, list_name=list_name, title=title, query=query
            )
            session.add(view)
        view.query = query
        after = {"list": list_name, "title": title, "query": query}
        await record(session, caller, "view.save", f"view:{view.id}", after=after)
    return view
