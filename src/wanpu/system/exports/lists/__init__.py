"""The operations base's own lists, as files."""

from wanpu.system.exports.lists.jobs import JOB_LOGS
from wanpu.system.exports.lists.logs import LOGIN_LOGS, OPERATION_LOGS
from wanpu.system.exports.lists.staff import MERCHANT_STAFF, PLATFORM_STAFF

SYSTEM_EXPORTS = (JOB_LOGS, LOGIN_LOGS, MERCHANT_STAFF, OPERATION_LOGS, PLATFORM_STAFF)
"""What the composition root registers for this room."""
