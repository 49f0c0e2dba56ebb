"""Tables of the operations base, a file per family."""

from wanpu.system.models.access import AccessEpoch, Menu, Role, RoleMenu, StaffRole
from wanpu.system.models.approvals import Approval
from wanpu.system.models.configs import Config, ConfigHistory, Secret
from wanpu.system.models.exports import ListExport, ListExportPart
from wanpu.system.models.files import StoredFile
from wanpu.system.models.logs import LoginLog, LogSeal, OperationLog
from wanpu.system.models.saved_views import SavedView
from wanpu.system.models.staff import Captcha, Staff, StaffToken

__all__ = [
    "AccessEpoch",
    "Approval",
    "Captcha",
    "Config",
    "ConfigHistory",
    "ListExport",
    "ListExportPart",
    "LogSeal",
    "LoginLog",
    "Menu",
    "OperationLog",
    "Role",
    "RoleMenu",
    "SavedView",
    "Secret",
    "Staff",
    "StaffRole",
    "StaffToken",
    "StoredFile",
]
