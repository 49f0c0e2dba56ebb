"""What the job scheduler refuses. Codes are public and permanent."""

from wanpu.kernel.errors import Conflict, Invalid, NotFound


class CronInvalid(Invalid):
    """The text is no Quartz cron expression; `details` name the field, the character (from 1) and the
    problem, so that a form can point at it."""

    code = "job.cron_invalid"
    message_zh = "Cron 表达式有误"
    message_en = "The cron expression is not valid"

    def __init__(
        self, field_zh: str, field_en: str, position: int, problem: str, problem_zh: str, problem_en: str
    ) -> None:
        self._zh = f"{self.message_zh}：{field_zh}（第 {position} 个字符）{problem_zh}"
        self._en = f"{self.message_en}: {field_en} (character {position}) {problem_en}"
        super().__init__(self._en, details={"field": field_en, "position": position, "problem": problem})

    def message(self, language: str) -> str:
        """The sentence for people, with the place and the problem in it."""
        return self._zh if language == "zh" else self._en


class TriggerNeverFires(Invalid):
    """No moment is left at which the job would run: all are past, excluded, or do not exist."""

    code = "job.never_fires"
    message_zh = "该任务永远不会触发，请检查触发时间"
    message_en = "The job would never run; check its times"


class ZoneUnknown(Invalid):
    """No time zone has this name; `details.zone` repeats it."""

    code = "job.zone_unknown"
    message_zh = "时区不存在"
    message_en = "There is no such time zone"


class JobNameUnknown(Invalid):
    """No job of this name is registered; `details.known` lists those that are."""

    code = "job.name_unknown"
    message_zh = "没有注册该任务"
    message_en = "No job of this name is registered"


class JobParamsInvalid(Invalid):
    """The registered job cannot read its parameters; `details.problems` says why."""

    code = "job.params_invalid"
    message_zh = "任务参数有误"
    message_en = "The parameters of the job are not valid"


class JobNotFound(NotFound):
    """No such job."""

    code = "job.not_found"
    message_zh = "定时任务不存在"
    message_en = "There is no such job"


class JobKeyReused(Conflict):
    """The caller's key belongs to a job with other content."""

    code = "job.key_reused"
    message_zh = "该任务标识已被内容不同的任务使用"
    message_en = "This key belongs to another job"


class CalendarNotFound(NotFound):
    """No holiday calendar has this name."""

    code = "job.calendar_not_found"
    message_zh = "节假日日历不存在"
    message_en = "There is no such holiday calendar"


class CalendarInUse(Conflict):
    """Jobs still obey the calendar; `details.jobs` says how many."""

    code = "job.calendar_in_use"
    message_zh = "仍有任务使用该节假日日历"
    message_en = "Jobs still use this holiday calendar"


class FiringLost(Exception):
    """The run no longer holds its firing: its lease ended. Whatever it was about to write must not be."""
