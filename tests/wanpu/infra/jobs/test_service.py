"""What people do with jobs, on every engine."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import BaseModel
from tests.wanpu.infra.jobs.scheduling import MINUTELY, Bench, firings, job_of, logs, rows

from wanpu.infra.database_time import DatabaseTime
from wanpu.infra.jobs import calendars, groups, queries, service
from wanpu.infra.jobs.days_off import DaysOff
from wanpu.infra.jobs.errors import (
    CalendarInUse,
    CalendarNotFound,
    CronInvalid,
    JobKeyReused,
    JobNameUnknown,
    JobNotFound,
    JobParamsInvalid,
    TriggerNeverFires,
    ZoneUnknown,
)
from wanpu.infra.jobs.models import Job
from wanpu.infra.jobs.queries import JobFilter
from wanpu.infra.jobs.registry import JobDefinition, JobRegistry, every
from wanpu.infra.jobs.running import Run
from wanpu.infra.jobs.service import JobSpec
from wanpu.infra.jobs.states import JobStatus, Misfire, TriggerKind
from wanpu.infra.jobs.triggers import CronTrigger, DailyTrigger, IntervalTrigger, OnceTrigger
from wanpu.infra.pages import PageAsk
from wanpu.infra.services import Services
from wanpu.kernel.clock import ManualClock, SystemClock
from wanpu.kernel.ids import Id

MINUTE = timedelta(minutes=1)
START = datetime(2026, 11, 22, 8, tzinfo=UTC)
NOBODY = Id(404)


def spec(trigger: str = MINUTELY, **said: object) -> JobSpec:
    return JobSpec(bean_name="noted", trigger=CronTrigger(expression=trigger), **said)  # type: ignore[arg-type]


@pytest.mark.requirement("S0-126")
async def test_a_job_is_created_read_edited_and_deleted(bench: Bench) -> None:
    job = await service.create_job(bench.app, spec("0 0/30 * * * ?", params="renren", remark="示例"))
    read = await job_of(bench.app, job.job_id)
    assert (read.bean_name, read.params, read.cron_expression) == ("noted", "renren", "0 0/30 * * * ?")
    assert (read.status, read.remark, read.created_at) == (JobStatus.NORMAL, "示例", bench.clock.now())
    assert read.next_fire_time == START + 30 * MINUTE

    await service.edit_job(bench.app, job.job_id, spec("0 15 * * * ?", params="other"))
    edited = await job_of(bench.app, job.job_id)
    assert (edited.params, edited.cron_expression, edited.remark) == ("other", "0 15 * * * ?", "")
    assert (edited.next_fire_time, edited.due_at) == (START + 15 * MINUTE, START + 15 * MINUTE)

    await service.delete_job(bench.app, job.job_id)
    assert await rows(bench.app, Job) == []
    with pytest.raises(JobNotFound):
        await service.delete_job(bench.app, job.job_id)


@pytest.mark.requirement("S0-126")
async def test_an_invalid_cron_is_refused_with_a_message(bench: Bench) -> None:
    with pytest.raises(CronInvalid) as refused:
        await service.create_job(bench.app, spec("0 0 25 * * ?"))

    assert refused.value.message("zh") == "Cron 表达式有误：时（第 5 个字符）数值超出范围"
    assert await rows(bench.app, Job) == []


@pytest.mark.requirement("S0-183", "S0-184", "S0-187", "S0-188")
async def test_a_definition_reads_back_as_it_was_written(bench: Bench) -> None:
    trigger = DailyTrigger(every_s=600, since="09:00", until="18:00", weekdays=[2, 3])  # type: ignore[arg-type]
    said = JobSpec(
        bean_name="noted",
        trigger=trigger,
        zone="Europe/Berlin",
        start_at=START + MINUTE,
        end_at=START + timedelta(days=9),
        priority=9,
        misfire=Misfire.CATCH_UP,
        is_concurrent=True,
        requests_recovery=False,
        updates_data=True,
        timeout_s=30,
        trigger_data=["任意", 1],
    )

    job = await job_of(bench.app, (await service.create_job(bench.app, said)).job_id)

    assert (job.trigger_kind, job.trigger, job.cron_expression) == (TriggerKind.DAILY, trigger, None)
    assert (job.zone, job.start_at, job.end_at) == ("Europe/Berlin", said.start_at, said.end_at)
    assert (job.priority, job.misfire, job.timeout_s) == (9, Misfire.CATCH_UP, 30)
    assert (job.is_concurrent, job.requests_recovery, job.updates_data) == (True, False, True)
    assert (job.trigger_data, job.data) == (["任意", 1], {})
    assert job.next_fire_time == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert job.prev_fire_time is None


async def test_flags_that_are_not_said_are_the_registered_jobs(
    services: Services, clock: ManualClock
) -> None:
    bench = Bench(services, clock, is_concurrent=True, requests_recovery=False, timeout_s=9)
    job = await bench.create()

    assert (job.is_concurrent, job.requests_recovery, job.updates_data) == (True, False, False)
    assert job.timeout_s == 9


async def test_the_same_key_and_content_are_the_same_job_and_other_content_is_refused(bench: Bench) -> None:
    first = await service.create_job(bench.app, spec(), key="k")
    bench.clock.advance(MINUTE)
    second = await service.create_job(bench.app, spec(), key="k")

    assert second.job_id == first.job_id
    with pytest.raises(JobKeyReused):
        await service.create_job(bench.app, spec(params="other"), key="k")
    assert [job.params for job in await rows(bench.app, Job)] == [""]


class Shop(BaseModel):
    """Parameters of a job as a model."""

    shop: int


async def test_what_does_not_fit_is_refused_and_nothing_is_written(
    services: Services, clock: ManualClock
) -> None:
    bench = Bench(services, clock, params=Shop)
    good = '{"shop": 1}'
    refusals = [
        (JobSpec(bean_name="unknown", trigger=IntervalTrigger(every_s=1)), JobNameUnknown),
        (spec(params="renren"), JobParamsInvalid),
        (spec(params='{"shop": "x"}'), JobParamsInvalid),
        (spec(params=good, zone="Mars/Olympus"), ZoneUnknown),
        (spec(params=good, calendar_name="none"), CalendarNotFound),
        (spec("0 0 0 30 2 ?", params=good), TriggerNeverFires),
        (spec(params=good, end_at=START), TriggerNeverFires),
        (JobSpec(bean_name="noted", trigger=OnceTrigger(at=START), params=good), TriggerNeverFires),
    ]
    job = await service.create_job(bench.app, spec(params=good))

    for wrong, refusal in refusals:
        with pytest.raises(refusal):
            await service.create_job(bench.app, wrong)
        with pytest.raises(refusal):
            await service.edit_job(bench.app, job.job_id, wrong)

    [after] = await rows(bench.app, Job)
    assert (after.revision, after.params) == (job.revision, good)


async def test_editing_what_is_not_about_time_keeps_the_next_moment(bench: Bench) -> None:
    job = await service.create_job(bench.app, spec())
    bench.clock.advance(3 * MINUTE)

    edited = await service.edit_job(bench.app, job.job_id, spec(remark="new"))

    assert (edited.next_fire_time, edited.remark) == (START + MINUTE, "new")


async def test_a_paused_job_that_is_edited_stays_paused(bench: Bench) -> None:
    job = await service.create_job(bench.app, spec())
    await service.pause_job(bench.app, job.job_id)

    edited = await service.edit_job(bench.app, job.job_id, spec("0 15 * * * ?"))

    assert (edited.status, edited.due_at) == (JobStatus.PAUSED, None)
    assert edited.next_fire_time == START + 15 * MINUTE


async def test_what_is_not_there_cannot_be_changed(bench: Bench) -> None:
    for change in (service.pause_job, service.resume_job, service.run_job_now, service.delete_job):
        with pytest.raises(JobNotFound):
            await change(bench.app, NOBODY)
    with pytest.raises(JobNotFound):
        await service.edit_job(bench.app, NOBODY, spec())
    with pytest.raises(CalendarNotFound):
        await calendars.delete_calendar(bench.app, "none")


async def test_deleting_a_job_takes_its_waiting_runs_along_and_keeps_its_log(bench: Bench) -> None:
    job = await service.create_job(bench.app, spec())
    await service.run_job_now(bench.app, job.job_id)
    await bench.node().run_once()
    await service.run_job_now(bench.app, job.job_id)

    await service.delete_job(bench.app, job.job_id)

    assert await bench.node().run_once() == 0
    assert len(await firings(bench.app)) == 1
    assert len(await logs(bench.app)) == 1


async def test_a_run_whose_job_is_deleted_meanwhile_ends_and_is_logged(bench: Bench) -> None:
    job = await service.create_job(bench.app, spec())

    async def delete(_run: Run[str]) -> None:
        await service.delete_job(bench.app, job.job_id)

    bench.job.inside = delete
    bench.clock.advance(MINUTE)
    await bench.node().run_once()

    assert [line.error for line in await logs(bench.app)] == [None]


@pytest.mark.requirement("S0-189")
async def test_a_holiday_calendar_takes_days_from_the_jobs_that_obey_it(bench: Bench) -> None:
    await calendars.save_calendar(bench.app, "cn", DaysOff(dates=[date(2026, 11, 23)]))
    job = await service.create_job(bench.app, spec("0 0 9 * * ?", calendar_name="cn"))
    assert job.next_fire_time == datetime(2026, 11, 24, 1, tzinfo=UTC)

    await calendars.save_calendar(bench.app, "cn", DaysOff(dates=[date(2026, 11, 24)]), remark="改")
    assert (await job_of(bench.app, job.job_id)).next_fire_time == datetime(2026, 11, 23, 1, tzinfo=UTC)

    bench.clock.advance(timedelta(days=1))
    await bench.node().run_once()
    after = await job_of(bench.app, job.job_id)
    assert bench.job.fire_times == [datetime(2026, 11, 23, 1, tzinfo=UTC)]
    assert after.next_fire_time == datetime(2026, 11, 25, 1, tzinfo=UTC)

    with pytest.raises(CalendarInUse) as refused:
        await calendars.delete_calendar(bench.app, "cn")
    assert refused.value.details == {"jobs": 1}
    await service.delete_job(bench.app, job.job_id)
    await calendars.delete_calendar(bench.app, "cn")
    async with bench.app.db.reading() as session:
        assert list(await queries.list_calendars(session)) == []


async def test_a_preview_tells_the_next_moments_and_writes_nothing(bench: Bench) -> None:
    moments = await service.preview(bench.app, spec("0 0/30 * * * ?"), 3)

    assert moments == [START + n * 30 * MINUTE for n in (1, 2, 3)]
    assert await rows(bench.app, Job) == []
    with pytest.raises(CalendarNotFound):
        await service.preview(bench.app, spec(calendar_name="none"), 3)


async def test_registered_jobs_get_their_rows_once_and_keep_what_people_changed(
    services: Services, clock: ManualClock
) -> None:
    bench = Bench(services, clock, schedule=every("0 0 3 * * ?", "p", misfire=Misfire.SKIP))

    assert await service.plant_jobs(bench.app) == 1
    [job] = await rows(bench.app, Job)
    assert (job.job_key, job.cron_expression, job.params, job.remark) == ("noted", "0 0 3 * * ?", "p", "记录")
    assert (job.misfire, job.zone) == (Misfire.SKIP, "Asia/Shanghai")
    await service.edit_job(bench.app, job.job_id, spec("0 0 4 * * ?"))

    assert await service.plant_jobs(bench.app) == 0
    [job] = await rows(bench.app, Job)
    assert (job.job_key, job.cron_expression) == ("noted", "0 0 4 * * ?")


async def test_lists_are_filtered_counted_and_paged(bench: Bench) -> None:
    for group in ("a", "a", "b"):
        await service.create_job(bench.app, spec(group=group))
    paused = await service.create_job(bench.app, spec(group="a"))
    await service.pause_job(bench.app, paused.job_id)
    await groups.pause_group(bench.app, "b")

    async with bench.app.db.reading() as session:
        ask = PageAsk(page=2, size=2, sort="job_id", is_descending=False)
        page, total = await queries.list_jobs(session, JobFilter(name="not", group="a"), ask)
        none, _ = await queries.list_jobs(session, JobFilter(name="n%d"), PageAsk(sort="job_id"))
        normal = JobFilter(group="a", status=JobStatus.NORMAL)
        _, count = await queries.list_jobs(session, normal, PageAsk(sort="job_id"))
        found = [(group.name, group.is_paused) for group in await queries.list_groups(session)]

    assert ([job.job_id for job in page], total) == ([paused.job_id], 3)
    assert (list(none), count) == ([], 2)
    assert found == [("a", False), ("b", True)]


async def test_a_name_is_registered_once() -> None:
    async def nothing(_run: Run[str]) -> None:
        """A job that does nothing."""

    registry = JobRegistry()
    registry.add(JobDefinition("x", nothing, "甲", "x"))

    with pytest.raises(ValueError, match="twice"):
        registry.add(JobDefinition("x", nothing, "乙", "x"))
    with pytest.raises(JobNameUnknown) as refused:
        registry.get("y")
    assert refused.value.details == {"name": "y", "known": ["x"]}


async def test_the_databases_time_is_the_servers_whatever_the_process_believes(services: Services) -> None:
    class Slow:
        """A clock that is ten minutes behind."""

        def now(self) -> datetime:
            return SystemClock().now() - 10 * MINUTE

    time = DatabaseTime(Slow())
    async with services.db.transaction() as session:
        first, second = await time.now(session), await time.now(session)

    assert first <= second
    true, tolerance = SystemClock().now(), timedelta(seconds=30)
    if services.db.is_sqlite:
        true -= 10 * MINUTE
    assert abs(true - second) < tolerance
