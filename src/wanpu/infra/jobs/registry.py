"""Registered jobs: functions by name. Rows name them; nothing is ever looked up by reflection."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, overload

from pydantic import BaseModel, ValidationError

from wanpu.infra.jobs.errors import JobNameUnknown, JobParamsInvalid
from wanpu.infra.jobs.running import Run
from wanpu.infra.jobs.states import Misfire
from wanpu.infra.jobs.triggers import CronTrigger, Trigger

P = TypeVar("P", bound=BaseModel)
TextJob = Callable[[Run[str]], Awaitable[None]]
JobFunction = Callable[[Run[Any]], Awaitable[None]]


@dataclass(frozen=True)
class DefaultSchedule:
    """The row that a registered job gets when the scheduler first starts."""

    trigger: Trigger
    params: str = ""
    zone: str = "Asia/Shanghai"
    misfire: Misfire = Misfire.FIRE_ONCE


@dataclass(frozen=True)
class JobDefinition:
    """What the code knows about a job. Flags are what a new row of it begins with."""

    name: str
    run: JobFunction
    title_zh: str
    title_en: str
    params: type[BaseModel] | None = None
    schedule: DefaultSchedule | None = None
    is_concurrent: bool = False
    requests_recovery: bool = True
    updates_data: bool = False
    timeout_s: int | None = None

    def read_params(self, text: str) -> Any:
        """The parameters as the function takes them: the text itself, or the model read from JSON; an
        empty text gives the model its defaults.

        Raises:
            JobParamsInvalid: they do not fit the model.
        """
        if self.params is None:
            return text
        try:
            return self.params.model_validate_json(text or "{}")
        except ValidationError as error:
            problems = [
                {"field": ".".join(map(str, one["loc"])), "problem": one["msg"]} for one in error.errors()
            ]
            raise JobParamsInvalid(str(error), details={"problems": problems}) from error


def every(cron: str, params: str = "", *, misfire: Misfire = Misfire.FIRE_ONCE) -> DefaultSchedule:
    """A default schedule by a cron expression in Asia/Shanghai."""
    return DefaultSchedule(CronTrigger(expression=cron), params, misfire=misfire)


@dataclass
class JobRegistry:
    """The jobs of one process, put together by its composition root."""

    _jobs: dict[str, JobDefinition] = field(default_factory=dict)

    @overload
    def job(
        self,
        name: str,
        *,
        title_zh: str,
        title_en: str,
        params: None = None,
        schedule: DefaultSchedule | None = None,
        is_concurrent: bool = False,
        requests_recovery: bool = True,
        updates_data: bool = False,
        timeout_s: int | None = None,
    ) -> Callable[[TextJob], TextJob]: ...

    @overload
    def job(
        self,
        name: str,
        *,
        title_zh: str,
        title_en: str,
        params: type[P],
        schedule: DefaultSchedule | None = None,
        is_concurrent: bool = False,
        requests_recovery: bool = True,
        updates_data: bool = False,
        timeout_s: int | None = None,
    ) -> Callable[[Callable[[Run[P]], Awaitable[None]]], Callable[[Run[P]], Awaitable[None]]]: ...

    def job(self, name: str, **options: Any) -> Any:
        """Register the decorated function under `name`; with `params`, it takes that model.

        A job that does not bear to be run again after its node died says `requests_recovery=False`; one
        whose runs may overlap says `is_concurrent=True`.
        """

        def register(function: JobFunction) -> JobFunction:
            self.add(JobDefinition(name=name, run=function, **options))
            return function

        return register

    def add(self, definition: JobDefinition) -> None:
        """Register a job; a name is given once."""
        if definition.name in self._jobs:
            raise ValueError(f"job {definition.name} is registered twice")
        self._jobs[definition.name] = definition

    def get(self, name: str) -> JobDefinition:
        """One job by name.

        Raises:
            JobNameUnknown: none is registered under it.
        """
        if name not in self._jobs:
            raise JobNameUnknown(name, details={"name": name, "known": sorted(self._jobs)})
        return self._jobs[name]

    @property
    def all(self) -> Mapping[str, JobDefinition]:
        """Every job by name."""
        return dict(self._jobs)
