"""The operations base: staff and what they may do. Other rooms import from here only."""

from wanpu.system.api.identity import SystemDep
from wanpu.system.approvals import ApprovalAction, ApprovalActions, Approved
from wanpu.system.audit import audit_operation_log
from wanpu.system.callers import Origin, StaffCaller
from wanpu.system.exports.csv_text import Words
from wanpu.system.exports.kinds import ExportColumn, ExportKind, Filters
from wanpu.system.jobs import due_work_handlers
from wanpu.system.rules.file_addresses import file_addresses_in, is_file_address
from wanpu.system.service.base_rows import lay_base_rows
from wanpu.system.service.operation_log import record
from wanpu.system.service.staff import create_staff, has_staff, reset_staff
from wanpu.system.service.storage_places import is_public_address
from wanpu.system.services import SystemServices, open_system_services

__all__ = [
    "ApprovalAction",
    "ApprovalActions",
    "Approved",
    "ExportColumn",
    "ExportKind",
    "Filters",
    "Origin",
    "StaffCaller",
    "SystemDep",
    "SystemServices",
    "Words",
    "audit_operation_log",
    "create_staff",
    "due_work_handlers",
    "file_addresses_in",
    "has_staff",
    "is_file_address",
    "is_public_address",
    "lay_base_rows",
    "open_system_services",
    "record",
    "reset_staff",
]
