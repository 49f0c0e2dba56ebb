"""What the scheduler and its use cases are given."""

from dataclasses import dataclass, fields

from sqlalchemy.ext.asyncio import AsyncSession

from wanpu.infra.database import after_commit
from wanpu.infra.database_time import DatabaseTime, TimeSource
from wanpu.infra.jobs.registry import JobRegistry
from wanpu.infra.services import Services
from wanpu.infra.signals import JOBS


@dataclass(frozen=True)
class JobServices(Services):
    """The shared services, the registered jobs, and the time that every node agrees on."""

    registry: JobRegistry
    time: TimeSource


def open_jobs(services: Services, registry: JobRegistry, *, time: TimeSource | None = None) -> JobServices:
    """The scheduler's services over shared ones. Time is the database's unless it is simulated."""
    shared = {field.name: getattr(services, field.name) for field in fields(Services)}
    return JobServices(**shared, registry=registry, time=time or DatabaseTime(services.clock))


def wake_after_commit(session: AsyncSession) -> None:
    """Let this process's scheduler look once the session's change is durable."""
    signals = session.info["signals"]
    after_commit(session, lambda: signals.wake(JOBS))
