"""The statuses of jobs, firings and log lines, and where each may go."""

from enum import IntEnum, StrEnum

from wanpu.kernel.states import TransitionTable


class JobStatus(IntEnum):
    """Whether a job fires at its times."""

    NORMAL = 0
    PAUSED = 1


class LogStatus(IntEnum):
    """What became of a run."""

    SUCCESS = 0
    FAILED = 1


class TriggerKind(StrEnum):
    """How a job's times are told."""

    CRON = "cron"
    INTERVAL = "interval"  # every n seconds, perhaps a number of times
    ONCE = "once"
    CALENDAR = "calendar"  # every n days, weeks, months or years at a time of day
    DAILY = "daily"  # every n seconds within a part of the day


class Misfire(StrEnum):
    """What a job does about times that passed while nobody could fire it (错过策略)."""

    FIRE_ONCE = "fire_once"  # one run stands for all of them
    SKIP = "skip"  # none; the next time counts
    CATCH_UP = "catch_up"  # every one of them, one after the other


class FiringCause(StrEnum):
    """Why a firing exists."""

    SCHEDULE = "schedule"
    BY_HAND = "by_hand"


class FiringStatus(StrEnum):
    """One firing of one job: its life."""

    WAITING = "waiting"  # for a node: asked for by hand, or to be run again
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ABANDONED = "abandoned"  # its node died or stalled, and it is not run again


JOB_MOVES = TransitionTable[JobStatus](
    {JobStatus.NORMAL: {JobStatus.PAUSED}, JobStatus.PAUSED: {JobStatus.NORMAL}}
)

FIRING_MOVES = TransitionTable[FiringStatus](
    {
        FiringStatus.WAITING: {FiringStatus.RUNNING},
        FiringStatus.RUNNING: {
            FiringStatus.WAITING,  # recovered, or handed back by a node that stops
            FiringStatus.SUCCEEDED,
            FiringStatus.FAILED,
            FiringStatus.ABANDONED,
        },
        FiringStatus.SUCCEEDED: set(),
        FiringStatus.FAILED: set(),
        FiringStatus.ABANDONED: set(),
    }
)
