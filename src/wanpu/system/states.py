"""Statuses of the operations back end."""

from enum import IntEnum


class StaffStatus(IntEnum):
    """后台用户状态."""

    DISABLED = 0
    NORMAL = 1
