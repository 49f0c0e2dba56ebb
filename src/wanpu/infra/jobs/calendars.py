"""What people do with holiday calendars: write one, forget one."""

from wanpu.infra.database import rerun_on_conflict
from wanpu.infra.jobs import queries
from wanpu.infra.jobs.days_off import DaysOff
from wanpu.infra.jobs.errors import CalendarInUse, CalendarNotFound
from wanpu.infra.jobs.models import JobCalendar
from wanpu.infra.jobs.services import JobServices, wake_after_commit
from wanpu.infra.jobs.triggers import zone_named
from wanpu.infra.jobs.witness import Witness, nobody


@rerun_on_conflict
async def save_calendar(
    app: JobServices, name: str, days: DaysOff, *, remark: str = "", witness: Witness = nobody
) -> None:
    """Write a holiday calendar; the next moments of jobs that obey it are worked out again.

    Raises:
        ZoneUnknown: its time zone does not exist.
    """
    zone_named(days.zone)
    async with app.db.transaction() as session:
        calendar = await queries.lock_calendar(session, name)
        was = None if calendar is None else {"days": calendar.days, "remark": calendar.remark}
        if calendar is None:
            calendar = JobCalendar(name=name)
            session.add(calendar)
        calendar.days = days.model_dump(mode="json")
        calendar.remark = remark
        await witness(session, was, {"days": calendar.days, "remark": remark})
        now = await app.time.now(session)
        for job in await queries.lock_jobs_of_calendar(session, name):
            job.plan_anew(job.schedule(days), now)
        wake_after_commit(session)


@rerun_on_conflict
async def delete_calendar(app: JobServices, name: str, *, witness: Witness = nobody) -> None:
    """Forget a holiday calendar.

    Raises:
        CalendarNotFound: no such calendar.
        CalendarInUse: jobs obey it.
    """
    async with app.db.transaction() as session:
        calendar = await queries.lock_calendar(session, name)
        if calendar is None:
            raise CalendarNotFound(name)
        if jobs := await queries.count_jobs_of_calendar(session, name):
            raise CalendarInUse(name, details={"jobs": jobs})
        await witness(session, {"days": calendar.days, "remark": calendar.remark}, None)
        await session.delete(calendar)
