"""The operations base: staff and what they may do. Other rooms import from here only."""

from wanpu.system.callers import Origin, StaffCaller
from wanpu.system.service.operation_log import record
from wanpu.system.service.base_rows import lay_base_rows
from wanpu.system.service.staff import create_staff, has_staff
from wanpu.system.services import SystemServices, open_system_services

__all__ = [
    "Origin",
    "StaffCaller",
    "SystemServices",
    "create_staff",
    "has_staff",
    "open_system_services",
    "record",
    "lay_base_rows",
]
